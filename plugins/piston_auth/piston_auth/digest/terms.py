"""What a challenge offers: the realm, the algorithms, the qualities of protection, and how long a nonce is good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from piston_auth.digest.hashing import ALGORITHMS, is_available

QUALITIES = ("auth", "auth-int")
LONGEST_WINDOW = 64  # counts; what a row has bits for


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms on which credentials are taken.

    Attributes:
        realm: what a person is asked the password for; a part of what is hashed.
        algorithms: the hash functions that are offered, the strongest first.
        qop: the qualities of protection that are offered (RFC 7616, section 3.3).
        userhash: whether clients are asked to send a hash in place of the name.
        nonce_seconds: for how long a nonce is good.
        window: how far behind the highest count of a nonce another one may come that has been overtaken.

    Raises:
        ValueError: a value cannot be offered; the message begins with its name.
    """

    realm: str = "API"
    algorithms: Sequence[str] = ("SHA-256",)
    qop: Sequence[str] = QUALITIES
    userhash: bool = False
    nonce_seconds: int = 300
    window: int = LONGEST_WINDOW

    def __post_init__(self) -> None:
        """Refuse what cannot be offered."""
        _expect_text("realm", self.realm)
        _expect_some_of("algorithms", self.algorithms, tuple(ALGORITHMS))
        _expect_some_of("qop", self.qop, QUALITIES)
        _expect_available(self.algorithms)
        _expect_truth("userhash", self.userhash)
        _expect_between("nonce_seconds", self.nonce_seconds, 1, 86_400)
        _expect_between("window", self.window, 1, LONGEST_WINDOW)


def _expect_text(name: str, given: Any) -> None:
    if not isinstance(given, str) or not given.isascii() or not given.isprintable():
        raise ValueError(f"{name} is {given!r}; it has to be printable ASCII text")


def _expect_truth(name: str, given: Any) -> None:
    if not isinstance(given, bool):
        raise ValueError(f"{name} is {given!r}; it has to be True or False")


def _expect_some_of(name: str, given: Any, known: tuple[str, ...]) -> None:
    is_list = isinstance(given, list | tuple) and all(isinstance(each, str) for each in given)
    if not is_list or not given or not {*given} <= {*known} or len({*given}) < len(given):
        raise ValueError(f"{name} is {given!r}; it has to be a list with one or more of {', '.join(known)}")


def _expect_available(algorithms: Sequence[str]) -> None:
    for each in algorithms:
        if not is_available(each):
            raise ValueError(f"algorithms has {each}, which this Python's OpenSSL does not have; leave it out")


def _expect_between(name: str, given: Any, least: int, most: int) -> None:
    if type(given) is not int or not least <= given <= most:
        raise ValueError(f"{name} is {given!r}; it has to be a whole number from {least} to {most}")
