"""Whatever is signed: it is read as Python reads it, or refused, and nothing else happens."""

from __future__ import annotations

import io
import pickle
import pickletools
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from hypothesis import given, settings
from hypothesis import strategies as st

from piston_core import Document, MalformedBody
from piston_pickle import PickleEmitter
from tests.piston_pickle.asking import Loader, parser, read, seal

DATA = [
    {"id": 1, "name": "n", "at": datetime(2026, 1, 1, tzinfo=UTC), "on": date(2026, 1, 1), "x": [None, True, 1.5]},
    {"id": 2**70, "name": "n", "price": Decimal("1.50"), "uid": UUID(int=1), "b": b"bytes", "t": (1, 2, 3, 4)},
]
VALID = [
    PickleEmitter().emit(Document(DATA), HttpRequest()),
    *(pickle.dumps([DATA, DATA[0]], protocol) for protocol in (3, 4, 5)),
]


class Judge(pickle._Unpickler):
    """Python's unpickler, as it is written in Python: it makes no room for what is not there."""

    find_class = Loader.find_class
    dispatch = pickle._Unpickler.dispatch | {
        pickle.PROTO[0]: lambda self: self.read(1),  # a protocol and a frame only announce what comes
        pickle.FRAME[0]: lambda self: self.read(8),
    }


def as_data(value: Any) -> Any:
    """Return plain data as the parser has them; fail for anything else."""
    if type(value) is dict:
        assert all(type(key) is str for key in value)
        return {key: as_data(item) for key, item in value.items()}
    if type(value) in (list, tuple):
        return [as_data(item) for item in value]
    assert type(value).__module__ in ("builtins", "datetime", "decimal", "uuid")
    assert not callable(value)
    return value


def read_or_refused(body: bytes) -> None:
    """Read a pickle; if it is not refused, Python has to read the same."""
    with suppress(MalformedBody):
        data = read(body)
        assert repr(data) == repr(as_data(Judge(io.BytesIO(body)).load())) == repr(as_data(data))


@given(st.binary(max_size=200))
def test_any_bytes(body):
    read_or_refused(body)
    read_or_refused(b"\x80\x04" + body + b".")


@st.composite
def mutations(draw: st.DrawFn) -> bytes:
    body = bytearray(draw(st.sampled_from(VALID)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(body) - 1))
        length = draw(st.integers(0, 3))
        body[at : at + length] = draw(st.binary(max_size=3))
    return bytes(body)


@settings(max_examples=70)
@given(mutations())
def test_a_pickle_that_was_changed(body):
    read_or_refused(body)


ARGUMENTS = {
    "uint1": st.binary(min_size=1, max_size=1),
    "uint2": st.binary(min_size=2, max_size=2),
    "int4": st.binary(min_size=4, max_size=4),
    "uint4": st.integers(0, 5).map(lambda number: number.to_bytes(4, "little")),
    "uint8": st.binary(min_size=8, max_size=8),
    "float8": st.binary(min_size=8, max_size=8),
    "stringnl_noescape_pair": st.sampled_from([b"datetime\ndate\n", b"decimal\nDecimal\n", b"os\nmkdir\n"]),
    "unicodestring1": st.sampled_from([b"\x01a", b"\x041.50", b"\x08datetime", b"\x04date", b"\x00"]),
    "bytes1": st.sampled_from([b"\x00", b"\x04\x07\xea\x01\x01", b"\x0a\x07\xea\x01\x01" + bytes(6)]),
    "long1": st.sampled_from([b"\x00", b"\x01\xff", b"\x02\x00\x01"]),
}
KNOWN = [each for each in pickletools.opcodes if each.arg is None or each.arg.name in ARGUMENTS]
SMALL = st.integers(0, 5).map(lambda number: bytes([number]))


def written(instruction: Any) -> st.SearchStrategy[bytes]:
    code = instruction.code.encode("latin-1")
    if instruction.arg is None:
        return st.just(code)
    given = SMALL if "GET" in instruction.name or "PUT" in instruction.name else ARGUMENTS[instruction.arg.name]
    return given.map(code.__add__)


sequences = st.lists(st.sampled_from(KNOWN).flatmap(written), max_size=25).map(b"".join)
likely = st.lists(
    st.sampled_from([b"]", b"}", b"(", b"e", b"a", b"s", b"u", b"t", b"\x85", b"\x86", b"R", b"K\x01", b"\x8c\x01a"])
    | st.sampled_from([b"\x94", b"h\x00", b"h\x01", b"N", b")", b"cdatetime\ntimedelta\n", b"cdecimal\nDecimal\n"]),
    max_size=25,
).map(b"".join)


@settings(max_examples=50)
@given(sequences | likely)
def test_any_instructions(instructions):
    read_or_refused(instructions + b".")
    read_or_refused(b"](" + instructions + b"e.")


@settings(max_examples=30)
@given(st.binary(max_size=100), st.binary(max_size=5), st.integers(0, 200))
def test_any_body_without_a_good_signature(body, change, at):
    sealed = seal(VALID[0])
    changed = sealed[:at] + change + sealed[at + len(change) :]
    for each in (body, changed):
        if each != sealed:
            with suppress(MalformedBody):
                parser.parse(each, HttpRequest())
                raise AssertionError("it was read")
