"""The ancestor's middleware; each name leads to ``piston_compat``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piston_compat.names import Name, getter

if TYPE_CHECKING:
    from piston_compat.middleware import CommonMiddlewareCompatProxy, ConditionalMiddlewareCompatProxy

__all__ = [
    "CommonMiddlewareCompatProxy",
    "ConditionalMiddlewareCompatProxy",
]

NAMES = {
    "ConditionalMiddlewareCompatProxy": Name("middleware", "django.middleware.http.ConditionalGetMiddleware"),
    "CommonMiddlewareCompatProxy": Name("middleware", "django.middleware.common.CommonMiddleware"),
}
__getattr__ = getter(__name__, NAMES)
