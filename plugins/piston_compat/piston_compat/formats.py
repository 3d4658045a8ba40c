"""An old emitter as one of the core's: it gets what the core has made of the data, and is made for one answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from piston_compat.asking import asked
from piston_compat.emitters import BUILT_IN, NATIVE, Emitter
from piston_compat.replies import HttpStatusCode
from piston_compat.typemap import typemapper
from piston_core import Document
from piston_core import Emitter as CoreEmitter

JSON_WITH_CALLBACK = "application/javascript; charset=utf-8"
_NAME = re.compile(r"[a-z][a-z0-9_-]*")  # what the core takes for a format's name
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")


class OldFormat(CoreEmitter):
    """Has an old emitter write documents.

    Old resources know it by its name alone. A parameter makes its media type different from that of a plugin, so that
    both may be there.

    Args:
        name: the name that it was registered by.
        kind: the class.
        content_type: what its documents are.
    """

    native = NATIVE

    def __init__(self, name: str, kind: type[Emitter], content_type: str) -> None:
        self.name = name  # type: ignore[misc]  # of the instance, where the contract has it for the class
        self.kind = kind
        self.media_types = (_media_type(name, content_type),)  # type: ignore[misc]
        self.content_type = content_type or "text/plain"  # type: ignore[misc]

    def emit(self, document: Document, request: HttpRequest) -> bytes:
        """Return what the emitter renders.

        Raises:
            HttpStatusCode: it renders a whole response, or the resource streams.
        """
        emitter = self._made(document, request)
        if asked(request).streams:
            raise HttpStatusCode(self._streamed(emitter, request))
        rendered = emitter.render(request)
        if isinstance(rendered, HttpResponseBase):
            raise HttpStatusCode(rendered)
        return rendered if isinstance(rendered, bytes) else str(rendered).encode()

    def stream(self, document: Document, request: HttpRequest) -> Iterator[bytes]:
        """Yield what the emitter renders of all rows, which it needs at once."""
        yield self.emit(Document(list(document.data), document.layout), request)

    def schema(
        self, schema: Mapping[str, Any], *, many: bool = False, is_problem: bool = False
    ) -> Mapping[str, Any] | None:
        """Return that nobody knows what its documents look like."""
        return None

    def _made(self, document: Document, request: HttpRequest) -> Emitter:
        """Return an emitter for one answer; of a resource of the core, with what the core knows of it."""
        state = asked(request)
        handler = state.handler
        fields = shown_by(handler, state.result) if handler is not None else ()
        data = document.data if state.handler is None else state.result
        made = self.kind(data, typemapper, handler, fields, bool(getattr(handler, "is_anonymous", False)))
        made.made = (document.data,)
        return made

    def _streamed(self, emitter: Emitter, request: HttpRequest) -> StreamingHttpResponse:
        state = asked(request)
        pieces = emitter.stream_render(request)
        return StreamingHttpResponse(pieces, self.content_type, state.status, headers=state.headers)


def _media_type(name: str, content_type: str) -> str:
    own = content_type.partition(";")[0].strip().lower()
    return f"{own if _TYPE.fullmatch(own) else 'text/plain'}; emitter={quote(name)}"


def shown_by(handler: Any, result: Any) -> Any:
    """Return the names that a handler shows of a result: ``list_fields`` for a list, if it has any."""
    many = not isinstance(result, dict | str) and hasattr(result, "__iter__")
    return handler.list_fields if many and handler.list_fields else handler.fields


def format_of(name: str, kind: Any, content_type: str) -> OldFormat:
    """Return an old emitter as one of the core's."""
    return OldFormat(name, kind, content_type)


def registered() -> list[CoreEmitter]:
    """Return the formats that old resources have: the ancestor's own, and those that were registered."""
    return [format_of(name, kind, content_type) for name, (kind, content_type) in Emitter.EMITTERS.items()]


def offered() -> list[CoreEmitter]:
    """Return the formats that the core's resources may have as well: those that a project has registered itself.

    What the ancestor brought itself is brought by plugins, and a name that the core does not take stays here.
    """
    names = [name for name in Emitter.EMITTERS if name not in BUILT_IN and _NAME.fullmatch(name)]
    return [format_of(name, *Emitter.EMITTERS[name]) for name in names]
