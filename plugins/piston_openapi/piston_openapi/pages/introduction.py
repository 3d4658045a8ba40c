"""What holds for many methods, told once: pages, order, choice of names, preconditions; only what there is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import NamedTuple

from piston_core import KINDS, Description, Parameter, Served
from piston_openapi.pages.curl import example_address


class Topic(NamedTuple):
    """A part of the introduction.

    Attributes:
        anchor: its name in addresses.
        title: its title.
        parameters: the parameters of which a method has to have one; it is left out where none has.
        about: the text.
        example: the end of an address that shows it.
    """

    anchor: str
    title: str
    parameters: tuple[str, ...]
    about: str
    example: str = ""


_TOPICS = (
    Topic(
        "pages", "Pages of a list", ("offset", "limit", "cursor"),
        "`?limit=10` answers with the first ten, `&offset=10` with the next ten. "
        "The field `Link` of an answer leads to the `next` and the `prev` page, by a `cursor` where the list has an "
        "order: that stays right while others add and delete.",
        "?limit=10",
    ),
    Topic(
        "range", "Parts of a list", ("Range",),
        "The field `Range: items=0-9` asks for the first ten as well. The answer is then 206, and `Content-Range` "
        "says which part it is.",
    ),
    Topic(
        "sorting", "Order", ("sort",),
        "`?sort=` takes names with commas between them, with `-` before a name for descending. "
        "Each list says by which names it can be sorted.",
    ),
    Topic(
        "choosing", "Only what you need", ("fields",),
        "`?fields=` takes the names to show, with commas between them. What a related object shows is chosen in "
        "parentheses behind its name, such as `?fields=title,author(username)`. What is not chosen is not read from "
        "the database either.",
    ),
    Topic(
        "conditions", "Only if it has changed", ("If-None-Match", "If-Match", "If-Modified-Since"),
        "The `ETag` of an answer names the state of what you have read. Send it as `If-None-Match`, and the answer is "
        "304 without a body as long as you have the present state. Send it as `If-Match` with a change, and the "
        "change is refused with 412 if somebody else was faster.",
    ),
    Topic(
        "preferences", "Preferences", ("Prefer",),
        "The field `Prefer` (RFC 7240) asks for what each method lists, such as `return=minimal` for an answer "
        "without a body, or `count=exact` for the number of all objects. `Preference-Applied` says what was followed.",
    ),
    Topic(
        "repeating", "Requests that are sent twice", ("Idempotency-Key",),
        "Send an `Idempotency-Key` of your own making, such as a random UUID in quotation marks. A request with the "
        "same key is done once, and answered the same every time.",
    ),
)  # fmt: skip


# What RFC 9110 calls differently from some versions of Python, and what is no status code.
_PHRASES: Mapping[str, str] = {
    "413": "Content Too Large",
    "414": "URI Too Long",
    "416": "Range Not Satisfiable",
    "422": "Unprocessable Content",
    "2XX": "Another good answer",
    "3XX": "A redirection",
    "default": "Any other",
}


class Problem(NamedTuple):
    """A kind of problem, or a status that has no kind of its own.

    Attributes:
        name: the end of its URI.
        status: the status code.
        title: what it is, in a few words.
        about: what has happened and what a client does about it.
    """

    name: str
    status: int
    title: str
    about: str


class Formats(NamedTuple):
    """The media types of an API.

    Attributes:
        answers: those of good answers.
        bodies: those of what is sent.
        problems: those of refusals.
        names: what ``?format=`` takes.
    """

    answers: tuple[str, ...]
    bodies: tuple[str, ...]
    problems: tuple[str, ...]
    names: tuple[str, ...]


def topics_of(description: Description) -> Iterator[Topic]:
    """Yield the parts of the introduction that are about something that there is."""
    names = {each.name for served in _methods(description) for each in served.parameters}
    yield from (each for each in _TOPICS if names.intersection(each.parameters))


def problems_of(description: Description) -> tuple[Problem, ...]:
    """Return the kinds of problems that there are, by status."""
    found = {name for served in _methods(description) for answer in served.answers for name in answer.problems}
    kinds = [Problem(name, *KINDS[name]) for name in KINDS if name in found]
    return tuple(sorted(kinds, key=lambda each: each.status))


def formats_of(description: Description) -> Formats:
    """Return the media types that are answered and read somewhere."""
    answers = [each for served in _methods(description) for each in served.answers]
    bodies = (each for served in _methods(description) if served.body for each in served.body.contents)
    parameters = (each for served in _methods(description) for each in served.parameters)
    return Formats(
        _once(each for answer in answers if answer.status < "3" for each in answer.contents),
        _once(bodies),
        _once(each for answer in answers if answer.status >= "4" for each in answer.contents),
        _once(each for parameter in parameters for each in _names(parameter)),
    )


def _methods(description: Description) -> Iterator[Served]:
    return (served for place in description.places for served in place.methods)


def _once(found: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))


def _names(parameter: Parameter) -> tuple[str, ...]:
    chosen = parameter.name == "format" and parameter.place == "query"
    return tuple(map(str, parameter.schema.get("enum", ()))) if chosen else ()


def first_address(description: Description) -> str:
    """Return an address for examples: that of the first list without arguments, else of the first place."""
    ranked = sorted(description.places, key=lambda place: not place.is_list or bool(place.arguments))
    return next((example_address(place, place.methods[0]) for place in ranked if place.methods), "/")


def phrase(status: str) -> str:
    """Return what a status code is called, such as ``Not Found``."""
    known = {str(int(each)): each.phrase for each in HTTPStatus}
    return {**known, **_PHRASES}.get(status, "")
