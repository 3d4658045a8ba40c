"""A level of a plan: what one query reads, and the code that makes rows of it.

A level is a model with everything that can be joined to it. The names of related objects that are
many lead to further levels, with a query of their own. A level is read as columns where each of its
names is one; if one of them can only be told by an object, the whole level is read as objects.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, ForeignKey, Model, OneToOneRel

from piston_core.linking import Href, Key
from piston_core.plans import codegen
from piston_core.plans.arranging import Piece, StandIn, Writer
from piston_core.plans.bounded import Bounded
from piston_core.plans.cells import Cell, Style, cell_of, has_own_reading, loads_plainly
from piston_core.plans.codegen import Placed
from piston_core.plans.links import Link, link_of
from piston_core.plans.plan import Absent, Address, Column, Computed, FieldPlan, Perhaps, Reference, Stored
from piston_core.plans.selected import Path, Selected, columns_of
from piston_core.plans.written import Text


class NotColumns(Exception):
    """A level has to be read as objects; the message says why."""


@dataclass(frozen=True, slots=True)
class Many:
    """A level below, and where this one holds what the related objects refer to.

    Attributes:
        model: the model of the parents.
        column: the name of the plan.
        link: how they refer to their parents.
        position: the place of the parents' key among what is selected.
    """

    model: type[Model]
    column: Column
    link: Link
    position: int


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """What one query selects, and how its rows are made.

    Attributes:
        plan: the plan.
        selected: the columns, in their order.
        annotations: the names of the queryset's annotations, which are selected after them.
        link: how the level's objects refer to their parents, if they are related to any.
        many: the levels below.
        source: the code that makes rows, as text.
        rows: the same as a function; see ``codegen.function``.
        statements: the SQL that has been compiled for it.
    """

    plan: FieldPlan
    selected: tuple[Selected, ...]
    annotations: tuple[str, ...]
    link: Link | None
    many: tuple[Many, ...]
    source: str
    rows: Callable[..., Any]
    statements: Bounded = field(default_factory=lambda: Bounded(128), repr=False)


def build(
    plan: FieldPlan,
    connection: BaseDatabaseWrapper,
    style: Style,
    annotations: Sequence[str] = (),
    link: Link | None = None,
    *,
    keyed: bool = False,
) -> Level:
    """Return the first level of a plan.

    Args:
        plan: the plan.
        connection: the database that it is read from.
        style: what the emitter writes itself.
        annotations: the names of the queryset's annotations that are selected, in their order.
        link: for related objects that are many, how they refer to their parents.
        keyed: whether the key is selected in any case.

    Raises:
        NotColumns: it can only be read as objects.
    """
    builder = _Builder(connection, style, {name: f"note_{place}" for place, name in enumerate(annotations)})
    row = builder.row(plan, ())
    builder.is_quick = any(each.is_simple for each in builder.addresses.values())
    quick = builder.row(plan, ()) if builder.is_quick else ""
    key = ["key"] if link is not None else []
    if keyed or not (builder.selected or key or annotations):
        for each in columns_of(plan.model, "pk"):
            builder.select(Selected((), each))
    variables = [*key, *(f"c{place}" for place in range(len(builder.selected))), *builder.annotations.values()]
    children = [f"many_{place}" for place in range(len(builder.many))]
    many = tuple(replace(each, position=each.position + len(key)) for each in builder.many.values())
    addresses = [
        replace(each, places=tuple(place + len(key) for place in each.places)) for each in builder.addresses.values()
    ]
    source = codegen.function(row, quick, variables, children, addresses, grouped=link is not None)
    rows = codegen.compiled(source, {**builder.helpers, **codegen.made(addresses), "verbatim": style.verbatim})
    return Level(plan, tuple(builder.selected), tuple(annotations), link, many, source, rows)


class _Builder:
    """Collects what a level selects while it writes the code of its row.

    Args:
        connection: the database.
        style: what the emitter writes itself.
        annotations: the variables that hold the queryset's annotations, by name.
    """

    def __init__(self, connection: BaseDatabaseWrapper, style: Style, annotations: dict[str, str]) -> None:
        self.connection = connection
        self.style = style
        self.annotations = annotations
        self.selected: dict[Selected, str] = {}
        self.many: dict[tuple[int, Path], Many] = {}
        self.helpers: dict[str, Callable[..., Any]] = {}
        self.addresses: dict[tuple[int, Path], Placed] = {}
        self.is_quick = False  # whether the values of addresses stand in them as they are
        self.numbers = count()

    def row(self, plan: FieldPlan, path: Path) -> str:
        """Return the code of the row of an object at the end of a path."""
        there = {column.name: column for column in plan.columns if not isinstance(column.source, Absent)}
        arrangement = plan.arrangement
        if arrangement is None:
            pieces = ((name, self.piece(plan, column, path)) for name, column in there.items())
            return codegen.dictionary([piece.entry(name) for name, piece in pieces])
        names = arrangement.names
        is_ahead = self.is_quick and self.style.verbatim is not None
        writer = Writer(
            lambda each: self.stand_in(plan, there[names[each]], path, each),
            self.numbers,
            (lambda target: self.in_json(plan, there[names[Href(target)]], path)) if is_ahead else None,
        )
        return writer.code(arrangement.template)

    def stand_in(self, plan: FieldPlan, column: Column, path: Path, each: StandIn) -> Piece:
        """Return the code of what stands in a template for a name's value."""
        if isinstance(each, Href) and isinstance(column.source, Address):
            return self.address(plan, column.source, path)
        piece = self.piece(plan, column, path)
        return Piece(f"str({piece.code})") if isinstance(each, Key) else piece

    def piece(self, plan: FieldPlan, column: Column, path: Path) -> Piece:
        """Return the code of what a name shows."""
        source = column.source
        if column.sparse:
            raise NotColumns(f"{column.name} of {plan.model.__name__} is left out where there is nothing by it")
        if isinstance(source, Address):
            return self.address(plan, source, path).named(f"uri_{next(self.numbers)}")
        if column.many:
            return Piece(self.children(plan, column, path))
        if column.plan is not None:
            return Piece(self.related(plan.model, column, column.plan, path))
        return Piece(self.value(plan, column, path))

    def value(self, plan: FieldPlan, column: Column, path: Path) -> str:
        """Return the code of what a name shows that is no relation."""
        source = column.source
        if isinstance(source, Stored):
            return self.stored(plan.model, source.column, path)
        if isinstance(source, Reference):
            field = columns_of(plan.model, source.column)[0]
            _, variable = self.held(plan.model, field, path)
            return codegen.unless_null(variable, f"{{{source.key!r}: {self.part(plan.model, field, path)}}}")
        if isinstance(source, Perhaps) and not path and source.name in self.annotations:
            return f"plain({self.annotations[source.name]})"
        if isinstance(source, Perhaps):
            raise NotColumns(f"{plan.model.__name__} has no column {source.name}, nor does the queryset annotate it")
        why = source.why if isinstance(source, Computed) else "follows a relation of its own kind"
        raise NotColumns(f"{column.name} of {plan.model.__name__} {why}")

    def stored(self, model: type[Model], name: str, path: Path) -> str:
        """Return the code of what a column holds; a composite key is a list."""
        fields = columns_of(model, name)
        parts = [self.part(model, each, path) for each in fields]
        return parts[0] if name != "pk" or len(parts) == 1 else f"[{', '.join(parts)}]"

    def part(self, model: type[Model], field: Field[Any, Any], path: Path) -> str:
        """Return the code of what one column holds."""
        cell, variable = self.held(model, field, path)
        self.helpers |= cell.helpers
        code = cell.code.replace("{v}", variable)
        may_be_null = field.null or not model._meta.managed
        return codegen.unless_null(variable, code) if cell.tests_null and may_be_null else code

    def held(self, model: type[Model], field: Field[Any, Any], path: Path) -> tuple[Cell, str]:
        """Return how one column's value is read, and the variable that holds it in that way."""
        cell = self.cell(model, field)
        return cell, self.select(Selected(path, field, bare=cell.bare, converted=cell.converted))

    def cell(self, model: type[Model], field: Field[Any, Any]) -> Cell:
        """Return how a column's value is read.

        Raises:
            NotColumns: the attribute of an object is something else.
        """
        if has_own_reading(model, field):
            raise NotColumns(f"{field.name} of {model.__name__} has a descriptor of its own")
        return cell_of(field, self.connection, self.style)

    def related(self, model: type[Model], column: Column, plan: FieldPlan, path: Path) -> str:
        """Return the code of a related object: its row is joined."""
        field = column.field
        key = field.field if isinstance(field, OneToOneRel) else field
        if not isinstance(key, ForeignKey):
            raise NotColumns(f"{column.name} of {model.__name__} is a relation that cannot be joined")
        if not loads_plainly(plan.model):
            raise NotColumns(f"{plan.model.__name__} makes its objects of rows in a way of its own, by from_db")
        deeper = (*path, field.name)
        optional = field is not key or key.null or not key.db_constraint or not model._meta.managed
        code = self.row(plan, deeper)
        if not optional:
            return code
        there = self.select(Selected(deeper, columns_of(plan.model, "pk")[0], joined=True))
        return codegen.unless_null(there, code)

    def children(self, plan: FieldPlan, column: Column, path: Path) -> str:
        """Return the code of related objects that are many: the rows that the level below has for the key."""
        link = link_of(column.field, plan.model)
        if link is None:
            raise NotColumns(f"{column.name} of {plan.model.__name__} is a relation that only objects can follow")
        variable = self.select(Selected(path, link.key))
        key = (id(column), path)
        self.many[key] = Many(plan.model, column, link, int(variable[1:]))
        return f"many_{[*self.many].index(key)}.get({variable}) or []"

    def address(self, plan: FieldPlan, source: Address, path: Path) -> Piece:
        """Return the code of an address; it is ``None`` for an object without one, or tested for."""
        placed, number, test = self.placed(plan, source, path)
        if self.is_quick and placed.is_simple:
            return Piece(f'f"{placed.body(number)}"', test, is_sure=True)
        return Piece(placed.called(number))

    def in_json(self, plan: FieldPlan, column: Column, path: Path) -> Text | None:
        """Return an address as it stands in JSON, ``None`` for one that is made by a call."""
        if not isinstance(column.source, Address):
            return None
        placed, number, test = self.placed(plan, column.source, path)
        return Text(placed.body(number), (test,) if test else ()) if placed.is_simple else None

    def placed(self, plan: FieldPlan, source: Address, path: Path) -> tuple[Placed, int, str]:
        """Return an address with its number, and the test for objects that have one."""
        held, nullable = [], []
        for name in source.columns:
            variable, may_be_null = self.place(plan.model, name, path)
            held.append(variable)
            nullable += [variable] if may_be_null else []
        key, places = (id(source), path), tuple(int(each[1:]) for each in held)
        placed = self.addresses.setdefault(key, Placed(source, tuple(held), places))
        return placed, [*self.addresses].index(key), " and ".join(f"{each} is not None" for each in nullable)

    def place(self, model: type[Model], name: str, path: Path) -> tuple[str, bool]:
        """Return the variable of what an address holds, and whether it may be null.

        It is a column, behind relations to one if there are any.
        """
        *steps, last = name.split("__")
        nullable = not model._meta.managed
        for step in steps:
            relation: Any = model._meta.get_field(step)
            nullable, model = nullable or relation.null, relation.related_model
        field = columns_of(model, last)[0]
        selected = Selected((*path, *steps), field, converted=not self.cell(model, field).is_raw)
        return self.select(selected), nullable or field.null

    def select(self, selected: Selected) -> str:
        """Return the variable that holds a column; one that is selected already is not selected again."""
        return self.selected.setdefault(selected, f"c{len(self.selected)}")
