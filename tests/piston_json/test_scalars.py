"""Single values: what each type becomes in JSON, alone, nested, in streams and in lines."""

from __future__ import annotations

import json
import logging
import uuid
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from enum import Enum, Flag, IntEnum, StrEnum
from ipaddress import IPv4Address, IPv6Address
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

import pytest
from django.core.files.base import ContentFile
from django.db.models import IntegerChoices, TextChoices
from django.http import HttpRequest
from django.utils.dateparse import parse_duration
from django.utils.functional import lazystr
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy
from hypothesis import given, settings
from hypothesis import strategies as st

from blog.models import Post
from piston_core import Document
from piston_json import JSONEmitter, JSONLinesEmitter
from tests.asking import nested
from tests.piston_json.asking import data_in, lines_in, shown


class Size(IntEnum):
    LARGE = 2


class Colour(Enum):
    RED = "red"
    OLD = date(1999, 12, 31)


class State(TextChoices):
    DRAFT = "dr", "a draft"


class Level(IntegerChoices):
    HIGH = 3, "high up"


class Kind(StrEnum):
    NOTE = "note"


class Right(Flag):
    READ = 1
    WRITE = 2


class Count(int):
    def __str__(self):
        return "a count"


class Name(str):  # noqa: SLOT000 - as an application would write it
    def __str__(self):
        return "a name"


class Ratio(float):
    def __repr__(self):
        return "a ratio"


class Nowhere(tzinfo):
    def utcoffset(self, moment):
        return None


AMSTERDAM_IN_1900 = datetime(1900, 1, 1, tzinfo=ZoneInfo("Europe/Amsterdam"))  # 19 minutes and 32 seconds ahead
UID = uuid.UUID("12345678-9abc-4def-8000-00000000ffff")

VALUES = {
    "null": (None, None),
    "true": (True, True),
    "false": (False, False),
    "zero": (0, 0),
    "int8": (-128, -128),
    "int64-min": (-(2**63), -(2**63)),
    "below-int64": (-(2**63) - 1, -(2**63) - 1),
    "int64-max": (2**63 - 1, 2**63 - 1),
    "above-int64": (2**63, 2**63),
    "uint64-max": (2**64 - 1, 2**64 - 1),
    "above-uint64": (2**64, 2**64),
    "400-digits": (10**400, 10**400),
    "400-digits-below-zero": (-(10**400) - 7, -(10**400) - 7),
    "int-subclass": (Count(7), 7),
    "large-int-subclass": (Count(2**70), 2**70),
    "int-enum": (Size.LARGE, 2),
    "enum-of-text": (Colour.RED, "red"),
    "enum-of-a-date": (Colour.OLD, "1999-12-31"),
    "text-choices": (State.DRAFT, "dr"),
    "integer-choices": (Level.HIGH, 3),
    "str-enum": (Kind.NOTE, "note"),
    "flag": (Right.READ | Right.WRITE, 3),
    "float": (0.1, 0.1),
    "float-subclass": (Ratio(2.5), 2.5),
    "smallest-float": (5e-324, 5e-324),
    "largest-float": (1.7976931348623157e308, 1.7976931348623157e308),
    "decimal": (Decimal("10.10"), "10.10"),
    "long-decimal": (Decimal("0.1234567890123456789012345678901"), "0.1234567890123456789012345678901"),
    "decimal-exponent": (Decimal("1E+10"), "1E+10"),
    "decimal-minus-zero": (Decimal("-0.00"), "-0.00"),
    "uuid": (UID, "12345678-9abc-4def-8000-00000000ffff"),
    "date": (date(2026, 2, 28), "2026-02-28"),
    "first-date": (date.min, "0001-01-01"),
    "last-date": (date.max, "9999-12-31"),
    "naive-datetime": (datetime(2026, 1, 2, 3, 4, 5), "2026-01-02T03:04:05"),  # noqa: DTZ001 - naive on purpose
    "first-datetime": (datetime(1, 1, 1), "0001-01-01T00:00:00"),  # noqa: DTZ001
    "last-datetime": (datetime(9999, 12, 31, 23, 59, 59, 999999), "9999-12-31T23:59:59.999999"),  # noqa: DTZ001
    "first-datetime-utc": (datetime.min.replace(tzinfo=UTC), "0001-01-01T00:00:00+00:00"),
    "last-datetime-utc": (datetime.max.replace(tzinfo=UTC), "9999-12-31T23:59:59.999999+00:00"),
    "utc": (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02T03:04:05+00:00"),
    "microsecond": (datetime(2026, 1, 2, 3, 4, 5, 1, tzinfo=UTC), "2026-01-02T03:04:05.000001+00:00"),
    "summer": (datetime(2026, 7, 1, tzinfo=ZoneInfo("Europe/Berlin")), "2026-07-01T00:00:00+02:00"),
    "fold": (datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Berlin")), "2026-10-25T02:30:00+01:00"),
    "nepal": (datetime(2026, 1, 1, tzinfo=ZoneInfo("Asia/Kathmandu")), "2026-01-01T00:00:00+05:45"),
    "west": (datetime(2026, 1, 1, tzinfo=timezone(-timedelta(hours=9, minutes=30))), "2026-01-01T00:00:00-09:30"),
    "offset-in-seconds": (AMSTERDAM_IN_1900, "1899-12-31T23:59:28+00:19"),
    "no-offset-after-all": (datetime(2026, 1, 1, tzinfo=Nowhere()), "2026-01-01T00:00:00"),
    "time": (time(1, 2, 3), "01:02:03"),
    "time-with-offset": (time(1, 2, 3, 4, tzinfo=timezone(timedelta(hours=1))), "01:02:03.000004+01:00"),
    "time-in-a-zone-without-a-date": (time(1, 2, tzinfo=ZoneInfo("Europe/Berlin")), "01:02:00"),
    "duration": (timedelta(days=3, hours=4, microseconds=5), "P3DT04H00M00.000005S"),
    "no-duration": (timedelta(0), "P0DT00H00M00S"),
    "negative-duration": (timedelta(seconds=-90), "-P0DT00H01M30S"),
    "negative-days": (timedelta(days=-2, hours=1), "-P1DT23H00M00S"),
    "empty-text": ("", ""),
    "str-subclass": (Name("Ada"), "Ada"),
    "safe-text": (mark_safe("<b>"), "<b>"),
    "lazy-text": (lazystr("late"), "late"),
    "translated-text": (gettext_lazy("Yes"), "Yes"),
    "bytes": (b"\x00\xff", "AP8="),
    "no-bytes": (b"", ""),
    "bytearray": (bytearray(b"ab"), "YWI="),
    "memoryview": (memoryview(b"ab"), "YWI="),
    "every-second-byte": (memoryview(b"a-b-")[::2], "YWI="),
    "ipv4": (IPv4Address("192.0.2.1"), "192.0.2.1"),
    "ipv6": (IPv6Address("2001:db8::1"), "2001:db8::1"),
    "path": (PurePosixPath("a/b"), "a/b"),
    "zone": (ZoneInfo("Europe/Berlin"), "Europe/Berlin"),
    "no-file": (Post(attachment="").attachment, None),
    "file": (Post(attachment="attachments/a b.txt").attachment, "/media/attachments/a%20b.txt"),
    "named-file": (ContentFile(b"x", name="x.txt"), "x.txt"),
    "unnamed-file": (ContentFile(b"x"), None),
}

TEXTS = {
    "latin": "Grüße, año, Ćao",
    "greek": "Ελληνικά",
    "cyrillic": "Привет, Київ",
    "hebrew": "שלום עולם",
    "arabic": "مرحبا بالعالم",
    "devanagari": "नमस्ते दुनिया",
    "thai": "สวัสดีชาวโลก",
    "chinese": "你好，世界",
    "japanese": "こんにちは世界",
    "korean": "안녕하세요 세계",
    "georgian": "გამარჯობა",
    "amharic": "ሰላም ልዑል",
    "tamil": "வணக்கம் உலகம்",
    "khmer": "សួស្តី\u200bពិភពលោក",
    "astral": "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𒀀 🎉",
    "joined-emoji": "👩‍👩‍👧‍👦🏳️‍🌈",
    "combining": "e\u0301 n\u0303 o\u0308\u0304",
    "direction": "\u202eright to left\u202c\u200f",
    "line-separators": "a\u2028b\u2029c\u0085d",
    "byte-order-mark": "\ufeffx\ufffe\uffff",
    "controls": "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0)])),
    "quotes": "\"'\\/<script>&</script>",
    "private": "\ue000\U0010fffd",
    "last": "\U0010ffff",
}

SHAPES = {
    "alone": lambda value: value,
    "in-a-list": lambda value: [value, [value]],
    "in-a-tuple": lambda value: (value, 1),
    "in-a-dictionary": lambda value: {"a": value, "b": {"c": [value]}},
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize(("value", "expected"), VALUES.values(), ids=VALUES)
def test_every_scalar_type_has_one_form_wherever_it_stands(value, expected, shape):
    written = data_in(shown(shape(value)))

    assert repr(written) == repr(json.loads(json.dumps(shape(expected))))  # repr: 1, 1.0 and True are not the same


@pytest.mark.parametrize("accept", ["application/json", "application/jsonl"])
@pytest.mark.parametrize(("value", "expected"), VALUES.values(), ids=VALUES)
def test_every_scalar_type_has_the_same_form_in_a_stream(value, expected, accept):
    response = shown(({"n": n, "value": value} for n in range(4)), accept)
    written = data_in(response) if accept == "application/json" else lines_in(response)

    assert repr(written) == repr([{"n": n, "value": expected} for n in range(4)])


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_text_in_every_script_arrives_character_for_character(text):
    data = {text: [text, {"in": text}]}

    assert data_in(shown(data)) == data
    assert data_in(shown(iter([data, data]))) == [data, data]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_line_stays_one_line_whatever_text_is_in_it(text):
    body = shown([{"text": text}, text], "application/jsonl").getvalue()

    assert body.count(b"\n") == 2
    assert [json.loads(line) for line in body.split(b"\n")[:-1]] == [{"text": text}, text]


def test_text_is_written_as_utf_8_and_not_as_escapes():
    assert shown("é🎉\u2028").content == '"é🎉\u2028"'.encode()


def test_an_offset_with_seconds_keeps_the_instant_in_a_form_that_rfc_3339_knows():
    written = data_in(shown([AMSTERDAM_IN_1900]))[0]

    assert datetime.fromisoformat(written) == AMSTERDAM_IN_1900
    assert written[-6:] == "+00:19"


@settings(max_examples=70)
@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=st.timezones() | st.none()))  # noqa: DTZ001
def test_a_datetime_tells_its_instant_whatever_its_zone(moment):
    written = datetime.fromisoformat(data_in(shown(moment)))

    if moment.utcoffset() is None:
        assert written == moment.replace(tzinfo=None)
    else:
        assert written.astimezone(UTC) == moment.astimezone(UTC)


@given(st.timedeltas(timedelta(days=-(10**8)), timedelta(days=10**8)))
def test_a_duration_is_read_back_exactly_by_django(duration):
    assert parse_duration(data_in(shown(duration))) == duration


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_a_decimal_keeps_every_digit_and_its_exponent(number):
    assert Decimal(data_in(shown(number))).compare_total(number) == 0


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (1, "1"),
        (2**70, str(2**70)),
        (None, "null"),
        (True, "true"),
        (1.5, "1.5"),
        (UID, str(UID)),
        (date(2026, 1, 2), "2026-01-02"),
        (State.DRAFT, "dr"),
        (Level.HIGH, "3"),
        (lazystr("late"), "late"),
        (Decimal("1.50"), "1.50"),
        (Name("Ada"), "Ada"),
        ("", ""),
        ("\x00\u2028", "\x00\u2028"),
    ],
)
def test_keys_become_text(key, expected):
    assert data_in(shown({key: {key: 1}})) == {expected: {expected: 1}}


NOT_FINITE = {
    "nan": float("nan"),
    "infinity": float("inf"),
    "minus-infinity": float("-inf"),
    "float-subclass": Ratio("nan"),
    "decimal-nan": Decimal("NaN"),
    "decimal-signalling-nan": Decimal("sNaN"),
    "decimal-infinity": Decimal("-Infinity"),
}
UNWRITABLE = NOT_FINITE | {
    "high-surrogate": "a\ud800b",
    "low-surrogate": "\udfff",
    "surrogates-in-reverse": "\udc00\ud800",
    "surrogate-beside-a-large-integer": ["\ud800", 2**70],
    "complex": 1j,
    "object": object(),
    "class": int,
    "function": len,
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("value", UNWRITABLE.values(), ids=UNWRITABLE)
def test_what_json_has_no_form_for_is_a_logged_500_and_never_null(value, shape, caplog):
    with caplog.at_level(logging.ERROR, "django.request"):
        response = shown(shape(value))

    assert response.status_code == 500
    assert response.headers["Content-Type"] == "application/problem+json"
    assert set(json.loads(response.content)) == {"type", "title", "status", "detail", "instance"}
    assert [record.exc_info[0] for record in caplog.records if record.exc_info]


@pytest.mark.parametrize(
    "key", ["\ud800", float("nan"), (1, 2), object()], ids=["surrogate", "nan", "tuple", "object"]
)
def test_a_key_that_is_no_text_is_refused(key):
    assert shown({key: 1}).status_code == 500
    assert shown({"deep": [{key: 1}]}).status_code == 500


@pytest.mark.parametrize("accept", ["application/json", "application/jsonl"])
@pytest.mark.parametrize("value", [float("nan"), "\ud800", object()], ids=["nan", "surrogate", "object"])
def test_a_row_that_cannot_be_written_breaks_a_stream_off(value, accept):
    assert shown(iter([value]), accept).status_code == 500  # nothing has been sent yet

    response = shown(iter([1, 2, 3, 4, value, 6]), accept)
    received = []
    with pytest.raises((ValueError, TypeError)):
        received.extend(response.streaming_content)

    assert not b"".join(received).endswith(b"]")
    assert b"6" not in b"".join(received)


DIRECT = [
    (datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC), "2026-01-02T03:04:05.000006+00:00"),
    (datetime(1, 1, 1), "0001-01-01T00:00:00"),  # noqa: DTZ001
    (date(2026, 1, 2), "2026-01-02"),
    (UID, str(UID)),
]


@pytest.mark.parametrize("neighbour", [1, 2**64], ids=["orjson-alone", "beside-a-large-integer"])
@pytest.mark.parametrize(("value", "expected"), DIRECT)
def test_what_is_native_to_the_emitter_looks_the_same_beside_and_below_what_orjson_refuses(value, expected, neighbour):
    emitter, request = JSONEmitter(), HttpRequest()
    document = emitter.emit(Document({"a": [value, neighbour]}), request)
    deep = emitter.emit(Document(nested(300, [value, neighbour])), request)

    assert type(value) in emitter.native == JSONLinesEmitter.native
    assert json.loads(document) == {"a": [expected, neighbour]}
    assert json.loads(deep) == nested(300, [expected, neighbour])


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("indent", [False, True])
@pytest.mark.parametrize("large", [2**64, -(2**63) - 1, 2**70])
def test_a_large_integer_does_not_change_how_its_neighbours_are_written(text, indent, large):
    emitter, request = JSONEmitter(indent=indent), HttpRequest()
    plain = emitter.emit(Document([text, {text: []}, {}, 1e-7, 1e16, "#"]), request)
    written = emitter.emit(Document([text, {text: []}, {}, 1e-7, 1e16, large]), request)

    assert written == plain.replace(b'"#"', str(large).encode())


@pytest.mark.parametrize("value", [object(), {1, 2}, b"x", 1j, Decimal(1)], ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("neighbour", [1, 2**64])
def test_the_emitter_refuses_data_that_is_not_plain(value, neighbour):
    with pytest.raises(TypeError):
        JSONEmitter().emit(Document([value, neighbour]), HttpRequest())


@pytest.mark.parametrize("where", ["value", "key"])
@pytest.mark.parametrize("neighbour", [1, 2**64])
def test_the_emitter_refuses_text_that_is_not_unicode(where, neighbour):
    data = ["\ud800", neighbour] if where == "value" else {"\ud800": neighbour}

    with pytest.raises(ValueError, match="surrogates not allowed"):
        JSONEmitter().emit(Document(data), HttpRequest())
