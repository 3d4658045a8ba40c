"""What ``manage.py check`` says of a project's OAuth 2: what is missing, and what is not as safe as it could be."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as CheckWarning
from django.urls import NoReverseMatch, reverse

from piston_oauth.oauth2.metadata import metadata_path

_ROUTED = 'path("o/", include("oauth2_provider.urls"))'
_METADATA_ROUTED = 'path("", include((metadata_urlpatterns, "oauth2_provider"), namespace="oauth2_metadata"))'


def check_project(*, metadata: bool) -> Iterator[CheckMessage]:
    """Yield what is wrong with the project's use of OAuth 2.

    Args:
        metadata: whether challenges are to say where the metadata is.
    """
    if not apps.is_installed("oauth2_provider"):
        yield Error(
            "The authenticator 'oauth2' asks django-oauth-toolkit, which is not in INSTALLED_APPS.",
            hint="Add 'oauth2_provider' to INSTALLED_APPS, and run manage.py migrate.",
            id="piston_oauth2.E001",
        )
        return
    yield from _check_settings()
    if getattr(settings, "ROOT_URLCONF", None):
        yield from _check_routes(metadata=metadata)


def _check_settings() -> Iterator[CheckMessage]:
    from oauth2_provider.settings import oauth2_settings  # reads the settings, so not at import

    if not oauth2_settings.PKCE_REQUIRED:  # a function decides for each client
        yield CheckWarning(
            "Clients get tokens without PKCE, so an authorization code that is stolen is as good as a token.",
            hint="Leave PKCE_REQUIRED out of OAUTH2_PROVIDER: it is True by default (RFC 9700, section 2.1.1).",
            id="piston_oauth2.W001",
        )
    if not oauth2_settings.COMPLIANT_BCP_RFC9700_TOKEN_STORAGE:
        yield CheckWarning(
            "django-oauth-toolkit keeps tokens in clear, so whoever reads the database can use them.",
            hint='Set OAUTH2_PROVIDER["COMPLIANT_BCP_RFC9700_TOKEN_STORAGE"] to True; hashes are then kept instead.',
            id="piston_oauth2.W002",
        )


def _check_routes(*, metadata: bool) -> Iterator[CheckMessage]:
    from oauth2_provider.settings import oauth2_settings  # reads the settings, so not at import

    if not oauth2_settings.RESOURCE_SERVER_INTROSPECTION_URL and not _is_routed("token"):
        yield CheckWarning(
            "Nobody can get a token: the URLs of django-oauth-toolkit are not in the URL configuration.",
            hint=f"Add {_ROUTED}, or name the server that issues tokens in RESOURCE_SERVER_INTROSPECTION_URL.",
            id="piston_oauth2.W003",
        )
    if metadata and not metadata_path():
        yield CheckWarning(
            "A 401 cannot say where tokens come from: there is no metadata at /.well-known/oauth-protected-resource.",
            hint=f"Add {_METADATA_ROUTED} with metadata_urlpatterns from oauth2_provider.urls, or set the option "
            f"metadata of oauth2 to False.",
            id="piston_oauth2.W004",
        )


def _is_routed(name: str) -> bool:
    try:
        reverse(f"oauth2_provider:{name}")
    except NoReverseMatch:
        return False
    return True
