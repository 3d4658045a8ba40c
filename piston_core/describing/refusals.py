"""What a request may be refused for: by the core's own steps in their order, and by the parts that a resource uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from piston_core.describing.spots import Spot
from piston_core.handler import CHANGES, WITH_BODY, WRITES


class Refusal(NamedTuple):
    """One reason for a refusal.

    Attributes:
        status: the status code.
        about: the reason, in a sentence.
        kind: the kind of problem, ``""`` where the status code says it all.
    """

    status: int
    about: str
    kind: str = ""


_ALWAYS = (
    Refusal(400, "The request is malformed."),
    Refusal(406, "There is no format here that the client takes."),
    Refusal(414, "The query is too long."),
    Refusal(431, "A header field is too long."),
    Refusal(500, "Something went wrong on the server."),
)
_READING = (
    Refusal(411, "The body needs a Content-Length."),
    Refusal(413, "The body is too large."),
    Refusal(415, "The body is of a type that is not read here."),
)
_KEYS = (
    Refusal(400, "The Idempotency-Key is missing or malformed.", "idempotency-key-missing"),
    Refusal(400, "", "idempotency-key-malformed"),
    Refusal(409, "A request with the same Idempotency-Key is at work.", "idempotency-key-in-use"),
    Refusal(422, "The Idempotency-Key belongs to another request.", "idempotency-key-reused"),
)
_SAVING = (
    Refusal(409, "It conflicts with what is stored.", "already-exists"),
    Refusal(409, "", "conflict"),
    Refusal(422, "The data is not acceptable.", "invalid-data"),
)


def refusals_of(spot: Spot) -> Iterator[Refusal]:
    """Yield what a method may refuse where it is served."""
    yield from _ALWAYS
    yield from _of_parts(each.causes for each in spot.bound.authenticators)
    yield from _of_parts(each.causes for each in spot.demand.throttles)
    yield from _of_parts(each.causes for each in spot.demand.permissions)
    yield from _of_addresses(spot)
    yield from _of_states(spot)
    if spot.action in WITH_BODY or spot.method == "QUERY":
        yield from _of_bodies(spot)
    if spot.action in WRITES:
        yield from _of_writes(spot)
    yield from _of_parts([{status: about for status, about in spot.causes.items() if status >= 400}])


def _of_parts(causes: Iterable[Mapping[int, str]]) -> Iterator[Refusal]:
    return (Refusal(status, about) for each in causes for status, about in each.items())


def _of_addresses(spot: Spot) -> Iterator[Refusal]:
    if spot.names:
        yield Refusal(404, "There is nothing at this address.")
    if spot.handler.model or spot.handler.fields or spot.returned.queries:
        yield Refusal(400, "A parameter cannot be meant, or is not served here.", "invalid-parameter")
    known = spot.resource.methods(dict.fromkeys(spot.names))[0]
    if spot.method not in known.actions:
        yield Refusal(405, "This is served to requests without credentials only.")


def _of_states(spot: Spot) -> Iterator[Refusal]:
    yield Refusal(412, "It is in another state than the one that the request names.", "changed-meanwhile")
    if spot.method == "GET" and spot.returned.lists and not spot.is_one:
        yield Refusal(416, "The range begins behind the end of the list.")
    if spot.handler.require_precondition and spot.action in CHANGES:
        yield Refusal(428, "The request does not say which state it is about.", "precondition-required")


def _of_bodies(spot: Spot) -> Iterator[Refusal]:
    yield from _READING
    parsers = spot.bound.parsers_for(spot.handler, spot.action, spot.names)
    yield from _of_parts(each.causes for each in parsers.values())
    yield Refusal(400, "", "malformed-body")
    if spot.method == "QUERY" or spot.form is not None or spot.takes_several:
        yield Refusal(422, "The data is not acceptable.", "invalid-data")


def _of_writes(spot: Spot) -> Iterator[Refusal]:
    yield Refusal(503, "Other writers were in the way.", "busy")
    if spot.handler.model is not None or spot.form is not None:
        yield from _SAVING
    if spot.action == "delete" and spot.handler.model is not None:
        yield Refusal(409, "Other objects refer to it.", "still-referenced")
    if spot.handler.idempotency:
        yield from _KEYS
