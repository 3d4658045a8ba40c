"""The links from one page of a list to others (RFC 8288), as references that keep what else the request says."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from urllib.parse import urlencode

from django.utils.datastructures import MultiValueDict

from piston_core.linking import Link

# A relation type, and the parameter with its value that says where a page begins: none for the first page.
Place = tuple[str, str, str]
FIRST: Place = ("first", "", "")

_PLACES = frozenset({"offset", "cursor"})


def turning(
    parameters: MultiValueDict[str, str], places: Iterable[Place], names: Mapping[str, str]
) -> tuple[Link, ...]:
    """Return the links of a page.

    Args:
        parameters: what the request says.
        places: where the other pages begin.
        names: what those who ask call ``offset`` and ``cursor``, where it is something else.
    """
    kept = list(_kept(parameters, {names.get(place, place) for place in _PLACES}))
    return tuple(Link(_reference(kept, names.get(name, name), value), rel) for rel, name, value in places)


def _kept(parameters: MultiValueDict[str, str], places: Collection[str]) -> Iterator[tuple[str, str]]:
    for name, values in parameters.lists():
        if name not in places:
            yield from ((name, value) for value in values)


def _reference(kept: list[tuple[str, str]], name: str, value: str) -> str:
    """Return a reference that is a query; without any parameters it still takes the place of the request's own."""
    return "?" + urlencode([*kept, (name, value)] if name else kept, errors="replace")
