"""Writes where a page leads to: other pages of a list, declared links, and the search of a list."""

from __future__ import annotations

import re

from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from piston_core import Document, Link
from piston_html.texts import elsewhere, safe_address, shown

_PAGES = {"first": "First", "prev": "Previous", "next": "Next", "last": "Last"}
_SEARCH = re.compile(r"([^{}]*)\{\?([\w,]+)\}", re.ASCII)  # as the core writes the template (RFC 6570)
_NOTHING = SafeString("")


def pages(document: Document) -> SafeString:
    """Return the links to the other pages of a list, and how many objects it has."""
    found = [(link, name) for name in _PAGES for link in document.links if link.rel == name]
    total = format_html("<span>{} in all</span>", f"{document.total:,}") if document.total is not None else ""
    if not found and not total:
        return _NOTHING
    each = format_html_join(
        " ", '<a rel="{}" href="{}">{}</a>', ((rel, safe_address(link.href), _PAGES[rel]) for link, rel in found)
    )
    return format_html('<nav class="pages" aria-label="Pages">{} {}</nav>', each, total)


def links(document: Document) -> SafeString:
    """Return the other links of an answer."""
    found = [each for each in document.links if each.rel not in _PAGES and each.rel != "search"]
    if not found:
        return _NOTHING
    items = format_html_join("", "<li>{}", ([_link(each)] for each in found))
    return format_html('<nav class="links" aria-label="Links"><h2>Links</h2><ul>{}</ul></nav>', items)


def _link(link: Link) -> SafeString:
    name = shown(str(link.attributes.get("title") or link.rel))
    address = "" if link.templated else safe_address(link.href)
    if not address:
        return format_html("{} <code>{}</code>", name, shown(link.href))
    away = SafeString(elsewhere(address) or format_html(' rel="{}"', link.rel))
    return format_html('<a href="{}"{}>{}</a>', address, away, name)


def search(document: Document, request: HttpRequest) -> SafeString:
    """Return a form for what a list can be asked, with what it has been asked this time."""
    found = next((_SEARCH.fullmatch(each.href) for each in document.links if each.rel == "search"), None)
    if found is None:
        return _NOTHING
    fields = format_html_join("", _FIELD, (_asked(name, request) for name in found[2].split(",")))
    return format_html(
        '<form class="search" role="search" action="{}"><h2>Search</h2>{}'
        "<p><button>Search</button><noscript> Without a script, what is empty is asked for as well.</noscript></form>",
        safe_address(found[1]),
        fields,
    )


_FIELD = """<div class="field"><label for="q-{0}">{1}</label>\
<input id="q-{0}" name="{0}" value="{2}" placeholder="{3}"></div>"""
_LOOKUPS = {
    "gte": "from",
    "gt": "above",
    "lte": "up to",
    "lt": "below",
    "in": "one of",
    "isnull": "is null",
    "icontains": "contains",
    "contains": "contains",
    "istartswith": "begins with",
    "startswith": "begins with",
}
_HINTS = {"sort": "name, or -name to turn it round", "limit": "how many"}


def _asked(name: str, request: HttpRequest) -> tuple[str, str, str, str]:
    *path, last = name.split("__")
    words = " ".join([*path, _LOOKUPS.get(last, last) if path else last]).replace("_", " ")
    return name, words[:1].upper() + words[1:], request.GET.get(name, ""), _HINTS.get(name, "")
