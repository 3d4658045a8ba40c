"""The three views of the ancestor's OAuth server: a request token, the user's word, an access token."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_deny
from django.views.decorators.csrf import csrf_exempt

from piston_compat.oauth_forms import OAuthAuthenticationForm
from piston_compat.oauth_models import Token
from piston_compat.oauth_scheme import initialize_server_request, send_oauth_error, server_for
from piston_compat.oauth_terms import OAuthError, with_parameters
from piston_compat.options import setting

_REFUSED = "Access not granted by user."


def _answering(step: Callable[[Any, Any], Any]) -> Callable[[HttpRequest], HttpResponse]:
    """Return the view for a step that makes a token of a signed request."""

    @never_cache
    @csrf_exempt
    @wraps(step)
    def view(request: HttpRequest) -> HttpResponse:
        try:
            server, oauth_request = initialize_server_request(request)
            if oauth_request is None:
                return send_oauth_error()
            token = step(server, oauth_request)
        except OAuthError as error:
            return send_oauth_error(error)
        return HttpResponse(token.to_string(), content_type="application/x-www-form-urlencoded")

    return view


@_answering
def oauth_request_token(server: Any, oauth_request: Any) -> Any:
    """Give a consumer a request token."""
    return server.fetch_request_token(oauth_request)


@_answering
def oauth_access_token(server: Any, oauth_request: Any) -> Any:
    """Give a consumer an access token for a request token that its user has agreed to."""
    return server.fetch_access_token(oauth_request)


@never_cache
@xframe_options_deny
@csrf_exempt  # the form has a signature of its own, which the ancestor's templates know
@login_required
def oauth_user_auth(request: HttpRequest) -> Any:
    """Ask a user whether a consumer may act for them, and send them back to it."""
    token = _asked_for(request)
    if token is None:
        return send_oauth_error(OAuthError("Invalid request token."))
    if request.method != "POST":
        return _ask(request, token)
    form = OAuthAuthenticationForm(request.POST, session_key=_session_of(request))
    if not form.is_valid():
        return send_oauth_error(OAuthError("The form is not the one that this user was shown."))
    if not form.cleaned_data["authorize_access"]:
        return _send_back(request, token, {"error": _REFUSED})
    agreed = server_for(request).authorize_token(token, request.user)
    if agreed is None:
        return send_oauth_error(OAuthError("This request was answered before."))
    told = {"oauth_token": agreed.key, "oauth_callback_confirmed": "true", "oauth_verifier": agreed.verifier}
    return _send_back(request, agreed, told)


def oauth_callback_view(_request: HttpRequest, token: Any) -> HttpResponse:
    """Show the verifier to a user whose consumer has no address to be sent back to."""
    return HttpResponse(f"Give this code to {token.consumer.name}: {token.verifier}", content_type="text/plain")


def oauth_auth_view(request: HttpRequest, token: Any, callback: str, params: Any) -> HttpResponse:
    """Show a user the form, by the template ``piston/authorize_token.html``."""
    form = OAuthAuthenticationForm(
        initial={"oauth_token": token.key, "oauth_callback": callback}, session_key=_session_of(request)
    )
    return render(request, "piston/authorize_token.html", {"form": form, "token": token, "params": params})


def _asked_for(request: HttpRequest) -> Any:
    """Return the request token that a user is asked about, of a consumer that is served."""
    key = (request.POST if request.method == "POST" else request.GET).get("oauth_token", "")
    if not key or "\0" in key:
        return None
    tokens = Token.objects.select_related("consumer").filter(key=key, token_type=Token.REQUEST, is_approved=False)
    return tokens.filter(consumer__status="accepted").first()


def _ask(request: HttpRequest, token: Any) -> Any:
    view = import_string(setting("OAUTH_AUTH_VIEW", "piston_compat.oauth_views.oauth_auth_view"))
    params = {name: value for name, value in request.GET.items() if not name.startswith("oauth_")}
    return view(request, token, token.callback or "", params)


def _send_back(request: HttpRequest, token: Any, told: dict[str, Any]) -> Any:
    """Send a user back to where the consumer has said when it asked for the token, never to where a form says."""
    if token.callback:
        return HttpResponseRedirect(with_parameters(token.callback, told))
    if "error" in told:
        return HttpResponse(_REFUSED, content_type="text/plain", status=403)
    view = import_string(setting("OAUTH_CALLBACK_VIEW", "piston_compat.oauth_views.oauth_callback_view"))
    return view(request, token)


def _session_of(request: HttpRequest) -> str:
    """Return what tells one login from another."""
    if not request.session.session_key:
        request.session.save()
    return f"{request.session.session_key}:{getattr(request.user, 'pk', '')}"
