"""The three endpoints of the provider (RFC 5849, section 2): two for consumers, and a page for users between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST

from piston_core import AuthenticationFailed, Problem, plugin_options
from piston_oauth.authenticator import challenge_of
from piston_oauth.issuing import exchange, issue_request_token, sweep_request_tokens
from piston_oauth.options import Options
from piston_oauth.parameters import Received, receive
from piston_oauth.refusals import Insecure, Malformed
from piston_oauth.verifying import Signed, verify

_SWEPT = 100  # expired request tokens that a new one takes with it

Answer = Callable[[HttpRequest, Options], Mapping[str, str]]


def endpoint(answer: Answer) -> Callable[[HttpRequest], HttpResponse]:
    """Make a view for consumers of a function that returns the credentials to answer with.

    The answer is a form, and so is never kept by anybody; a refusal is a sentence of plain text.
    """

    @csrf_exempt  # the request is signed
    @never_cache
    @require_POST  # RFC 5849, sections 2.1 and 2.3
    @sensitive_post_parameters()
    def view(request: HttpRequest) -> HttpResponse:
        options = options_of()
        try:
            if not (request.is_secure() or settings.DEBUG or options.insecure_transport):
                raise Insecure
            return HttpResponse(urlencode(answer(request, options)), "application/x-www-form-urlencoded")
        except Problem as problem:
            return _refusal(problem, options)

    return view


def options_of() -> Options:
    """Return the options of the plugin ``oauth``."""
    return plugin_options("oauth", Options)


@endpoint
@sensitive_variables()
def request_token(request: HttpRequest, options: Options) -> Mapping[str, str]:
    """Answer a consumer with temporary credentials (RFC 5849, section 2.1)."""
    received = _received(request, options)
    if "oauth_callback" not in received.protocol:
        raise Malformed("Parameters are missing: oauth_callback.")
    if received.protocol.get("oauth_token"):  # some clients send an empty one (RFC 5849, section 2.1)
        raise Malformed("oauth_token does not belong to a request for temporary credentials.")
    signed = verify(request, received, options, None)
    token, secret = issue_request_token(signed, options)
    sweep_request_tokens(most=_SWEPT)
    return {"oauth_token": token.key, "oauth_token_secret": secret, "oauth_callback_confirmed": "true"}


@endpoint
@sensitive_variables()
def access_token(request: HttpRequest, options: Options) -> Mapping[str, str]:
    """Answer a consumer with the credentials that act for a user (RFC 5849, section 2.3)."""
    from piston_oauth.models import RequestToken  # models, so not before Django is ready

    received = _received(request, options)
    received.need("oauth_token")
    received.need("oauth_verifier")
    signed: Signed = verify(request, received, options, RequestToken)
    token, secret = exchange(signed, options)
    return {"oauth_token": token.key, "oauth_token_secret": secret}


def _received(request: HttpRequest, options: Options) -> Received:
    received = receive(request, options.places)
    if received is None:
        raise AuthenticationFailed("This needs a signed request (RFC 5849).")
    return received


def _refusal(problem: Problem, options: Options) -> HttpResponse:
    headers: dict[str, Any] = dict(problem.headers)
    if problem.status == 401:
        headers["WWW-Authenticate"] = challenge_of(options.realm)
    return HttpResponse(f"{problem.detail}\n", "text/plain; charset=utf-8", status=problem.status, headers=headers)
