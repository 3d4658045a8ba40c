"""Third step: choose the format of the answer before anything happens (RFC 9110, section 12)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.http import HttpRequest

from piston_core.contracts import Emitter
from piston_core.headers import QUOTED, members
from piston_core.problems import Problem

SUFFIX = "piston.suffix"  # where the request's META holds the suffix of its address
_REMEMBERED = 256  # Accept fields seen; clients send few different ones, attackers many
_PARAMETER = re.compile(rf';\s*([^\s;="]+)\s*=\s*({QUOTED}|[^\s;"]*)')
_NAMED = re.compile(r"(?:^|&)format=")
_WEIGHT = re.compile(r"0(\.\d{0,3})?|1(\.0{0,3})?")


class Range(NamedTuple):
    """One media range of ``Accept``: ``text/*;q=0.5``."""

    type: str
    subtype: str
    parameters: frozenset[tuple[str, str]]
    weight: float


class Choice(NamedTuple):
    """What was negotiated: who writes the answer, and the ``Content-Type`` that it has then."""

    emitter: Emitter
    content_type: str


@dataclass(frozen=True, slots=True)
class Formats:
    """The emitters of a resource, ready for look-up.

    Attributes:
        emitters: by name; the first is for clients that take anything.
        of_problems: whether it is about problem documents, which have media types of their own.
        named: what a request gets that names an emitter.
        remembered: what was negotiated for an ``Accept`` field before.
    """

    emitters: Mapping[str, Emitter]
    of_problems: bool = False
    named: dict[str, Choice] = field(default_factory=dict)
    remembered: dict[str, Choice | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Note what is there to choose from."""
        self.named.update((name, Choice(each, _content_type(each))) for name, each in self.emitters.items())

    def accepted(self, accept: str) -> Choice | None:
        """Return what an ``Accept`` field likes best, ``None`` if it likes nothing here."""
        try:
            return self.remembered[accept]
        except KeyError:
            types_of = _types_and_problems if self.of_problems else _types
            emitter = best(accept, tuple(self.emitters.values()), types_of)
        if len(self.remembered) >= _REMEMBERED:  # another thread may do the same just now
            self.remembered.clear()
        choice = None if emitter is None else Choice(emitter, _content_type(emitter, _liked(accept, emitter)))
        self.remembered[accept] = choice
        return choice


def negotiate(request: HttpRequest, formats: Formats) -> Choice:
    """Return the format of the answer: the address's suffix comes before ``?format=``, and that before ``Accept``.

    Raises:
        Problem: 406 with the alternatives, if there is none that the client takes; 404 for a
            suffix that is no format's, since that is no address of ours.
    """
    choice = wanted(request, formats)
    if choice is None and SUFFIX in request.META:
        raise Problem(404, f"There is nothing at this address; its formats are: {', '.join(formats.emitters)}.")
    if choice is None:
        alternatives = [{"format": each.name, "media_type": each.media_types[0]} for each in formats.emitters.values()]
        detail = "This is available in other formats only; alternatives lists them."
        if not alternatives:
            detail = "This server has no format to answer in: no emitter plugin is enabled."
        raise Problem(406, detail, alternatives=alternatives)
    return choice


def wanted(request: HttpRequest, formats: Formats) -> Choice | None:
    """Return the format that the request asks for, ``None`` if there is none like it."""
    fields = request.META
    if SUFFIX in fields:
        return formats.named.get(fields[SUFFIX])
    if "format=" in fields.get("QUERY_STRING", "") and "format" in request.GET:
        return formats.named.get(request.GET["format"])
    accept = fields.get("HTTP_ACCEPT", "*/*")
    return formats.remembered.get(accept) or formats.accepted(accept)


def names_format(request: HttpRequest) -> bool:
    """Return whether the address itself names the format, so that ``Accept`` has no say."""
    fields = request.META
    query = fields.get("QUERY_STRING")
    return SUFFIX in fields or bool(query and _NAMED.search(query))


def _content_type(emitter: Emitter, alias: str = "") -> str:
    """Return the ``Content-Type`` of an emitter's documents, where a client may have asked for another media type."""
    own = emitter.content_type or emitter.media_types[0]
    return alias + "".join(own.partition(";")[1:]) if alias else own


def _types(emitter: Emitter) -> Sequence[str]:
    return emitter.media_types


def _types_and_problems(emitter: Emitter) -> Sequence[str]:
    return (*emitter.media_types, emitter.problem_type)


def best(
    accept: str, emitters: Sequence[Emitter], types_of: Callable[[Emitter], Sequence[str]] = _types
) -> Emitter | None:
    """Return the emitter whose media types have the highest weight, the first of several; weight 0 excludes.

    An ``Accept`` field without any media range in it, such as an empty one, takes anything.
    """
    ranges = parse_accept(accept)
    if not ranges:
        return next(iter(emitters), None)
    ranges = _without_unknown_profiles(ranges, [parse_accept(each)[0] for own in emitters for each in types_of(own)])
    weighed = [(max(_weight(media_type, ranges) for media_type in types_of(each)), each) for each in emitters]
    top = max((weight for weight, _ in weighed), default=0.0)
    return next((each for weight, each in weighed if weight == top), None) if top > 0 else None


def _without_unknown_profiles(ranges: Sequence[Range], offered: Sequence[Range]) -> list[Range]:
    """Return media ranges without the profiles that nobody offers: what they are of means the same without them.

    See RFC 6906, section 3.1.
    """
    known = frozenset().union(*(each.parameters for each in offered))
    return [
        each._replace(parameters=frozenset(it for it in each.parameters if it[0] != "profile" or it in known))
        for each in ranges
    ]


def _liked(accept: str, emitter: Emitter) -> str:
    """Return the media type that a field likes better than an emitter's first one, ``""`` if it likes none better."""
    ranges = parse_accept(accept)
    liked = max(emitter.media_types, key=lambda media_type: _weight(media_type, ranges))  # the first of several
    return "" if liked == emitter.media_types[0] else liked


def parse_accept(accept: str) -> list[Range]:
    """Return the media ranges of an ``Accept`` field; what is not one is passed over.

    ``charset`` is passed over as well: each format here has one encoding, and older clients add it.
    """
    ranges = []
    for part in members(accept):
        name, _, rest = part.partition(";")
        kind, slash, subtype = name.strip().lower().partition("/")
        if not slash or not kind or not subtype or (kind == "*" and subtype != "*"):
            continue
        parameters = {key.lower(): value.strip('"') for key, value in _PARAMETER.findall(";" + rest)}
        weight = parameters.pop("q", "1")
        parameters.pop("charset", None)
        if _WEIGHT.fullmatch(weight):
            ranges.append(Range(kind, subtype, frozenset(parameters.items()), float(weight)))
    return ranges


def _weight(media_type: str, ranges: Sequence[Range]) -> float:
    """Return the weight of the most specific range that a media type is in, 0 if it is in none."""
    ours = parse_accept(media_type)[0]
    found = max(((_specificity(each), each.weight) for each in ranges if _contains(each, ours)), default=(0, 0.0))
    return found[1]


def _contains(each: Range, ours: Range) -> bool:
    return each.type in ("*", ours.type) and each.subtype in ("*", ours.subtype) and each.parameters <= ours.parameters


def _specificity(each: Range) -> int:
    return (each.type != "*") + (each.subtype != "*") + len(each.parameters)
