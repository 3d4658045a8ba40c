"""Links: how related objects that are many are found by what their parents hold, with one query for all of them.

The parents' keys go to the database as one parameter, an array, so that the SQL is the same for
any number of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Field, ManyToManyField, ManyToManyRel, ManyToOneRel, Model, OneToOneRel, QuerySet
from django.db.models.lookups import Lookup

from piston_core.plans.cells import is_key, value_field

PARENT = "piston_parent"  # the annotation that tells an object's parent where objects are read
KEYS = object()  # stands in the parameters of a statement for the keys of a request
ARRAYS = frozenset({"sqlite", "postgresql"})  # the databases that take the keys as one parameter


@dataclass(frozen=True, slots=True)
class Link:
    """How related objects refer to their parents.

    Attributes:
        model: the related model.
        path: what leads from a related object to its parent's key, as in a filter.
        key: the parent's column that is referred to.
        condition: what else has to be true of the related objects, as a filter's arguments, if anything.
    """

    model: type[Model]
    path: str
    key: Field[Any, Any]
    condition: Callable[[], dict[str, Any]] | None = None

    def among(self, queryset: QuerySet[Any], keys: Any) -> QuerySet[Any]:
        """Return the objects of a queryset that refer to parents with these keys."""
        condition = self.condition() if self.condition is not None else {}
        return queryset.filter(Among(F(self.path), keys), **condition)

    def marked(self, queryset: QuerySet[Any], keys: Any) -> QuerySet[Any]:
        """Return the same objects, each with its parent's key as the annotation ``PARENT``."""
        found: QuerySet[Any] = self.among(queryset, keys).annotate(**{PARENT: F(self.path)})
        return found

    def raw(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        """Return a key that an object holds as the driver returns it."""
        prepared = value_field(self.key).get_db_prep_value(value, connection)
        return str(prepared) if isinstance(prepared, UUID) and connection.vendor == "mysql" else prepared


@cache
def link_of(field: Any, model: type[Model]) -> Link | None:
    """Return the link of a relation to many, ``None`` for a kind that only Django itself can follow.

    Args:
        field: the relation.
        model: the model of the parents.
    """
    if hasattr(field, "object_id_field_name"):  # a GenericRelation, whose module needs the app of content types
        return _generic(field, model)
    if isinstance(field, ManyToManyField | ManyToManyRel):
        return _through(field)
    if isinstance(field, ManyToOneRel) and not isinstance(field, OneToOneRel):
        key: Any = field.field
        return _link(field.related_model, key.name, key.foreign_related_fields)
    return None


def _through(field: Any) -> Link | None:
    """Return the link of a many-to-many relation: a row of the table between both refers to the parent."""
    through: Any
    if isinstance(field, ManyToManyField):
        path, source, through = field.related_query_name(), field.m2m_field_name(), field.remote_field.through
    else:
        path, source, through = field.field.name, field.field.m2m_reverse_field_name(), field.through
    key: Any = through._meta.get_field(source)
    return _link(field.related_model, path, key.foreign_related_fields)


def _generic(field: Any, model: type[Model]) -> Link | None:
    """Return the link of a generic relation, where the key is stored just as the parents hold it."""
    related: Any = field.related_model
    key, stored = model._meta.pk, related._meta.get_field(field.object_id_field_name)
    if not (is_key(stored) and _kind(key) == _kind(stored)):
        return None

    def condition() -> dict[str, Any]:
        types = related._meta.get_field(field.content_type_field_name).related_model._default_manager
        return {field.content_type_field_name: types.get_for_model(model, for_concrete_model=field.for_concrete_model)}

    return Link(related, field.object_id_field_name, key, condition)


def _kind(field: Any) -> str:
    """Return how a column's values compare: as numbers, text or otherwise."""
    name: str = value_field(field).get_internal_type()
    return "number" if name.endswith(("IntegerField", "AutoField")) else name


def _link(model: Any, path: str, keys: Sequence[Any]) -> Link | None:
    if len(keys) != 1 or not is_key(keys[0]):
        return None
    return Link(model, path, keys[0])


class Among(Lookup):
    """True where a column holds one of many keys, which are one parameter where the database knows arrays.

    Made with the marker ``KEYS``, it has that for a parameter; who runs the statement puts the keys in its place.
    """

    lookup_name = "among"
    prepare_rhs = False

    def resolve_expression(self, query: Any = None, *arguments: Any, **options: Any) -> Any:
        """Return the comparison with its column; no key is null, so the join that leads to it is an inner one."""
        resolved = super().resolve_expression(query, *arguments, **options)
        query.demote_joins({resolved.lhs.alias})
        return resolved

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Return lists of parameters, as any database takes them; Oracle's have a longest length."""
        column, params = self.process_lhs(compiler, connection)
        size = connection.ops.max_in_list_size() or len(self.rhs)
        parts = [self.rhs[start : start + size] for start in range(0, len(self.rhs), size)]
        tests = [f"{column} IN ({', '.join(['%s'] * len(part))})" for part in parts]
        bound = [value for part in parts for value in (*params, *part)]
        return (tests[0] if len(tests) == 1 else f"({' OR '.join(tests)})"), bound

    def as_sqlite(self, compiler: Any, connection: Any) -> Any:
        """Return a JSON array's elements."""
        column, params = self.process_lhs(compiler, connection)
        elements = "(SELECT value FROM json_each(%s))"
        return f"{column} IN {elements}", [*params, array(self.rhs, connection)]

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        """Return an array."""
        column, params = self.process_lhs(compiler, connection)
        cast = "::uuid[]" if self.lhs.output_field.get_internal_type() == "UUIDField" else ""
        return f"{column} = ANY(%s{cast})", [*params, array(self.rhs, connection)]


def array(keys: Any, connection: BaseDatabaseWrapper) -> Any:
    """Return keys as the one parameter that they are to this database; the marker stays what it is."""
    if keys is KEYS:
        return keys
    return json.dumps(keys) if connection.vendor == "sqlite" else keys
