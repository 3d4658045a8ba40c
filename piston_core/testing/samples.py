"""The data that formats are tried with, and the words for what a format may honestly be unable to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

from piston_core.testing.promise import short

CAPABILITIES = {
    "types": "numbers and truth values come back as such, not as text",
    "large-integers": "integers beyond 64 bits",
    "null": "None comes back as such, not as empty text",
    "controls": "control characters (U+0000 to U+001F but for tab and line ends) and noncharacters in text",
    "keys": "names of any text, such as '', 'a b' and '<a>'",
    "nesting": "lists and objects within objects",
    "empty": "a list without rows, an object without names",
    "ragged": "rows whose names differ",
    "bare": "values that stand alone: rows, or a body, that are no objects",
    "single": "for emitters: a document that is a value or an object instead of a list",
    "list": "for parsers: a body that is a list",
    "breaks": "for emitters: a stream that broke off is told from a whole one",
}

TEXTS = {
    "empty text": "",
    "western": "Grüße, naïveté, Łódź, İstanbul, ß",
    "greek and cyrillic": "Ελληνικά Русский Україна",
    "right to left": "עברית العربية \u202eabc\u202c",
    "indic": "हिन्दी বাংলা தமிழ்",
    "east asian": "日本語 中文 한국어 𠮷",
    "emoji": "😀 👩\u200d👩\u200d👧 🏳\ufe0f\u200d🌈",
    "combining": "e\u0301 is not é, A\u030a is not Å",
    "invisible": "\u200b\u00a0\u2060\u00ad",
    "a byte order mark within": "a\ufeffb",
    "highest": "\ue000 \ufffd \U00010000 \U0010fffd",
    "blank": " ",
    "blanks around": "  two before, two after  ",
    "blanks within": "a  b   c",
    "tab": "\ta\tb\t",
    "line end": "a\nb",
    "line ends of DOS": "a\r\nb\r\n",
    "carriage return": "a\rb\r",
    "only a line end": "\n",
    "line ends around": "\n\na\n\n",
    "indented lines": "a\n  b\n\tc\n\n  d",
    "next line": "a\u0085b",
    "line and paragraph separators": "a\u2028b\u2029c",
    "delete and C1": "a\x7fb\x80c\x9fd",
    "double quotes": 'a "b" c',
    "single quotes": "it's 'so'",
    "quotes alone": '"\'"',
    "backslashes": "a\\b \\n \\u0041 \\",
    "percent and braces": "%s %(a)s {} {0} ${a} %41",
    "separators": "a,b;c\td|e",
    "markup": "<b>&\"'</b>",
    "entities": "&amp; &lt; &#65; &#x0; &unknown;",
    "end of CDATA": "]]> <![CDATA[x]]>",
    "comments and declarations": "<!-- a --> <?xml?> <!DOCTYPE a> -- # //",
    "a script": "</script><script>alert(1)</script>",
    "long text": "long text, é\n" * 800,
}

_WORDS = """
null ~ None nil true True yes on y false no off n 0 1 -1 +1 007 1.0 1. .5 1e3 1E+3 0x1F 0o17 0b1 1_000 1:30 12:30:45
2026-03-01 2026-03-01T12:00:00Z .inf -.inf .nan NaN Infinity - -- --- ... : :: ? # #a !a !!str *a &a | > % @a `a = <<
{} [] {a} [a] {"a":1} [1] "a" 'a' a: :a -a ?a a#b =1+1 \\ \\N // /* <a/> &a; a&b
"""
LOOK_ALIKES = [*_WORDS.split(), "a: b", "- a", "? a", "a #b", "# a", "--- a", "%YAML 1.1", "<a b='c'>"]

CONTROLS = {
    "null character": "a\x00b",
    "control characters": "".join(map(chr, range(1, 32))),
    "escape": "\x1b[31mred\x1b[0m",
    "noncharacters": "a\ufffe\uffffb",
}

NUMBERS = [True, False, 0, 1, -1, 255, 2**31, -(2**31) - 1, 2**53 + 1, 2**63 - 1, -(2**63)]
FLOATS = [0.0, -0.0, 1.0, 0.1, 1 / 3, -2.5, 1e-7, 1e15, 1e16, 1e21, 1e22, 1e23, 123456789.12345679]
FLOATS += [5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 9007199254740993.0, 0.30000000000000004]
LARGE = [2**63, 2**64, -(2**63) - 1, 2**64 + 1, 10**40 + 1, -(10**40) - 1]

_ODD_NAMES = """
a-b a.b a:b a/b a,b a=b a;b xml XML-a item items row value list name type class id 1 1a -a _a @a $a #a a# ü 日本 null
true no 1.5 - ~ ? : = << <a> &a; a&b " ' \\ a"b a'b \\n [a] {a} *a !a % | > __proto__ constructor
"""
NAMES = [*_ODD_NAMES.split(), "", " ", " a ", "a b", "a\nb", "a\tb", "a: b", "long" * 100]

SHAPES: dict[str, Any] = {
    "a list in a row": ["a", "b"],
    "a list of one": ["a"],
    "a list of empty text": [""],
    "an empty list": [],
    "an object in a row": {"a": "b"},
    "an empty object": {},
    "lists in lists": [["a"], [], [["b", "c"]]],
    "objects in lists": [{"a": "b"}, {"a": "c", "d": {}}],
    "lists in objects": {"a": ["b", {"c": []}], "d": [[]]},
    "a list with names as values": ["a", "a", "a"],
}

NATIVE: dict[type, list[Any]] = {
    datetime: [
        datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC),
        datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=-5, minutes=-30))),
        datetime(2026, 3, 1, tzinfo=timezone(timedelta(hours=14))),
        datetime(2026, 3, 1, 0, 0, 0, 1),  # noqa: DTZ001 - some columns are without a time zone
        datetime(1, 1, 1),  # noqa: DTZ001
        datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    ],
    date: [date(2026, 3, 1), date(1, 1, 1), date(9999, 12, 31)],
    time: [time(0, 0), time(23, 59, 59, 999999), time(12, 30)],
    timedelta: [timedelta(0), timedelta(days=3, hours=4), timedelta(days=-1, microseconds=1), timedelta(seconds=0.5)],
    Decimal: [Decimal(text) for text in ("0", "21.50", "-0.00", "1E+10", "0.1", "12345678901234567890.123456789")],
    UUID: [UUID(int=0), UUID("12345678-1234-5678-9234-567812345678")],
    float: [*FLOATS, float("inf"), float("-inf"), float("nan")],
    bytes: [b"", b"abc", bytes(range(256))],
}


@dataclass(frozen=True, slots=True)
class Sample:
    """Data that a format is tried with.

    Attributes:
        name: what it is, for messages.
        data: the data.
        needs: the capabilities that a format has to have for it.
    """

    name: str
    data: Any
    needs: frozenset[str] = frozenset()


# What a value stands in: how it is called, what is made of the value, and what a format needs for it.
_EMITTED: tuple[tuple[str, Callable[[Any], Any], frozenset[str]], ...] = (
    ("in a row", lambda value: [{"value": value, "beside": "text"}], frozenset()),
    ("in an object", lambda value: {"value": value, "beside": "text"}, frozenset({"single"})),
    ("as a row", lambda value: [value], frozenset({"bare"})),
    ("alone", lambda value: value, frozenset({"single", "bare"})),
)
_PARSED: tuple[tuple[str, Callable[[Any], Any], frozenset[str]], ...] = (
    ("in an object", lambda value: {"value": value, "beside": "text"}, frozenset()),
    ("in a row", lambda value: [{"value": value, "beside": "text"}], frozenset({"list"})),
    ("in a list", lambda value: [value], frozenset({"list", "bare"})),
    ("alone", lambda value: value, frozenset({"bare"})),
)


def documents() -> Iterator[Sample]:
    """Yield what an emitter has to write: every value in every place, and lists of every shape."""
    for place, put, needs in _EMITTED:
        yield from (Sample(f"{each.name} {place}", put(each.data), each.needs | needs) for each in values())
    yield Sample("no rows", [], frozenset({"empty"}))
    yield Sample("a row without names", [{}], frozenset({"empty"}))
    yield Sample("rows with other names", [{"a": "1", "b": "2"}, {"b": "3", "c": "4"}], frozenset({"ragged"}))
    yield Sample("rows that are missing a name", [{"a": "1", "b": "2"}, {"a": "3"}], frozenset({"ragged"}))
    yield Sample("many rows", [{"id": f"row {number}"} for number in range(600)])
    yield from (Sample(each.name, [each.data], each.needs) for each in _objects())


def bodies() -> Iterator[Sample]:
    """Yield what a parser has to read: every value in every place, and objects of every shape."""
    for place, put, needs in _PARSED:
        yield from (Sample(f"{each.name} {place}", put(each.data), each.needs | needs) for each in values())
    yield Sample("an object without names", {}, frozenset({"empty"}))
    yield Sample("an empty list", [], frozenset({"empty", "list"}))
    yield from _objects()


def _objects() -> Iterator[Sample]:
    yield Sample("two names", {"first": "a", "second": "b"})
    yield Sample("many names", {f"name{number}": f"value {number}" for number in range(300)})
    for name in NAMES:
        yield Sample(f"the name {short(name)}", {name: "value", "beside": "text"}, frozenset({"keys"}))


def values() -> Iterator[Sample]:
    """Yield single values, and lists and objects to stand where a value stands."""
    yield from (Sample(name, text) for name, text in TEXTS.items())
    yield from (Sample(f"the text {text!r}", text) for text in LOOK_ALIKES)
    yield from (Sample(name, text, frozenset({"controls"})) for name, text in CONTROLS.items())
    yield from (Sample(f"the number {number!r}", number, frozenset({"types"})) for number in [*NUMBERS, *FLOATS])
    yield from (Sample(f"the number {number!r}", number, frozenset({"types", "large-integers"})) for number in LARGE)
    yield Sample("None", None, frozenset({"null"}))
    yield from (Sample(name, data, frozenset({"nesting"})) for name, data in SHAPES.items())
    yield Sample("20 lists in each other", nested(20, as_list=True), frozenset({"nesting"}))
    yield Sample("20 objects in each other", nested(20, as_list=False), frozenset({"nesting"}))


def nested(depth: int, *, as_list: bool) -> Any:
    """Return text below this many lists or objects."""
    data: Any = "text"
    for _ in range(depth):
        data = [data] if as_list else {"a": data}
    return data


def supported(samples: Iterable[Sample], lossy: frozenset[str]) -> Iterator[Sample]:
    """Yield the samples that need nothing of what a format denies."""
    return (each for each in samples if not each.needs & lossy)


def proofs(samples: Iterable[Sample], denied: str, lossy: frozenset[str]) -> Iterator[Sample]:
    """Yield the samples that need the denied capability and nothing else that is denied."""
    return (each for each in samples if denied in each.needs and not each.needs & (lossy - {denied}))


def row(number: int, lossy: frozenset[str]) -> dict[str, Any]:
    """Return a row of a long list, as rich as the format can have it."""
    data: dict[str, Any] = {"id": f"row {number}", "text": f'é <{number}>\n, "x"'}
    if "types" not in lossy:
        data["number"] = number
    if "null" not in lossy:
        data["none"] = None
    if "nesting" not in lossy:
        data["nested"] = {"items": [f"item {number}", {}], "empty": []}
    return data


def natives(native: frozenset[type]) -> list[Any]:
    """Return values of the types that an emitter writes itself."""
    return [value for kind, values in NATIVE.items() if kind in native for value in values]


def needs_of(value: Any) -> frozenset[str]:
    """Return the capabilities that a format has to have for a value in an object."""
    if isinstance(value, str):
        return frozenset()
    if value is None:
        return frozenset({"null"})
    return frozenset({"nesting" if isinstance(value, list | dict) else "types"})
