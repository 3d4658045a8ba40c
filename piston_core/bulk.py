"""Several objects in one request: each passes its own form and its own method, all in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from inspect import iscoroutinefunction
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.forms import BaseForm

from piston_core.arguments import columns, identifies
from piston_core.handler import BaseHandler
from piston_core.problems import Invalid, Problem, fault, pointer
from piston_core.replies import Reply
from piston_core.requests import Request


@dataclass(slots=True)
class Item:
    """One object of a request that is about several.

    Attributes:
        data: what was sent of it.
        kwargs: the URL's arguments, with those that name it.
        form: its valid form.
    """

    data: Any
    kwargs: Mapping[str, Any]
    form: BaseForm | None = None


def takes_several(handler: BaseHandler, action: str, names: frozenset[str]) -> bool:
    """Return whether an action is for the objects of a list, at an address with arguments of these names."""
    return handler.bulk_limit > 0 and action in ("create", "patch") and not identifies(handler.model, names)


def items_of(
    handler: BaseHandler, action: str, data: Any, kwargs: Mapping[str, Any], keys: Sequence[str]
) -> list[Item] | None:
    """Return the objects that a request is about, ``None`` if it is about one.

    Args:
        handler: the handler.
        action: its method.
        data: the parsed body.
        kwargs: the URL's arguments.
        keys: the names of the arguments that name one object of the model.

    Raises:
        Problem: 413 for more than the handler takes.
        Invalid: 422 for a list that is empty, names no object, or one of them twice.
    """
    if not takes_several(handler, action, frozenset(kwargs)) or (action == "create" and not isinstance(data, list)):
        return None
    if not isinstance(data, list) or not data:
        raise Invalid([fault("A list of objects is expected, with one at least.", "invalid")])
    if len(data) > handler.bulk_limit:
        raise Problem(413, f"The list has {len(data)} objects; {handler.bulk_limit} are taken at once.")
    if action == "create":
        return [Item(each, kwargs) for each in data]
    named_by = [key for key in keys if key not in kwargs]  # what the address says is not for the body to say
    named = [_named(index, each, named_by) for index, each in enumerate(data)]
    _refuse_repeated(handler, named)
    return [Item(_without(each, names), {**kwargs, **names}) for each, names in zip(data, named, strict=True)]


def _named(index: int, data: Any, keys: Sequence[str]) -> dict[str, Any]:
    """Return what names an object among the data that was sent of it."""
    if not isinstance(data, Mapping):
        raise Invalid([fault("An object with named values is expected.", "invalid", index)])
    for key in keys:
        if not isinstance(data.get(key), str | int) or isinstance(data[key], bool):
            raise Invalid([fault("This says which object is meant, so it is needed.", "required", index, key)])
    return {key: data[key] for key in keys}


def _without(data: Mapping[str, Any], names: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is to be stored of an object: what names it is that of its address, where it comes alone."""
    return {name: value for name, value in data.items() if name not in names}


def _refuse_repeated(handler: BaseHandler, named: Sequence[Mapping[str, Any]]) -> None:
    seen: set[tuple[str, ...]] = set()
    for index, names in enumerate(named):
        key = tuple(_known_as(handler, name, value) for name, value in names.items())
        if key in seen:
            raise Invalid([fault("This object is in the list already.", "repeated", index, next(iter(names)))])
        seen.add(key)


def _known_as(handler: BaseHandler, name: str, value: Any) -> str:
    """Return a value as its column holds it, so that ``"01"`` and ``1`` are one key."""
    if handler.model is None:
        return str(value)
    column = handler.model._meta.pk if name == "pk" else columns(handler.model).get(name)
    try:
        return str(value if column is None else column.to_python(value))
    except (ValueError, TypeError, OverflowError, ValidationError):  # which no object has
        return str(value)


def at(index: int, faults: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Return the faults of one object as those of the list that it is in."""
    return [{**each, "pointer": pointer(index) + each["pointer"]} for each in faults]


def done(request: Request, items: Sequence[Item], method: Callable[..., Any]) -> Any:
    """Call a handler's method for each object, and return what comes of them; an awaitable if the method is one."""
    if iscoroutinefunction(method):
        return _awaited(request, items, method)
    results = []
    for index, item in enumerate(items):
        with _told(request, index, item):
            results.append(_data(method(request, **item.kwargs)))
    return results


async def _awaited(request: Request, items: Sequence[Item], method: Callable[..., Any]) -> list[Any]:
    results = []
    for index, item in enumerate(items):
        with _told(request, index, item):
            results.append(_data(await method(request, **item.kwargs)))
    return results


@contextmanager
def _told(request: Request, index: int, item: Item) -> Iterator[None]:
    """Show the method one object as if it came alone; what it refuses is told with the object's place."""
    request.form, request.data = item.form, item.data
    try:
        yield
    except IntegrityError as error:
        faults = [fault("This conflicts with what is already stored.", "conflict", index)]
        raise Problem(409, "One of the objects was refused; see errors.", type="conflict", errors=faults) from error
    except Problem as problem:
        problem.members.setdefault("pointer", pointer(index))
        raise


def _data(result: Any) -> Any:
    """Return what a method's result is for the list of them; to refuse one is to refuse all."""
    if isinstance(result, Reply) and result.status >= 400:
        raise result.problem()
    return result.data if isinstance(result, Reply) else result
