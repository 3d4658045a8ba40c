"""OAuth 1.0a as the ancestor's servers and clients used it; each name leads to ``piston_compat``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piston_compat.names import Name, getter

if TYPE_CHECKING:
    from piston_compat.oauth_request import OAuthRequest
    from piston_compat.oauth_server import OAuthDataStore, OAuthServer
    from piston_compat.oauth_signing import (
        OAuthSignatureMethod,
        OAuthSignatureMethod_HMAC_SHA1,
        OAuthSignatureMethod_PLAINTEXT,
    )
    from piston_compat.oauth_terms import (
        OAuthConsumer,
        OAuthError,
        OAuthMissingParam,
        OAuthToken,
        build_authenticate_header,
        escape,
        generate_nonce,
        generate_timestamp,
        generate_verifier,
    )

__all__ = [
    "OAuthConsumer",
    "OAuthDataStore",
    "OAuthError",
    "OAuthMissingParam",
    "OAuthRequest",
    "OAuthServer",
    "OAuthSignatureMethod",
    "OAuthSignatureMethod_HMAC_SHA1",
    "OAuthSignatureMethod_PLAINTEXT",
    "OAuthToken",
    "build_authenticate_header",
    "escape",
    "generate_nonce",
    "generate_timestamp",
    "generate_verifier",
]

NAMES = {
    "OAuthError": Name("oauth_terms", "oauthlib.oauth1.OAuth1Error"),
    "OAuthMissingParam": Name("oauth_terms", "oauthlib.oauth1.OAuth1Error"),
    "OAuthConsumer": Name("oauth_terms", "oauthlib.oauth1.Client"),
    "OAuthToken": Name("oauth_terms", "oauthlib.oauth1.Client"),
    "OAuthRequest": Name("oauth_request", "oauthlib.oauth1.Client.sign"),
    "OAuthServer": Name("oauth_server", "the authenticator 'oauth' of piston-oauth"),
    "OAuthDataStore": Name("oauth_server", "piston_oauth.models"),
    "OAuthSignatureMethod": Name("oauth_signing", "oauthlib.oauth1.Client"),
    "OAuthSignatureMethod_HMAC_SHA1": Name("oauth_signing", "oauthlib.oauth1.SIGNATURE_HMAC_SHA1"),
    "OAuthSignatureMethod_PLAINTEXT": Name("oauth_signing", "oauthlib.oauth1.SIGNATURE_PLAINTEXT"),
    "build_authenticate_header": Name("oauth_terms", "piston_core.Authenticator.challenge"),
    "escape": Name("oauth_terms", "urllib.parse.quote"),
    "generate_timestamp": Name("oauth_terms", "oauthlib.common.generate_timestamp"),
    "generate_nonce": Name("oauth_terms", "oauthlib.common.generate_nonce"),
    "generate_verifier": Name("oauth_terms", "secrets.token_urlsafe"),
}
__getattr__ = getter(__name__, NAMES)
