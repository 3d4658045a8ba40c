"""The style and the script of every page. They stand in it, and its own policy allows nothing but these two."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files

TOP = b"<!--top-->"  # where a page waits for what is known when the answer is ready; data has no "<"
TOKEN = b"<!--token-->"  # where a form waits for the token against forms of other sites


@cache
def begin() -> bytes:
    """Return what every page begins with."""
    return (
        b'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        b'<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        b"<style>%b</style>%b"
    ) % (_read("style.css"), TOP)


@cache
def end() -> bytes:
    """Return what every page ends with."""
    return b"<script>%b</script></body></html>\n" % _read("script.js")


@cache
def policy() -> str:
    """Return the ``Content-Security-Policy`` of every page."""
    style, script = (b64encode(sha256(_read(name)).digest()).decode() for name in ("style.css", "script.js"))
    return (
        f"default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; connect-src 'self'; "
        "img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )


def _read(name: str) -> bytes:
    return files("piston_html").joinpath(name).read_bytes().replace(b"\r\n", b"\n").strip()
