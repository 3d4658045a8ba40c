"""The request as a handler sees it: Django's own, with what the pipeline has found out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

from piston_core.access import Identity

if TYPE_CHECKING:
    from piston_core.bulk import Item


class Request(HttpRequest):
    """For annotations only: the request stays Django's object, these attributes are set on it.

    Attributes:
        user: the identity's user, or Django's ``AnonymousUser``.
        identity: who sends it, or ``None``.
        data: the parsed body of a POST, PUT or PATCH: a dictionary, a list or another plain
            value, or Django's ``QueryDict`` for a form.
        form: the valid form, where the handler or its method declares one.
        items: the objects of a request that is about several (``bulk_limit``); the method is called for each,
            with ``data`` and ``form`` of that one. ``None`` for a request about one.
    """

    user: Any
    identity: Identity | None
    data: Any
    form: Any
    items: Sequence[Item] | None
