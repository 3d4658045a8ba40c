"""What a request is made of in the eyes of OAuth: its parameters, wherever they stand (RFC 5849, section 3.4.1.3.1).

oauthlib's endpoints read requests as well, but not in a way that a server could rely on: duplicates in the header
become one, parameters of the query are decoded twice, and a form that it cannot decode counts as no form at all,
which leaves unsigned what Django reads. So the reading is done here, and whatever is not clear is refused.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import parse_qsl, unquote_to_bytes

from django.conf import settings
from django.http import HttpRequest, UnreadablePostError

from piston_core import Problem
from piston_oauth.refusals import Malformed

Pairs: TypeAlias = list[tuple[str, str]]

_FORM = "application/x-www-form-urlencoded"
_LONGEST_HEADER = 8192  # characters
# Characters of a value. An RSA key may have 12288 bits; some versions of Django redirect to 2048 characters at most.
_LONGEST = {"oauth_signature": 2048, "oauth_callback": 1800}
_LONGEST_OTHER = 255
_LONGEST_LENGTH = 18  # digits
_PAIR = re.compile(r'\s*([^\s=",]+)[ \t]*=[ \t]*"((?:[^"\\]|\\.)*)"[ \t]*(,|$)')
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
# By these a query or a form says that it is signed; oauth_token alone is also what a callback gets.
_TELLING = re.compile(rb"(?:^|&)oauth_(?:consumer_key|signature|signature_method)=")
KNOWN = frozenset(
    f"oauth_{name}"
    for name in (
        "consumer_key", "token", "signature_method", "signature", "timestamp", "nonce", "version",
        "callback", "verifier", "body_hash",
    )
)  # fmt: skip
_SENSITIVE = ("oauth_signature", "oauth_token", "oauth_verifier")


@dataclass(frozen=True, slots=True)
class Received:
    """The parameters of one request.

    Attributes:
        place: where the protocol parameters stand: ``header``, ``form`` or ``query``.
        protocol: the protocol parameters, those whose names begin with ``oauth_``.
        signed: all parameters that the signature is about, decoded, in no particular order.
        realm: the realm of the header, ``""`` without one.
    """

    place: str
    protocol: Mapping[str, str]
    signed: Pairs
    realm: str = ""

    def need(self, *names: str) -> None:
        """Refuse a request in which one of these protocol parameters is missing or empty.

        Raises:
            Malformed: it names them.
        """
        missing = [name for name in names if not self.protocol.get(name)]
        if missing:
            raise Malformed(f"Parameters are missing: {', '.join(missing)}.")


def receive(request: HttpRequest, places: Container[str]) -> Received | None:
    """Return the parameters of a request, ``None`` if it holds no OAuth credentials in the places that may have them.

    Raises:
        Malformed: they cannot be read, or stand in two places, or one of them is there twice.
        Problem: 411 for a form of which nobody knows where it ends.
    """
    header = header_of(request)
    place = "header" if header is not None else _announced(request, places)
    if place is None or place not in places:
        return None
    request.sensitive_post_parameters = _SENSITIVE  # type: ignore[attr-defined]  # what Django's reports leave out
    realm, fields = _fields(header or "")
    found = {"header": fields, "form": _form(request), "query": _pairs(_query(request))}
    held = [each for each, pairs in found.items() if any(name.startswith("oauth_") for name, _ in pairs)]
    if held != [place]:  # RFC 5849, section 3.5
        raise Malformed(f"Parameters of OAuth stand in {' and '.join(held) or 'no place'}; send them in one.")
    signed = [pair for pairs in found.values() for pair in pairs if pair[0] != "oauth_signature"]
    return Received(place, _protocol(found[place]), signed, realm)


def header_of(request: HttpRequest) -> str | None:
    """Return what comes after the scheme ``OAuth`` in ``Authorization``; ``None`` for another scheme or none."""
    scheme, _, rest = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return rest if scheme.lower() == "oauth" else None


def is_form(request: HttpRequest) -> bool:
    """Return whether a request's body is one of those that are signed (RFC 5849, section 3.4.1.3.1)."""
    return request.content_type == _FORM


def _announced(request: HttpRequest, places: Container[str]) -> str | None:
    """Return where a request without such a header field says that it is signed."""
    if "HTTP_AUTHORIZATION" in request.META:  # one scheme is enough for a request
        return None
    if "query" in places and _TELLING.search(_query(request)):
        return "query"
    if "form" in places and is_form(request) and is_bounded(request) and _TELLING.search(body_of(request)):
        return "form"
    return None


def _protocol(pairs: Pairs) -> dict[str, str]:
    protocol: dict[str, str] = {}
    for name, value in pairs:
        if name.startswith("oauth_"):
            if name in protocol:
                raise Malformed("A parameter of OAuth is there twice.")
            if name not in KNOWN:
                raise Malformed("There is a parameter of OAuth that RFC 5849 does not know.")
            protocol[name] = _plain(name, value)
    return protocol


def _plain(name: str, value: str) -> str:
    """Return a value that is neither long nor odd: everything in OAuth is printable ASCII."""
    if len(value) > _LONGEST.get(name, _LONGEST_OTHER):
        raise Malformed(f"{name} is too long.")
    if not value.isascii() or not value.isprintable():
        raise Malformed(f"{name} holds characters that do not belong there.")
    return value


def _fields(header: str) -> tuple[str, Pairs]:
    """Return the realm, and the decoded parameters of the header (RFC 5849, section 3.5.1)."""
    realms, pairs = [], []
    for name, value in _quoted(header):
        if name.lower() == "realm":
            realms.append(re.sub(r"\\(.)", r"\1", value))
        else:
            pairs.append((_decoded(name), _decoded(value)))
    if len(realms) > 1:
        raise Malformed("The realm is there twice.")
    return (realms[0] if realms else ""), pairs


def _quoted(header: str) -> Iterator[tuple[str, str]]:
    if len(header) > _LONGEST_HEADER:
        raise Malformed("The Authorization field is too long.")
    text, place = header.strip(" \t"), 0
    while place < len(text):
        found = _PAIR.match(text, place)
        if found is None or (found[3] and found.end() == len(text)):
            raise Malformed("The Authorization field is no list of parameters.")
        yield found[1], found[2]
        place = found.end()


def _decoded(text: str) -> str:
    """Return a name or value without its percent-encoding (RFC 5849, section 3.6)."""
    if _BAD_ESCAPE.search(text) or not text.isascii():
        raise Malformed("The Authorization field is not percent-encoded.")
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        raise Malformed("The Authorization field is not UTF-8.") from None


def _pairs(text: bytes) -> Pairs:
    """Return the parameters of a query or a form, as Django will read them, except that nothing is guessed."""
    try:
        if _BAD_ESCAPE.search(text.decode()):
            raise ValueError("a percent sign stands for itself")
        most: int | None = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
        return parse_qsl(text.decode(), keep_blank_values=True, errors="strict", max_num_fields=most)
    except ValueError:
        raise Malformed("The query or the form cannot be read, so its signature cannot be checked.") from None


def _query(request: HttpRequest) -> bytes:
    query: str = request.META.get("QUERY_STRING", "")
    return query.encode("latin-1", "replace")  # PEP 3333: bytes as latin-1


def _form(request: HttpRequest) -> Pairs:
    return _pairs(body_of(request)) if is_form(request) else []


def body_of(request: HttpRequest) -> bytes:
    """Return a body that has to be looked at, within Django's limit.

    Raises:
        Malformed: its length is none, or the client has gone before its end.
        Problem: 411 if nobody knows where it ends.
    """
    if not is_bounded(request):
        raise Problem(411, "Send a signed body with a Content-Length.")
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not (length.isascii() and length.isdigit() and len(length) <= _LONGEST_LENGTH):
        raise Malformed("Content-Length is not a number.")
    try:
        body: bytes = request.body
    except UnreadablePostError:
        raise Malformed("The body broke off before its end.") from None
    return body


def is_bounded(request: HttpRequest) -> bool:
    """Return whether it is known where the body ends; Django would take a body without a known end for empty."""
    meta = request.META
    if meta.get("CONTENT_LENGTH") or hasattr(request, "scope") or hasattr(request, "_body"):
        return True  # ASGI hands over all of it, and so does who has read it before
    return "HTTP_TRANSFER_ENCODING" not in meta and meta.get("SERVER_PROTOCOL", "HTTP/1.1").startswith("HTTP/1")
