"""The field plan: the names that an object is shown with, and what each of them is made of.

A plan says nothing about SQL and holds no data. It is worked out once for each handler and model;
``reading`` runs it against a queryset or against objects that are there already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Model

from piston_core.linking import Shape
from piston_core.plans.bounded import Bounded

if TYPE_CHECKING:
    from piston_core.plans.addresses import Addresses
    from piston_core.plans.values import Values

# What has been fetched for objects beside them: rows by their parent's key for a relation to many,
# and another such mapping for a relation to one.
Related = Mapping[str, Any]
Read = Callable[[Any, "Values", Related], Any]
Fill = Callable[..., str | None]

CHUNK = 500
DATA, LINKS = "data", "links"  # what a row consists of that comes with the addresses that its object leads to


class _Missing:
    """Stands for a name that this object does not have, which is then left out of its row."""


MISSING = _Missing()


@dataclass(frozen=True, slots=True)
class Stored:
    """What one column of the table holds.

    Attributes:
        column: the name of the model's field, ``author_id`` for a foreign key's own value.
    """

    column: str


@dataclass(frozen=True, slots=True)
class Reference:
    """The key of a related object, as the foreign key's own column holds it.

    Attributes:
        column: the foreign key's own column.
        key: what the related model calls its key.
    """

    column: str
    key: str


@dataclass(frozen=True, slots=True)
class Address:
    """An address that is made of nothing but columns.

    Attributes:
        columns: the columns that it is made of; behind relations to one, with ``__`` between the names.
        make: returns the function that gives the address for their values, or ``None``, in one answer.
        kinds: how the value of each column becomes text, by the names of ``addresses.TEXTS``; ``""`` if only
            ``make`` knows.
        pieces: returns the text around the values in one answer, ``None`` where only ``make`` knows.
    """

    columns: tuple[str, ...]
    make: Callable[[Addresses], Fill]
    kinds: tuple[str, ...]
    pieces: Callable[[Addresses], tuple[str, ...] | None]


@dataclass(frozen=True, slots=True)
class Perhaps:
    """A name that the model does not have: a column if the queryset annotates it."""

    name: str


@dataclass(frozen=True, slots=True)
class Computed:
    """What only an object can tell.

    Attributes:
        why: what it is, for people who read the plan.
        call: the handler's method that tells it, if one does.
        whole: whether all of it is shown, and not only some names of what it is.
    """

    why: str
    call: Callable[[Any], Any] | None = None
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Absent:
    """What no object has here, such as an address where no route leads to one."""


Source = Stored | Reference | Address | Perhaps | Computed | Absent


@dataclass(frozen=True, slots=True)
class Column:
    """One name of a plan.

    Attributes:
        name: the name in the document.
        read: gets an object, the request's values and what was fetched for the object; returns
            plain data or ``MISSING``.
        source: what it is made of, where that is not a relation.
        relation: the attribute that leads to the related objects that are shown, or ``""``.
        field: the model's field for that relation.
        plan: the plan of the related objects, if they are of one model.
        many: whether the relation leads to many objects.
        plan_of: gives the plan of objects of whichever model the name holds.
        sparse: whether it may be missing, which only an object can tell.
    """

    name: str
    read: Read
    source: Source | None = None
    relation: str = ""
    field: Any = None
    plan: FieldPlan | None = None
    many: bool = False
    plan_of: Callable[[type[Model]], FieldPlan] | None = None
    sparse: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Arrangement:
    """How a link builder has put the rows of a plan in order.

    Attributes:
        template: what a row looks like; see ``LinkBuilder.arrange``.
        names: by which of the plan's names the row has what stands in the template.
        made: returns the row that is made of all the values of a plan's names.
    """

    template: Any
    names: Mapping[Any, str]
    made: Callable[[dict[str, Any]], Any]


@dataclass(frozen=True, slots=True, eq=False)
class FieldPlan:
    """How objects of one model become rows.

    Attributes:
        model: the model.
        columns: its names, in the order of the document; what only its arrangement needs comes last.
        needs: the relations that the resource methods among them follow.
        shape: what its rows are made of, for those who put them in order.
        arrangement: how they are put in order, ``None`` for dictionaries of the names.
        leads: where each object leads to, for rows that come with these addresses.
        levels: how the plan has been read before, by what that depended on.
    """

    model: type[Model]
    columns: tuple[Column, ...]
    needs: tuple[str, ...] = ()
    shape: Shape | None = None
    arrangement: Arrangement | None = None
    leads: tuple[Any, ...] = ()
    levels: Bounded = field(default_factory=lambda: Bounded(64), repr=False)

    def perhaps(self) -> Iterable[str]:
        """Return the names that a queryset may annotate."""
        return [column.name for column in self.columns if isinstance(column.source, Perhaps)]
