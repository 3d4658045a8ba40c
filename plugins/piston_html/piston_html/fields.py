"""Writes one thing that an action asks for as a labelled field of a form; objects of a table are never listed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from piston_core import Input
from piston_html.texts import can_be_edited, safe_address, shown

_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][-+]?\d+)?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"\d\d:\d\d(:\d\d(\.\d{1,3})?)?")
_MOMENT = re.compile(r"(?P<local>\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?)(?P<offset>Z|[+-]\d\d:\d\d)?")
# What an <input> of a kind can hold; it would drop anything else without a word.
_HOLDS = {"number": _NUMBER, "date": _DATE, "time": _TIME, "datetime-local": _MOMENT}
_TRUTHS = (("true", "Yes"), ("false", "No"))
_FIELD = """<div class="field" data-field="{name}"><label for="{id}">{title}{mark}</label>{control}{about}\
<ul class="faults"></ul></div>"""
_REQUIRED = SafeString('<span class="required" title="required"> *</span>')


def field(asked: Input, number: str, value: Any) -> SafeString:
    """Return a field with its label.

    Args:
        asked: what is asked for.
        number: what its ids begin with.
        value: what an object has there now.
    """
    value = asked.value if value is None else value
    about = [shown(asked.about)] if asked.about else []
    if isinstance(value, dict | list) and not _takes_several(asked):
        value = None
    if not can_be_edited(_spelt(value)):
        value = None
        about.append(shown("What is there now has characters that a form cannot hold."))
    if asked.kind == "hidden":
        return format_html('<input type="hidden" name="{}" value="{}">', asked.name, _spelt(value))
    control = _control(asked, number, value, about)
    told = format_html('<small id="{}-about">{}</small>', number, format_html_join(" ", "{}", ([x] for x in about)))
    return format_html(
        _FIELD,
        name=asked.name,
        id=number,
        title=shown(asked.title or asked.name),
        mark=_REQUIRED if asked.required else "",
        control=control,
        about=told if about else "",
    )


def _takes_several(asked: Input) -> bool:
    """Return whether a field can hold what is no single value: related objects, choices, JSON."""
    return asked.related is not None or bool(asked.choices) or asked.kind == "textarea"


def _control(asked: Input, number: str, value: Any, about: list[SafeString]) -> SafeString:
    """Return what is filled in, and add to what there is to say about it."""
    common = format_html('id="{0}" name="{1}" aria-describedby="{0}-about"', number, asked.name)
    required = SafeString(" required") if asked.required else ""
    common = format_html("{}{}", common, required)
    if asked.related is not None:
        return _reference(asked, common, value, about)
    if asked.kind == "checkbox":
        return _select(common, _TRUTHS, [_spelt(value)], "bool", optional=value is None)
    if asked.choices:
        return _choice(asked, common, value)
    if asked.kind == "textarea" or (asked.kind == "text" and "\n" in _spelt(value)):
        return format_html('<textarea {} rows="6"{}>\n{}</textarea>', common, _limits(asked), _spelt(value))
    return _input(asked, common, value)


def _input(asked: Input, common: SafeString, value: Any) -> SafeString:
    kind, text, offset = asked.kind, _spelt(value), SafeString("")
    if kind in ("file", "password"):
        text = ""
    elif kind in _HOLDS and text:
        found = _HOLDS[kind].fullmatch(text)
        kind = kind if found else "text"
        if found and kind == "datetime-local":
            text = found["local"]
            offset = format_html(' data-offset="{}"', found["offset"] or "")
    return format_html('<input type="{}" {} value="{}"{}{}>', kind, common, text, offset, _limits(asked))


def _limits(asked: Input) -> SafeString:
    limits = dict(asked.limits)
    if asked.kind in ("number", "time", "datetime-local"):
        limits.setdefault("step", "any")
    return format_html_join("", ' {}="{}"', ((name, _spelt(value)) for name, value in limits.items()))


def _choice(asked: Input, common: SafeString, value: Any) -> SafeString:
    choices = [(_spelt(each), text) for each, text in asked.choices]
    chosen = [_spelt(each) for each in (value if isinstance(value, list) else [value])]
    missing = not asked.required and not asked.many and all(key for key, _ in choices)
    return _select(common, choices, chosen, "many" if asked.many else "", optional=missing)


def _select(
    common: SafeString, choices: Iterable[tuple[str, str]], chosen: list[str], kind: str, *, optional: bool
) -> SafeString:
    options = format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        (
            (key, SafeString(" selected") if key in chosen else "", text)
            for key, text in ((("", "—"),) if optional else ()) + tuple(choices)
        ),
    )
    several = SafeString(" multiple") if kind == "many" else ""
    return format_html('<select {} data-kind="{}"{}>{}</select>', common, kind, several, options)


def _reference(asked: Input, common: SafeString, value: Any, about: list[SafeString]) -> SafeString:
    """Return a field for related objects by their keys; the script looks for them while somebody writes."""
    keys = [_spelt(_key(each, asked.key)) for each in (value if isinstance(value, list) else [value])]
    told = f"By {asked.key}; several are separated by commas." if asked.many else f"By {asked.key}."
    about.append(shown(told))
    href = safe_address(asked.href)
    if href:
        about.append(format_html('<a href="{}" target="_blank">What there is</a>', href))
    return format_html(
        '<input {} value="{}" data-kind="{}" data-list="{}" data-key="{}" autocomplete="off">',
        common,
        ", ".join(filter(None, keys)),
        "keys" if asked.many else "",
        href,
        asked.key,
    )


def _key(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else value if isinstance(value, str | int) else None


def _spelt(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):  # of a JSONField
        return json.dumps(value, ensure_ascii=False, indent=2, default=str)
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date | datetime | time) else str(value)
