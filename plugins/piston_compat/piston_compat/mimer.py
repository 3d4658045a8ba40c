"""Which bodies are read, and into what ``request.data``; the parsers are the plugins', within their limits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

from django.http import HttpRequest

from piston_core import MalformedBody, Parser
from piston_json import JSONParser
from piston_yaml import YAMLParser

JSON_TYPES = ("application/json",)
YAML_TYPES = ("application/x-yaml",)
XML_TYPES = ("text/xml",)  # known, and never read: XML became no data
PICKLE_TYPES = ("application/python-pickle",)  # known, and never read: to unpickle a body is to run its code
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

Loader = Callable[[str], Any]
MimerDataException = MalformedBody  # the ancestor's name for a body that cannot be read


class Loaded(Parser):
    """Reads a body with a function of the project's, as it was registered with ``Mimer``."""

    def __init__(self, loader: Loader, types: tuple[str, ...]) -> None:
        self.loader = loader
        self.name = "loaded"  # type: ignore[misc]  # of the instance, where the contract has it for the class
        self.media_types = types  # type: ignore[misc]

    def parse(self, body: bytes, request: HttpRequest) -> Any:
        """Return what the function makes of the text.

        Raises:
            MalformedBody: it fails.
        """
        try:
            return self.loader(body.decode(request.encoding or "utf-8"))
        except Exception as error:  # a function for any format raises errors of any kind
            raise MalformedBody("The body is not what its Content-Type says.") from error


class Mapped(YAMLParser):
    """Reads YAML that is a mapping; anything else was always refused."""

    def parse(self, body: bytes, request: HttpRequest) -> Any:
        """Return the mapping.

        Raises:
            MalformedBody: it is none, or no YAML.
        """
        data = super().parse(body, request)
        if not isinstance(data, dict):
            raise MalformedBody("The body is no mapping.")
        return data


class Mimer:
    """Knows what a request brings, and the functions that read other types.

    Attributes:
        TYPES: the media types by the functions that read them.
    """

    TYPES: ClassVar[dict[Loader, tuple[str, ...]]] = {}

    def __init__(self, request: Any) -> None:
        self.request = request

    @classmethod
    def register(cls, loadee: Loader, types: Any) -> None:
        """Have a function read the bodies of some types; it gets their text and returns data."""
        cls.TYPES[loadee] = tuple(types)

    @classmethod
    def unregister(cls, loadee: Loader) -> Any:
        """Forget a function, and return the types that it read."""
        return cls.TYPES.pop(loadee)

    def is_multipart(self) -> bool:
        """Return whether the body is a form with files."""
        return bool((self.content_type() or "").startswith("multipart/form-data"))

    def content_type(self) -> str | None:
        """Return the whole ``Content-Type``, ``None`` for a form and for none at all."""
        given: str = self.request.META.get("CONTENT_TYPE", "")
        return None if not given or given.startswith(FORMS[0]) else given

    def loader_for_type(self, ctype: str) -> Loader | None:
        """Return the function that reads a type, ``None`` if none of the project's does."""
        found = (loader for loader, types in self.TYPES.items() if any(ctype.startswith(each) for each in types))
        return next(found, None)

    def translate(self) -> Any:
        """Return the request with ``data`` and ``content_type``; a resource has done so before it calls a handler."""
        return translate_mime(self.request)


def readers() -> Mapping[str, Parser]:
    """Return the parsers by media type; the project's own functions come first."""
    own = [Loaded(loader, types) for loader, types in Mimer.TYPES.items()]
    return {media_type: parser for parser in (*_OURS, *own) for media_type in parser.media_types}


def known_types(names: tuple[str, ...]) -> Iterator[str]:
    """Yield the media types that ``require_mime`` calls ``json``, ``yaml``, ``xml`` and ``pickle``."""
    table = {"json": JSON_TYPES, "yaml": YAML_TYPES, "xml": XML_TYPES, "pickle": PICKLE_TYPES}
    return (media_type for name in names for media_type in table.get(name, ()))


def translate_mime(request: Any) -> Any:
    """Give a request its ``data`` and ``content_type``, unless a resource has done so already."""
    if not hasattr(request, "data"):
        parser = readers().get(request.content_type or "")
        is_form = not request.content_type or request.content_type in FORMS
        data = parser.parse(request.body, request) if parser else None
        request.data = request.POST if is_form else data
        request.content_type = Mimer(request).content_type()
    return request


_OURS = (JSONParser(), Mapped())
