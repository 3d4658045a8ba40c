"""Write the code of a row that a link builder has arranged.

The builder says once what a row looks like, with stand-ins for what each object has of its own; here these become
expressions, so that no builder and no loop is asked about a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any, NamedTuple

from piston_core.linking import Each, Href, Key, Shown, Target, Where, Written
from piston_core.plans.written import Reader, text_of

StandIn = Shown | Each | Href | Key

_STAND_INS = (Shown, Each, Href, Key, Where, Written)

_MADE = """\
def made(row):
    return {code}
"""


class Piece(NamedTuple):
    """The code of one value.

    Attributes:
        code: an expression.
        test: an expression that tells whether an object has the value, ``""`` if each one has. It comes first, so
            it may give a name to what ``code`` uses.
        is_sure: whether the code is never ``None`` where the test holds.
    """

    code: str
    test: str = ""
    is_sure: bool = False

    def named(self, name: str) -> Piece:
        """Return a piece that is tested for ``None``, if it is not sure, which takes a name for its value."""
        return self if self.is_sure else Piece(name, f"({name} := {self.code}) is not None", is_sure=True)

    def entry(self, name: str) -> str:
        """Return the code of an entry of a dictionary, left out for an object without it."""
        code = f"{name!r}: {self.code}"
        return f"**({{{code}}} if {self.test} else {{}})" if self.test else code


class Writer:
    """Writes the code of rows as their templates have it.

    Args:
        piece_of: gives the code of what stands in for an object's own values.
        numbers: numbers the names that are given to addresses; none of them may be given twice in a function.
        address: returns an address as it stands in JSON, for rows of which parts are written ahead.
    """

    def __init__(
        self, piece_of: Callable[[StandIn], Piece], numbers: Iterator[int], address: Reader | None = None
    ) -> None:
        self.piece_of = piece_of
        self.numbers = numbers
        self.address = address
        self.known: dict[Target, str] = {}

    def code(self, template: Any) -> str:
        """Return the code of a template, ``None`` for an object that lacks all of it.

        Raises:
            TypeError: there is something in it that is no plain value and no stand-in.
        """
        if isinstance(template, dict):
            return self._dictionary(template)
        if isinstance(template, list | tuple) and not isinstance(template, _STAND_INS):
            return f"[{', '.join(map(self._item, template))}]"
        piece = self._piece(template)
        return f"({piece.code} if {piece.test} else None)" if piece.test else piece.code

    def _dictionary(self, template: dict[str, Any]) -> str:
        """Return the code of a dictionary; one of links in two ways, since most objects have all of them."""
        pieces = {name: self._piece(value) for name, value in template.items()}
        some = f"{{{', '.join(piece.entry(name) for name, piece in pieces.items())}}}"
        tests = [piece.test for piece in pieces.values() if piece.test]
        if not tests or not all(isinstance(value, Where) for value in template.values()):
            return some
        every = ", ".join(f"{name!r}: {piece.code}" for name, piece in pieces.items())
        return f"({{{every}}} if {' and '.join(tests)} else {some})"

    def _item(self, value: Any) -> str:
        piece = self._piece(value)
        if isinstance(value, Each):
            return f"*({piece.code} if {piece.test} else [])" if piece.test else f"*({piece.code})"
        return f"*([{piece.code}] if {piece.test} else [])" if piece.test else piece.code

    def _piece(self, value: Any) -> Piece:
        """Return a part that an object may lack."""
        if isinstance(value, Where):
            return self._where(value)
        if isinstance(value, Written):
            return self._written(value.part)
        if isinstance(value, Href) and value.target in self.known:
            return Piece(self.known[value.target])
        if isinstance(value, Shown) and not value.nulls:
            return self._unless_null(value)
        if isinstance(value, StandIn):
            return self.piece_of(value)
        if isinstance(value, dict | list | tuple):
            return Piece(self.code(value))
        if value is None or isinstance(value, bool | int | float | str):
            return Piece(repr(value))
        raise TypeError(f"a row is arranged with {value!r}, which is neither a plain value nor one of the stand-ins")

    def _unless_null(self, value: Shown) -> Piece:
        piece, name = self.piece_of(value), f"it_{next(self.numbers)}"
        test = f"({name} := {piece.code}) is not None"
        return Piece(name, f"{piece.test} and {test}" if piece.test else test)

    def _written(self, part: Any) -> Piece:
        """Return a part as JSON for the objects that have all of it, and in full for the others."""
        text = None if self.address is None else text_of(part, self.address)
        if text is None:
            return self._piece(part)
        ready = f"verbatim({text.code})"
        if not text.tests:
            return Piece(ready)
        full = self._piece(part)
        return Piece(f"({ready} if {' and '.join(text.tests)} else {full.code})", full.test)

    def _where(self, value: Where) -> Piece:
        """Return a part with the test for its link."""
        piece = self.piece_of(Href(value.target)).named(f"to_{next(self.numbers)}")
        self.known[value.target] = piece.code
        code = self.code(value.then)
        del self.known[value.target]
        return Piece(code, piece.test)


def made_of(template: Any, names: dict[StandIn, str], sure: frozenset[str]) -> Callable[[dict[str, Any]], Any]:
    """Return the function that arranges a row of which all values are there.

    Args:
        template: what ``LinkBuilder.arrange`` has returned.
        names: by what name the row has the value of each stand-in.
        sure: the names that each row has.
    """

    def piece_of(each: StandIn) -> Piece:
        name = names[each]
        if isinstance(each, Key):
            return Piece(f"str(row[{name!r}])")
        if isinstance(each, Href):
            return Piece(f"row.get({name!r})")
        return Piece(f"row[{name!r}]", "" if name in sure else f"{name!r} in row")

    found: dict[str, Any] = {}
    text = _MADE.format(code=Writer(piece_of, count()).code(template))
    exec(compile(text, "<arrangement>", "exec"), found)  # noqa: S102 - made of declared names only, as in codegen
    made: Callable[[dict[str, Any]], Any] = found["made"]
    return made


def stand_ins(template: Any) -> Iterator[StandIn]:
    """Yield what stands in a template for an object's own values."""
    if isinstance(template, StandIn):
        yield template
    elif isinstance(template, Where):
        yield Href(template.target)
        yield from stand_ins(template.then)
    elif isinstance(template, Written):
        yield from stand_ins(template.part)
    elif isinstance(template, dict | list | tuple):
        parts = template.values() if isinstance(template, dict) else template
        for part in parts:
            yield from stand_ins(part)
