"""Django's sessions as credentials: a login on the site counts in the API, with Django's CSRF rules for writes."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from copy import copy
from types import MappingProxyType
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user
from django.core.checks import CheckMessage, Error
from django.http import HttpRequest, HttpResponse
from django.http.request import HttpHeaders
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.module_loading import import_string

from piston_core import Authenticator, Identity, MalformedBody, Problem

logger = logging.getLogger("django.security.csrf")  # where Django tells the same

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "QUERY"})  # RFC 9110, section 9.2.1; RFC 10008, section 2
_MIDDLEWARE = "django.contrib.sessions.middleware.SessionMiddleware"
_IN_TABLES = ("django.contrib.sessions.backends.db", "django.contrib.sessions.backends.cached_db")
_LONGEST_NUMBER = 18  # digits, which is more bytes than there are


class SessionAuthenticator(Authenticator):
    """Knows the user who has logged in on the site.

    A browser sends the session's cookie with every request, whichever page has it sent. So a request that may change
    something has to pass Django's CSRF check as well, with all its settings; resources as such are exempt from it.

    What it reads beside the cookie decides only about requests that no cache keeps, so ``Vary`` needs nothing of it.
    """

    name = "session"
    reads = ("Cookie",)
    strength = 0
    causes = MappingProxyType({
        400: "The form with the CSRF token cannot be read.",
        401: "Nobody is logged in.",
        403: "A request that may change something lacks the site's CSRF token.",
    })  # fmt: skip

    def security(self) -> Mapping[str, Any]:
        """Return what the scheme is in descriptions: a key in a cookie."""
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}

    def authenticate(self, request: HttpRequest) -> Identity | None:
        """Return the user of the session; a session that has ended, or nobody's, is no credential.

        Raises:
            Problem: 403 if the CSRF check fails.
        """
        session = getattr(request, "session", None)  # a project may have none
        key = getattr(session, "session_key", None) or ""
        if session is None or not (key.isascii() and key.isprintable()):  # which some databases do not look for
            return None
        user = get_user(request)
        if not user.is_authenticated or not getattr(user, "is_active", True):
            return None
        if request.method not in _SAFE:
            _check_csrf(request)
        return Identity(user, self.name)

    def challenge(self, request: HttpRequest, failure: Problem | None) -> None:
        """Return ``None``: nobody logs in by answering a challenge."""
        return


def check_sessions() -> list[CheckMessage]:
    """Report a project whose settings name ``session`` and that has no sessions."""
    named = getattr(settings, "PISTON", {}).get("AUTHENTICATORS", ())
    if SessionAuthenticator.name not in ([named] if isinstance(named, str) else named):
        return []
    found: list[CheckMessage] = []
    if not any(map(_gives_sessions, settings.MIDDLEWARE)):
        found.append(_missing("a middleware is missing that brings sessions", f"{_MIDDLEWARE!r} to MIDDLEWARE"))
    if settings.SESSION_ENGINE.startswith(_IN_TABLES) and not apps.is_installed("django.contrib.sessions"):
        found.append(
            _missing("the sessions have no table", "'django.contrib.sessions' to INSTALLED_APPS, and migrate")
        )
    return found


def _gives_sessions(path: str) -> bool:
    from django.contrib.sessions.middleware import SessionMiddleware  # a project without sessions has no use for it

    try:
        middleware = import_string(path)
    except ImportError:  # Django itself says so, and better
        return False
    return isinstance(middleware, type) and issubclass(middleware, SessionMiddleware)


def _missing(what: str, remedy: str) -> Error:
    told = f"PISTON['AUTHENTICATORS'] names 'session', and {what}, so nobody is known by it."
    return Error(told, hint=f"Add {remedy}.", id="piston_auth.E004")


class _CsrfCheck(CsrfViewMiddleware):
    """Django's check, which says why it refuses instead of answering."""

    def _reject(self, request: HttpRequest, reason: str) -> str:
        return reason


def _check_csrf(request: HttpRequest) -> None:
    """Have Django check a request that changes something.

    Raises:
        Problem: 403.
        MalformedBody: the token would be in a form that cannot be read.
    """
    asked = request
    if request.method == "POST":
        if _is_read_for_token(request):
            _read_form(request)
        else:  # as for a method that has no form; else Django would look there before it looks at the header field
            asked = copy(request)
            asked.method = "PUT"
    reason = _CsrfCheck(_unused).process_view(asked, _unused, (), {})
    if reason:
        _note(request, str(reason))
        field = HttpHeaders.parse_header_name(settings.CSRF_HEADER_NAME)
        raise Problem(
            403,
            f"The session's cookie alone changes nothing: send the site's CSRF token in the header field {field}, "
            "from a page of this site or of an origin that it trusts.",
        )


def _is_read_for_token(request: HttpRequest) -> bool:
    """Return whether the token may be in a body that is no larger than what may be read for nothing."""
    if settings.CSRF_HEADER_NAME in request.META:
        return False
    if request.content_type != "multipart/form-data":  # Django holds all others to its limit, and reads only forms
        return True
    most: int | None = settings.DATA_UPLOAD_MAX_MEMORY_SIZE  # None for no limit, which the stubs do not know
    length = request.META.get("CONTENT_LENGTH") or ""
    return most is None or (length.isdecimal() and len(length) < _LONGEST_NUMBER and int(length) <= most)


def _read_form(request: HttpRequest) -> None:
    try:
        _ = request.POST
    except (LookupError, UnicodeError) as error:  # Python has codecs that are none for text
        raise MalformedBody("The form's text cannot be read in the charset that it names.") from error


def _note(request: HttpRequest, reason: str) -> None:
    """Write down why, as Django does; a line of the log stays one line."""
    told = [text.encode("unicode_escape").decode() for text in (reason, request.path)]
    logger.warning("Forbidden (%s): %s", *told, extra={"status_code": 403, "request": request})


def _unused(request: HttpRequest) -> HttpResponse:
    raise NotImplementedError("the check alone answers nothing")
