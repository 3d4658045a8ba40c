"""The request as a handler sees it: Django's own, with what the pipeline has found out."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from piston_core.contracts import Identity


class Request(HttpRequest):
    """For annotations only: the request stays Django's object, these attributes are set on it.

    Attributes:
        user: the identity's user, or Django's ``AnonymousUser``.
        identity: who sends it, or ``None``.
        data: the parsed body of a POST, PUT or PATCH: a dictionary, a list or another plain
            value, or Django's ``QueryDict`` for a form.
        form: the valid form, where the handler or its method declares one.
    """

    user: Any
    identity: Identity | None
    data: Any
    form: Any
