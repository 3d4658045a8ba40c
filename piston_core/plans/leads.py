"""Where objects lead to: what a handler declares in ``links`` and ``actions``, resolved to columns and routes once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.exceptions import FieldDoesNotExist
from django.db.models import ForeignKey, Model

from piston_core.declarations import Action, Relation
from piston_core.handler import BaseHandler
from piston_core.linking import Href, Link, Target
from piston_core.plans import columns
from piston_core.plans.addresses import Addresses, object_address
from piston_core.plans.arranging import StandIn, made_of
from piston_core.plans.plan import MISSING, Absent, Address, Arrangement, Column, Computed, FieldPlan, Read, Related
from piston_core.plans.tree import FieldsError
from piston_core.plans.ways import Way, way_of
from piston_core.scope import Scope

if TYPE_CHECKING:
    from piston_core.plans.values import Values


class Lead(NamedTuple):
    """Where every object of a plan leads to.

    Attributes:
        target: the link without its address.
        column: how the address is read, under a name that no field has.
        needs: the relations that objects have to hold for it.
        action: what is done there, if it is no mere link.
    """

    target: Target
    column: Column
    needs: tuple[str, ...] = ()
    action: Action | None = None


def leads_of(handler: type[BaseHandler] | None, model: type[Model], scope: Scope) -> list[Lead]:
    """Return where the objects of a model lead to: their own address first, then what their handler declares.

    Args:
        handler: the handler that shows them, if there is one.
        model: the model.
        scope: knows the routes of the API.

    Raises:
        FieldsError: the handler declares what leads nowhere.
    """
    own = object_address(scope, handler, model)
    leads = [] if isinstance(own.source, Absent) else [Lead(Target("self"), own)]
    if handler is not None:
        leads += (_lead(each, handler, model, scope) for each in handler.links if not _is_of_list(each))
        leads += (_deed(each, handler, model, scope) for each in handler.actions if not each.of_list)
    return [lead._replace(column=_hidden(lead.column, number)) for number, lead in enumerate(leads)]


def _hidden(column: Column, number: int) -> Column:
    """Return a column under a name that no field has."""
    name = f"<link {number}>"
    read = column.read if column.plan is None else columns.one(name, column.relation, column.plan)
    return Column(name, read, column.source, column.relation, column.field, column.plan)


def _is_of_list(each: str | Relation) -> bool:
    return isinstance(each, Relation) and each.of_list


def _lead(each: str | Relation, handler: type[BaseHandler], model: type[Model], scope: Scope) -> Lead:
    place = f"{handler.__name__}.links"
    if isinstance(each, str):
        return Lead(Target(each), _related(each, model, scope, place))
    way = _way(each.to, each.arguments, each.query, model, scope, place)
    return Lead(Target(each.rel, attributes_of(each), way.is_template), *_placed(way, model))


def _deed(each: Action, handler: type[BaseHandler], model: type[Model], scope: Scope) -> Lead:
    way = _way(each.to, each.arguments, (), model, scope, f"{handler.__name__}.actions")
    return Lead(Target(each.name), *_placed(way, model), each)


def attributes_of(each: Relation) -> Mapping[str, str]:
    """Return the target attributes of a declared link."""
    return {**({"title": each.title} if each.title else {}), **each.attributes}


# -- relations to one ------------------------------------------------------------------------------


def _related(name: str, model: type[Model], scope: Scope, place: str) -> Column:
    """Return how the address of the object at the end of a relation is read, which is shown without the object."""
    field = _field(model, name)
    other = getattr(field, "related_model", None)
    if not isinstance(other, type) or not (field.many_to_one or field.one_to_one):
        raise FieldsError(
            f"{place} names {name!r}, which is no relation of {model.__name__} to one object; "
            f"say where it leads, with Relation({name!r}, the name of a route)."
        )
    address = object_address(scope, scope.handler_for(other, anonymous=False), other)
    if isinstance(address.source, Absent):
        raise FieldsError(f"{place} names {name!r}, but no route of the API leads to one {other.__name__}.")
    by_key = _by_key(field, address.source)
    if by_key is not None:
        return Column("", _read(by_key), by_key)
    return Column("", address.read, None, name, field, _alone(other, address))


def _by_key(field: Any, source: Any) -> Address | None:
    """Return how an address is made of a foreign key's own column, without a join, if that is all it takes."""
    if not (isinstance(field, ForeignKey) and isinstance(source, Address) and getattr(field, "db_constraint", False)):
        return None
    if source.columns not in {("pk",), (field.target_field.name,)} or not field.target_field.primary_key:
        return None
    return replace(source, columns=(field.attname,))


def _alone(model: type[Model], address: Column) -> FieldPlan:
    """Return a plan whose rows are addresses."""
    href, column = Href(Target("self")), _hidden(address, 0)
    names: dict[StandIn, str] = {href: column.name}
    return FieldPlan(model, (column,), arrangement=Arrangement(href, names, made_of(href, names, frozenset())))


# -- routes and templates --------------------------------------------------------------------------


def _way(
    to: str, arguments: Mapping[str, str], query: Sequence[str], model: type[Model], scope: Scope, place: str
) -> Way:
    way = way_of(to, arguments, query, scope, lambda path: _leads_somewhere(model, path))
    if way is None:
        raise _lost(place, to, scope)
    for path in way.address.columns:
        if not _leads_somewhere(model, path):
            raise FieldsError(
                f"{place} leads to {to!r}, for which {model.__name__} would need {path!r}; "
                f"say with arguments which column to take."
            )
    return way


def _placed(way: Way, model: type[Model]) -> tuple[Column, tuple[str, ...]]:
    """Return how an address is read, and the relations that it follows."""
    address = way.address
    whole = all(_is_column(model, path) for path in way.address.columns)
    needs = tuple(path.rpartition("__")[0] for path in way.address.columns if "__" in path)
    return Column("", _read(address), address if whole else Computed("is made of more than columns")), needs


def _read(address: Address) -> Read:
    """Read an address from an object."""

    def read(obj: Any, values: Values, _related: Related) -> Any:
        found = values.addresses.by(address.make)(*(_held(obj, path) for path in address.columns))
        return MISSING if found is None else found

    return read


def _held(obj: Any, path: str) -> Any:
    """Return what an object has at the end of a path, ``None`` where the path breaks off."""
    *steps, last = path.split("__")
    for step in steps:
        obj = getattr(obj, step, None)
    if not isinstance(obj, Model):
        return None
    value = obj.serializable_value(last)
    return value() if callable(value) else value


def _leads_somewhere(model: type[Model], path: str) -> bool:
    """Return whether objects of a model have something at the end of a path."""
    *steps, last = path.split("__")
    found = _end(model, steps)
    return found is not None and (_is_plain(found, last) or hasattr(found, last))


def _is_column(model: type[Model], path: str) -> bool:
    *steps, last = path.split("__")
    found = _end(model, steps)
    return found is not None and _is_plain(found, last)


def _end(model: type[Model], steps: Sequence[str]) -> type[Model] | None:
    """Return the model at the end of relations to one, ``None`` if they are something else."""
    for step in steps:
        field = _field(model, step)
        if not isinstance(field, ForeignKey):
            return None
        model = field.related_model
    return model


def _is_plain(model: type[Model], name: str) -> bool:
    return name in {"pk", *(each for field in model._meta.concrete_fields for each in (field.name, field.attname))}


def _field(model: type[Model], name: str) -> Any:
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


# -- lists -----------------------------------------------------------------------------------------


def list_links(
    handler: type[BaseHandler], known: Mapping[str, Any], scope: Scope, addresses: Addresses
) -> Iterator[Link]:
    """Yield where a list leads to by what its handler declares.

    Args:
        handler: the handler.
        known: the arguments of the list's own address.
        scope: knows the routes of the API.
        addresses: those of this answer.
    """
    for each in handler.links:
        if isinstance(each, Relation) and each.of_list:
            href, is_template = listed(each, known, scope, addresses)
            if href is not None:
                yield Link(href, each.rel, attributes_of(each), is_template)


def refuse_lost(handler: type[BaseHandler], scope: Scope) -> None:
    """Refuse links and actions of lists that lead nowhere.

    Raises:
        FieldsError: there is such a one.
    """
    for name, declared in (("links", handler.links), ("actions", handler.actions)):
        for each in declared:
            if not isinstance(each, str) and each.of_list and _listed_way(each, scope, {}) is None:
                raise _lost(f"{handler.__name__}.{name}", each.to, scope)


def _lost(place: str, to: str, scope: Scope) -> FieldsError:
    known = ", ".join(scope.routes)
    return FieldsError(f"{place} leads to {to!r}, which is no route of the API; its routes are: {known}.")


def _listed_way(each: Relation | Action, scope: Scope, known: Mapping[str, Any]) -> Way | None:
    query = each.query if isinstance(each, Relation) else ()
    return way_of(each.to, each.arguments, query, scope, known.__contains__)


def listed(
    each: Relation | Action, known: Mapping[str, Any], scope: Scope, addresses: Addresses
) -> tuple[str | None, bool]:
    """Return the address that a link or an action of a list has, and whether it is a template.

    Args:
        each: what is declared.
        known: the arguments of the list's own address.
        scope: knows the routes of the API.
        addresses: those of this answer.
    """
    way = _listed_way(each, scope, known)
    if way is None:
        return None, False
    return way.address.make(addresses)(*(known.get(path) for path in way.address.columns)), way.is_template
