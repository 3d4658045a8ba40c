"""Addresses to which a user is sent back, and which of them a consumer may name (RFC 5849, section 2.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

OUT_OF_BAND = "oob"
_WEB = frozenset({"http", "https"})
_PORTS = {"http": 80, "https": 443}
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")
# Browsers run, show or fetch such addresses themselves instead of handing them to an app.
_DANGEROUS = frozenset(
    {"javascript", "data", "vbscript", "file", "blob", "about", "filesystem", "view-source", "ftp", "ws", "wss"}
)
_ODD = re.compile(r"[^\x21-\x7e]|[\\<>\"{}|^`]")
_HOST = re.compile(r"[a-z0-9.-]+")


def read(callback: str) -> SplitResult:
    """Return the parts of a callback.

    Raises:
        ValueError: nobody should be sent there.
    """
    if _ODD.search(callback):
        raise ValueError("it holds characters that have to be percent-encoded")
    parts = urlsplit(callback)
    if not _SCHEME.fullmatch(parts.scheme) or parts.scheme in _DANGEROUS:
        raise ValueError("it begins with no scheme that leads back to an application")
    if "#" in callback:
        raise ValueError("it has a fragment")
    if parts.username is not None or parts.password is not None:
        raise ValueError("it holds a user name")
    if parts.scheme in _WEB and not parts.hostname:
        raise ValueError("it has no host")
    _ = parts.port  # which raises ValueError for one that is none
    return parts


def is_allowed(callback: str, registered: Iterable[str], *, any_callback: bool) -> bool:
    """Return whether a consumer may name this callback.

    One that has registered callbacks may name those, with whatever query; the scheme, the host, the port and the
    path have to be the same. One that has none may use ``oob``, and with ``any_callback`` any address of the web.
    """
    known = list(registered)
    if callback == OUT_OF_BAND:
        return OUT_OF_BAND in known or not known
    try:
        parts = read(callback)
        return (
            any(_same(parts, read(each)) for each in known if each != OUT_OF_BAND)
            if known
            else (any_callback and parts.scheme in _WEB)
        )
    except ValueError:
        return False


def with_parameters(callback: str, parameters: Iterable[tuple[str, str]]) -> str:
    """Return a callback with more parameters; those that it has stay as they are (RFC 5849, section 2.2)."""
    parts = urlsplit(callback)
    kept = "&".join(piece for piece in parts.query.split("&") if not _is_ours(piece))
    query = "&".join(filter(None, [kept, urlencode(list(parameters))]))
    return urlunsplit(parts._replace(query=query))


def source(callback: str) -> str:
    """Return a callback's origin as Content-Security-Policy writes it; its scheme alone if it cannot be written so."""
    parts = urlsplit(callback)
    host = parts.hostname or ""
    if parts.scheme not in _WEB or not _HOST.fullmatch(host):
        return f"{parts.scheme}:"
    return f"{parts.scheme}://{host}:{parts.port}" if parts.port else f"{parts.scheme}://{host}"


def _is_ours(piece: str) -> bool:
    return any(name in ("oauth_token", "oauth_verifier", "oauth_problem") for name, _ in parse_qsl(piece, True))


def _same(one: SplitResult, other: SplitResult) -> bool:
    return _place(one) == _place(other)


def _place(parts: SplitResult) -> tuple[object, ...]:
    path = parts.path or ("/" if parts.scheme in _WEB else "")
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme), path
