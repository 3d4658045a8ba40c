"""The records that describe an API: places, methods, parameters, bodies and answers, in the terms of JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from piston_core.access import Authenticator
from piston_core.declarations import Lifecycle
from piston_core.handler import BaseHandler
from piston_core.resource import Resource

# A fragment of JSON Schema 2020-12. A schema of objects that a handler or a form has given a name has it as its
# ``title``; two with one title are of one kind, but may differ, such as in an anonymous answer.
Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named value of a request or an answer: an argument of a URL, a parameter of a query, a header field.

    Attributes:
        name: its name.
        place: ``path``, ``query`` or ``header``.
        schema: its value.
        about: what it means, for people.
        required: whether it is always there; in a request, whether it has to be.
        joined: whether several values are joined by commas; else each has the name before it.
    """

    name: str
    place: Literal["path", "query", "header"]
    schema: Schema
    about: str = ""
    required: bool = False
    joined: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """What a method reads.

    Attributes:
        schema: the data, whatever it is sent in.
        contents: the schema of a body by its media type; ``None`` where JSON Schema cannot say it.
        required: whether there has to be one.
    """

    schema: Schema
    contents: Mapping[str, Schema | None]
    required: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """One kind of answer.

    Attributes:
        status: the status code, such as ``200``; ``2XX`` for any good one, ``default`` for all that have no own entry.
        about: what has happened, for people.
        schema: the data, whatever it is sent in; ``None`` for an answer without a body.
        contents: the schema of a body by its media type; ``None`` where JSON Schema cannot say it.
        headers: the header fields that tell something of it.
        problems: the kinds of problems that it may be, by the names that end their URIs.
    """

    status: str
    about: str
    schema: Schema | None = None
    contents: Mapping[str, Schema | None] = field(default_factory=lambda: MappingProxyType({}))
    headers: tuple[Parameter, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Served:
    """What one HTTP method does at a place. HEAD, which is as GET without a body, and OPTIONS go without saying.

    Attributes:
        method: ``GET``, ``QUERY``, ``POST``, ``PUT``, ``PATCH`` or ``DELETE``.
        action: the handler's method: ``read``, ``create``, ``update``, ``patch`` or ``delete``.
        summary: what it does, in a few words.
        about: what its docstring says further, ``""`` where the core itself serves it.
        parameters: the parameters of the query and the header fields that it honours here.
        body: what it reads, ``None`` for a method without a body.
        answers: what it answers, good answers first.
        authenticators: who may know the sender, in their order.
        is_open: whether it is served without credentials.
        scopes: what credentials have to be good for, if they are not good for everything; see ``Scopes``.
    """

    method: str
    action: str
    summary: str
    about: str
    parameters: tuple[Parameter, ...]
    body: Body | None
    answers: tuple[Answer, ...]
    authenticators: tuple[Authenticator, ...] = ()
    is_open: bool = True
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """One address, or all those of one pattern, and what is served there.

    Attributes:
        template: the address as a URI template (RFC 6570), such as ``/api/posts/{slug}/``.
        name: the URL's name with its namespaces.
        title: what is served, in a word: ``Post`` for a ``PostHandler``.
        about: what the handler's docstring says.
        arguments: the URL's arguments.
        handler: the handler.
        resource: the resource.
        is_list: whether it is a list of the model's objects.
        lifecycle: what becomes of it.
        methods: what is served there.
    """

    template: str
    name: str
    title: str
    about: str
    arguments: tuple[Parameter, ...]
    handler: BaseHandler
    resource: Resource
    is_list: bool
    lifecycle: Lifecycle | None
    methods: tuple[Served, ...]


@dataclass(frozen=True, slots=True)
class Description:
    """What is served.

    Attributes:
        title: the API's name for people; ``""`` for all that a project serves.
        places: the places, in the order of the URLs.
    """

    title: str
    places: tuple[Place, ...]
