"""The ancestor's tables: each name leads to ``piston_compat``, with a warning that is silent by default."""

from __future__ import annotations

from typing import TYPE_CHECKING

import piston_compat.oauth_models as _tables  # noqa: F401 - Django expects the models once this is imported
from piston_compat.names import Name, getter

if TYPE_CHECKING:
    from piston_compat.oauth_models import (
        CONSUMER_STATES,
        KEY_SIZE,
        SECRET_SIZE,
        Consumer,
        ConsumerManager,
        KeyManager,
        Nonce,
        Token,
        TokenManager,
        generate_random,
    )
    from piston_compat.oauth_terms import VERIFIER_SIZE

__all__ = [
    "CONSUMER_STATES",
    "KEY_SIZE",
    "SECRET_SIZE",
    "VERIFIER_SIZE",
    "Consumer",
    "ConsumerManager",
    "KeyManager",
    "Nonce",
    "Token",
    "TokenManager",
    "generate_random",
]

NAMES = {
    "KEY_SIZE": Name("oauth_models", "nothing: keys have 256 bits"),
    "SECRET_SIZE": Name("oauth_models", "nothing: secrets have 256 bits"),
    "VERIFIER_SIZE": Name("oauth_terms", "nothing"),
    "CONSUMER_STATES": Name("oauth_models", "piston_oauth.models.Consumer.status"),
    "generate_random": Name("oauth_models", "django.utils.crypto.get_random_string"),
    "KeyManager": Name("oauth_models", "piston_oauth.models"),
    "ConsumerManager": Name("oauth_models", "piston_oauth.models"),
    "TokenManager": Name("oauth_models", "piston_oauth.models"),
    "Consumer": Name("oauth_models", "piston_oauth.models.Consumer"),
    "Token": Name("oauth_models", "piston_oauth.models.AccessToken, or RequestToken"),
    "Nonce": Name("oauth_models", "piston_oauth.models.Nonce"),
}
__getattr__ = getter(__name__, NAMES)
