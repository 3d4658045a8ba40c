"""The contracts of formats: what a plugin implements, what it is handed.

A plugin subclasses the abstract classes; the frozen records are made by one side and only read
by the other. Instances live as long as the process and serve many threads, so they keep no
state of a request.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from django.http import HttpRequest, QueryDict

from piston_core.linking import Affordance, Link, Shape

if TYPE_CHECKING:
    from piston_core.handler import BaseHandler


@dataclass(frozen=True, slots=True)
class Document:
    """What an emitter writes.

    Attributes:
        data: plain values (``None``, ``bool``, ``int``, ``float``, ``str``, the emitter's other
            native types, lists, and dictionaries with text keys), or an iterator of such values,
            which are the rows of a list that is too long to hold in memory.
        layout: what the handler declares for this format in ``layouts``, ``None`` if nothing.
        is_problem: whether this is a problem document (RFC 9457), whose media type is the
            emitter's ``problem_type``.
        links: where the answer as a whole leads to.
        actions: what its reader may do next, for an emitter that is ``linked``.
        shape: what its objects are made of, ``None`` for data that no plan shows.
        total: how many objects the whole list has, if that is known.
    """

    data: Any
    layout: Any = None
    is_problem: bool = False
    links: tuple[Link, ...] = ()
    actions: tuple[Affordance, ...] = ()
    shape: Shape | None = None
    total: int | None = None

    @property
    def is_stream(self) -> bool:
        """Whether the data is an iterator of rows instead of a value."""
        return isinstance(self.data, Iterator)


class Aim(NamedTuple):
    """What a request aims at, for a format that says things in terms of its own.

    Attributes:
        request: the request, to read parameters and header fields from.
        handler: the handler that serves it.
        action: the name of the handler's method.
        kwargs: the arguments of the address.
        of_one: whether they name one object of the handler's model.
        shape: returns what the objects at this address are made of, ``None`` where no model's are shown.
        names: returns the names that the form of the action has; none where there is no form.
    """

    request: HttpRequest
    handler: BaseHandler
    action: str
    kwargs: Mapping[str, Any]
    of_one: bool
    shape: Callable[[], Shape | None]
    names: Callable[[], frozenset[str]]


class Dialect(ABC):
    """How those who ask for a format say what they want, where the format has parameters of its own.

    Attributes:
        names: what the format calls ``offset`` and ``cursor``, for the links to other pages.
    """

    names: ClassVar[Mapping[str, str]]

    @abstractmethod
    def parameters(self, aim: Aim) -> QueryDict:
        """Return the parameters of a request in the terms of the core, which every further step reads.

        Args:
            aim: what the request aims at; ``aim.request.GET`` are the parameters as they were sent.

        Raises:
            Problem: 400 for parameters that cannot be meant.
        """


class Emitter(ABC):
    """Writes documents in one format.

    Attributes:
        name: the format's name in settings, in ``?format=`` and in lists, such as ``json``.
        media_types: the media types that ask for it in ``Accept``, and that its documents are of: the one
            that was asked for, and the first where the client leaves it open.
        content_type: the ``Content-Type`` to send, where the first media type is not enough.
        problem_type: the ``Content-Type`` of a problem document, or ``""`` if the format has
            none and problems are better left to another emitter.
        native: the scalar types that the format writes itself. ``None``, booleans, integers and
            text always are; values of any other type arrive as text (RFC 3339 dates, exact
            decimals, base64 bytes), and a ``float`` that is not native is a finite number.
        textual: whether the native types are written as the very text that the core would make of
            them, so that a column which the database returns as text may arrive as it is.
        streams: whether every list arrives as an iterator of rows, as a format of lines wants it.
        layout: the class of what a handler may declare for the format in ``layouts``; ``None`` for
            a format that leaves no choice.
        linked: whether its documents show links, and what their reader may do next.
        dialect: how the parameters of its requests read, ``None`` for those of the core.
        verbatim: a class whose instances, made of ready JSON, stand in its documents as this text; ``None`` for a
            format that is not JSON. Only what a link builder has marked as ``Written`` arrives so.
        last: whether it comes after all others where nobody has put the formats in order, so that only a client
            that asks for it gets it. ``DEFAULT_EMITTER``, ``EMITTERS`` and a resource's own list say otherwise.
    """

    name: ClassVar[str]
    media_types: ClassVar[tuple[str, ...]]
    content_type: ClassVar[str] = ""
    problem_type: ClassVar[str] = ""
    native: ClassVar[frozenset[type]] = frozenset()
    textual: ClassVar[bool] = False
    streams: ClassVar[bool] = False
    layout: ClassVar[type | None] = None
    linked: ClassVar[bool] = False
    dialect: ClassVar[Dialect | None] = None
    verbatim: type | None = None
    last: ClassVar[bool] = False

    @abstractmethod
    def emit(self, document: Document, request: HttpRequest) -> bytes:
        """Return the whole document as bytes.

        Args:
            document: never a stream.
            request: the request that is answered, to read parameters from.
        """

    @abstractmethod
    def stream(self, document: Document, request: HttpRequest) -> Iterator[bytes]:
        """Yield the document piece by piece, in memory that does not grow with its rows.

        The pieces, joined, are a document like the one that ``emit`` returns for the same rows in
        a list. An exception of the rows' iterator must go on to the caller: the connection then
        breaks off, and the client does not take a part for the whole.

        Args:
            document: a stream.
            request: the request that is answered.
        """

    def schema(
        self, schema: Mapping[str, Any], *, many: bool = False, is_problem: bool = False
    ) -> Mapping[str, Any] | None:
        """Return what a document looks like whose data has a schema, ``None`` where JSON Schema cannot say it.

        A format of JSON returns it as it is, or within what it puts around the data.

        Args:
            schema: the JSON Schema (2020-12) of the data, whose scalars are written as text.
            many: whether the data is a list.
            is_problem: whether it is a problem document.
        """
        return None


class Patch(ABC):
    """Changes to a document, as a parser reads them from the body of a PATCH (RFC 5789)."""

    @abstractmethod
    def applied_to(self, document: Mapping[str, Any]) -> Any:
        """Return the document as it is to be; the given one stays as it is.

        Args:
            document: what can be written at this address, in plain data that JSON has a form for: what a
                PUT that changes nothing would send.

        Raises:
            Problem: the changes do not fit the document: 409 where it is in another state than they
                expect, 413 where they would make it too large.
        """


class Parser(ABC):
    """Reads request bodies of one format.

    Attributes:
        name: the format's name in settings and lists.
        media_types: the content types that it reads.
        reads_request: whether it reads the request itself, as uploads are, instead of a body
            that the core has read within Django's ``DATA_UPLOAD_MAX_MEMORY_SIZE``.
        patches: whether it reads changes: ``parse`` then returns a ``Patch``, and only PATCH takes it.
        causes: what it and its patches refuse, for descriptions of the API: the status codes with a sentence for each.
    """

    name: ClassVar[str]
    media_types: ClassVar[tuple[str, ...]]
    reads_request: ClassVar[bool] = False
    patches: ClassVar[bool] = False
    causes: ClassVar[Mapping[int, str]] = MappingProxyType({400: "The body is not what its Content-Type says."})

    @abstractmethod
    def parse(self, body: bytes, request: HttpRequest) -> Any:
        """Return the plain data in a body.

        Args:
            body: the body, no longer than the limit; empty if ``reads_request``.
            request: the request that it came with.

        Raises:
            MalformedBody: it is not of this format, or nested too deeply.
        """

    def values(self, data: Any, aim: Aim) -> Any:
        """Return data as the handler and its form take it, for a format that wraps it up.

        Args:
            data: what ``parse`` has returned for a request that creates or changes something.
            aim: what the request aims at.

        Raises:
            Problem: the data is not what is expected at this address.
        """
        return data

    def schema(self, schema: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Return what a body looks like that brings data of a schema, ``None`` where JSON Schema cannot say it.

        Args:
            schema: the JSON Schema (2020-12) of the data.
        """
        return None


class Subcommand(ABC):
    """A command of ``manage.py piston``.

    Attributes:
        name: its name, as it is typed.
        help: what it does, in a few words for the list of commands.
    """

    name: ClassVar[str]
    help: ClassVar[str]

    @abstractmethod
    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what can be asked."""

    @abstractmethod
    def handle(self, write: Callable[[str], Any], **options: Any) -> None:
        """Do it.

        Args:
            write: prints text, with a line end if it has none.
            options: what was asked.

        Raises:
            CommandError: it cannot be done, or what was looked at is not as it should be.
        """
