"""Pickle for Piston: answers for Python programs that trust the server, and signed bodies.

The entry point ``pickle`` in the group ``piston.plugins.named`` leads here: the plugin is enabled
only by a project that names it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as CheckWarning

from piston_core import Emitter, Parser, hookimpl, plugin_options
from piston_pickle.emitter import PickleEmitter
from piston_pickle.parser import PickleParser, signed

__version__ = "0.1.0"

__all__ = ["Options", "PickleEmitter", "PickleParser", "piston_checks", "piston_emitters", "piston_parsers", "signed"]


_SHORTEST = 32  # characters of a key: 128 bits, if they are hexadecimal digits
_DEEPEST = 200  # what can be read safely below Python's own limit


@dataclass(frozen=True, slots=True)
class Options:
    """``PISTON["OPTIONS"]["pickle"]``.

    Attributes:
        key: what bodies are signed with, at least 32 characters; without it no body is read.
        old_keys: former keys that still count, for a change of keys.
        max_age: how many seconds a signature is good for.
        max_depth: how deeply lists and dictionaries in a body may be nested, at most 200 levels.
    """

    key: Any = field(default="", repr=False)
    old_keys: Any = field(default=(), repr=False)
    max_age: Any = 300
    max_depth: Any = 64

    def __post_init__(self) -> None:
        """Refuse what cannot be meant, without saying what a key is.

        Raises:
            ValueError: a value is of the wrong kind, or a key too short.
        """
        if self.key != "" and not _is_key(self.key):
            raise ValueError(f"key has to be text of at least {_SHORTEST} characters, or empty to read no bodies")
        if not isinstance(self.old_keys, list | tuple) or not all(map(_is_key, self.old_keys)):
            raise ValueError(f"old_keys has to be a list of texts of at least {_SHORTEST} characters each")
        if self.old_keys and not self.key:
            raise ValueError("old_keys are of no use without a key")
        if type(self.max_age) is not int or self.max_age < 1:
            raise ValueError(f"max_age is {self.max_age!r}; it has to be a number of seconds")
        if type(self.max_depth) is not int or not 1 <= self.max_depth <= _DEEPEST:
            raise ValueError(f"max_depth is {self.max_depth!r}; it has to be a number from 1 to {_DEEPEST}")


def _is_key(value: Any) -> bool:
    return isinstance(value, str) and len(value) >= _SHORTEST


@hookimpl
def piston_emitters() -> list[Emitter]:
    """Offer ``pickle``."""
    return [PickleEmitter()]


@hookimpl
def piston_parsers() -> list[Parser]:
    """Offer ``pickle``, if there is a key."""
    options = plugin_options("pickle", Options)
    if not options.key:
        return []
    keys = (options.key, *options.old_keys)
    return [PickleParser(keys=keys, max_age=options.max_age, max_depth=options.max_depth)]


@hookimpl
def piston_checks() -> Iterator[CheckMessage]:
    """Report the risk that everybody takes who reads the answers, and keys that others may know."""
    yield CheckWarning(
        "The emitter 'pickle' is enabled. Whoever unpickles an answer lets this server, and everybody who can alter "
        "the answer on its way, run code on their machine.",
        hint="Use 'json' for clients that need not trust the server. If all of them do, and come by TLS, "
        "add 'piston_pickle.W001' to SILENCED_SYSTEM_CHECKS.",
        id="piston_pickle.W001",
    )
    options = plugin_options("pickle", Options)
    if options.key and {options.key, *options.old_keys} & {settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS}:
        yield Error(
            'A key in PISTON["OPTIONS"]["pickle"] is the SECRET_KEY, which then every client would know.',
            hint="Make a key of its own: python -c 'import secrets; print(secrets.token_urlsafe(32))'",
            id="piston_pickle.E001",
        )
