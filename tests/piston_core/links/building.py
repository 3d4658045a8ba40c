"""A plugin that shows all there is to links: a builder that arranges rows, and an emitter that writes the rest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from piston_core import Document, Emitter, Href, Key, LinkBuilder, Shape, Shown, Where, Written, hookimpl

TYPE = "application/x-linked+json"
PLUGINS = {"PLUGINS": ["json", "auth", __name__], "AUTHENTICATORS": []}


class Ready:
    """JSON that is written already.

    Attributes:
        made: how often some was.
    """

    made = 0

    def __init__(self, text: str) -> None:
        self.text = text
        Ready.made += 1


class RowBuilder(LinkBuilder):
    """Puts a key, the links by relation type, and what is shown beside each other."""

    name = "rows"
    media_types = (TYPE,)

    def arrange(self, shape: Shape) -> Any:
        links = [Where(each, {"rel": each.rel, "href": Href(each)}) for each in shape.targets]
        return {
            "kind": shape.kind,
            "key": Key(),
            "links": Written(links),
            "shown": {name: Shown(name) for name in shape.names},
        }


class AddingBuilder(LinkBuilder):
    """Adds ``_to`` to the rows of all other formats, where a handler declares links."""

    name = "adding"
    media_types = ("*/*",)
    adds = ("_to",)

    def arrange(self, shape: Shape) -> Any:
        if not shape.linked:
            return None
        links = {each.rel: Where(each, Href(each)) for each in shape.targets}
        return {**{name: Shown(name) for name in shape.names}, "_to": Written(links)}


class HeaderBuilder(LinkBuilder):
    """Sends the declared links."""

    name = "header"

    def links(self, subject: Any) -> Any:
        return subject.links


class LinkedEmitter(Emitter):
    """Writes rows with all that a document says of links."""

    name = "linked"
    media_types = (TYPE,)
    linked = True
    verbatim = Ready

    def emit(self, document: Document, request: Any) -> bytes:
        return self._written(document, document.data)

    def stream(self, document: Document, request: Any) -> Iterator[bytes]:
        yield self._written(document, list(document.data))

    def _written(self, document: Document, data: Any) -> bytes:
        return json.dumps(
            {
                "data": data,
                "links": {each.rel: each.href for each in document.links},
                "templated": [each.rel for each in document.links if each.templated],
                "actions": {each.name: [each.method, each.href, each.media_type] for each in document.actions},
                "inputs": {each.name: [asdict(inp) for inp in _told(each.inputs)] for each in document.actions},
                "kind": None if document.shape is None else document.shape.kind,
                "total": document.total,
            },
            default=_plain,
        ).encode()


def _plain(value: Any) -> Any:
    return json.loads(value.text) if isinstance(value, Ready) else str(value)


def _told(inputs: Any) -> Any:
    from dataclasses import replace

    return [replace(each, limits=dict(each.limits), related=None) for each in inputs]


@hookimpl
def piston_link_builders() -> list[LinkBuilder]:
    return [AddingBuilder(), HeaderBuilder(), RowBuilder()]


@hookimpl
def piston_emitters() -> list[Emitter]:
    return [LinkedEmitter()]
