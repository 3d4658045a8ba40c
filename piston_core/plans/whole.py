"""An answer as plain data, with what a document says beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Model

from piston_core.linking import Shape

if TYPE_CHECKING:
    from piston_core.plans.leads import Lead


class Whole(NamedTuple):
    """An answer as plain data.

    Attributes:
        data: the data, or an iterator of rows.
        led: where the one object leads to that it consists of.
        shape: what its objects are made of, ``None`` for data that no plan shows.
        obj: the one object that it consists of, if it has been read as such.
    """

    data: Any
    led: tuple[tuple[Lead, str], ...] = ()
    shape: Shape | None = None
    obj: Model | None = None
