"""Links by their relation type, for the formats that name each type once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from piston_core import Shape, Target, Where


def by_relation(shape: Shape, part: Callable[[Target], Any]) -> dict[str, Any]:
    """Return the links of a row; several of one relation type are a list, even if an object has only one of them.

    Args:
        shape: what leads there.
        part: returns what stands for a link.
    """
    found: dict[str, list[Any]] = {}
    for target in shape.targets:
        found.setdefault(target.rel, []).append(Where(target, part(target)))
    return {rel: links[0] if len(links) == 1 else links for rel, links in found.items()}


def with_link(known: Any, link: Any) -> Any:
    """Return the links of a relation type with one more, if it is not among them.

    Args:
        known: a link, a list of links, or ``None``.
        link: the other one.
    """
    links: Iterable[Any] = known if isinstance(known, list) else [] if known is None else [known]
    if link in links:
        return known
    return [*links, link] if links else link
