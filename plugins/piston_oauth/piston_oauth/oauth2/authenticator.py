"""Bearer tokens (RFC 6750) that django-oauth-toolkit has issued, from ``Authorization`` and from nowhere else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.encoding import escape_uri_path
from django.utils.translation import override
from django.views.decorators.debug import sensitive_variables

from piston_core import AuthenticationFailed, Authenticator, Identity, InsufficientScope, Problem
from piston_oauth.oauth2.challenges import bearer
from piston_oauth.oauth2.metadata import metadata_url

_LONGEST = 8192  # characters of a token; those of django-oauth-toolkit have 30, signed ones a few thousand
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]++=*+")  # RFC 6750, section 2.1: b64token
_UNKNOWN = "The access token is invalid."


class InvalidToken(AuthenticationFailed):
    """A Bearer token that was sent and is not good; the challenge says so (RFC 6750, section 3.1)."""


class OAuth2Authenticator(Authenticator):
    """Asks django-oauth-toolkit whose access token a request brings, and what it is good for.

    The project's ``OAUTH2_VALIDATOR_CLASS`` decides: with the tokens in the database, with those that another server
    knows (``RESOURCE_SERVER_INTROSPECTION_URL``), or as the project has it. It is asked directly, and not through
    ``verify_request``, which would read the body and the query before anything about them is decided.

    Args:
        realm: what a client is told that it needs a token for.
        metadata: whether challenges say where the metadata of the protected resource is.
    """

    name = "oauth2"
    scheme = "bearer"
    strength = 20

    def __init__(self, *, realm: str = "API", metadata: bool = True) -> None:
        self._realm = realm
        self._metadata = metadata

    @sensitive_variables()  # what fails below must not bring the token into an error report
    def authenticate(self, request: HttpRequest) -> Identity | None:
        """Return the user, the application and the scopes that the request's token stands for.

        Raises:
            InvalidToken: it is malformed, unknown, revoked, expired or for another resource, or its user is inactive.
        """
        scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != self.scheme:  # RFC 9110, section 11.1: the scheme's case does not matter
            return None
        known = _verified(token.strip(" "), request)
        if known.user is not None and not getattr(known.user, "is_active", True):  # as Django's ModelBackend asks it
            raise InvalidToken(_UNKNOWN)
        user = _nobody() if known.user is None else known.user
        return Identity(user, self.name, client=known.client, scopes=_scopes(known))

    def security(self) -> Mapping[str, Any]:
        """Return what the scheme is in descriptions: the toolkit's own flow, or a token that others give."""
        try:
            flow = {
                "authorizationUrl": reverse("oauth2_provider:authorize"),
                "tokenUrl": reverse("oauth2_provider:token"),
                "scopes": _known_scopes(),
            }
        except NoReverseMatch:  # another server gives the tokens
            return {"type": "http", "scheme": self.scheme}
        return {"type": "oauth2", "flows": {"authorizationCode": flow}}

    def challenge(self, request: HttpRequest, failure: Problem | None) -> str:
        """Return the challenge (RFC 6750, section 3), without an error unless a token was sent."""
        parameters = {"realm": self._realm, **_error(failure)}
        url = metadata_url(request) if self._metadata else None
        return bearer(parameters | ({"resource_metadata": url} if url else {}))


def _known_scopes() -> dict[str, str]:
    """Return the scopes that the project's settings name, with what they are for."""
    from oauth2_provider.settings import oauth2_settings  # reads the settings, so not at import

    return {str(name): str(about) for name, about in oauth2_settings.SCOPES.items()}


def _verified(token: str, request: HttpRequest) -> Any:
    """Return oauthlib's record of a request with ``user``, ``client`` and the token that the validator accepts.

    Raises:
        InvalidToken: it accepts none. A malformed token is ``invalid_token`` too (RFC 6750, section 3.1).
    """
    from oauth2_provider.settings import oauth2_settings  # reads the settings, so not at import
    from oauthlib.common import Request

    if len(token) > _LONGEST or not _TOKEN.fullmatch(token):
        raise InvalidToken("The access token is malformed.")
    # What a token's audience is compared with (RFC 8707); no query, of which oauthlib would take parameters.
    address = f"{request.scheme}://{request.get_host()}{escape_uri_path(request.path)}"
    asked = Request(address, request.method)
    if not oauth2_settings.OAUTH2_VALIDATOR_CLASS().validate_bearer_token(token, [], asked):
        raise InvalidToken(_reason(asked))
    return asked


def _reason(refused: Any) -> str:
    """Return what the validator has against a token; in English, since a header field has no language."""
    told = (getattr(refused, "oauth2_error", None) or {}).get("error_description", _UNKNOWN)
    with override(None):
        return str(told)


def _scopes(known: Any) -> frozenset[str]:
    """Return what the token is good for; a validator of the project need not bring a token of the database."""
    scope = getattr(known.access_token, "scope", None)
    return frozenset(scope.split() if isinstance(scope, str) else known.scopes or ())


def _nobody() -> Any:
    """Return the user of a token that an application has for itself (RFC 6749, section 4.4)."""
    from django.contrib.auth.models import AnonymousUser  # an app of the project, so not at import

    return AnonymousUser()


def _error(failure: Problem | None) -> dict[str, str]:
    """Return what a challenge says of a token that was sent: nothing of those that others have refused."""
    if isinstance(failure, InvalidToken):
        return {"error": "invalid_token", "error_description": failure.detail}
    if isinstance(failure, InsufficientScope):
        told = "The access token is good for less."
        return {"error": "insufficient_scope", "error_description": told, "scope": " ".join(failure.scopes)}
    return {}
