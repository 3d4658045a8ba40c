"""Find the metadata of the protected resource (RFC 9728) that django-oauth-toolkit serves, to point clients to it."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, get_script_prefix, resolve

WELL_KNOWN = "/.well-known/oauth-protected-resource"
_ROUTE = "oauth-resource-metadata"  # what django-oauth-toolkit calls its routes; one has -path at its end


def metadata_url(request: HttpRequest) -> str | None:
    """Return the address of the metadata; ``None`` if there is none that names the resource rightly.

    Without ``OAUTH2_PROTECTED_RESOURCE_IDENTIFIER`` the document takes the resource from its own address, so it is
    right only at the root: below ``o/`` it would name ``https://host/o``, and clients have to refuse metadata of
    another resource than they have asked for (RFC 9728, section 3.3).
    """
    from oauth2_provider.settings import oauth2_settings  # reads the settings, so not at import

    path = metadata_path()
    if path is not None:
        return request.build_absolute_uri(get_script_prefix().rstrip("/") + path)
    if not oauth2_settings.OAUTH2_PROTECTED_RESOURCE_IDENTIFIER:
        return None
    anywhere: str | None = oauth2_settings.oauth2_resource_metadata_url(request)
    return anywhere


def metadata_path() -> str | None:
    """Return where the metadata is by RFC 9728, section 3.1, the well-known path before the resource's own.

    ``None`` if the project has no route of django-oauth-toolkit's name there.
    """
    from oauth2_provider.settings import oauth2_settings

    own = urlsplit(oauth2_settings.OAUTH2_PROTECTED_RESOURCE_IDENTIFIER).path
    path = WELL_KNOWN + (own if own != "/" else "")
    try:
        name = resolve(path).url_name
    except Resolver404:
        return None
    return path if name in (_ROUTE, f"{_ROUTE}-path") else None
