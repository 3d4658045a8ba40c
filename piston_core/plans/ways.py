"""Ways to addresses: a route of the API or a URI template, with what fills it in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from piston_core.plans.addresses import Addresses
from piston_core.plans.plan import Address, Fill
from piston_core.plans.texts import text_of
from piston_core.scope import NamedRoute, Scope

_VARIABLE = re.compile(r"\{([A-Za-z_]\w*)\}")  # RFC 6570, section 3.2.2: its value has all that is reserved quoted


class Way(NamedTuple):
    """Where something leads to, not filled in yet.

    Attributes:
        address: what it is made of.
        is_template: whether it leaves names for the client to fill in.
    """

    address: Address
    is_template: bool = False


def way_of(
    to: str, arguments: Mapping[str, str], query: Sequence[str], scope: Scope, is_known: Callable[[str], bool]
) -> Way | None:
    """Return the way that is declared, ``None`` if ``to`` is neither a route nor a template.

    Args:
        to: the name of a route, or a URI template.
        arguments: what fills in its arguments, where that has another name; see ``Relation``.
        query: the parameters that are left to the client.
        scope: knows the routes of the API.
        is_known: tells whether there is a value of a name.
    """
    left = f"{{?{','.join(query)}}}" if query else ""
    if "/" in to or "{" in to:
        return _by_template(to + left, arguments, is_known)
    route = scope.routes.get(to)
    if route is None and ":" in to:  # another API's, of which only the name is known
        route = NamedRoute(to, tuple(arguments))
    return None if route is None else _by_route(route, arguments, left)


def _by_route(route: NamedRoute, arguments: Mapping[str, str], left: str) -> Way:
    """Return the way that a route is; what is no argument of it becomes a parameter of the query."""
    further = [name for name in arguments if name not in route.arguments]
    paths = tuple(arguments.get(name, name) for name in (*route.arguments, *further))
    left = left.replace("{?", "{&") if further else left
    names = [f"{'&' if place else '?'}{quote(name, safe='')}=" for place, name in enumerate(further)]

    def make(addresses: Addresses) -> Fill:
        fill = addresses.fill(route)
        if not further and not left:
            return fill

        def filled(*held: Any) -> str | None:
            texts = [fill(*held[: len(route.arguments)]), *map(text_of, held[len(route.arguments) :])]
            return None if None in texts else _joined(["", *names, left], texts)

        return filled

    def pieces(addresses: Addresses) -> tuple[str, ...] | None:
        found = addresses.pieces(route)
        return None if found is None else _with(found, [*names, left])

    return Way(Address(paths, make, (*route.kinds, *("text" for _ in further)), pieces), bool(left))


def _with(pieces: Sequence[str], further: Sequence[str]) -> tuple[str, ...]:
    """Return pieces of text with others behind them, the first of which goes on where they end."""
    return (*pieces[:-1], pieces[-1] + further[0], *further[1:])


def _joined(pieces: Sequence[str], texts: Sequence[str | None]) -> str:
    return "".join(each for pair in zip(pieces, (*texts, ""), strict=True) for each in pair if each)


def _by_template(template: str, arguments: Mapping[str, str], is_known: Callable[[str], bool]) -> Way:
    """Return the way that a URI template is; what nobody knows is left to the client."""
    pieces, paths = [""], []
    for place, part in enumerate(_VARIABLE.split(template)):
        path = arguments.get(part, part)
        if place % 2 and is_known(path):
            paths.append(path)
            pieces.append("")
        else:
            pieces[-1] += f"{{{part}}}" if place % 2 else part
    around = tuple(pieces)

    def filled(*held: Any) -> str | None:
        texts = [text_of(value) for value in held]
        return None if None in texts else _joined(around, texts)

    address = Address(tuple(paths), lambda _addresses: filled, ("text",) * len(paths), lambda _addresses: around)
    return Way(address, any("{" in piece for piece in pieces))
