"""The page on which a user lets a consumer act in their name (RFC 5849, section 2.2)."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_deny
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from piston_oauth import callbacks
from piston_oauth.issuing import approve, refuse
from piston_oauth.views import options_of

_LONGEST_KEY = 64


class Away(HttpResponseRedirect):
    """Sends a browser to a callback with GET, and without telling it where the browser has been."""

    status_code = 303

    def __init__(self, callback: str, parameters: dict[str, str]) -> None:
        self.allowed_schemes = [urlsplit(callback).scheme]  # it was looked at when the consumer named it
        super().__init__(callbacks.with_parameters(callback, parameters.items()))


@never_cache
@xframe_options_deny
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@csrf_protect  # also where the project's middleware does not do it
@login_required
def authorize(request: HttpRequest) -> HttpResponse:
    """Show who asks for what, and take the user's answer."""
    token = _token(request)
    if token is None:
        return page(request, "refused", {}, status=400)
    if request.method != "POST":
        return page(request, "authorize", _asked(token), form_action=("'self'", *_source(token)))
    if request.POST.get("decision") == "allow":
        return _allowed(request, token)
    if request.POST.get("decision") == "deny":
        return _denied(request, token)
    return page(request, "refused", {}, status=400)


@sensitive_variables()
def _allowed(request: HttpRequest, token: Any) -> HttpResponse:
    verifier = approve(token, request.user, options_of())
    if verifier is None:
        return page(request, "refused", {}, status=400)
    if token.callback == callbacks.OUT_OF_BAND:
        return page(request, "verifier", {"consumer": token.consumer, "verifier": verifier})
    return Away(token.callback, {"oauth_token": token.key, "oauth_verifier": verifier})


def _denied(request: HttpRequest, token: Any) -> HttpResponse:
    """Tell the consumer, in the words of OAuth's extension for problems, which RFC 5849 has none for."""
    refuse(token)
    if token.callback == callbacks.OUT_OF_BAND:
        return page(request, "denied", {"consumer": token.consumer})
    return Away(token.callback, {"oauth_token": token.key, "oauth_problem": "user_refused"})


def _token(request: HttpRequest) -> Any:
    """Return the request token that a page is about, ``None`` for one that nobody may answer any more."""
    from piston_oauth.models import RequestToken  # models, so not before Django is ready

    given = request.POST if request.method == "POST" else request.GET
    key = given.get("oauth_token", "")
    if not key.isascii() or not key.isprintable() or len(key) > _LONGEST_KEY:
        return None
    token = RequestToken.objects.select_related("consumer__owner").filter(key=key).first()
    answerable = token is not None and token.is_good and not token.is_answered and token.consumer.is_accepted
    return token if answerable else None


def _asked(token: Any) -> dict[str, Any]:
    parts = urlsplit(token.callback)
    host = "" if token.callback == callbacks.OUT_OF_BAND else parts.hostname or f"{parts.scheme}:"
    return {"consumer": token.consumer, "token": token, "host": host}


def _source(token: Any) -> tuple[str, ...]:
    """Return where the form may lead: browsers hold a form's policy against the redirect that answers it."""
    return () if token.callback == callbacks.OUT_OF_BAND else (callbacks.source(token.callback),)


def page(
    request: HttpRequest,
    name: str,
    context: dict[str, Any],
    *,
    status: int = 200,
    form_action: tuple[str, ...] = ("'none'",),
) -> HttpResponse:
    """Return a page that runs no script, loads nothing, is shown in no frame and tells nobody its address.

    The referrer stays within the site instead of being left out: without it browsers send ``Origin: null`` with the
    form, which Django's CSRF check refuses.
    """
    nonce = secrets.token_urlsafe(16)
    response = render(request, f"piston_oauth/{name}.html", {**context, "csp_nonce_value": nonce}, status=status)
    response["Content-Security-Policy"] = (
        f"default-src 'none'; img-src 'self'; style-src 'nonce-{nonce}'; form-action {' '.join(form_action)}; "
        "frame-ancestors 'none'; base-uri 'none'"
    )
    response["Referrer-Policy"] = "same-origin"
    return response
