"""Read bodies that are signed pickles: the signature first, then plain data and nothing else."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.http import HttpRequest

from piston_core import MalformedBody, Parser
from piston_pickle.emitter import pickled
from piston_pickle.reader import read_pickle

_SCALARS = frozenset({type(None), bool, int, float, str, bytes, date, datetime, time, timedelta, Decimal, UUID})
_MOST_VALUES = 250_000


def signed(data: Any, key: str) -> bytes:
    """Return plain data as a body of the type ``application/vnd.piston.signed-pickle``, for a client to send.

    Args:
        data: dictionaries with text keys, lists, tuples and the types that the emitter writes.
        key: the server's ``PISTON["OPTIONS"]["pickle"]["key"]``.

    Raises:
        ValueError: the key is empty.
    """
    if not key:
        raise ValueError("A body cannot be signed with an empty key; take the one in the server's settings.")
    return _signer((key,)).sign(b64encode(pickled(data)).decode()).encode()


class PickleParser(Parser):
    """Reads pickles of plain data that are signed with a key, and were so only a while ago.

    Args:
        keys: the keys that count.
        max_age: how many seconds a signature is good for.
        max_depth: how deeply lists and dictionaries may be nested.
    """

    name = "pickle"
    media_types = ("application/vnd.piston.signed-pickle",)

    def __init__(self, *, keys: Sequence[str], max_age: int = 300, max_depth: int = 64) -> None:
        self._signer = _signer(keys)
        self.max_age = max_age
        self.max_depth = max_depth

    def parse(self, body: bytes, request: HttpRequest) -> Any:
        """Return the data of a signed pickle.

        Raises:
            MalformedBody: the signature is not good any more or never was, or the pickle holds
                anything but plain data. A body that is damaged looks like one that is forged, so
                both are malformed; 401 would promise a challenge that does not exist.
        """
        return _Tree(self.max_depth).copy(read_pickle(self._opened(body)), 0)

    def _opened(self, body: bytes) -> bytes:
        """Return the pickle in a body, if its signature is good."""
        try:
            text = self._signer.unsign(body.decode("ascii"), max_age=self.max_age)
        except SignatureExpired as error:
            raise MalformedBody(f"The body was signed more than {self.max_age} seconds ago; sign it anew.") from error
        except (BadSignature, ArithmeticError, LookupError, ValueError) as error:  # the latter of a time that is none
            raise MalformedBody("The body is not signed with a key that this server accepts.") from error
        try:
            return b64decode(text, validate=True)
        except ValueError as error:
            raise MalformedBody("What is signed in the body is not base64.") from error


def _signer(keys: Sequence[str]) -> TimestampSigner:
    """Return Django's signer; the names are part of the format that the README describes."""
    return TimestampSigner(key=keys[0], fallback_keys=[*keys[1:]], salt="piston_pickle", algorithm="sha256")


class _Tree:
    """Copies what a pickle holds as a tree, within limits; what it shares makes large trees of small pickles."""

    def __init__(self, max_depth: int) -> None:
        self.max_depth = max_depth
        self.values = 0

    def copy(self, value: Any, depth: int) -> Any:
        """Return a value with all that is in it, below this many lists and dictionaries.

        Raises:
            MalformedBody: it is too deep, which a circle always is, or too much, or not data.
        """
        self.values += 1
        if self.values > _MOST_VALUES:
            raise MalformedBody(f"The pickle holds more than {_MOST_VALUES} values; send them in several requests.")
        kind = type(value)
        if kind in _SCALARS:
            return value
        if depth == self.max_depth:
            raise MalformedBody(f"The pickle is nested more than {self.max_depth} levels deep.")
        if kind is dict:
            return {key: self.copy(item, depth + 1) for key, item in value.items()}
        if kind is list or kind is tuple:
            return [self.copy(item, depth + 1) for item in value]
        raise MalformedBody("The pickle has a type or a time zone where data is expected.")
