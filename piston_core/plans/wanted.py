"""``?fields=id,title,author(username)``: what a client wants of what a handler shows, and nothing beside it."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import replace

from piston_core.plans.tree import Node
from piston_core.problems import Problem

_TOKEN = re.compile(r"[^(),]+|[(),]")
_MARKS = frozenset("(),")
_DEEPEST = 32  # levels of parentheses; no handler shows as many


class NotShown(Problem):
    """A request names what is not shown at its address, or says so in a way that cannot be read: 400."""

    def __init__(self, detail: str) -> None:
        super().__init__(400, detail, type="invalid-parameter", parameter="fields")


def read_wanted(text: str) -> tuple[Node, ...]:
    """Return the tree of names that a parameter ``fields`` holds; a name that comes twice counts once.

    Args:
        text: names with commas between them; behind the name of a related object its own, in parentheses.

    Raises:
        NotShown: it is something else.
    """
    tokens = deque(token for each in _TOKEN.findall(text) if (token := each.strip()))
    nodes = _names(tokens, 1)
    if tokens:
        raise _unreadable(tokens[0])
    return nodes


def _names(tokens: deque[str], depth: int) -> tuple[Node, ...]:
    """Return the names up to the end or to a closing parenthesis, which is left there."""
    found: dict[str, Node] = {}
    while True:
        name = tokens.popleft() if tokens else ""
        if not name or name in _MARKS:
            raise _unreadable(name)
        found[name] = Node(name, _parts(tokens, depth))
        if not tokens or tokens[0] != ",":
            return tuple(found.values())
        tokens.popleft()


def _parts(tokens: deque[str], depth: int) -> tuple[Node, ...]:
    """Return the names in the parentheses that come next, if any do."""
    if not tokens or tokens[0] != "(":
        return ()
    if depth == _DEEPEST:
        raise NotShown(f"'fields' is nested more than {_DEEPEST} levels deep.")
    tokens.popleft()
    nodes = _names(tokens, depth + 1)
    if not tokens or tokens.popleft() != ")":
        raise _unreadable("")
    return nodes


def _unreadable(token: str) -> NotShown:
    place = f"{token!r} stands where it cannot" if token else "it ends too early"
    return NotShown(f"'fields' cannot be read: {place}. Write it like fields=id,title,author(username).")


def without(wanted: tuple[Node, ...], added: Collection[str]) -> tuple[tuple[Node, ...], bool]:
    """Return what is wanted without names that are added to what is shown, and whether one of those is wanted.

    Raises:
        NotShown: nothing else is wanted, which would be everything.
    """
    left = tuple(node for node in wanted if node.name not in added)
    if wanted and not left:
        raise NotShown(f"'fields' names nothing but {wanted[0].name}; name something beside it.")
    return left, len(left) < len(wanted)


def narrowed(nodes: Iterable[Node], wanted: tuple[Node, ...], whole: str = "") -> tuple[Node, ...]:
    """Return those of the names that are wanted, in the order in which they are shown; all if nothing is wanted.

    Args:
        nodes: the names that are shown.
        wanted: the names that a request chooses from them.
        whole: what they are the parts of, for a message.

    Raises:
        NotShown: it chooses a name that is not shown.
    """
    if not wanted:
        return tuple(nodes)
    shown = {node.name: node for node in nodes}
    chosen = {node.name: node for node in wanted}
    for name in chosen:
        if name not in shown:
            place, known = f"{name} of {whole}" if whole else name, ", ".join(shown)
            raise NotShown(f"'fields' names {place}, which is not shown here. Shown are: {known}.")
    return tuple(_narrowed(node, chosen[name].children) for name, node in shown.items() if name in chosen)


def _narrowed(node: Node, wanted: tuple[Node, ...]) -> Node:
    if not node.children:
        return replace(node, wanted=wanted)
    return replace(node, children=narrowed(node.children, wanted, node.name))


def refuse_parts(node: Node) -> None:
    """Refuse to narrow what has no declared parts.

    Raises:
        NotShown: a request chooses parts of it.
    """
    if node.wanted:
        raise NotShown(f"'fields' chooses parts of {node.name}, which has none to choose from.")
