"""The ancestor's emitters: classes that are made for one answer and render it, registered by name."""

from __future__ import annotations

import json
import pickle
import re
from collections.abc import Iterator
from datetime import date, datetime, time
from io import StringIO
from keyword import iskeyword
from typing import Any, ClassVar

import yaml
from django.core import serializers
from django.db.models import Manager, Model, QuerySet
from django.http import HttpResponse
from django.utils.xmlutils import SimplerXMLGenerator

from piston_compat.options import options
from piston_compat.typemap import TYPEMAP, safe_columns, typemapper
from piston_compat.values import prepared
from piston_core import BaseHandler as CoreHandler
from piston_core import forget_registry, plain_data

_NO_ATTRIBUTES: Any = {}
NATIVE = frozenset({float, datetime, date, time})
_CALLBACK = re.compile(r"[^\W\d][\w$]*(\[[0-9]+\])*(\.[^\W\d][\w$]*(\[[0-9]+\])*)*")
_RESERVED = frozenset({
    "abstract", "boolean", "byte", "case", "catch", "char", "class", "const", "debugger", "default", "delete", "do",
    "double", "enum", "export", "extends", "final", "finally", "float", "function", "goto", "implements", "import",
    "instanceof", "int", "interface", "long", "native", "new", "null", "package", "private", "protected", "public",
    "short", "static", "super", "switch", "synchronized", "this", "throw", "throws", "transient", "try", "typeof",
    "undefined", "var", "void", "volatile", "with", "true", "false",
})  # fmt: skip


class Emitter:
    """Renders one answer.

    A project's own is a subclass with a ``render``, made known by ``Emitter.register``.

    Args:
        payload: what the handler has returned.
        typemapper: the table of handlers.
        handler: the handler that answers.
        fields: the names that it shows.
        anonymous: whether the answer is for somebody unknown.
    """

    EMITTERS: ClassVar[dict[str, tuple[type[Emitter], str]]] = {}

    def __init__(
        self, payload: Any, typemapper: Any = typemapper, handler: Any = None, fields: Any = (), anonymous: bool = True
    ) -> None:
        self.typemapper = typemapper
        self.data = payload
        self.handler = handler
        self.fields = fields
        self.anonymous = anonymous
        self.made: tuple[Any] | None = None  # what the core has made of the data, in an answer of a resource

    def construct(self) -> Any:
        """Return the data as dictionaries, lists and scalars, as the handlers of its models show it."""
        if self.made is not None:
            return self.made[0]
        return plain_data(prepared(self.data), self._shower(), scope=TYPEMAP, native=NATIVE)

    def render(self, request: Any) -> Any:
        """Return the document as text or bytes, or a whole response."""
        raise NotImplementedError("Please implement render.")

    def stream_render(self, request: Any, stream: bool = True) -> Iterator[Any]:
        """Yield the document; at once, unless a subclass knows how to do better."""
        yield self.render(request)

    @classmethod
    def get(cls, format: str) -> tuple[type[Emitter], str]:  # noqa: A002 - the ancestor's name
        """Return the class and the content type of a format.

        Raises:
            ValueError: nobody has registered it.
        """
        if format in cls.EMITTERS:
            return cls.EMITTERS[format]
        raise ValueError(f"No emitters found for type {format}")

    @classmethod
    def register(cls, name: str, klass: type[Emitter], content_type: str = "text/plain") -> None:
        """Make a format known by a name, to old resources and to those of the core."""
        cls.EMITTERS[name] = (klass, content_type)
        forget_registry()

    @classmethod
    def unregister(cls, name: str) -> Any:
        """Forget a format."""
        forget_registry()
        return cls.EMITTERS.pop(name)

    def _shower(self) -> type[CoreHandler]:
        """Return the handler that shows the data: the given one, with the given names."""
        own = type(self.handler) if isinstance(self.handler, CoreHandler) else CoreHandler
        if not self.fields or tuple(self.fields) == tuple(own.fields):
            return own
        return type("Shown", (CoreHandler,), {"fields": tuple(self.fields), "is_anonymous": self.anonymous})


class XMLEmitter(Emitter):
    """Writes XML: an element for each name, ``resource`` for each item of a list."""

    def render(self, request: Any) -> str:
        """Return the document."""
        stream = StringIO()
        xml = SimplerXMLGenerator(stream, "utf-8")
        xml.startDocument()
        xml.startElement("response", _NO_ATTRIBUTES)
        self._to_xml(xml, self.construct())
        xml.endElement("response")
        xml.endDocument()
        return stream.getvalue()

    def _to_xml(self, xml: Any, data: Any) -> None:
        if isinstance(data, list | tuple):
            self._elements(xml, (("resource", item) for item in data))
        elif isinstance(data, dict):
            self._elements(xml, data.items())
        else:
            xml.characters(_without_controls(str(data)))

    def _elements(self, xml: Any, items: Any) -> None:
        for name, item in items:
            xml.startElement(_element_name(str(name)), _NO_ATTRIBUTES)
            self._to_xml(xml, item)
            xml.endElement(_element_name(str(name)))


def _without_controls(text: str) -> str:
    """Return text without the characters that no XML document can hold."""
    return re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)


def _element_name(name: str) -> str:
    """Return a name that an element may have; a key that is none would break the document, or add to it."""
    found = re.sub(r"[^\w.\-]", "_", name)
    return found if re.match(r"[^\W\d]", found) else f"_{found}"


class JSONEmitter(Emitter):
    """Writes JSON for people, or a call of the function that ``?callback=`` names."""

    def render(self, request: Any) -> str:
        """Return the document."""
        text = json.dumps(self.construct(), default=_scalar, ensure_ascii=False, indent=4)
        callback = callback_of(request)
        return f"{callback}({text})" if callback else text


def callback_of(request: Any) -> str:
    """Return the function that a request wants to be called with JSON, ``""`` for none and for what is no name."""
    name: str = request.GET.get("callback", "") if request is not None else ""
    if not _CALLBACK.fullmatch(name):
        return ""
    parts = re.split(r"[.\[\]]", name)
    return "" if any(part in _RESERVED or iskeyword(part) for part in parts) else name


def _scalar(value: Any) -> str:
    if isinstance(value, datetime) and options().old_datetimes:
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return str(value.isoformat() if isinstance(value, date | time) else value)


class YAMLEmitter(Emitter):
    """Writes YAML."""

    def render(self, request: Any) -> str:
        """Return the document."""
        return str(yaml.safe_dump(_in_yaml(self.construct()), allow_unicode=True))


def _in_yaml(data: Any) -> Any:
    """Return data without times of day, for which YAML has no form."""
    if isinstance(data, dict):
        return {name: _in_yaml(item) for name, item in data.items()}
    if isinstance(data, list):
        return [_in_yaml(item) for item in data]
    return data.isoformat() if isinstance(data, time) else data


class PickleEmitter(Emitter):
    """Writes Pickle, for clients in Python that trust the server."""

    def render(self, request: Any) -> bytes:
        """Return the document."""
        return pickle.dumps(self.construct())


class DjangoEmitter(Emitter):
    """Writes objects as Django's XML serializer does, with the columns that the handler shows of them."""

    def render(self, request: Any, format: str = "xml") -> Any:  # noqa: A002 - the ancestor's name
        """Return the document; of what is no object of a model, its text."""
        data = self.data
        if isinstance(data, Model):
            data = [data]
        if isinstance(data, Manager):
            data = data.all()
        if isinstance(data, HttpResponse) or not isinstance(data, QuerySet | list | tuple):
            return data if isinstance(data, HttpResponse) else str(self.construct())
        if not all(isinstance(each, Model) for each in data):
            return str(self.construct())
        return "" if not data else serializers.serialize(format, data, indent=True, fields=self._columns(data[0]))

    def _columns(self, obj: Model) -> list[str]:
        named = [each for each in self.fields if isinstance(each, str)]
        if named:
            return named
        safe = set(safe_columns(type(obj)))
        return [field.name for field in obj._meta.concrete_fields if field.attname in safe]


BUILT_IN = {
    "xml": (XMLEmitter, "text/xml; charset=utf-8"),
    "json": (JSONEmitter, "application/json; charset=utf-8"),
    "yaml": (YAMLEmitter, "application/x-yaml; charset=utf-8"),
    "pickle": (PickleEmitter, "application/python-pickle"),
    "django": (DjangoEmitter, "text/xml; charset=utf-8"),
}
Emitter.EMITTERS.update(BUILT_IN)
