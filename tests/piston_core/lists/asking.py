"""Ask for pages of a list as the core does, and go from one to the next by their links."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import QueryDict

from piston_core import BaseHandler
from piston_core.lists.pages import Page, page_of
from piston_core.lists.wish import wish_of
from piston_core.problems import Problem


def handler_of(model: Any = None, **attributes: Any) -> BaseHandler:
    """Return a handler with these attributes."""
    return type("It", (BaseHandler,), {"model": model, **attributes})()


def page(
    source: Any, handler: BaseHandler, query: str = "", *, read: Any = None, streams: bool = False, **wish: Any
) -> Page:
    """Return the page that a request with this query string gets, with the objects as its rows."""
    parameters, wanted = QueryDict(query), wish_of(handler, QueryDict(query), **wish)
    return page_of(source, wanted, handler, parameters, read or (iter if streams else list), streams=streams)


def links(found: Page) -> dict[str, str]:
    """Return the query strings of a page's links by their relation types."""
    assert all(each.href.startswith("?") for each in found.links)
    return {each.rel: each.href[1:] for each in found.links}


def pages(
    make: Callable[[], Any], handler: BaseHandler, query: str, rel: str = "next", **options: Any
) -> Iterator[list[Any]]:
    """Yield the rows of each page from one on, by the links of this type."""
    while True:
        found = page(make(), handler, query, **options)
        yield list(found.rows)
        if rel not in links(found):
            return
        query = links(found)[rel]


def last_of(make: Callable[[], Any], handler: BaseHandler, query: str) -> str:
    """Return the query string of the last page that the links to the next one lead to."""
    while following := links(page(make(), handler, query)).get("next"):
        query = following
    return query


def refused(ask: Callable[[], Any]) -> Problem:
    """Return the problem that a request is answered with."""
    with pytest.raises(Problem) as caught:
        ask()
    return caught.value


def problem_of(ask: Callable[[], Any]) -> Problem | None:
    """Return the problem that a request is answered with, ``None`` if it is served."""
    try:
        ask()
    except Problem as problem:
        return problem
    return None


def keys(found: Iterator[list[Any]]) -> Iterator[list[Any]]:
    """Yield the keys of each page's objects."""
    return ([row.pk for row in rows] for rows in found)


def flat(found: Any) -> list[Any]:
    """Return the rows of all pages together."""
    return [row for rows in found for row in rows]
