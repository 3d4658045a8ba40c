"""One method at one place as the page shows it: what is sent, what is answered, and how it is tried."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.utils.safestring import SafeString

from piston_core import Answer, Body, Parameter, Place, Served
from piston_openapi.covering import resolved
from piston_openapi.pages import curl, texts
from piston_openapi.pages.credentials import arguments_for
from piston_openapi.pages.fields import Field, field, fields_of, kind_of
from piston_openapi.pages.introduction import phrase
from piston_openapi.pages.samples import sample

_JSON = "application/json"


class Input(NamedTuple):
    """A parameter, and what a form has to know of it.

    Attributes:
        field: its value.
        about: what it means, as HTML.
        place: ``path``, ``query`` or ``header``.
        several: how several values are sent: ``,`` between them, ``&`` each by itself, ``""`` for one value.
        example: what stands in the form at first.
    """

    field: Field
    about: SafeString
    place: str
    several: str
    example: str


class Medium(NamedTuple):
    """A media type of a body.

    Attributes:
        name: the media type.
        text: an example that may be sent, ``""`` where there is none.
        is_typed: whether it can be typed into a form.
    """

    name: str
    text: str
    is_typed: bool


class Told(NamedTuple):
    """An answer.

    Attributes:
        status: the status code.
        title: what it is called.
        about: what has happened, as HTML.
        problems: the kinds of problems that it may be.
        headers: the header fields that tell something of it.
        media_types: what it is written in.
        kind: the type of its data in a few words.
        fields: the fields of its data.
        is_said: whether an answer above it has the same data.
    """

    status: str
    title: str
    about: SafeString
    problems: tuple[str, ...]
    headers: tuple[Input, ...]
    media_types: tuple[str, ...]
    kind: str
    fields: tuple[Field, ...]
    is_said: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One method at one place.

    Attributes:
        anchor: its name in addresses: that of its operation in the document.
        method: the HTTP method.
        template: the address as a template.
        pieces: the parts of the template; those with an odd number are arguments.
        title: what it does, as plain text.
        summary: the same as HTML.
        about: what it does, further.
        deprecation: since when it should no longer be used, and why; ``""`` if it may be.
        is_open: whether it is served without credentials.
        schemes: the names of the authenticators.
        scopes: what tokens have to be good for.
        inputs: the parameters by their places.
        body: the fields of what is sent; ``None`` for a method without a body.
        media: the media types of what is sent.
        is_body_required: whether there has to be a body.
        good: the good answers.
        refusals: the others.
        curl: a ready line.
        shown: an example of the first answer, in JSON.
        words: what it is found by.
    """

    anchor: str
    method: str
    template: str
    pieces: tuple[str, ...]
    title: str
    summary: SafeString
    about: SafeString
    deprecation: SafeString
    is_open: bool
    schemes: tuple[str, ...]
    scopes: tuple[str, ...]
    inputs: Mapping[str, tuple[Input, ...]]
    body: tuple[Field, ...] | None
    media: tuple[Medium, ...]
    is_body_required: bool
    good: tuple[Told, ...]
    refusals: tuple[Told, ...]
    curl: str
    shown: str
    words: str

    @property
    def is_write(self) -> bool:
        """Whether it may change something."""
        return self.method not in ("GET", "QUERY")

    @property
    def chosen(self) -> str:
        """The media type of the example."""
        return next((each.name for each in self.media if each.text), "")


def entry_of(place: Place, served: Served, operation: Any, made: Mapping[str, Any], origin: str) -> Entry:
    """Return a method as the page shows it.

    Args:
        place: the place.
        served: the method.
        operation: the same in the document, which a hook may have edited.
        made: the document.
        origin: where the site is, such as ``https://example.org``.
    """
    media_type = curl.chosen(served.body)
    data = _data(served.body, media_type, operation, made)
    told = tuple(_told(served.answers))
    inputs = [_input(each) for each in (*place.arguments, *served.parameters)]
    credentials = "" if served.is_open else arguments_for(served.authenticators)
    return Entry(
        anchor=operation["operationId"],
        method=served.method,
        template=place.template,
        pieces=tuple(re.split(r"(\{[^{}]*\})", place.template)),
        title=operation.get("summary", "").replace("`", "").rstrip(".") or place.template,
        summary=texts.line(operation.get("summary", "")),
        about=texts.html(operation.get("description", "")),
        deprecation=_deprecation(place),
        is_open=served.is_open,
        schemes=tuple(each.name for each in served.authenticators),
        scopes=served.scopes,
        inputs={name: tuple(each for each in inputs if each.place == name) for name in ("path", "query", "header")},
        body=_body(served.body) if served.body else None,
        media=tuple(_media(served.body, media_type, data)),
        is_body_required=served.body is not None and served.body.required,
        good=tuple(each for each in told if each.status < "4"),
        refusals=tuple(each for each in told if each.status >= "4"),
        curl=curl.line(origin, place, served, credentials, media_type, data),
        shown=_shown(served, operation, made),
        words=_words(place, served, operation),
    )


def _words(place: Place, served: Served, operation: Mapping[str, Any]) -> str:
    """Return what a method is found by: its address, its summary, the names of what it takes."""
    names = [each.name for each in (*place.arguments, *served.parameters) if each.place != "header"]
    body = [each.name for each in fields_of(served.body.schema)] if served.body else []
    return " ".join([served.method, place.template, place.title, operation.get("summary", ""), *names, *body]).lower()


def _deprecation(place: Place) -> SafeString:
    life = place.lifecycle
    if life is None or life.deprecated is None:
        return texts.line("")
    policy = f" [Why, and what instead]({life.policy})." if life.policy else ""
    return texts.line(f"**Deprecated.** Since {life.deprecated.date()} it should no longer be used.{policy}")


def _input(parameter: Parameter) -> Input:
    several = parameter.schema.get("type") == "array"
    found = field(parameter.name, parameter.schema, is_required=parameter.required)
    example = str(sample(parameter.schema, parameter.name)) if parameter.place == "path" else ""
    if parameter.place == "header" and parameter.required:
        example = curl.header_sample(parameter)
    separator = "," if parameter.joined else "&"
    return Input(found, texts.line(parameter.about), parameter.place, separator if several else "", example)


def _body(body: Body) -> tuple[Field, ...]:
    """Return the fields of what is sent, and apart from them those that only some media types have."""
    plain = fields_of(body.schema)
    known = {plain}
    several = []
    for media_type, schema in body.contents.items():
        fields = fields_of(schema) if schema is not None else plain
        if fields not in known:
            known.add(fields)
            own = tuple(each for each in fields if each not in plain)
            several.append(field(media_type, schema or {})._replace(fields=own, about="What it has beside that."))
    return (*plain, *(each for each in several if each.fields))


def _told(answers: tuple[Answer, ...]) -> Iterator[Told]:
    seen: list[Any] = []
    for each in answers:
        is_good = each.status < "4" and each.schema is not None
        yield Told(
            status=each.status,
            title=phrase(each.status),
            about=texts.line(each.about),
            problems=each.problems,
            headers=tuple(map(_input, each.headers)),
            media_types=tuple(each.contents),
            kind=kind_of(each.schema) if is_good and each.schema else "",
            fields=fields_of(each.schema) if is_good and each.schema else (),
            is_said=is_good and each.schema in seen,
        )
        seen.append(each.schema)


def _data(body: Body | None, media_type: str, operation: Mapping[str, Any], made: Mapping[str, Any]) -> Any:
    """Return an example of what is sent: the document's own, else one that is made."""
    if body is None:
        return None
    own = _own_example(resolved(operation.get("requestBody", {}), made), media_type)
    return curl.body_of(media_type, body) if own is None else own


def _own_example(said: Mapping[str, Any], media_type: str) -> Any:
    medium = said.get("content", {}).get(media_type, {})
    named = [each.get("value") for each in medium.get("examples", {}).values()]
    return next((each for each in (medium.get("example"), *named) if each is not None), None)


def _media(body: Body | None, media_type: str, data: Any) -> Iterator[Medium]:
    contents = list(body.contents) if body else []
    for each in sorted(contents, key=lambda each: each != media_type):  # that of the example first
        held = data if each == media_type else curl.body_of(each, body) if body else None
        yield Medium(each, _typed(each, held), each != curl.FILES)


def _typed(media_type: str, data: Any) -> str:
    if data is None:
        return ""
    if media_type in (curl.FORM, curl.FILES):
        return urlencode(data, doseq=True) if isinstance(data, dict) else ""
    return curl.written(data)


def _shown(served: Served, operation: Mapping[str, Any], made: Mapping[str, Any]) -> str:
    """Return an example of the first good answer that has JSON, ``""`` if none has."""
    for answer in served.answers:
        schema = answer.contents.get(_JSON)
        if answer.status < "3" and schema is not None:
            said = resolved(operation.get("responses", {}).get(answer.status, {}), made)
            own = _own_example(said, _JSON)
            return curl.written(sample(schema) if own is None else own)
    return ""
