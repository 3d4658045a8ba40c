"""The system checks of the provider: what it needs, and what a project should not serve."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as CheckWarning
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils.module_loading import import_string

from piston_oauth.options import Options

_SESSION = "django.contrib.sessions.middleware.SessionMiddleware"
_USER = "django.contrib.auth.middleware.AuthenticationMiddleware"


def messages() -> Iterator[CheckMessage]:
    """Yield what is wrong with a project that names the plugin ``oauth`` or its authenticator."""
    said = getattr(settings, "PISTON", {})
    if "oauth" not in {*(said.get("PLUGINS") or ()), *said.get("AUTHENTICATORS", ())}:
        return  # installed, and so enabled, but nobody asks for it
    if not apps.is_installed("piston_oauth"):
        yield _not_installed()
        return
    if not _has_addresses():  # a project without them verifies requests with tokens that are made elsewhere
        yield _warning(
            "piston_oauth.W002",
            "The addresses of the OAuth provider are not in the URL configuration, so nobody gets a token.",
            "Add path('oauth/', include('piston_oauth.urls')) to it.",
        )
        return
    yield from _page_messages()


def deployment_messages(options: Options) -> Iterator[CheckMessage]:
    """Yield what a site on the internet should not do."""
    if options.plaintext_anywhere:
        yield _warning(
            "piston_oauth.W005",
            "PLAINTEXT is accepted without TLS, so consumers send their secrets for everybody to read.",
            'Leave plaintext_anywhere out of PISTON["OPTIONS"]["oauth"].',
        )
    if options.insecure_transport:
        yield _warning(
            "piston_oauth.W006",
            "Tokens and their secrets are handed out without TLS.",
            'Leave insecure_transport out of PISTON["OPTIONS"]["oauth"].',
        )


def _not_installed() -> CheckMessage:
    text = "The plugin 'oauth' is enabled, and its tables are not: 'piston_oauth' is not in INSTALLED_APPS."
    hint = "Add it and migrate, or leave 'oauth' out of PISTON[\"PLUGINS\"]."
    if "oauth" in getattr(settings, "PISTON", {}).get("AUTHENTICATORS", ()):
        return Error(text, hint=hint, id="piston_oauth.E001")
    return _warning("piston_oauth.W001", text, hint)


def _page_messages() -> Iterator[CheckMessage]:
    """Yield what the page lacks on which users agree."""
    if not _is_reachable(settings.LOGIN_URL):
        yield _warning(
            "piston_oauth.W003",
            f"Users are sent to log in to LOGIN_URL, {settings.LOGIN_URL!r}, which is no address of this site.",
            "Set LOGIN_URL to the address or the name of the page on which your users log in.",
        )
    missing = [name for name in (_SESSION, _USER) if not _has(name)]
    if missing or not settings.TEMPLATES:
        lacking = " and ".join(missing) or "a backend in TEMPLATES"
        yield _warning(
            "piston_oauth.W004",
            f"The page on which users give access cannot be shown without {lacking}.",
            "Add it to the settings, as in a new project of Django.",
        )


def _warning(name: str, text: str, hint: str) -> CheckMessage:
    return CheckWarning(text, hint=hint, id=name)


def _has(middleware: str) -> bool:
    """Return whether a middleware is there, itself or as the base of the project's own."""
    base = import_string(middleware)
    found = [import_string(name) for name in settings.MIDDLEWARE]
    return any(isinstance(each, type) and issubclass(each, base) for each in found)


def _has_addresses() -> bool:
    try:
        reverse("piston_oauth:authorize")
    except NoReverseMatch:
        return False
    return True


def _is_reachable(place: Any) -> bool:
    """Return whether an address is one of this site; of an address elsewhere nobody knows."""
    try:
        address = str(resolve_url(place))
        if address.startswith("/") and not address.startswith("//"):
            resolve(address.partition("?")[0])
    except (NoReverseMatch, Resolver404):
        return False
    return True
