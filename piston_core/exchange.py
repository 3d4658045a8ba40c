"""An exchange: what has been decided about one request, for all that is done afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from piston_core.contracts import Emitter, LinkBuilder
from piston_core.handler import BaseHandler
from piston_core.moments import Moments
from piston_core.plans.tree import Node


class Exchange(NamedTuple):
    """What has been decided about a request before anything is done.

    Attributes:
        handler: the handler that serves it.
        action: the name of the handler's method.
        awaited: whether that method is ``async def``.
        emitter: what will write the answer.
        data: the parsed body.
        kwargs: the URL's arguments.
        wanted: the names that the request chooses of those that are shown.
        moments: the plugins to tell.
        link_builders: who says where the answer leads to.
    """

    handler: BaseHandler
    action: str
    awaited: bool
    emitter: Emitter
    data: Any
    kwargs: Mapping[str, Any]
    wanted: tuple[Node, ...]
    moments: Moments
    link_builders: tuple[LinkBuilder, ...]
