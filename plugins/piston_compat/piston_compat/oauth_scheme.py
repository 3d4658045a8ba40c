"""OAuth 1.0a as an old authenticator."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils.module_loading import import_string

from piston_compat.oauth_request import OAuthRequest, address_without_query
from piston_compat.oauth_server import OAuthServer
from piston_compat.oauth_signing import OAuthSignatureMethod_HMAC_SHA1, OAuthSignatureMethod_PLAINTEXT
from piston_compat.oauth_terms import OAuthError, build_authenticate_header
from piston_compat.options import options, setting

_FORM = "application/x-www-form-urlencoded"
_NEEDED = ("consumer_key", "token", "signature", "signature_method", "timestamp", "nonce")


def initialize_server_request(request: HttpRequest) -> tuple[Any, Any]:
    """Return a server for a request and what the request says by OAuth; ``None`` twice if it says nothing.

    Raises:
        OAuthError: what it says cannot be read.
    """
    oauth_request = OAuthRequest.from_request(
        request.method or "",
        address_without_query(request.build_absolute_uri()),
        headers=request.META,
        parameters=[*_signed(request)],
    )
    if oauth_request is None:
        return None, None
    return server_for(request, oauth_request), oauth_request


def server_for(request: HttpRequest, oauth_request: Any = None) -> Any:
    """Return a server with the project's store, and with the signature methods that may be used on a connection."""
    store = import_string(setting("OAUTH_DATA_STORE", "piston_compat.oauth_store.DataStore"))
    server = OAuthServer(store(oauth_request))
    server.add_signature_method(OAuthSignatureMethod_HMAC_SHA1())
    if request.is_secure() or options().plaintext_anywhere:  # RFC 5849, section 3.4.4
        server.add_signature_method(OAuthSignatureMethod_PLAINTEXT())
    return server


def _signed(request: HttpRequest) -> Any:
    """Yield the parameters of the query and of a form, all of which are signed (RFC 5849, section 3.4.1.3)."""
    for name, values in request.GET.lists():
        yield from ((name, value) for value in values)
    if request.content_type == _FORM or not request.content_type:
        form: Any = request.POST if request.method == "POST" else _form(request)
        for name, values in form.lists():
            yield from ((name, value) for value in values)


def _form(request: HttpRequest) -> Any:
    """Return the form of a PUT, which Django reads for POST only; the body can be read again afterwards."""
    return QueryDict(request.body, encoding=request.encoding)


def send_oauth_error(err: Any = None) -> HttpResponse:
    """Return the answer for what is wrong, with a challenge."""
    text = getattr(err, "message", None) or "Invalid request parameters."
    return HttpResponse(text, status=401, content_type="text/plain", headers=build_authenticate_header("OAuth"))


class OAuthAuthentication:
    """Lets requests pass that an access token signs.

    Args:
        realm: what a client gets access to.
    """

    def __init__(self, realm: str = "API") -> None:
        self.realm = realm

    def is_authenticated(self, request: Any) -> bool:
        """Return whether the request is signed with an access token, whose user is then its user."""
        if not self.is_valid_request(request):
            return False
        try:
            consumer, token, _parameters = self.validate_token(request)
        except OAuthError:
            return False
        request.user = token.user
        request.consumer = consumer
        request.throttle_extra = consumer.id
        return bool(token.user and token.user.is_active)

    @staticmethod
    def is_valid_request(request: Any) -> bool:
        """Return whether a request has all parameters of a signed one, wherever they stand."""
        try:
            _server, oauth_request = initialize_server_request(request)
        except OAuthError:
            return False
        return oauth_request is not None and all(f"oauth_{name}" in oauth_request.parameters for name in _NEEDED)

    @staticmethod
    def validate_token(request: Any) -> tuple[Any, Any, Any]:
        """Return the consumer, the token and the other parameters of a signed request.

        Raises:
            OAuthError: it is not good.
        """
        server, oauth_request = initialize_server_request(request)
        found: tuple[Any, Any, Any] = server.verify_request(oauth_request)
        return found

    def challenge(self) -> HttpResponse:
        """Return the answer to somebody without a token, by the template ``oauth/challenge.html`` if there is one."""
        try:
            text, kind = str(render_to_string("oauth/challenge.html")), "text/html"
        except TemplateDoesNotExist:
            text, kind = "Authorization Required", "text/plain"
        return HttpResponse(text, status=401, content_type=kind, headers=build_authenticate_header(self.realm))
