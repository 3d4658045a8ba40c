"""The form of a token: a prefix that people and scanners know it by, 256 random bits, and a checksum.

Example: ``piston_5C29HwG2ykLhurjrEslYJfgPSrajw93VYyHCt5TufbZ4rBF5z``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import choice
from string import ascii_letters, digits
from typing import Any
from zlib import crc32

from django.views.decorators.debug import sensitive_variables

from piston_core import plugin_options

PREFIX = "piston"
START = 6  # characters that a token is recognised by in lists; what is left of it has 220 bits

_ALPHABET = digits + ascii_letters
_SECRET = 43  # characters: the fewest of 62 kinds that have 256 bits
_PAIRS = tuple(one + other for one in _ALPHABET for other in _ALPHABET)
_CHECKSUM = 6  # characters: as many as a CRC32 takes
_PREFIX = re.compile(r"[A-Za-z](?:[A-Za-z0-9_]{0,30}[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class Form:
    """What the tokens of a site look like.

    Args:
        prefix: what they begin with, before an underscore.

    Raises:
        ValueError: the prefix cannot be one.
    """

    prefix: str = PREFIX
    _shape: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        shape = rf"{checked_prefix(self.prefix)}_[0-9A-Za-z]{{{_SECRET + _CHECKSUM}}}"
        object.__setattr__(self, "_shape", re.compile(shape))

    @sensitive_variables()
    def make(self) -> str:
        """Return a new token."""
        text = f"{self.prefix}_{''.join(choice(_ALPHABET) for _ in range(_SECRET))}"
        return text + checksum(text)

    def fits(self, text: str) -> bool:
        """Return whether a text can be a token of this site: whole, and without a slip of the pen."""
        return self._shape.fullmatch(text) is not None and checksum(text[:-_CHECKSUM]) == text[-_CHECKSUM:]


def checked_prefix(prefix: Any) -> str:
    """Return a prefix that can be one.

    Raises:
        ValueError: it cannot.
    """
    if not isinstance(prefix, str) or not _PREFIX.fullmatch(prefix):
        raise ValueError(
            f"token_prefix is {prefix!r}; it has to be 1 to 32 ASCII letters, digits and underscores, "
            "with a letter first and no underscore last"
        )
    return prefix


def configured_form() -> Form:
    """Return the form of new tokens, with the prefix that ``PISTON["OPTIONS"]["auth"]`` says."""
    from piston_auth import Options  # which imports this package

    return Form(plugin_options("auth", Options).token_prefix)


def checksum(text: str) -> str:
    """Return six characters that tell whether a text has been copied whole."""
    rest, last = divmod(crc32(text.encode()), len(_PAIRS))
    first, middle = divmod(rest, len(_PAIRS))
    return _PAIRS[first] + _PAIRS[middle] + _PAIRS[last]


def digest_of(text: str) -> str:
    """Return what the table keeps of a token.

    A slow hash protects what people think up; 256 random bits cannot be tried out, so a fast one will do.
    Whoever searches for it learns nothing from how long that takes, since nobody chooses what a hash begins with.
    """
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def start_of(text: str) -> str:
    """Return the characters after the prefix by which people recognise a token."""
    return text.rpartition("_")[2][:START]
