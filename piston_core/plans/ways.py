"""Ways to addresses: a route of the API or a URI template, with what fills it in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from piston_core.plans.addresses import Addresses
from piston_core.plans.plan import Fill
from piston_core.plans.scalars import scalar
from piston_core.scope import NamedRoute, Scope

_VARIABLE = re.compile(r"\{([A-Za-z_]\w*)\}")  # RFC 6570, section 3.2.2: its value has all that is reserved quoted


class Way(NamedTuple):
    """Where something leads to, not filled in yet.

    Attributes:
        paths: the names of what fills it in.
        make: returns the function that gives the address for their values, or ``None``, in one answer.
        is_template: whether it leaves names for the client to fill in.
    """

    paths: tuple[str, ...]
    make: Callable[[Addresses], Fill]
    is_template: bool


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
    further = [name for name in arguments if name not in route.arguments]
    paths = tuple(arguments.get(name, name) for name in (*route.arguments, *further))
    if not further and not left:
        return Way(paths, lambda addresses: addresses.fill(route), is_template=False)
    size, left = len(route.arguments), left.replace("{?", "{&") if further else left

    def make(addresses: Addresses) -> Fill:
        fill = addresses.fill(route)

        def filled(*held: Any) -> str | None:
            address, texts = fill(*held[:size]), [text_of(value) for value in held[size:]]
            if address is None or None in texts:
                return None
            pairs = "&".join(f"{quote(name, safe='')}={text}" for name, text in zip(further, texts, strict=True))
            return f"{address}?{pairs}{left}" if pairs else address + left

        return filled

    return Way(paths, make, bool(left))


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

    def filled(*held: Any) -> str | None:
        texts = [text_of(value) for value in held]
        if None in texts:
            return None
        return "".join(each for pair in zip(pieces, (*texts, ""), strict=True) for each in pair if each)

    return Way(tuple(paths), lambda _addresses: filled, any("{" in piece for piece in pieces))


def text_of(value: Any) -> str | None:
    """Return a value as it stands in an address, ``None`` for none."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else quote(str(scalar(value)), safe="")
