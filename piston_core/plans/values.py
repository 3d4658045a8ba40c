"""Turn what a handler returns into plain values: what an emitter writes without the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from enum import Enum
from functools import cache, cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db.models import Manager, Model, QuerySet
from django.db.models.query import RawQuerySet
from django.http import HttpRequest

from piston_core.handler import BaseHandler
from piston_core.linking import LinkBuilder
from piston_core.plans import reading
from piston_core.plans.addresses import Addresses
from piston_core.plans.cells import Style
from piston_core.plans.choosing import gets_plainly
from piston_core.plans.choosing import is_plain as is_plain_manager
from piston_core.plans.plan import CHUNK, DATA, LINKS, FieldPlan
from piston_core.plans.scalars import in_whole_minutes, scalar
from piston_core.plans.tree import Node
from piston_core.plans.whole import Whole
from piston_core.sought import Sought

if TYPE_CHECKING:
    from piston_core.plans.compiler import Compiler

_PLAIN = frozenset({type(None), bool, int, str})
_TEXT = frozenset({str})
_SPELT = {None: "null", True: "true", False: "false"}


class Values:
    """Makes plain values for one answer.

    Args:
        compiler: knows how objects of models are shown.
        handler: the handler that answers.
        native: the types that the emitter writes itself, besides text, numbers and truth.
        request: the request that is answered; its URL tells where the API's routes are.
        textual: whether the emitter writes these types as the text that the core would make of them.
        verbatim: what the emitter takes ready JSON as, if it does.
        wanted: the names that the request chooses of those that the handler shows.
        builder: puts the rows in order, ``None`` to leave them as they are.
    """

    def __init__(
        self,
        compiler: Compiler,
        handler: type[BaseHandler],
        native: frozenset[type],
        request: HttpRequest,
        *,
        textual: bool = False,
        verbatim: type | None = None,
        wanted: tuple[Node, ...] = (),
        builder: LinkBuilder | None = None,
    ) -> None:
        self.compiler = compiler
        self.handler = handler
        self.wanted = wanted
        self.builder = builder
        self._whole = False
        self.native, self.style = _styled(native, textual, verbatim)
        self.request = request
        self._plan_of_whole: FieldPlan | None = None
        self._open: list[type[BaseHandler]] = []

    @cached_property
    def addresses(self) -> Addresses:
        """The addresses of this answer."""
        match = self.request.resolver_match
        return Addresses(match.namespace if match else "")

    def plain(self, value: Any) -> Any:
        """Return a value with all that is in it as plain data.

        Raises:
            Unrepresentable: something in it has no plain form.
            ValueError: a number in it is not finite.
        """
        kind = type(value)
        if kind in self.native:
            return in_whole_minutes(value) if kind is datetime else value
        if kind is dict:
            return {self._key(key): self.plain(item) for key, item in value.items()}
        if kind is list or kind is tuple:
            return self.listed(value)
        return self._special(value)

    def listed(self, items: Iterable[Any], *, many: bool = False) -> list[Any]:
        """Return the items of a list as plain data; objects of models get their relations together."""
        items = list(items)
        groups: dict[type[Model], list[Model]] = {}
        for item in items:
            if isinstance(item, Model):
                groups.setdefault(item.__class__, []).append(item)
        if not groups:
            self._complete(items)
            return [self.plain(item) for item in items]
        rows = {model: iter(self._rows(model, objects, many=many)) for model, objects in groups.items()}
        return [next(rows[item.__class__]) if isinstance(item, Model) else self.plain(item) for item in items]

    def whole(self, result: Any, *, held: bool = False) -> Whole:
        """Return the one object that an answer consists of, with where it leads to.

        Args:
            result: an object, or one that nobody has read yet.
            held: whether somebody wants to look at the object, so that it is read as such.
        """
        self._whole = True
        self.style = replace(self.style, verbatim=None)  # an emitter joins the links of the object with others
        if held and type(result) is Sought:
            result = self._held(result)
            self._plan_of_whole = None  # which is that of what is shown
        row = self.sought(result) if type(result) is Sought else self.plain(result)
        obj = result if isinstance(result, Model) else None
        if self._plan_of_whole is None:  # it is no object that a handler shows
            return Whole(row, obj=obj)
        led = zip(self._plan_of_whole.leads, row[LINKS], strict=True)
        known = tuple((lead, href) for lead, href in led if href is not None)
        return Whole(row[DATA], known, self._plan_of_whole.shape, obj)

    def fetched(self, queryset: QuerySet[Any], *, many: bool = False) -> list[Any]:
        """Return the rows of a queryset; of ``values()`` and the like, what it yields."""
        if not _yields_objects(queryset):
            return [self.plain(row) for row in queryset]
        if queryset._result_cache is not None:  # the handler has read it already
            return self.listed(queryset, many=many)
        with _Showing(self, self._shower(queryset.model)) as handler:
            return reading.fetch(self._plan(handler, queryset.model, many=many), queryset, self)

    def sought(self, wanted: Sought) -> Any:
        """Return the row of an object that nobody has read yet, or what else the queryset has for it.

        Raises:
            Http404: there is none.
        """
        model: Any = wanted.handler.model
        row = self._one(model, wanted.named, wanted.among())
        return row if row is not None else self._rows(model, [wanted.as_saved()])[0]

    def _held(self, wanted: Sought) -> Any:
        """Return the object itself, joined with what it is shown with: as many queries as its row would take.

        Raises:
            Http404: there is none.
        """
        model: Any = wanted.handler.model
        among = wanted.among()
        with _Showing(self, self._shower(model)) as handler:
            plan = self._plan(handler, model, many=False)
        found = reading.held(plan, model._default_manager.all() if among is None else among, wanted.named)
        return found if found is not None else wanted.as_saved()

    def _one(self, model: Any, named: Mapping[str, Any], among: QuerySet[Any] | None) -> Any:
        """Return what is shown of the object with these values; ``get()`` decides where it is not Django's own."""
        if among is None and not is_plain_manager(model._default_manager):
            among = model._default_manager.all()
        if among is not None and not gets_plainly(among):
            found = reading.got(among, named)
            return None if found is None else self.plain(found)
        with _Showing(self, self._shower(model)) as handler:
            return reading.one(self._plan(handler, model, many=False), model, named, self, among)

    def streamed(self, queryset: QuerySet[Any]) -> Iterator[Any]:
        """Yield the rows of a queryset in memory that does not grow with them."""
        if not _yields_objects(queryset):
            return reading.stream_values(queryset, self)
        handler = self._shower(queryset.model)
        plan = self._plan(handler, queryset.model, many=True)
        self._open += [handler] if handler else []  # nothing comes after a stream
        return reading.stream(plan, queryset, self)

    def passed_on(self, rows: Iterator[Any]) -> Iterator[Any]:
        """Yield what a generator yields, as it comes; objects of models in growing groups, for their relations."""
        size = 1
        while group := list(islice(rows, size)):
            yield from self.listed(group, many=True)
            size = min(size * 2, CHUNK) if isinstance(group[-1], Model) else 1

    def _complete(self, items: list[Any]) -> None:
        """Fetch together what objects in a list of dictionaries are shown with."""
        if not items or type(items[0]) is not dict:
            return
        for name, first in items[0].items():
            if isinstance(first, Model):
                model = first.__class__
                held = [item.get(name) for item in items if type(item) is dict]
                with _Showing(self, self._shower(model)) as handler:
                    plan = self._plan(handler, model, many=False)
                    reading.complete(plan, [each for each in held if each.__class__ is model], None)

    def _special(self, value: Any) -> Any:
        if isinstance(value, Model):
            return self._rows(value.__class__, [value])[0]
        if isinstance(value, QuerySet):
            return self.fetched(value)
        if isinstance(value, Mapping):
            return {self._key(key): self.plain(item) for key, item in value.items()}
        if isinstance(value, list | tuple | AbstractSet | Iterator | RawQuerySet):
            return self.listed(value)
        if isinstance(value, Manager):
            return self.fetched(value.all())
        if callable(getattr(type(value), "__emittable__", None)):
            return self.plain(value.__emittable__())
        if isinstance(value, Enum):
            return self.plain(value.value)
        if isinstance(value, bytearray | memoryview) and bytes in self.native:
            return bytes(value)
        if is_dataclass(value) and not isinstance(value, type):
            return {field.name: self.plain(getattr(value, field.name)) for field in fields(value)}
        return scalar(value)

    def _rows(self, model: type[Model], objects: list[Any], *, many: bool = False) -> list[dict[str, Any]]:
        with _Showing(self, self._shower(model)) as handler:
            return reading.rows(self._plan(handler, model, many=many), objects, self)

    def plan_of(self, model: type[Model], *, many: bool) -> FieldPlan:
        """Return the plan that shows objects of a model, as far as nothing is being shown yet."""
        return self._plan(self._shower(model), model, many=many)

    def _plan(self, handler: type[BaseHandler] | None, model: type[Model], *, many: bool) -> FieldPlan:
        if handler is None:
            return self.compiler.reference(model, self.builder)
        wanted = self.wanted if handler is self.handler else ()
        whole = self._whole and len(self._open) == 1  # the answer's own object, none that is in it
        plan = self.compiler.plan(handler, model, many=many, wanted=wanted, builder=self.builder, whole=whole)
        if whole:
            self._plan_of_whole = plan
        return plan

    def _shower(self, model: type[Model]) -> type[BaseHandler] | None:
        """Return the handler that shows objects of a model in this answer, or ``None`` for a reference.

        The answering handler shows its own model, and whatever has no handler if it has no model
        but ``fields``. One that is showing already would go round in a circle.
        """
        own = self.handler
        if own.model is not None and issubclass(model, own.model):
            found: type[BaseHandler] | None = own
        else:
            found = self.compiler.scope.handler_for(model, anonymous=own.is_anonymous)
            if own.model is None and own.fields and not self._open:
                found = own
        return None if found in self._open else found

    def _key(self, key: Any) -> str:
        """Return a dictionary's key as JSON's writers agree to spell it."""
        if type(key) is str:
            return key
        return _SPELT[key] if key is None or isinstance(key, bool) else str(scalar(key))


class _Showing:
    """Remembers which handler shows objects right now, for as long as it does."""

    def __init__(self, values: Values, handler: type[BaseHandler] | None) -> None:
        self.open = values._open
        self.handler = handler

    def __enter__(self) -> type[BaseHandler] | None:
        if self.handler is not None:
            self.open.append(self.handler)
        return self.handler

    def __exit__(self, *_error: object) -> None:
        if self.handler is not None:
            self.open.pop()


def is_plain(data: dict[Any, Any]) -> bool:
    """Return whether a dictionary is plain already, as small answers without a model are."""
    return _TEXT.issuperset(map(type, data)) and _PLAIN.issuperset(map(type, data.values()))


@cache
def _styled(native: frozenset[type], textual: bool, verbatim: type | None) -> tuple[frozenset[type], Style]:
    return _PLAIN | native, Style(native, textual, verbatim)


def _yields_objects(queryset: QuerySet[Any]) -> bool:
    return queryset._fields is None  # type: ignore[attr-defined]  # how Django itself tells values() apart
