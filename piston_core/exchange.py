"""An exchange: what has been decided about one request, for all that is done afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from django.http import HttpRequest

from piston_core.bulk import Item
from piston_core.contracts import Emitter
from piston_core.demands import Demand
from piston_core.handler import BaseHandler
from piston_core.linking import LinkBuilder
from piston_core.lists.wish import Wish
from piston_core.moments import Moments
from piston_core.plans.compiler import Compiler
from piston_core.plans.tree import Node
from piston_core.plans.values import Values

if TYPE_CHECKING:
    from piston_core.pipeline.conditions import Conditions, State
    from piston_core.pipeline.link import Linking


class Exchange(NamedTuple):
    """What has been decided about a request before anything is done.

    Attributes:
        handler: the handler that serves it.
        action: the name of the handler's method.
        awaited: whether that method is ``async def``.
        emitter: what will write the answer.
        content_type: the ``Content-Type`` of what it writes.
        data: the parsed body.
        items: the objects that it is about, ``None`` where it is about one.
        kwargs: the URL's arguments.
        wanted: the names that the request chooses of those that are shown.
        wish: which objects of a list it wants, ``None`` for all.
        preferred: what the client prefers (RFC 7240).
        conditions: on what conditions it is to be answered, ``None`` for on any.
        state: the declared validators of what it reads, ``None`` where only the answer itself tells.
        moments: the plugins to tell.
        demand: what is demanded of it, ``None`` for nothing.
        linking: who says where the answer leads to.
        arranger: who puts its rows in order, ``None`` if they are left as they are.
    """

    handler: BaseHandler
    action: str
    awaited: bool
    emitter: Emitter
    content_type: str
    data: Any
    items: Sequence[Item] | None
    kwargs: Mapping[str, Any]
    wanted: tuple[Node, ...]
    wish: Wish | None
    preferred: Mapping[str, str]
    conditions: Conditions | None
    state: State | None
    moments: Moments
    demand: Demand | None
    linking: Linking
    arranger: LinkBuilder | None

    def values(self, request: HttpRequest, compiler: Compiler) -> Values:
        """Return what makes the plain values of the answer."""
        emitter = self.emitter
        return Values(
            compiler,
            type(self.handler),
            emitter.native,
            request,
            textual=emitter.textual,
            verbatim=emitter.verbatim,
            wanted=self.wanted,
            builder=self.arranger,
        )
