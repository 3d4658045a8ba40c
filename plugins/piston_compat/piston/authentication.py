"""The ancestor's authentication; each name leads to ``piston_compat``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piston_compat.names import Name, getter

if TYPE_CHECKING:
    from piston_compat.oauth_scheme import OAuthAuthentication, initialize_server_request, send_oauth_error
    from piston_compat.oauth_views import oauth_access_token, oauth_request_token, oauth_user_auth
    from piston_compat.schemes import HttpBasicAuthentication, HttpBasicSimple, NoAuthentication

__all__ = [
    "HttpBasicAuthentication",
    "HttpBasicSimple",
    "NoAuthentication",
    "OAuthAuthentication",
    "initialize_server_request",
    "oauth_access_token",
    "oauth_request_token",
    "oauth_user_auth",
    "send_oauth_error",
]

NAMES = {
    "NoAuthentication": Name("schemes", "Resource(..., authentication=[])"),
    "HttpBasicAuthentication": Name("schemes", "the authenticator 'basic' of piston-auth"),
    "HttpBasicSimple": Name("schemes", "the authenticator 'basic' of piston-auth"),
    "OAuthAuthentication": Name("oauth_scheme", "the authenticator 'oauth' of piston-oauth"),
    "initialize_server_request": Name("oauth_scheme", "the authenticator 'oauth' of piston-oauth"),
    "send_oauth_error": Name("oauth_scheme", "the authenticator 'oauth' of piston-oauth"),
    "oauth_request_token": Name("oauth_views", "piston_oauth.urls"),
    "oauth_user_auth": Name("oauth_views", "piston_oauth.urls"),
    "oauth_access_token": Name("oauth_views", "piston_oauth.urls"),
}
__getattr__ = getter(__name__, NAMES)
