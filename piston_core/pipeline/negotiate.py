"""Third step: choose the format of the answer before anything happens (RFC 9110, section 12)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.http import HttpRequest

from piston_core.contracts import Emitter
from piston_core.problems import Problem

SUFFIX = "piston.suffix"  # where the request's META holds the suffix of its address
_REMEMBERED = 256  # Accept fields seen; clients send few different ones, attackers many
# A quoted string without an end goes to the end of the field, so that no place is looked at twice.
_QUOTED = r'"(?:[^"\\]|\\.)*+(?:"|\\?$)'
_PART = re.compile(rf'((?:[^,"]|{_QUOTED})+)')
_PARAMETER = re.compile(rf';\s*([^\s;="]+)\s*=\s*({_QUOTED}|[^\s;"]*)')
_NAMED = re.compile(r"(?:^|&)format=")
_WEIGHT = re.compile(r"0(\.\d{0,3})?|1(\.0{0,3})?")


class Range(NamedTuple):
    """One media range of ``Accept``: ``text/*;q=0.5``."""

    type: str
    subtype: str
    parameters: frozenset[tuple[str, str]]
    weight: float


@dataclass(frozen=True, slots=True)
class Formats:
    """The emitters of a resource, ready for look-up.

    Attributes:
        emitters: by name; the first is for clients that take anything.
        of_problems: whether it is about problem documents, which have media types of their own.
        remembered: what was negotiated for an ``Accept`` field before.
        aliases: the media type that such a field asks for, where it is another one than the emitter's first.
        content_types: what each emitter's documents are of otherwise, by the emitter's name.
    """

    emitters: Mapping[str, Emitter]
    of_problems: bool = False
    remembered: dict[str, Emitter | None] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    content_types: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Note the content types."""
        self.content_types.update((name, _content_type(each)) for name, each in self.emitters.items())

    def accepted(self, accept: str) -> Emitter | None:
        """Return the emitter that an ``Accept`` field likes best, ``None`` if it likes none."""
        try:
            return self.remembered[accept]
        except KeyError:
            types_of = _types_and_problems if self.of_problems else _types
            emitter = best(accept, tuple(self.emitters.values()), types_of)
        if len(self.remembered) >= _REMEMBERED:  # another thread may do the same just now
            self.remembered.clear()
            self.aliases.clear()
        alias = _liked(accept, emitter.media_types) if emitter and not self.of_problems else ""
        if alias:
            self.aliases[accept] = alias
        self.remembered[accept] = emitter
        return emitter


def negotiate(request: HttpRequest, formats: Formats) -> Emitter:
    """Return the emitter for the answer: the address's suffix comes before ``?format=``, and that before ``Accept``.

    Raises:
        Problem: 406 with the alternatives, if there is none that the client takes; 404 for a
            suffix that is no format's, since that is no address of ours.
    """
    emitter = wanted(request, formats)
    if emitter is None and SUFFIX in request.META:
        raise Problem(404, f"There is nothing at this address; its formats are: {', '.join(formats.emitters)}.")
    if emitter is None:
        alternatives = [{"format": each.name, "media_type": each.media_types[0]} for each in formats.emitters.values()]
        detail = "This is available in other formats only; alternatives lists them."
        if not alternatives:
            detail = "This server has no format to answer in: no emitter plugin is enabled."
        raise Problem(406, detail, alternatives=alternatives)
    return emitter


def wanted(request: HttpRequest, formats: Formats) -> Emitter | None:
    """Return the emitter that the request asks for, ``None`` if there is none like it."""
    fields = request.META
    if SUFFIX in fields:
        return formats.emitters.get(fields[SUFFIX])
    if "format=" in fields.get("QUERY_STRING", "") and "format" in request.GET:
        return formats.emitters.get(request.GET["format"])
    accept = fields.get("HTTP_ACCEPT", "*/*")
    return formats.remembered.get(accept) or formats.accepted(accept)


def content_type_of(request: HttpRequest, formats: Formats, emitter: Emitter) -> str:
    """Return the ``Content-Type`` to send: the emitter's own, or that of its media types which the client names."""
    own = formats.content_types[emitter.name]
    if not formats.aliases or names_format(request):
        return own
    alias = formats.aliases.get(request.META.get("HTTP_ACCEPT", ""))
    return alias + "".join(own.partition(";")[1:]) if alias else own


def names_format(request: HttpRequest) -> bool:
    """Return whether the address itself names the format, so that ``Accept`` has no say."""
    fields = request.META
    query = fields.get("QUERY_STRING")
    return SUFFIX in fields or bool(query and _NAMED.search(query))


def _content_type(emitter: Emitter) -> str:
    return emitter.content_type or emitter.media_types[0]


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
    weighed = [(max(_weight(media_type, ranges) for media_type in types_of(each)), each) for each in emitters]
    top = max((weight for weight, _ in weighed), default=0.0)
    return next((each for weight, each in weighed if weight == top), None) if top > 0 else None


def _liked(accept: str, media_types: Sequence[str]) -> str:
    """Return the media type that a field likes better than the first one, ``""`` if it likes none better."""
    ranges = parse_accept(accept)
    liked = max(media_types, key=lambda media_type: _weight(media_type, ranges))  # the first of several
    return "" if liked == media_types[0] else liked


def parse_accept(accept: str) -> list[Range]:
    """Return the media ranges of an ``Accept`` field; what is not one is passed over.

    ``charset`` is passed over as well: each format here has one encoding, and older clients add it.
    """
    ranges = []
    for part in _PART.findall(accept):
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
