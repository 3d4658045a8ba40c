"""Writes a form for each thing that the reader of a page may do next, as the page's plan says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.encoding import escape_uri_path
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from piston_core import Affordance, Document
from piston_html.assets import TOKEN
from piston_html.fields import field
from piston_html.texts import safe_address, shown

_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")  # what a browser sends by itself
_NOTHING = SafeString("")
_ACTION = """<details class="action"><summary><b class="method {method}">{method}</b> {name}</summary>{about}\
<form method="post" action="{href}" data-method="{method}" data-type="{type}"{enctype}>{token}\
<fieldset{disabled}>{fields}<p><button>{name}</button></p></fieldset>\
<p class="said" role="status"></p>{without}</form>{raw}</details>"""
_RAW = """<details class="raw"><summary>Write the body yourself</summary>\
<form method="post" action="{href}" data-method="{method}" data-raw><fieldset disabled>\
<div class="field"><label for="{id}-type">Media type</label><select id="{id}-type" name="type">{types}</select></div>\
<div class="field"><label for="{id}-body">Body</label>\
<textarea id="{id}-body" name="body" rows="8" spellcheck="false"></textarea></div>\
<p><button>Send</button></p></fieldset><p class="said" role="status"></p></form></details>"""
_WITHOUT = SafeString("<noscript><p>A browser sends this only with the script of this page.</p></noscript>")


def forms(document: Document, request: HttpRequest) -> SafeString:
    """Return the forms of an answer's actions."""
    if not document.actions:
        return _NOTHING
    shown_here = _shown(document, escape_uri_path(request.path))
    made = format_html_join(
        "", "{}", ([_form(each, f"a{number}", shown_here)] for number, each in enumerate(document.actions))
    )
    return format_html('<section class="actions" aria-label="Actions"><h2>Actions</h2>{}</section>', made)


def _shown(document: Document, path: str) -> tuple[str, Mapping[str, Any]]:
    """Return the address that a page shows one object of, and what it shows of it."""
    return path, document.data if type(document.data) is dict else {}


def _form(action: Affordance, prefix: str, shown_here: tuple[str, Mapping[str, Any]]) -> SafeString:
    path, data = shown_here
    href = safe_address(action.href)
    changes = action.method in ("PUT", "PATCH") and urlsplit(href).path == path
    enctype = _enctype(action)
    inputs = (
        [field(each, f"{prefix}-{number}", data.get(each.name) if changes else None)]
        for number, each in enumerate(action.inputs)
    )
    bodies = [each for each in action.media_types if each not in _FORMS]
    return format_html(
        _ACTION,
        method=action.method,
        name=shown(action.name.replace("_", " ").capitalize()),
        about=format_html('<p class="about">{}</p>', shown(action.title)) if action.title else "",
        href=href,
        type=_type(action),
        enctype=format_html(' enctype="{}"', enctype) if enctype else "",
        token=SafeString(TOKEN.decode()) if enctype else "",
        disabled="" if enctype else SafeString(" disabled"),
        without="" if enctype else _WITHOUT,
        fields=format_html_join("", "{}", inputs),
        raw=_raw(action, prefix, bodies) if bodies else "",
    )


def _type(action: Affordance) -> str:
    """Return what the script sends: files take a form, and of all else JSON says most exactly what is meant."""
    has_files = any(each.kind == "file" for each in action.inputs)
    known = (*_FORMS, "application/json") if has_files else ("application/json", *_FORMS)
    return next((each for each in known if each in action.media_types), "") if action.inputs else ""


def _enctype(action: Affordance) -> str:
    """Return what a browser sends without the script, ``""`` if it cannot."""
    if action.method != "POST" or not action.inputs:
        return ""
    has_files = any(each.kind == "file" for each in action.inputs)
    known = _FORMS if has_files else _FORMS[::-1]
    return next((each for each in known if each in action.media_types), "")


def _raw(action: Affordance, prefix: str, bodies: list[str]) -> SafeString:
    types = format_html_join("", "<option>{}</option>", ([each] for each in bodies))
    return format_html(_RAW, method=action.method, href=safe_address(action.href), id=prefix, types=types)
