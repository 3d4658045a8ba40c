"""What header fields are made of: tokens, quoted strings, links."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.encoding import iri_to_uri

if TYPE_CHECKING:
    from piston_core.linking import Link

TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2
# A quoted string without an end goes to the end of the field, so that no place is looked at twice.
QUOTED = r'"(?:[^"\\]|\\.)*+(?:"|\\?$)'
# What makes a request conditional (RFC 9110, section 13.1), as its META has it.
CONDITIONS = (
    "HTTP_IF_MATCH",
    "HTTP_IF_NONE_MATCH",
    "HTTP_IF_MODIFIED_SINCE",
    "HTTP_IF_UNMODIFIED_SINCE",
    "HTTP_IF_RANGE",
)
_MEMBER = re.compile(rf'((?:[^,"]|{QUOTED})+)')
_UNSAFE = re.compile(r'[<>"\x00-\x20\x7f]')


def members(field: str) -> list[str]:
    """Return the members of a list (RFC 9110, section 5.6.1); a comma within quotation marks parts none."""
    return _MEMBER.findall(field)


def quoted(text: str) -> str:
    """Return a quoted string (RFC 9110, section 5.6.4); of printable ASCII also a String (RFC 9651, 4.1.6)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def link_field(links: Iterable[Link]) -> str:
    """Return the header field ``Link`` (RFC 8288, section 3).

    Raises:
        ValueError: an attribute's name is no token.
    """
    return ", ".join(map(_written, links))


def _written(each: Link) -> str:
    target = _UNSAFE.sub(lambda found: f"%{ord(found[0]):02X}", iri_to_uri(each.href))
    attributes = (_attribute(name, value) for name, value in each.attributes.items())
    return "; ".join((f"<{target}>", f"rel={quoted(each.rel)}", *attributes))


def _attribute(name: str, value: str) -> str:
    if not TOKEN.fullmatch(name):
        raise ValueError(f"{name!r} cannot be the name of a link's attribute")
    if value.isascii() and value.isprintable():
        return f"{name}={quoted(value)}"
    return f"{name}*=UTF-8''{_extended(value)}"


def _extended(text: str) -> str:
    """Return text beyond printable ASCII as RFC 8187, section 3.2, writes it."""
    return "".join(chr(each) if chr(each).isalnum() and each < 128 else f"%{each:02X}" for each in text.encode())
