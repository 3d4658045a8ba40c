"""OpenAPI for Piston: documents of what an API serves, made of what its handlers declare.

The entry point ``openapi`` in the group ``piston.plugins`` leads here.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.core.checks import CheckMessage

from piston_core import LinkBuilder, Subcommand, hookimpl, plugin_options
from piston_openapi.changes import Change, changes
from piston_openapi.checks import messages
from piston_openapi.command import OpenAPICommand
from piston_openapi.document import document
from piston_openapi.links import DocumentLinkBuilder
from piston_openapi.options import Options
from piston_openapi.pages.checks import page_messages
from piston_openapi.pages.views import DocumentationView
from piston_openapi.views import DocumentView

__version__ = "0.1.0"

__all__ = [
    "Change",
    "DocumentLinkBuilder",
    "DocumentView",
    "DocumentationView",
    "OpenAPICommand",
    "Options",
    "changes",
    "document",
    "piston_checks",
    "piston_commands",
    "piston_link_builders",
]


@hookimpl
def piston_commands() -> list[Subcommand]:
    """Offer ``manage.py piston openapi``."""
    return [OpenAPICommand()]


@hookimpl
def piston_link_builders() -> list[LinkBuilder]:
    """Offer ``openapi``: the root of an API leads to its description."""
    return [DocumentLinkBuilder()]


@hookimpl
def piston_checks() -> Iterator[CheckMessage]:
    """Report options that cannot be followed, and addresses that one document cannot hold together."""
    options = plugin_options("openapi", Options)
    yield from messages(options)
    yield from page_messages(options)
