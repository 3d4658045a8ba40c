"""What a handler declares about lists that it cannot mean, for the system checks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from piston_core.handler import BaseHandler, overrides
from piston_core.lists.filters import Unusable, filter_of, is_field
from piston_core.lists.orders import NotKeyed, columns_of
from piston_core.lists.wish import OWN_PARAMETERS


def misdeclared(handler: type[BaseHandler]) -> Iterator[str]:
    """Yield a sentence for each thing that a handler says about lists and that cannot be so.

    A name that is no field of the model may be an annotation where the handler has a ``queryset``
    or a ``read`` of its own; then nothing is said of it.
    """
    yield from _sizes(handler)
    for attribute in ("sorting", "filters"):
        names = getattr(handler, attribute)
        if isinstance(names, str) or not all(isinstance(name, str) for name in names):
            yield f"{handler.__name__}.{attribute} is {names!r}; it has to be a tuple of names."
            continue
        yield from _names(handler, attribute, names)


def _sizes(handler: type[BaseHandler]) -> Iterator[str]:
    sizes: dict[str, Any] = {name: getattr(handler, name) for name in ("page_size", "max_page_size")}
    wrong = {name: size for name, size in sizes.items() if size is not None and not _is_size(size)}
    for name, size in wrong.items():
        yield f"{handler.__name__}.{name} is {size!r}; it has to be a positive integer, or None."
    if not wrong and None not in sizes.values() and sizes["page_size"] > sizes["max_page_size"]:
        yield f"{handler.__name__}.page_size is more than its max_page_size, so no page is ever as large."


def _is_size(value: Any) -> bool:
    return type(value) is int and value > 0


def _names(handler: type[BaseHandler], attribute: str, names: Sequence[str]) -> Iterator[str]:
    for name in names:
        where = f"{handler.__name__}.{attribute} names {name!r}"
        if attribute == "filters" and name in OWN_PARAMETERS:
            yield f"{where}, which is a parameter of Piston's own."
        elif handler.model is None:
            continue
        elif not is_field(handler.model, name):
            if not (overrides(handler, "queryset") or overrides(handler, "read")):
                yield f"{where}, but {handler.model.__name__} has no such field."
        else:
            why = _why_not_sorted(handler, name) if attribute == "sorting" else _why_not_filtered(handler, name)
            if why:
                yield f"{where}, but {why}."


def _why_not_filtered(handler: type[BaseHandler], name: str) -> str:
    model: Any = handler.model
    try:
        filter_of(model, name)
    except Unusable as why:
        return str(why)
    return ""


def _why_not_sorted(handler: type[BaseHandler], name: str) -> str:
    model: Any = handler.model
    try:
        columns_of(model, name)
    except NotKeyed:
        return "that leads to no column with one value for each object"
    return ""
