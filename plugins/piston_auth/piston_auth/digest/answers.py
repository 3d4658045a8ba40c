"""Read the answer to a challenge from ``Authorization``, strictly, and in time that its length bounds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from unicodedata import normalize
from urllib.parse import unquote

from piston_core import AuthenticationFailed

_LONGEST = 4096  # characters; beyond it nobody's answer is meant
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

_TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"  # noqa: S105 - RFC 9110, section 5.6.2, and nobody's secret
_QUOTED = r'"((?:[ !#-\[\]-~\x80-\xff]|\\[ -~\x80-\xff])*)"'
_PARAMETER = re.compile(rf"({_TOKEN}) *= *(?:{_QUOTED}|({_TOKEN})) *(?:,[ ,]*|\Z)")
_EXTENDED = re.compile(r"UTF-8'[0-9A-Za-z-]*'((?:[!#$&+\-.^_`|~0-9A-Za-z]|%[0-9A-Fa-f]{2})*)", re.IGNORECASE)
_COUNT = re.compile(r"(?!0{8})[0-9A-Fa-f]{8}")
_HASH = re.compile(r"(?:[0-9A-Fa-f]{32}){1,2}")
_TRUTH = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Answer:
    """The parameters of an answer (RFC 7616, section 3.4), as they were sent where they are hashed.

    Attributes:
        username: the name, or its hash in lower case.
        is_hash: which of them it is.
        algorithm: in upper case; MD5 where the client names none.
        nc: the nonce's count, in eight hexadecimal digits.
        response: in lower case.
    """

    username: str
    is_hash: bool
    realm: str
    nonce: str
    uri: str
    algorithm: str
    qop: str
    nc: str
    cnonce: str
    response: str


def answer_in(text: str) -> Answer:
    """Return the answer in what follows the scheme in ``Authorization``.

    Raises:
        AuthenticationFailed: it is too long, does not follow the grammar of RFC 9110, section 11.4, lacks a
            parameter or has it twice. RFC 2069's answers, which have no quality of protection, lack one.
    """
    try:
        if len(text) > _LONGEST:
            raise ValueError("too long")
        return _answer(_parameters(text.strip(" ,")))
    except (KeyError, ValueError) as error:  # also what a decoder raises
        raise AuthenticationFailed("The Digest credentials are malformed.") from error


def _parameters(text: str) -> dict[str, str]:
    """Return the parameters by their names in lower case; their order does not matter."""
    found: dict[str, str] = {}
    place = 0
    while place < len(text):
        match = _PARAMETER.match(text, place)
        if match is None or match[1].lower() in found:
            raise ValueError("not a parameter, or one that was there")
        quoted, token = match[2], match[3]
        found[match[1].lower()] = re.sub(r"\\(.)", r"\1", quoted) if token is None else token
        place = match.end()
    return found


def _answer(given: Mapping[str, str]) -> Answer:
    if not _COUNT.fullmatch(given["nc"]) or not _HASH.fullmatch(given["response"]):
        raise ValueError("a number is none")
    is_hash = _TRUTH[given.get("userhash", "false").lower()]
    return Answer(
        username=_username(given, is_hash=is_hash),
        is_hash=is_hash,
        realm=given["realm"],
        nonce=given["nonce"],
        uri=given["uri"],
        algorithm=given.get("algorithm", "MD5").upper(),
        qop=given["qop"],
        nc=given["nc"],
        cnonce=given["cnonce"],
        response=given["response"].lower(),
    )


def _username(given: Mapping[str, str], *, is_hash: bool) -> str:
    """Return the name, or its hash; a name outside of ASCII may come as ``username*`` (RFC 8187)."""
    if ("username" in given) == ("username*" in given):
        raise ValueError("no name, or two")
    if is_hash:
        return given["username"].lower()
    name = _extended(given["username*"]) if "username*" in given else _decoded(given["username"])
    if _CONTROL.search(name):
        raise ValueError("a control character")
    return normalize("NFC", name)


def _extended(text: str) -> str:
    found = _EXTENDED.fullmatch(text)
    if found is None:
        raise ValueError("not a value of RFC 8187 in UTF-8")
    return unquote(found[1], errors="strict")


def _decoded(text: str) -> str:
    """Return UTF-8 that the server has read as Latin-1; some clients send names in Latin-1 all the same."""
    try:
        return text.encode("latin-1").decode()
    except UnicodeDecodeError:
        return text
