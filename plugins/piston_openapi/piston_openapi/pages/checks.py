"""The system checks of the pages: what the options name has to be there."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as CheckWarning
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, Resolver404, resolve

from piston_openapi.options import Options
from piston_openapi.pages.viewers import VIEWERS, folder_of


def page_messages(options: Options) -> Iterator[CheckMessage]:
    """Yield what the options name and what is not there.

    Args:
        options: the options of the plugin.
    """
    for name in options.viewers:
        if folder_of(VIEWERS[name]) is None:
            yield Error(
                f"The option viewers names {name!r}, whose files are not installed.",
                hint=f"pip install 'piston-openapi[{name}]', or take it out of the options.",
                id="piston_openapi.E001",
            )
    if options.readers == "staff" and not _leads_somewhere(str(settings.LOGIN_URL)):
        yield CheckWarning(
            f"The option readers is 'staff', and LOGIN_URL, {settings.LOGIN_URL!r}, leads nowhere.",
            hint='Set LOGIN_URL to where people log in, such as "admin:login".',
            id="piston_openapi.W003",
        )


def _leads_somewhere(address: str) -> bool:
    """Return whether a page of this site answers at an address; that of another site is believed."""
    try:
        there = resolve_url(address)
        return bool(urlsplit(there).netloc) or bool(resolve(urlsplit(there).path))
    except (NoReverseMatch, Resolver404):
        return False
