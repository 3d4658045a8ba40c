"""Every answer of a resource, in whichever test it is given, is held to what ``describe`` says of that resource.

The description is of the resource itself, so it needs no URL configuration. An answer has to have a status that is
described by itself (``default`` is for what methods do that say nothing of it), a media type that is described for it,
the header fields that are promised, and data that fits the schema. The schema is read strictly: an object has no names
beside those that are described. The data of a stream is looked at once its client has read it to the end; of one that
an event loop reads, all but the data is.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

import jsonschema_rs
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from piston_core import Answer, Resource, Served
from piston_core.api import Unrouted
from piston_core.describing.places import methods_at
from piston_core.pipeline.negotiate import SUFFIX

_OWN = "*/*"  # stands for what a method makes itself
_LARGEST = 200_000  # bytes of a body that is worth looking at
_ANYWHERE = {"400", "401", "403", "404", "405", "414", "431", "500", "501"}  # where a method is not served
_TELLING = (
    "ETag", "Last-Modified", "Location", "Content-Location", "Content-Range", "Total-Count", "Preference-Applied",
    "RateLimit", "RateLimit-Policy", "Retry-After",
)  # fmt: skip


# What a stream is read as, by its media type; lines are described as the items of a list.
_IN_PIECES: Mapping[str, Callable[[bytes], bytes]] = {
    "application/json": bytes,
    "application/hal+json": bytes,
    "application/vnd.siren+json": bytes,
    "application/vnd.api+json": bytes,
    "application/jsonl": lambda body: b"[" + b",".join(body.splitlines()) + b"]",
}


class Recorder:
    """Looks at answers, and keeps what is wrong with them until somebody asks.

    Attributes:
        failures: what was wrong.
        seen: how many answers there were.
    """

    def __init__(self) -> None:
        self.failures: list[str] = []
        self.seen = 0
        self._described: WeakKeyDictionary[Resource, tuple[Any, dict[Any, dict[str, Served]]]] = WeakKeyDictionary()

    def look(
        self, resource: Resource, request: HttpRequest, names: frozenset[str], response: HttpResponseBase
    ) -> None:
        """Note what is wrong with an answer."""
        explained = "explain" in request.META.get("QUERY_STRING", "")  # which only staff see, and no client
        if request.method == "OPTIONS" or isinstance(resource, Unrouted) or explained:
            return
        self.seen += 1
        served = None
        try:
            served = self._methods(resource, names).get("GET" if request.method == "HEAD" else str(request.method))
            found = list(_wrong(served, request, response))
        except Exception as error:  # noqa: BLE001 - what cannot be described cannot be served either
            found = [f"cannot be described: {error!r}"] if response.status_code < 500 else []
        handler = type(resource.handler).__name__
        told = f"{request.method} {request.get_full_path()} of {handler}, {response.status_code}"
        self._keep(told, found)
        in_step = response.streaming and not getattr(response, "is_async", False) and request.method != "HEAD"
        if in_step and served is not None and not found:
            self._follow(told, served, response)

    def _keep(self, told: str, found: Iterable[str]) -> None:
        self.failures += [f"{told}: {each}" for each in found]

    def _follow(self, told: str, served: Served, response: Any) -> None:
        """Have the data of a stream looked at when it has been read."""
        answer = {each.status: each for each in served.answers}.get(str(response.status_code))
        media_type, schema = _described(answer, response) if answer else ("", None)
        if schema is not None and media_type in _IN_PIECES:
            read = _IN_PIECES[media_type]
            pieces = response.streaming_content
            response.streaming_content = _followed(pieces, lambda body: self._keep(told, _misfits(schema, read(body))))

    def _methods(self, resource: Resource, names: frozenset[str]) -> dict[str, Served]:
        bound = resource.bound()
        kept, table = self._described.get(resource, (None, {}))
        if kept is not bound:
            self._described[resource] = (bound, table := {})
        if names not in table:
            with warnings.catch_warnings(action="ignore"):  # Django's, about fields that forms are made of
                table[names] = {each.method: each for each in methods_at(resource, names)}
        return table[names]


def _wrong(served: Served | None, request: HttpRequest, response: HttpResponseBase) -> Iterator[str]:
    status = str(response.status_code)
    if served is None:
        if status not in _ANYWHERE:
            yield "the method is not described"
        return
    answers = {each.status: each for each in served.answers}
    answer = answers.get(status) or answers.get(f"{status[0]}XX")
    free = any(_OWN in each.contents for each in served.answers)
    if answer is None and not (status >= "400" and (free or _is_elsewhere(request))):
        yield f"the status is not described, but {', '.join(answers)}"
        return
    answer = answer or answers["default"]
    if answer.status.endswith("XX"):
        return
    yield from _wrong_headers(answer, response, told=answer.status < "4" and not free)
    yield from _wrong_body(answer, request, response)


def _is_elsewhere(request: HttpRequest) -> bool:
    """Return whether an address is none of the template's, since its suffix is no format."""
    return SUFFIX in request.META


def _wrong_headers(answer: Answer, response: HttpResponseBase, *, told: bool) -> Iterator[str]:
    described = {each.name: each for each in answer.headers}
    for name, field in described.items():
        if field.required and name not in response.headers and _OWN not in answer.contents:
            yield f"{name} is missing"
        if field.schema.get("type") == "integer" and not response.headers.get(name, "0").isdigit():
            yield f"{name} is no integer"
    for name in _TELLING if told else ():
        if name in response.headers and name not in described:
            yield f"{name} is not described"


def _wrong_body(answer: Answer, request: HttpRequest, response: HttpResponseBase) -> Iterator[str]:
    content = getattr(response, "content", None)
    minimal = "return=minimal" in response.headers.get("Preference-Applied", "")
    if request.method == "HEAD" or (not content and (minimal or _OWN in answer.contents)):
        return
    if answer.schema is None:
        if content:
            yield "there is a body, and none is described"
        return
    media_type, schema = _described(answer, response)
    known = {each.partition(";")[0] for each in answer.contents}
    if media_type not in known and _OWN in known:
        return
    if media_type not in known:
        yield f"the media type {media_type!r} is not described, but {', '.join(known)}"
    elif isinstance(response, HttpResponse) and schema is not None and media_type.endswith("json"):
        yield from _misfits(schema, response.content)


def _described(answer: Answer, response: HttpResponseBase) -> tuple[str, Any]:
    """Return the media type of an answer and the schema that is described for it."""
    media_type = response.headers.get("Content-Type", "").partition(";")[0].strip()
    return media_type, {each.partition(";")[0]: schema for each, schema in answer.contents.items()}.get(media_type)


def _followed(pieces: Iterable[bytes], done: Callable[[bytes], None]) -> Iterator[bytes]:
    """Yield the pieces of a stream as they come, and hand over the whole of one that is not too long."""
    kept, size = [], 0
    for piece in pieces:
        size += len(piece)
        kept = [*kept, piece] if size <= _LARGEST else []
        yield piece
    if size <= _LARGEST:
        done(b"".join(kept))


def _misfits(schema: Any, body: bytes) -> Iterator[str]:
    if len(body) > _LARGEST:
        return
    try:
        data = json.loads(body)
    except ValueError as error:
        yield f"the data is no JSON: {error}"
        return
    for error in _validator(json.dumps(schema, sort_keys=True, default=str)).iter_errors(data):
        yield f"at /{'/'.join(map(str, error.instance_path))}: {error.message[:300]}"


@lru_cache(maxsize=4096)
def _validator(schema: str) -> Any:
    return jsonschema_rs.Draft202012Validator(_strict(json.loads(schema)))


def _strict(schema: Any) -> Any:
    """Return a schema whose objects have no names beside those that it names; problems may have further members."""
    if isinstance(schema, list):
        return [_strict(each) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    closed = "properties" in schema and schema.get("title") != "Problem" and "additionalProperties" not in schema
    inner = {name: _strict(each) for name, each in schema.items()}
    return {**inner, "additionalProperties": False} if closed else inner


def record(recorder: Recorder) -> None:
    """Have every answer of every resource of this process looked at."""
    call = Resource.__call__

    def looked_at(resource: Resource, request: HttpRequest, **kwargs: Any) -> Any:
        answer = call(resource, request, **kwargs)
        if resource.is_async:
            return _awaited(answer, resource, request, kwargs)
        recorder.look(resource, request, frozenset(kwargs), answer)
        return answer

    async def _awaited(answer: Any, resource: Resource, request: HttpRequest, kwargs: Any) -> Any:
        response = await answer
        recorder.look(resource, request, frozenset(kwargs), response)
        return response

    Resource.__call__ = looked_at
