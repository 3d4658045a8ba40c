"""What is written: each type as itself, in pickles that need nothing but the standard library."""

from __future__ import annotations

import io
import json
import logging
import pickle
import pickletools
import subprocess
import sys
import uuid
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from enum import Enum, IntEnum
from ipaddress import IPv4Address
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

import pytest
from django.db.models import TextChoices
from django.http import HttpRequest
from django.utils.functional import lazystr
from django.utils.safestring import mark_safe
from django.utils.timezone import get_fixed_timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from blog.models import Post
from piston_core import BaseHandler, Document
from piston_pickle import PickleEmitter
from tests.asking import body_of, nested
from tests.piston_pickle.asking import PLAIN_TYPES, asked, data_in, loaded, piston, shown


class Size(IntEnum):
    LARGE = 2


class Colour(Enum):
    RED = "red"


class State(TextChoices):
    DRAFT = "dr", "a draft"


class Nowhere(tzinfo):
    def utcoffset(self, moment):
        return None


class Ahead(tzinfo):
    def utcoffset(self, moment):
        return timedelta(hours=5)


def fixed(**offset):
    return timezone(timedelta(**offset))


UID = uuid.UUID("12345678-9abc-4def-8000-00000000ffff")
BERLIN = ZoneInfo("Europe/Berlin")
TWICE = datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=BERLIN)  # the second of two half past two

VALUES = {
    "null": (None, None),
    "true": (True, True),
    "false": (False, False),
    "zero": (0, 0),
    "negative": (-1, -1),
    "above-int32": (2**31, 2**31),
    "above-int64": (2**64, 2**64),
    "3000-digits": (10**3000, 10**3000),
    "int-enum": (Size.LARGE, 2),
    "float": (0.1, 0.1),
    "minus-zero": (-0.0, -0.0),
    "nan": (float("nan"), float("nan")),
    "infinity": (float("-inf"), float("-inf")),
    "decimal": (Decimal("10.10"), Decimal("10.10")),
    "decimal-nan": (Decimal("NaN"), Decimal("NaN")),
    "long-decimal": (Decimal("0.1234567890123456789012345678901"), Decimal("0.1234567890123456789012345678901")),
    "text": ("Grüße 世界 🎉", "Grüße 世界 🎉"),
    "empty-text": ("", ""),
    "safe-text": (mark_safe("<b>"), "<b>"),
    "lazy-text": (lazystr("late"), "late"),
    "text-choices": (State.DRAFT, "dr"),
    "half-a-character": ("\ud800", "\ud800"),
    "bytes": (b"\x00\xff", b"\x00\xff"),
    "no-bytes": (b"", b""),
    "many-bytes": (b"x" * 300, b"x" * 300),
    "uuid": (UID, UID),
    "date": (date(2026, 2, 28), date(2026, 2, 28)),
    "enum": (Colour.RED, "red"),
    "time": (time(1, 2, 3, 4), time(1, 2, 3, 4)),
    "time-with-offset": (time(1, 2, tzinfo=get_fixed_timezone(60)), time(1, 2, tzinfo=fixed(hours=1))),
    "time-in-a-zone-without-a-date": (time(1, 2, tzinfo=BERLIN), time(1, 2)),
    "duration": (timedelta(days=-3, microseconds=5), timedelta(days=-3, microseconds=5)),
    "longest-duration": (timedelta.max, timedelta.max),
    "naive": (datetime(2026, 1, 2, 3), datetime(2026, 1, 2, 3)),  # noqa: DTZ001 - naive on purpose
    "utc": (datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)),
    "zone-of-utc": (datetime(2026, 1, 2, tzinfo=ZoneInfo("UTC")), datetime(2026, 1, 2, tzinfo=UTC)),
    "summer": (datetime(2026, 7, 1, tzinfo=BERLIN), datetime(2026, 7, 1, tzinfo=fixed(hours=2))),
    "fold": (TWICE, datetime(2026, 10, 25, 2, 30, tzinfo=fixed(hours=1))),
    "first-moment": (datetime.min.replace(tzinfo=Ahead()), datetime.min.replace(tzinfo=fixed(hours=5))),
    "last-moment": (datetime.max.replace(tzinfo=Ahead()), datetime.max.replace(tzinfo=fixed(hours=5))),
    "no-offset-after-all": (datetime(2026, 1, 1, tzinfo=Nowhere()), datetime(2026, 1, 1)),  # noqa: DTZ001
    "ipv4": (IPv4Address("192.0.2.1"), "192.0.2.1"),
    "path": (PurePosixPath("a/b"), "a/b"),
    "file": (Post(attachment="attachments/a.txt").attachment, "/media/attachments/a.txt"),
    "no-file": (Post(attachment="").attachment, None),
    "tuple": ((1, (2,)), [1, [2]]),
    "set": ({1}, [1]),
    "dictionary": ({1: {"a": []}, None: {}}, {"1": {"a": []}, "null": {}}),
}
SHAPES = {
    "alone": lambda value: value,
    "in-a-list": lambda value: [value, [value]],
    "in-a-dictionary": lambda value: {"a": value, "b": {"c": [value]}},
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize(("value", "expected"), VALUES.values(), ids=VALUES)
def test_every_scalar_type_arrives_as_itself_wherever_it_stands(value, expected, shape):
    written = data_in(shown(shape(value)))

    assert repr(written) == repr(shape(expected))  # repr: 1, 1.0 and True are not the same, and neither are zones


@pytest.mark.parametrize(("value", "expected"), VALUES.values(), ids=VALUES)
def test_every_scalar_type_arrives_as_itself_in_a_stream(value, expected):
    written = data_in(shown({"n": n, "value": value} for n in range(4)))

    assert repr(written) == repr([{"n": n, "value": expected} for n in range(4)])


@settings(max_examples=30)
@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=st.timezones()))  # noqa: DTZ001
def test_a_moment_keeps_its_instant_and_its_offset_and_no_zone(moment):
    written = data_in(shown(moment))

    assert written == moment.astimezone(UTC)
    assert type(written.tzinfo) is timezone


def test_a_naive_time_keeps_its_fold():
    written = data_in(shown([datetime(2026, 10, 25, 2, fold=1), time(2, fold=1)]))  # noqa: DTZ001

    assert [value.fold for value in written] == [1, 1]


EVERYTHING = {name: value for name, (value, _) in VALUES.items()}


@pytest.mark.parametrize("data", [EVERYTHING, [EVERYTHING] * 600], ids=["whole", "list"])
def test_a_document_is_well_formed_and_of_protocol_3(data):
    body = body_of(shown(data))
    protocols = {instruction.proto for instruction, _, _ in pickletools.genops(body)}
    pickletools.dis(body, out=io.StringIO())  # it checks the stack and what is remembered as it goes

    assert body.startswith(b"\x80\x03")
    assert max(protocols) == 3


def test_a_document_is_read_by_a_python_without_anything_installed():
    body = body_of(shown([EVERYTHING]))
    code = "import pickle, sys; print(sorted(pickle.load(sys.stdin.buffer)[0]))"
    run = subprocess.run([sys.executable, "-I", "-S", "-c", code], input=body, capture_output=True, check=True)

    assert run.stdout.decode().strip() == str(sorted(EVERYTHING))


def test_a_document_names_no_other_types_than_those_that_are_documented():
    named = {
        tuple(argument.split())
        for instruction, argument, _ in pickletools.genops(body_of(shown([EVERYTHING])))
        if instruction.name == "GLOBAL"
    }

    assert named == set(PLAIN_TYPES)


class Posts(BaseHandler):
    model = Post
    fields = ("slug", "created", "price", ("tags", ("name",)), ("author", ("username",)))


def test_a_queryset_has_the_columns_types(blog):
    rows = data_in(asked(Posts()))
    post = Post.objects.get(slug=rows[0]["slug"])

    assert rows[0]["created"] == post.created
    assert type(rows[0]["created"]) is datetime
    assert rows[0]["created"].tzinfo is UTC
    assert repr(rows[0]["price"]) == repr(post.price)
    assert type(rows[0]["author"]["username"]) is str


@pytest.mark.parametrize("accept", ["application/python-pickle", "application/x-python-pickle"])
def test_both_media_types_ask_for_it(accept):
    response = shown({"a": 1}, accept)

    assert response.headers["Content-Type"] == accept
    assert loaded(response.content) == {"a": 1}


@pytest.mark.parametrize("value", [object(), 1j, int, len], ids=["object", "complex", "class", "function"])
def test_what_is_not_plain_is_a_logged_500_and_never_pickled(value, caplog):
    with caplog.at_level(logging.ERROR, "django.request"):
        response = shown([value])

    assert response.status_code == 500
    assert response.headers["Content-Type"] == "application/problem+json"
    assert [record.exc_info[0] for record in caplog.records if record.exc_info]


def test_a_problem_comes_in_another_format_even_where_pickle_comes_first():
    response = asked(BaseHandler(), PISTON=piston() | {"PLUGINS": ["pickle", "json"]})

    assert response.status_code >= 400
    assert response.headers["Content-Type"] == "application/problem+json"
    assert json.loads(response.content)["status"] == response.status_code


def test_without_any_other_format_a_problem_is_plain_text():
    response = asked(BaseHandler(), PISTON=piston() | {"PLUGINS": ["pickle"]})

    assert response.status_code >= 400
    assert response.headers["Content-Type"].startswith("text/plain")


def test_data_may_be_nested_to_some_hundred_levels():
    assert data_in(shown(nested(300))) == nested(300)
    assert shown(nested(100_000)).status_code == 500


def test_what_an_application_registers_with_copyreg_does_not_count():
    """A reduction that the application has for its own ends would make other types in the answer."""
    import copyreg

    copyreg.pickle(Decimal, lambda value: (str, (str(value),)))
    try:
        written = PickleEmitter().emit(Document([Decimal("1.5")]), HttpRequest())
    finally:
        del copyreg.dispatch_table[Decimal]

    assert repr(loaded(written)) == "[Decimal('1.5')]"
    assert pickle.loads(written) == [Decimal("1.5")]
