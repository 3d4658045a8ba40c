"""Make the page of a list that a request wants: by a range, by an offset, or behind a cursor."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from django.db.models import QuerySet
from django.utils.datastructures import MultiValueDict

from piston_core.handler import BaseHandler
from piston_core.lists.cursors import unknown
from piston_core.lists.filters import filtered
from piston_core.lists.keyed import keyed
from piston_core.lists.numbered import numbered
from piston_core.lists.orders import NotKeyed, Terms, in_order, own_order, terms_of, yields_objects
from piston_core.lists.parts import Asked, Page, Rows, Source, whole
from piston_core.lists.ranged import ranged
from piston_core.lists.refusals import invalid
from piston_core.lists.wish import NOTHING, Wish

__all__ = ["Page", "page_of"]


def page_of(
    source: Source,
    wish: Wish,
    handler: BaseHandler,
    parameters: MultiValueDict[str, str],
    read: Callable[[Any], Rows],
    *,
    streams: bool = False,
    names: Mapping[str, str] = MappingProxyType({}),
) -> Page:
    """Return the part of a list that a request wants.

    Parameters are for querysets that the handler has not sliced; lists, tuples and slices know no
    more than ``Range``. Of a queryset that the handler has read already its objects are taken.

    Args:
        source: what the handler's method has returned.
        wish: what the request wants.
        handler: the handler; it says how large pages are.
        parameters: what the links to other pages keep of the request.
        read: makes the rows of a part of the source.
        streams: whether ``read`` returns an iterator, which is left as it is.
        names: what those who ask call ``offset`` and ``cursor``, where it is something else.

    Raises:
        Problem: 400 with the parameter that this list cannot follow, 416 for a range behind its end.
    """
    most = handler.max_page_size
    if wish is NOTHING and handler.page_size is most is None:
        return Page(read(source))
    size = wish.limit or handler.page_size or most
    size = size if size is None or most is None else min(size, most)
    asked = Asked(wish, size, most, parameters, read, streams, names)
    if not isinstance(source, QuerySet) or source.query.is_sliced:
        return ranged(source, wish.range, asked) if wish.range else whole(source, asked)
    if wish.refusal is not None:
        raise wish.refusal
    return _of_queryset(_narrowed(source, wish), asked)


def _narrowed(queryset: QuerySet[Any], wish: Wish) -> QuerySet[Any]:
    """Return the objects of a queryset that the filters want.

    Raises:
        Problem: 400 for a union and its like, which can be neither filtered nor sorted any more, and for
            ``distinct()`` by columns, which takes an order of its own.
    """
    query: Any = queryset.query
    if wish.filters and query.combinator:
        raise invalid(wish.filters[0][0], "This list is put together of others and cannot be filtered.")
    if wish.sort and (query.combinator or query.distinct_fields):
        raise invalid("sort", "This list has an order of its own; leave 'sort' out.")
    return filtered(queryset, wish.filters) if wish.filters else queryset


def _of_queryset(queryset: QuerySet[Any], asked: Asked) -> Page:
    wish = asked.wish
    if asked.size is None and not (wish.sort or wish.range or wish.cursor) and wish.offset is None:
        return whole(queryset, asked)
    terms = _terms(queryset, wish)
    if terms is None and wish.cursor:
        raise unknown()
    if terms is not None and wish.offset is None and not wish.range and (wish.cursor or asked.size is not None):
        return keyed(queryset, terms, asked)
    steady = _steady(queryset, wish.sort) if terms is None else in_order(queryset, terms)
    if wish.range:
        return ranged(steady, wish.range, asked)
    return whole(steady, asked) if asked.size is wish.offset is None else numbered(steady, asked)


def _terms(queryset: QuerySet[Any], wish: Wish) -> Terms | None:
    """Return the order of a queryset, ``None`` if its objects have no places that are known by their values."""
    if queryset._result_cache is not None and not (wish.cursor or wish.sort):
        return None
    try:
        return terms_of(queryset, wish.sort)
    except NotKeyed:
        return None


def _steady(queryset: QuerySet[Any], sort: Sequence[str]) -> Any:
    """Return a queryset in an order that is the same for each request, as far as there can be one."""
    query: Any = queryset.query
    if queryset._result_cache is not None and not sort:
        return queryset._result_cache
    if sort and not query.standard_ordering:
        queryset = queryset.reverse()  # the request's order is not the one that the handler has reversed
    order = sort or own_order(query) or query.distinct_fields
    if query.combinator or query.extra_order_by or "?" in order:
        return queryset
    if yields_objects(queryset) or not (query.group_by or query.distinct):
        return queryset.order_by(*order, "pk")
    # The key would be selected as well, and make a row of each object.
    order = sort or (query.order_by if query.group_by else order)  # groups have no order by the model's own
    return queryset.order_by(*order, *query.values_select, *query.annotation_select)
