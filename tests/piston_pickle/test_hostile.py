"""Hostile pickles run nothing, import nothing and take nothing, with a good signature or without one."""

from __future__ import annotations

import copyreg
import gc
import json
import pickle
import subprocess
import sys
import tracemalloc
from base64 import b64encode
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpRequest

from piston_core import MalformedBody
from piston_pickle import PickleParser, signed
from tests.piston_pickle.asking import KEY, PLAIN_TYPES, parser, read, seal, sent
from tests.piston_pickle.hostile import CANARY, EXTENSION, MAKES, RUNS, arguments, on_stack, value, whole

UNSIGNED = "The body is not signed with a key that this server accepts."


@pytest.fixture(autouse=True)
def canary():
    copyreg.add_extension("os", "mkdir", EXTENSION)
    yield
    copyreg.remove_extension("os", "mkdir", EXTENSION)
    if CANARY.exists():
        CANARY.rmdir()


@pytest.mark.parametrize("body", RUNS.values(), ids=RUNS)
def test_these_pickles_do_run_where_they_are_unpickled(body):
    """Or else what follows would prove nothing."""
    with suppress(AttributeError, TypeError, pickle.UnpicklingError):  # of what comes after the damage
        pickle.loads(body)

    assert CANARY.exists()


@pytest.mark.parametrize("body", (RUNS | MAKES).values(), ids=RUNS | MAKES)
def test_a_hostile_pickle_with_a_good_signature_is_a_400_and_nothing_runs(body):
    response, received = sent(seal(body))

    assert not CANARY.exists()
    assert received == []
    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["title"] == "Bad Request"  # and not "Malformed body", since there is no Api
    assert response.json()["detail"] != UNSIGNED
    assert len(response.json()["detail"]) < 400


def forged(body: bytes) -> dict[str, bytes]:
    """Return a pickle without a signature, and with each kind of one that is not good."""
    good = signed({"a": 1}, KEY)
    return {
        "bare": body,
        "without": b64encode(body),
        "other-key": seal(body, "another key that is long enough to be one"),
        "signature-of-another": b64encode(body) + b":" + good.split(b":", 1)[1],
        "cut": seal(body)[:-1],
    }


@pytest.mark.parametrize("body", RUNS.values(), ids=RUNS)
def test_a_hostile_pickle_without_a_good_signature_is_not_looked_at(body):
    details = {name: sent(forgery)[0].json()["detail"] for name, forgery in forged(body).items()}

    assert not CANARY.exists()
    assert details == dict.fromkeys(details, UNSIGNED)


def test_a_hostile_pickle_with_an_old_signature_is_not_looked_at():
    with pytest.raises(MalformedBody, match="was signed more than -1 seconds ago"):
        PickleParser(keys=[KEY], max_age=-1).parse(seal(RUNS["os-mkdir"]), HttpRequest())

    assert not CANARY.exists()


WATCHING = """
import datetime, decimal, json, pickle, sys, uuid
from django.conf import settings
from django.http import HttpRequest
from piston_core import MalformedBody
from piston_pickle import PickleParser, signed

key, bodies = json.load(sys.stdin)
seen, watching = [], False
sys.addaudithook(lambda event, _: seen.append(event) if watching else None)
parser = PickleParser(keys=[key])
settings.configure()
good = signed({"a": [decimal.Decimal(1), datetime.datetime.now(datetime.UTC), uuid.uuid4()]}, key)
parser.parse(good, HttpRequest())
watching = True
pickle.loads(b"cdatetime\\ndate\\n.")
control, seen[:] = list(seen), []
parser.parse(good, HttpRequest())
for body in bodies:
    try:
        parser.parse(body.encode(), HttpRequest())
    except MalformedBody:
        pass
watching = False
print(json.dumps([control, sorted(set(seen))]))
"""


def test_python_itself_reports_no_import_no_look_up_and_no_file():
    """Audit hooks tell of every import, name that is looked up for a pickle, code, process and file."""
    bodies = [seal(body).decode() for body in (RUNS | MAKES).values()]
    run = subprocess.run(
        [sys.executable, "-c", WATCHING],
        input=json.dumps([KEY, bodies]).encode(),
        capture_output=True,
        check=True,
        env={"PATH": "", "PYTHONPATH": "."},
    )
    control, seen = json.loads(run.stdout)

    assert "pickle.find_class" in control
    assert seen == []


ODD = {
    "none": b"N",
    "true": b"\x88",
    "one": value(1),
    "huge": value(2**2000),
    "float": value(float("nan")),
    "text": value("x"),
    "digits": value("9" * 100_000),
    "underscores": value("_" * 32),
    "no-bytes": value(b""),
    "zero-bytes": value(bytes(10)),
    "full-bytes": value(b"\xff" * 10),
    "full-date": value(b"\xff" * 4),
    "full-time": value(b"\xff" * 6),
    "many-bytes": value(b"\x07" * 100_000),
    "list": value([1]),
    "dictionary": value({"a": 1}),
    "tuple": value(1) + b"\x85",
    "type": on_stack("datetime", "date"),
    "duration": on_stack("datetime", "timedelta") + arguments(value(99), value(0), value(0)) + b"R",
}


def accepted(kind: tuple[str, str], count: int, odd: Iterable[bytes]) -> list[Any]:
    """Return what is read of a type with every choice of so many odd arguments."""
    read_all = []
    for given in product(odd, repeat=count):
        with suppress(MalformedBody):
            read_all.append(read(whole(on_stack(*kind), arguments(*given), b"R")))
    return read_all


@pytest.mark.parametrize("kind", PLAIN_TYPES, ids=".".join)
def test_a_plain_type_takes_no_arguments_but_those_that_it_pickles_itself(kind):
    assert [accepted(kind, count, ODD.values()) for count in range(3)] == [[], [], []]


def test_a_duration_takes_three_integers_alone():
    numbers = {name: ODD[name] for name in ("none", "true", "one", "huge", "float", "text", "type")}

    assert accepted(("datetime", "timedelta"), 3, numbers.values()) == [timedelta(1, 1, 1)]


STATES = {
    "month-0": ("date", b"\x07\xe4\x00\x01"),
    "month-13": ("date", b"\x07\xe4\x0d\x01"),
    "day-0": ("date", b"\x07\xe4\x01\x00"),
    "30-february": ("date", b"\x07\xe4\x02\x1e"),
    "year-0": ("date", b"\x00\x00\x01\x01"),
    "year-65535": ("date", b"\xff\xff\x01\x01"),
    "date-of-a-datetime": ("date", b"\x07\xe4\x01\x01\x00\x00\x00\x00\x00\x00"),
    "hour-24": ("datetime", b"\x07\xe4\x01\x01\x18\x00\x00\x00\x00\x00"),
    "minute-60": ("datetime", b"\x07\xe4\x01\x01\x00\x3c\x00\x00\x00\x00"),
    "second-60": ("datetime", b"\x07\xe4\x01\x01\x00\x00\x3c\x00\x00\x00"),
    "microsecond-1000000": ("datetime", b"\x07\xe4\x01\x01\x00\x00\x00\x0f\x42\x40"),
    "time-hour-24": ("time", b"\x18\x00\x00\x00\x00\x00"),
    "time-minute-255": ("time", b"\x00\xff\x00\x00\x00\x00"),
    "time-microsecond-1000000": ("time", b"\x00\x00\x00\x0f\x42\x40"),
}


@pytest.mark.parametrize(("kind", "state"), STATES.values(), ids=STATES)
def test_a_moment_that_does_not_exist_is_malformed(kind, state):
    with pytest.raises(MalformedBody):
        read(whole(on_stack("datetime", kind), arguments(value(state)), b"R"))


@pytest.mark.parametrize("hours", [24, -24, 10**9])
def test_an_offset_of_a_day_is_malformed(hours):
    delta = on_stack("datetime", "timedelta") + arguments(value(0), value(hours * 3600), value(0)) + b"R"
    zone = on_stack("datetime", "timezone") + arguments(delta) + b"R"
    state = value(b"\x07\xe4\x01\x01\x00\x00\x00\x00\x00\x00")

    with pytest.raises(MalformedBody):
        read(whole(on_stack("datetime", "datetime"), arguments(state, zone), b"R"))


@pytest.mark.parametrize("text", ["", "x", "1e", "--1", "0x1", "1,5", "NaN1x", "١x", "\x00", "1 2"])
def test_text_that_is_no_number_is_malformed(text):
    with pytest.raises(MalformedBody):
        read(whole(on_stack("decimal", "Decimal"), arguments(value(text)), b"R"))


def test_a_decimal_and_a_uuid_are_read_from_their_digits_alone():
    assert read(pickle.dumps(Decimal("1.50"))) == Decimal("1.50")
    assert read(whole(on_stack("uuid", "UUID"), arguments(value("0" * 31 + "1")), b"R")) == UUID(int=1)


def test_a_number_to_remember_takes_no_room_for_those_before_it():
    """Python's own unpickler would make room for two thousand million."""
    body = whole(b"](", value("x"), b"r\xfe\xff\xff\x7f", b"j\xfe\xff\xff\x7f", b"e")
    gc.collect()
    tracemalloc.start()
    try:
        data = read(body)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert data == ["x", "x"]
    assert peak < 100_000


BOMBS = {name: body for name, body in MAKES.items() if name.startswith(("large", "laughs", "wide", "bytes", "text"))}


@pytest.mark.parametrize("body", BOMBS.values(), ids=BOMBS)
def test_a_hostile_pickle_takes_memory_in_proportion_to_its_length(body):
    sealed = seal(body)
    gc.collect()
    tracemalloc.start()
    try:
        with pytest.raises(MalformedBody):
            parser.parse(sealed, HttpRequest())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < 40_000_000 + 100 * len(body)


def test_a_refusal_repeats_only_the_beginning_of_a_name():
    for name in ("long-names", "long-names-in-lines"):
        detail = sent(seal(MAKES[name]))[0].json()["detail"]

        assert detail.startswith(f"The pickle asks for '{'m' * 60}.{'n' * 60}'; there are only datetime.date, ")
