"""Writes text as HTML: escaped, with what nobody can see made visible, and with links only where they are safe."""

from __future__ import annotations

import re
from html import escape

from django.utils.encoding import iri_to_uri
from django.utils.safestring import SafeString

# What HTML has no form for: controls but for tabs and line ends, lone surrogates, noncharacters.
_IMPOSSIBLE = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef" + "".join(
    chr(plane * 0x10000 + 0xFFFE) + chr(plane * 0x10000 + 0xFFFF) for plane in range(17)
)
# The same, what turns the direction of text and what has no width; the joiners of emoji stay as they are.
_HIDDEN = re.compile(
    f"[{_IMPOSSIBLE}\r\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
_NOT_HTML = re.compile(f"[{_IMPOSSIBLE}]")
_BLANK = re.compile(r"[\x00-\x20]")
_ON_SITE = re.compile(r"/[\w.~!$&'()*+,;=:@%?#\[\]-][\w.~!$&'()*+,;=:@%/?#\[\]-]*", re.ASCII)
_ON_WEB = re.compile(r"https?://[^\s<>\"{}|\\^`]+", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_SAFE_SCHEMES = ("http:", "https:", "mailto:")
_LONG = 1000  # characters of text that are shown before it is folded
_BEGINNING = 160


def shown(text: str) -> SafeString:
    """Return text as HTML that shows every character of it, also one that is not to be seen."""
    markup = escape(text)
    return SafeString(markup if text.isprintable() else _HIDDEN.sub(_code_point, markup))


def _code_point(found: re.Match[str]) -> str:
    if (
        found[0] == "\r" and found.string[found.end() : found.end() + 1] == "\n"
    ):  # a line end of DOS, which is in order
        return '<code class="u" hidden>U+000D</code>'
    return f'<code class="u">U+{ord(found[0]):04X}</code>'


def can_be_edited(text: str) -> bool:
    """Return whether a field of a form can hold a text; line ends may become others, as in any form."""
    return not _NOT_HTML.search(text) and "\r" not in text.replace("\r\n", "\n")


def possible(markup: str) -> str:
    """Return markup for an attribute, which shows nothing, without what HTML has no form for."""
    return _NOT_HTML.sub("\ufffd", markup)


def text(value: str) -> str:
    """Return a value that is text: an address as a link, a long text folded."""
    address = address_in(value)
    if address:
        return f'<a href="{escape(address)}"{elsewhere(address)}><bdi>{shown(value)}</bdi></a>'
    if len(value) <= _LONG:
        return f"<bdi>{shown(value)}</bdi>"
    return (
        f"<details><summary>{shown(value[:_BEGINNING])}… <small>{len(value):,} characters</small></summary>"
        f"<bdi>{shown(value)}</bdi></details>"
    )


def address_in(value: str) -> str:
    """Return where a value leads to, if it is an address of this site or of the web, otherwise ``""``."""
    if value[:1] == "/" and _ON_SITE.fullmatch(value):
        return value
    if value[:4].lower() == "http" and _ON_WEB.fullmatch(value) and not _HIDDEN.search(value):
        return iri_to_uri(value) or ""
    return ""


def safe_address(href: str) -> str:
    """Return the address of a link that was declared, ``""`` for one that a page had better not lead to."""
    scheme = _SCHEME.match(href)
    if _HIDDEN.search(href) or _BLANK.search(href) or (scheme and scheme[0].lower() not in _SAFE_SCHEMES):
        return ""
    return iri_to_uri(href) or ""


def elsewhere(address: str) -> str:
    """Return the attributes of a link that leads to another site: it is not told where its visitors come from."""
    return ' rel="noreferrer nofollow"' if _SCHEME.match(address) or address.startswith("//") else ""
