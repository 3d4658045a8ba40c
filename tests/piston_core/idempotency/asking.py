"""Ask for claims as a resource does, on the database of a test's choice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings

from piston_core import BaseHandler, Problem
from piston_core.bodies import MultipartParser
from piston_core.idempotency import claim_for
from tests.piston_core.pipeline.asking import JSON

KEY = '"8e03978e-40d5-43dd-bc93-6894a57f9324"'


class Optional(BaseHandler):
    """Takes a key with what it writes."""

    idempotency = True


class Required(BaseHandler):
    """Wants a key with what it writes."""

    idempotency = "required"


def asking(
    key: str | None = KEY,
    body: bytes = b'{"name": "Pump"}',
    content_type: str = JSON,
    method: str = "POST",
    address: str = "/it/",
    **headers: str,
) -> HttpRequest:
    """Return a request as it is once its body has been parsed."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    keyed = named if key is None else {"Idempotency-Key": key, **named}
    request = RequestFactory().generic(method, address, body, content_type, headers=keyed)
    multipart = content_type.startswith("multipart/")
    request.data = MultipartParser().parse(b"", request) if multipart else request.body
    return request


def claimed(request: HttpRequest | None = None, identity: Any = None, action: str = "create") -> Any:
    """Return a request's claim."""
    return claim_for(request or asking(), Optional(), identity, action)


def refused(request: HttpRequest | None = None, identity: Any = None, handler: Any = Optional) -> tuple[int, str]:
    """Return status and type of the problem that a claim raises."""
    try:
        claim = claim_for(request or asking(), handler(), identity, "create")
    except Problem as problem:
        return problem.status, problem.type
    raise AssertionError(f"it was not refused: {claim!r}")


def performed(work: Callable[[], HttpResponse], using: str = "default", request: HttpRequest | None = None) -> Any:
    """Return the answer to a request, as a resource gives it."""
    claim = claimed(request)
    if claim.answer is not None:
        return claim.answer
    try:
        with transaction.atomic(using=using):
            response = work()
            claim.keep(response)
    except BaseException:
        claim.release()
        raise
    return response


def created() -> HttpResponse:
    """Return a good answer."""
    return HttpResponse(b'{"id": 7}', status=201, content_type=JSON, headers={"Location": "/it/7/"})


class _To:
    """Sends the kept answers to one database."""

    def __init__(self, alias: str) -> None:
        self.alias = alias

    def db_for_read(self, model: type, **hints: Any) -> str | None:
        return self.alias if model.__name__ == "KeptAnswer" else None

    db_for_write = db_for_read


@contextmanager
def kept_in(alias: str) -> Iterator[None]:
    """Let a database keep the answers for the length of a block."""
    with override_settings(DATABASE_ROUTERS=[_To(alias)]):
        yield
