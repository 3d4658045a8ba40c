"""Show any value as a resource would, outside of one: for tasks, pages, messages and tests."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from piston_core.handler import BaseHandler
from piston_core.plans.compiler import Compiler
from piston_core.plans.values import Values
from piston_core.scope import Scope


def plain_data(
    value: Any,
    handler: type[BaseHandler] = BaseHandler,
    *,
    request: HttpRequest | None = None,
    scope: Scope | None = None,
    native: frozenset[type] = frozenset(),
) -> Any:
    """Return a value as the plain data that a handler would answer with, queried as its resource would.

    Example: ``json.dumps(plain_data(Post.objects.all(), PostHandler))``.

    Args:
        value: objects of models, querysets, or any data that has them in it.
        handler: the handler that shows them.
        request: the request whose namespace addresses are made in, if there is one.
        scope: the handlers of the API whose addresses and handlers count; by default the given one alone.
        native: the types, beside text, numbers and truth, that stay what they are.

    Raises:
        Unrepresentable: something in it has no plain form.
    """
    if scope is None:
        scope = Scope()
        scope.add(handler)
    values = Values(Compiler(scope), handler, native, HttpRequest() if request is None else request)
    if hasattr(value, "model") and hasattr(value, "all"):
        return values.fetched(value.all(), many=True)
    return values.listed(value, many=True) if isinstance(value, list | tuple) else values.plain(value)
