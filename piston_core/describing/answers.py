"""What a method answers: good answers by what it returns, refusals by the steps of a request and the parts it uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from piston_core.contracts import Emitter
from piston_core.describing.records import Answer, Parameter, Schema
from piston_core.describing.refusals import Refusal, refusals_of
from piston_core.describing.schemas import ADDRESS, OF_TYPES, array, nullable, one_of
from piston_core.describing.spots import Spot
from piston_core.handler import WITH_BODY

PROBLEM: Schema = {
    "type": "object",
    "title": "Problem",
    "description": "Why a request is refused, and what to do about it (RFC 9457).",
    "properties": {
        "type": {**ADDRESS, "description": "The kind of problem, with a page that explains it."},
        "title": {"type": "string", "description": "The kind of problem in a few words."},
        "status": {"type": "integer", "description": "The status code."},
        "detail": {"type": "string", "description": "What is wrong with this request."},
        "instance": {**ADDRESS, "description": "What this refusal is known by on the server."},
        "errors": array({
            "type": "object",
            "title": "Fault",
            "properties": {
                "pointer": {"type": "string", "description": "Leads to the value in the body (RFC 6901)."},
                "detail": {"type": "string", "description": "What is wrong with it."},
                "code": {"type": "string", "description": "The same, for programs."},
            },
            "required": ["pointer", "detail", "code"],
        }),
    },
    "required": ["type", "title", "status", "instance"],
}  # fmt: skip
_SAID = frozenset({"title", "readOnly"})  # says nothing of the values
Contents = Mapping[str, Schema | None]
_OWN: Mapping[str, None] = {"*/*": None}  # what a method makes itself
_TEXT = OF_TYPES[str]
_TAG = Parameter("ETag", "header", _TEXT, "What this state is known by.")
_MOMENT = Parameter("Last-Modified", "header", _TEXT, "When it was changed last.")
_LINK = Parameter("Link", "header", _TEXT, "Where the answer leads to (RFC 8288).")
_APPLIED = Parameter("Preference-Applied", "header", _TEXT, "Which preferences the answer follows.")
_TOTAL = Parameter("Total-Count", "header", {"type": "integer", "minimum": 0}, "How many there are, if it was asked.")
_LOCATION = Parameter("Location", "header", ADDRESS, "The address of what was created.")
_CONTENT = Parameter("Content-Location", "header", ADDRESS, "The address at which GET has the same answer.")
_PART = Parameter("Content-Range", "header", _TEXT, "Which part it is, and of how many.", required=True)
_OF_REFUSALS: Mapping[str, Parameter] = {
    "401": Parameter("WWW-Authenticate", "header", _TEXT, "Which credentials would do.", required=True),
    "405": Parameter("Allow", "header", _TEXT, "What is served here.", required=True),
    "415": Parameter("Accept", "header", _TEXT, "What would do.", required=True),
    "416": Parameter("Content-Range", "header", _TEXT, "How many there are, if that is known."),
    "429": Parameter("Retry-After", "header", _TEXT, "In how many seconds to try again."),
    "503": Parameter("Retry-After", "header", _TEXT, "In how many seconds to try again."),
}
_LIMITS = (
    Parameter("RateLimit", "header", _TEXT, "What is left of the quotas."),
    Parameter("RateLimit-Policy", "header", _TEXT, "The quotas."),
)


def answers_of(spots: Iterable[Spot]) -> tuple[Answer, ...]:
    """Return what a method answers, whoever asks: the same of several handlers only once.

    Args:
        spots: the method of the handler, and of the one for requests without credentials if it serves it, too.
    """
    spots = tuple(spots)
    good: dict[str, Answer] = {}
    for spot in spots:
        for answer in _good(spot):
            good[answer.status] = _joined(good.get(answer.status, answer), answer, spot)
    refused: dict[str, list[Refusal]] = {}
    for each in (each for spot in spots for each in refusals_of(spot)):
        refused.setdefault(str(each.status), []).append(each)
    contents = _problem_contents(spots)
    told = [_refusal(status, refused[status], spots, contents) for status in sorted(refused)]
    rest = _problem("default", "Any other refusal.", spots, contents)
    return (*good.values(), *(each for each in told if each.status not in good), rest)


def _joined(one: Answer, another: Answer, spot: Spot) -> Answer:
    """Return what is said of both, where two handlers give an answer."""
    if one is another or one.schema is None or another.schema is None or _alike(one.schema, another.schema):
        return one
    headers = (*one.headers, *(each for each in another.headers if each not in one.headers))
    both = _answer(spot, one.status, one.about, one_of([one.schema, another.schema]), headers)
    return replace(both, contents={**both.contents, **(_OWN if _OWN.keys() & one.contents.keys() else {})})


def _alike(one: Any, another: Any) -> bool:
    """Return whether two schemas describe the same, whatever it is called and whoever may write it."""
    if isinstance(one, Mapping) and isinstance(another, Mapping):
        names = one.keys() - _SAID
        return names == another.keys() - _SAID and all(_alike(one[name], another[name]) for name in names)
    return bool(one == another)


def _good(spot: Spot) -> Iterator[Answer]:
    if spot.action == "read":
        yield from _shown(spot)
    elif spot.action in WITH_BODY:
        yield from _saved(spot)
    else:
        yield from _deleted(spot)
    declared = {status: about for status, about in spot.causes.items() if status < 400}
    for status, about in declared.items():
        yield _answer(spot, str(status), about, spot.returned.schema if status < 300 and status != 204 else None)
    if spot.is_free:
        yield Answer("2XX", "Another good answer of the method's own making.")
        if spot.returned.responses:
            yield Answer("3XX", "A redirection of the method's own making.")


def _shown(spot: Spot) -> Iterator[Answer]:
    found = spot.returned
    schema = nullable(found.schema) if found.nothing and spot.is_own else found.schema
    state = (_TAG, *((_MOMENT,) if spot.is_dated else ()))
    lists = (_APPLIED, _TOTAL) if found.queries and not spot.is_one else ()
    place = (_CONTENT,) if spot.method == "QUERY" else ()
    whole = _answer(spot, "200", "What is at this address.", schema, (*state, _LINK, *lists, *place))
    yield whole
    if spot.method == "GET" and found.lists and not spot.is_one:
        about = "The part of the list that Range asks for."
        yield replace(whole, status="206", about=about, headers=(_PART, *whole.headers))
    yield _answer(spot, "304", "The client has it already.", None, (*state, *place))


def _saved(spot: Spot) -> Iterator[Answer]:
    found = spot.returned
    if found.data or spot.is_free:
        if spot.action == "create":
            headers = (_LOCATION, _APPLIED, _LINK)
            yield _answer(spot, "201", "What was created.", found.schema, headers)
        else:
            headers = (_APPLIED, _CONTENT, _LINK, *((_TAG, _MOMENT) if spot.action == "patch" else ()))
            yield _answer(spot, "200", "What is now at this address.", found.schema, headers)
    if spot.action != "create" or found.nothing or spot.is_free:
        yield _answer(spot, "204", "It is done; there is nothing more to say.", None, (_APPLIED,))


def _deleted(spot: Spot) -> Iterator[Answer]:
    yield _answer(spot, "204", "It is deleted.", None, ())
    found = spot.returned
    if found.data or spot.is_free:
        yield _answer(spot, "200", "What the deletion tells.", found.schema)


def _answer(spot: Spot, status: str, about: str, schema: Schema | None, headers: tuple[Parameter, ...] = ()) -> Answer:
    limits = _LIMITS if spot.demand.throttles else ()
    contents = {} if schema is None else _contents(spot, schema)
    contents |= _OWN if schema is not None and spot.is_free else {}
    return Answer(status, about, schema, contents, (*headers, *limits))


def _contents(spot: Spot, schema: Schema) -> dict[str, Schema | None]:
    """Return the schema of a body in each format that is offered."""
    if not spot.returned.data:
        return {}
    linking = spot.bound.linking
    contents: dict[str, Schema | None] = {}
    for name, emitter in spot.bound.formats.emitters.items():
        written = _written(emitter, spot.shapes.arranged(schema, linking[name].arranger))
        contents |= dict.fromkeys(emitter.media_types, written)
    return contents


def _written(emitter: Emitter, schema: Schema) -> Schema | None:
    if "anyOf" not in schema:
        return emitter.schema(schema, many=schema.get("type") == "array")
    parts = [_written(emitter, each) for each in schema["anyOf"]]
    return one_of([each for each in parts if each is not None]) if None not in parts else None


def _refusal(status: str, found: list[Refusal], spots: tuple[Spot, ...], contents: Contents) -> Answer:
    about = " ".join(dict.fromkeys(each.about for each in found if each.about))
    kinds = tuple(dict.fromkeys(each.kind for each in found if each.kind))
    return _problem(status, about, spots, contents, kinds)


def _problem(
    status: str, about: str, spots: tuple[Spot, ...], contents: Contents, kinds: tuple[str, ...] = ()
) -> Answer:
    headers = (_OF_REFUSALS[status],) if status in _OF_REFUSALS else ()
    limits = _LIMITS if spots[0].demand.throttles and status == "429" else ()
    return Answer(status, about, PROBLEM, contents, (*headers, *limits), kinds)


def _problem_contents(spots: tuple[Spot, ...]) -> Contents:
    """Return how refusals are said: as problem documents in the formats that write such, as text where none does."""
    writers = spots[0].bound.problem_formats.emitters.values()
    contents: dict[str, Schema | None] = {each.problem_type: each.schema(PROBLEM, is_problem=True) for each in writers}
    contents = contents or {"text/plain": _TEXT}
    if any(spot.is_free and spot.returned.responses for spot in spots):
        contents |= _OWN
    return contents
