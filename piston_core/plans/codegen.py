"""Write the function that makes rows of what a query found: as dataclasses do it, small and readable when printed.

The text holds the names of ``fields`` and expressions of ``cells``, and nothing that a request sends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from piston_core.plans.plan import Address
from piston_core.plans.texts import are_simple
from piston_core.plans.written import stands_in_json

if TYPE_CHECKING:
    from piston_core.plans.addresses import Addresses

_INDENT = "    "

_ROWS = """\
return [
    {row}
    for {variables} in found
]"""

_GROUPED = """\
groups = {{}}
for {variables} in found:
    groups.setdefault(key, []).append({row})
return groups"""


@dataclass(frozen=True, slots=True)
class Placed:
    """An address that the rows of a level have.

    Attributes:
        address: the address.
        held: the variables of its values.
        places: the places of these values in what is found.
    """

    address: Address
    held: tuple[str, ...]
    places: tuple[int, ...]

    @property
    def is_simple(self) -> bool:
        """Whether its values may stand in it as they are, which is looked at for all rows together."""
        return len(self.address.kinds) == len(self.held) and "" not in self.address.kinds

    def called(self, number: int) -> str:
        """Return its code, ``None`` for an object without it."""
        return f"address_{number}({', '.join(self.held)})"

    def body(self, number: int) -> str:
        """Return what stands between the quotes of an f-string, for rows whose values stand in it as they are."""
        texts = (f"{{text_{number}_{place}}}{{{each}}}" for place, each in enumerate(self.held))
        return f"{''.join(texts)}{{text_{number}_{len(self.held)}}}"

    def given(self, number: int) -> str:
        """Return the line that works out for an answer what it is made of."""
        texts = [f"text_{number}_{place}" for place in range(len(self.held) + 1)] if self.is_simple else []
        names = [f"address_{number}", *([f"simple_{number}", *texts] if texts else [])]
        return f"{', '.join(names)} = make_{number}(values.addresses, found, looked_at)"

    def make(
        self, addresses: Addresses, found: Sequence[Sequence[Any]], looked_at: dict[tuple[str, int], bool]
    ) -> Any:
        """Return what makes it in one answer, and whether and between which pieces the values found stand in it.

        Args:
            addresses: those of this answer.
            found: what the query has found.
            looked_at: by kind and place, whether values are simple, as far as an address has asked before.
        """
        make = addresses.by(self.address.make)
        if not self.is_simple:
            return make
        pieces = self.address.pieces(addresses)
        simple = pieces is not None and all(map(stands_in_json, pieces))
        for kind, place in zip(self.address.kinds, self.places, strict=True) if simple else ():
            if (kind, place) not in looked_at:
                looked_at[kind, place] = are_simple(kind, [*map(itemgetter(place), found)])
            simple = simple and looked_at[kind, place]
        return (make, simple, *(pieces or [""] * (len(self.held) + 1)))


def dictionary(entries: Sequence[str]) -> str:
    """Return the code of a dictionary with these entries, one to a line."""
    lines = [f"{_INDENT}{line}" for entry in entries for line in f"{entry},".splitlines()]
    return "\n".join(["{", *lines, "}"])


def unless_null(variable: str, code: str) -> str:
    """Return the code for a value that is ``None`` where the variable is."""
    return f"(None if {variable} is None else {code})"


def function(
    row: str,
    quick: str,
    variables: Sequence[str],
    children: Sequence[str],
    addresses: Sequence[Placed],
    *,
    grouped: bool,
) -> str:
    """Return the text of a function ``rows(found, plain, values, children...)``.

    Args:
        row: the code of one row.
        quick: the same for rows whose values stand in their addresses as they are, ``""`` for no difference.
        variables: what the columns found are called, in their order; ``key`` is the first if ``grouped``.
        children: what the rows of the levels below are called, by their parents' keys.
        addresses: the addresses that each row has.
        grouped: whether it returns lists of rows by their parent's key.
    """
    named = ", ".join(variables) + ("," if len(variables) == 1 else "")
    given = [each.given(number) for number, each in enumerate(addresses)]
    given = ["looked_at = {}", *given] if given else []
    simple = " and ".join(f"simple_{number}" for number, each in enumerate(addresses) if each.is_simple)
    lines = [f"def rows({', '.join(['found', 'plain', 'values', *children])}):", *(_INDENT + line for line in given)]
    if simple and quick:
        lines += [f"{_INDENT}if {simple}:", _body(quick, named, 2, grouped=grouped)]
    return "\n".join([*lines, _body(row, named, 1, grouped=grouped)]) + "\n"


def _body(row: str, variables: str, depth: int, *, grouped: bool) -> str:
    template = _GROUPED if grouped else _ROWS
    text = template.format(row=row.replace("\n", "\n" + _INDENT), variables=variables)
    return "\n".join(_INDENT * depth + line for line in text.splitlines())


def made(addresses: Sequence[Placed]) -> dict[str, Any]:
    """Return what a function calls for its addresses, by the names that its text has for it."""
    return {f"make_{number}": each.make for number, each in enumerate(addresses)}


def compiled(source: str, helpers: Mapping[str, Any]) -> Callable[..., Any]:
    """Return the function of which this is the text, with what it calls."""
    names: dict[str, Any] = dict(helpers)
    exec(compile(source, "<field plan>", "exec"), names)  # noqa: S102 - made of declared names only, see above
    made: Callable[..., Any] = names["rows"]
    return made
