"""Write parts of rows ahead, as JSON: text with places for what the addresses of each object hold.

To make the dictionaries of links and to have them written costs more than the links themselves.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from piston_core.linking import Href, Target, Where, Written

_BRACES = str.maketrans({"{": "{{", "}": "}}"})


class Text(NamedTuple):
    """A part as JSON.

    Attributes:
        body: what stands between the quotes of an f-string.
        tests: expressions that tell whether an object has all of it.
    """

    body: str
    tests: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """The expression that makes it for an object which has all of it."""
        return f"f{self.body!r}"


Reader = Callable[[Target], Text | None]


def text_of(part: Any, address: Reader) -> Text | None:
    """Return a part of a row as JSON for objects that have all of it; ``None`` where it has to be made in full.

    Args:
        part: a part of what ``LinkBuilder.arrange`` returns.
        address: returns the address of a target as it stands in JSON, ``None`` for one that is made by a call.
    """
    if isinstance(part, Written):
        return text_of(part.part, address)
    if isinstance(part, Where):
        held, then = address(part.target), text_of(part.then, address)
        return None if held is None or then is None else Text(then.body, _together([held, then]))
    if isinstance(part, Href):
        held = address(part.target)
        return None if held is None else Text(f'"{held.body}"', held.tests)
    if isinstance(part, dict):
        members = [text_of(each, address) for each in part.values()]
        return _around("{{", members, [f"{_constant(name)}:" for name in part], "}}")
    if type(part) is list:
        return _around("[", [text_of(each, address) for each in part], [""] * len(part), "]")
    if part is None or isinstance(part, bool | int | float | str):
        return Text(_constant(part))
    return None


def stands_in_json(text: str) -> bool:
    """Return whether a text stands between the quotes of JSON as it is."""
    return json.dumps(text) == f'"{text}"'


def _around(begin: str, parts: Iterable[Text | None], names: Iterable[str], end: str) -> Text | None:
    there: list[Text] = []
    for name, each in zip(names, parts, strict=True):
        if each is None:
            return None
        there.append(Text(name + each.body, each.tests))
    return Text(f"{begin}{','.join(each.body for each in there)}{end}", _together(there))


def _together(texts: Iterable[Text]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(test for each in texts for test in each.tests))


def _constant(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False).translate(_BRACES)
