"""What a member of the staff gets to know of an answer: its plan, and the queries that were really run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.db.models import Manager, Model, QuerySet

from piston_core.handler import BaseHandler
from piston_core.plans.description import Description
from piston_core.plans.explain import described, described_objects
from piston_core.plans.values import Values
from piston_core.queries import Query
from piston_core.sought import MISFITS, Sought

_DATA = "the method returns data, and no plan has a say in it"
_VALUES = "the queryset yields values and no objects, and they are passed on as they are"
_OBJECTS = "the method returns objects that it has read itself"
_FETCHED = "the method has read the queryset itself"


class Explanation:
    """Says how the answer to one request is made.

    Args:
        handler: the handler that answers it.
        values: makes plain values for the answer.
    """

    def __init__(self, handler: BaseHandler, values: Values) -> None:
        self.handler = handler
        self.values = values
        self.plan: Description | str = _DATA

    def look(self, result: Any) -> None:
        """Find out how a method's result is going to be read; to be asked before that is done."""
        values = self.values
        if isinstance(result, Sought):
            self.plan = _of_sought(result, values)
        elif isinstance(result, QuerySet | Manager):
            self.plan = _of_queryset(result.all() if isinstance(result, Manager) else result, values)
        else:
            many = isinstance(result, list | tuple)
            first = next(iter(result), None) if many else result
            if isinstance(first, Model):
                plan = values.plan_of(type(first), many=many)
                self.plan = described_objects(plan, values, _OBJECTS, alias=first._state.db or "")

    def data(self, queries: Sequence[Query], seconds: float) -> dict[str, Any]:
        """Return what there is to say.

        Args:
            queries: the queries that were run.
            seconds: how long all of it took, from the method to the finished document.
        """
        plan = None if isinstance(self.plan, str) else {**asdict(self.plan), "queries": self.plan.queries}
        return {
            "handler": f"{type(self.handler).__module__}.{type(self.handler).__qualname__}",
            "max_queries": self.handler.max_queries,
            "milliseconds": _milliseconds(seconds),
            "queries": [_told(query) for query in queries],
            "plan": plan,
            "no_plan_because": None if plan else self.plan,
        }


def _of_sought(wanted: Sought, values: Values) -> Description | str:
    model: Any = wanted.handler.model
    among = wanted.among()
    queryset: QuerySet[Any] = model._default_manager.all() if among is None else among
    try:
        queryset = queryset.filter(**wanted.named).order_by()
    except MISFITS:  # then there is no such object, as its reader will say
        return _DATA
    return described(values.plan_of(model, many=False), queryset, values)


def _of_queryset(queryset: QuerySet[Any], values: Values) -> Description | str:
    if queryset._fields is not None:  # type: ignore[attr-defined]  # how Django itself tells values() apart
        return _VALUES
    plan = values.plan_of(queryset.model, many=True)
    if queryset._result_cache is not None:
        return described_objects(plan, values, _FETCHED, alias=queryset.db)
    return described(plan, queryset, values)


def _told(query: Query) -> dict[str, Any]:
    taken = _milliseconds(query.seconds)
    return {"sql": query.sql, "database": query.database, "milliseconds": taken, "rows": query.rows}


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 3)
