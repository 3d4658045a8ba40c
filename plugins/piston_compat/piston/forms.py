"""The ancestor's forms; each name leads to ``piston_compat``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piston_compat.names import Name, getter

if TYPE_CHECKING:
    from piston_compat.forms import ModelForm
    from piston_compat.oauth_forms import OAuthAuthenticationForm

__all__ = [
    "ModelForm",
    "OAuthAuthenticationForm",
]

NAMES = {
    "ModelForm": Name("forms", "BaseHandler.form"),
    "OAuthAuthenticationForm": Name("oauth_forms", "piston_oauth.urls"),
}
__getattr__ = getter(__name__, NAMES)
