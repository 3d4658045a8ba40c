"""Read ``Idempotency-Key``: a String of a structured field, or a bare token, and nothing else."""

from __future__ import annotations

import re

from django.http import HttpRequest

from piston_core.problems import Problem

LONGEST = 255  # characters of a key

_STRING = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])+)"')  # RFC 9651, section 3.3.3, and not empty
_BARE = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z:/-]+")  # the characters of a Token (section 3.3.4), a digit first or not
_ESCAPED = re.compile(r'\\(["\\])')


def key_of(request: HttpRequest, *, required: bool) -> str | None:
    """Return a request's key, ``None`` if it has none.

    Args:
        request: the request.
        required: whether it has to have one.

    Raises:
        Problem: 400, for a key that is required and missing, or that cannot be read.
    """
    given = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if given is not None:
        return _readable(given)
    if required:
        raise Problem(
            400,
            "Send a key of your own making in Idempotency-Key, such as a random UUID in quotation marks.",
            type="idempotency-key-missing",
        )
    return None


def _readable(given: str) -> str:
    key = read_key(given)
    if key is None:
        raise Problem(
            400,
            f"Idempotency-Key is one string in double quotes, of 1 to {LONGEST} ASCII characters.",
            type="idempotency-key-malformed",
        )
    return key


def read_key(given: str) -> str | None:
    """Return the key in a header field's value, ``None`` if that is not one.

    The draft (draft-ietf-httpapi-idempotency-key-header-07, section 2.1) wants a String (RFC 9651,
    section 3.3.3), without parameters. Clients that are older than the draft leave the quotes out;
    with them or without, it is the same key.
    """
    value = given.strip(" ")
    if len(value) > 2 * LONGEST + 2:  # each character escaped, and the quotes
        return None
    if _BARE.fullmatch(value):
        key = value
    elif string := _STRING.fullmatch(value):
        key = _ESCAPED.sub(r"\1", string[1])
    else:
        return None
    return key if len(key) <= LONGEST else None
