"""The contract of emitters names the defects that are seeded into a good one, each with its sample."""

from __future__ import annotations

import json
import traceback
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from piston_core import Emitter
from piston_core.testing import EmitterContract
from tests.piston_core.testing.seeding import expect_covered, expect_named, promises_of


class Good(Emitter):
    """Writes JSON with the standard library, row by row."""

    name = "good"
    media_types = ("application/json",)
    problem_type = "application/problem+json"

    def emit(self, document, request):
        return self.write(document.data)

    def stream(self, document, request):
        before = b"["
        for row in document.data:
            yield before + self.write(row)
            before = b","
        yield b"[]" if before == b"[" else b"]"

    def write(self, data: Any) -> bytes:
        return json.dumps(changed(data, self.value), ensure_ascii=False).encode()

    def value(self, value: Any) -> Any:
        return value


def changed(data: Any, change: Any) -> Any:
    """Return data with each single value changed."""
    if isinstance(data, dict):
        return {key: changed(value, change) for key, value in data.items()}
    return [changed(value, change) for value in data] if isinstance(data, list) else change(data)


class WrongEscapes(Good):
    def write(self, data):
        return super().write(data).replace(rb"\r\n", rb"\n")


class Markup(Good):
    def value(self, value):
        return value.replace("<", "&lt;") if isinstance(value, str) else value


class ShortFloats(Good):
    def value(self, value):
        return float(f"{value:.12g}") if isinstance(value, float) else value


class LargeIntegersAsFloats(Good):
    def value(self, value):
        return float(value) if type(value) is int and abs(value) > 2**53 else value


class DecimalsAsFloats(Good):
    native = frozenset({Decimal})

    def value(self, value):
        return float(value) if isinstance(value, Decimal) else value


class MomentsOfItsOwn(Good):
    native = frozenset({datetime})
    textual = True

    def value(self, value):
        return str(value) if isinstance(value, datetime) else value


class BytesAsText(Good):
    native = frozenset({bytes})

    def value(self, value):
        return value.decode("latin-1") if isinstance(value, bytes) else value


class TruthAsNumbers(Good):
    def value(self, value):
        return int(value) if isinstance(value, bool) else value


class DroppedNulls(Good):
    def write(self, data):
        if isinstance(data, dict):
            return super().write({name: value for name, value in data.items() if value is not None})
        return b"[" + b",".join(map(self.write, data)) + b"]" if isinstance(data, list) else super().write(data)


class Text(Good):
    def emit(self, document, request):
        return super().emit(document, request).decode()


class AnySurrogates(Good):
    def write(self, data):
        return json.dumps(data, ensure_ascii=False).encode(errors="replace")


class Buffered(Good):
    def stream(self, document, request):
        yield self.write(list(document.data))


class ReadAhead(Good):
    def stream(self, document, request):
        return iter([self.write(list(document.data))])


class SoonBuffered(Good):
    def stream(self, document, request):
        pieces = super().stream(document, request)
        yield next(pieces)
        yield b"".join(pieces)


class Hoarding(Good):
    def stream(self, document, request):
        written = []
        for piece in super().stream(document, request):
            written.append(piece)
            yield piece


class WithoutTheLast(Good):
    def stream(self, document, request):
        rows = list(document.data)
        return super().stream(type(document)(iter(rows[:-1] if len(rows) == 7 else rows)), request)


class Swallowing(Good):
    def stream(self, document, request):
        try:
            yield from super().stream(document, request)
        except Exception:  # noqa: BLE001 - the defect
            yield b"]"


class Closing(Good):
    def stream(self, document, request):
        pieces = super().stream(document, request)
        try:
            yield from pieces
        except Exception:
            yield b"]"
            raise


class TellingTracebacks(Good):
    def emit(self, document, request):
        if document.is_problem:
            return self.write({**document.data, "why": traceback.format_exc()})
        return super().emit(document, request)


class NoXML(Good):
    media_types = ("application/xml",)


class LyingAboutTheCharset(Good):
    content_type = "application/json; charset=iso-8859-1"


class NotUTF8(Good):
    media_types = ("text/plain",)
    content_type = "text/plain; charset=utf-8"

    def write(self, data):
        return json.dumps(data, ensure_ascii=False).encode("latin-1", errors="backslashreplace")


class Shared(Good):
    def emit(self, document, request):
        self.data = document.data
        return self.write(self.data)


class SharedStreams(Good):
    def stream(self, document, request):
        self.rows = document.data
        before = b"["
        while (row := next(self.rows, None)) is not None:
            yield before + self.write(row)
            before = b","
        yield b"]"


class Sorting(Good):
    def write(self, data):
        for row in data if isinstance(data, list) else []:
            if isinstance(row, dict):
                row.pop("beside", None)
        return super().write(data)


class Numbering(Good):
    number = 0

    def emit(self, document, request):
        self.number += 1
        return super().emit(document, request) + b" " * self.number


class KeepingRequests(Good):
    def emit(self, document, request):
        self.request = request
        return super().emit(document, request)


class KeepingRequestsOfStreams(Good):
    def stream(self, document, request):
        self.request = request
        return super().stream(document, request)


class ProblemsWithoutDetail(Good):
    def emit(self, document, request):
        data = document.data
        if document.is_problem:
            data = {name: value for name, value in data.items() if name != "detail"}
        return self.write(data)


class OddName(Good):
    name = "My Format"


class OddMediaType(Good):
    problem_type = "problem json"


class AnotherContentType(Good):
    content_type = "text/html"


class BrokenHead(Good):
    def emit(self, document, request):
        return super().emit(document, request) + b" " * (request.method == "HEAD")


class ReadyJSONAsText(Good):
    verbatim = str


class JSONContract(EmitterContract):
    emitter = Good()

    def read(self, body: bytes) -> Any:
        return json.loads(body)


BACK = "test_documents_are_read_back_the_same"
STREAM = "test_a_stream_is_read_like_the_whole"
BREAKS = "test_an_exception_of_the_rows_goes_on"
BYTES = "test_the_bytes_are_what_their_type_says"
NATIVE = "test_native_types_are_written"
COLUMNS = "test_every_kind_of_column_is_read_back"
NAMES = "test_its_names_can_be_used"
SOON = "test_rows_are_written_as_they_come"

DEFECTS = [
    (WrongEscapes, BACK, r"line ends of DOS in a row: at /0/value: 'a\nb\n' (str) came instead of 'a\r\nb\r\n'"),
    (Markup, BACK, "&lt;"),
    (ShortFloats, BACK, "the number 0.3333333333333333 in a row: at /0/value: 0.333333333333 (float) came instead of"),
    (LargeIntegersAsFloats, BACK, "the number 9007199254740993 in a row"),
    (LargeIntegersAsFloats, COLUMNS, "the column 'auto': 9.223372036854776e+18 (float) came instead of"),
    (TruthAsNumbers, BACK, "the number True in a row: at /0/value: 1 (int) came instead of True (bool)"),
    (DroppedNulls, BACK, "None in a row: at /0: the names ['beside'] came instead of ['value', 'beside']"),
    (Text, BACK, "emit returned str instead of bytes"),
    (DecimalsAsFloats, NATIVE, "Decimal('21.50'): at /0/value: 21.5 (float) came instead of Decimal('21.50')"),
    (DecimalsAsFloats, COLUMNS, "the column 'decimal'"),
    (MomentsOfItsOwn, NATIVE, "12:30:15.123456+00:00"),
    (BytesAsText, COLUMNS, "the column 'binary'"),
    (AnySurrogates, "test_text_that_is_not_unicode_is_not_changed", "'?' (str) came instead of '\\ud800'"),
    (Buffered, SOON, "piece 1: it comes after 600 rows; 1 at most can be in it"),
    (ReadAhead, SOON, "before the first piece: 600 rows were read before anybody asked for a piece"),
    (SoonBuffered, SOON, "piece 2: it comes after 600 rows"),
    (Buffered, "test_memory_does_not_grow", "many rows (6000 of 1000 characters): it took"),
    (Hoarding, "test_memory_does_not_grow", "large rows (24 of 250000 characters): it took"),
    (WithoutTheLast, STREAM, "7 rows: 6 items came instead of 7"),
    (WithoutTheLast, "test_a_client_gets_a_stream_like_the_whole", "a generator of 7 rows: 6 items came instead of 7"),
    (Swallowing, BREAKS, "an exception after 10 rows: the exception of the rows is lost"),
    (Closing, BREAKS, "an exception after 10 rows: what was written until then is read"),
    (SharedStreams, "test_streams_do_not_mix", "two streams"),
    (TellingTracebacks, "test_a_failure_tells_nothing_of_the_server", "the answer tells 'Traceback' of the server"),
    (NoXML, BYTES, "the bytes are no xml, as 'application/xml' says"),
    (LyingAboutTheCharset, BYTES, "the charset is said to be 'iso-8859-1', but 'Grüße' is written in utf-8"),
    (NotUTF8, BYTES, "the bytes are not in the charset 'utf-8'"),
    (Shared, "test_threads_do_not_share_state", "two documents at a time"),
    (Sorting, "test_the_data_is_not_changed", "the names ['value'] came instead of ['value', 'beside']"),
    (Numbering, "test_the_same_data_makes_the_same_bytes", "came instead of"),
    (KeepingRequests, "test_no_request_is_kept", "emit: the request is still referred to"),
    (KeepingRequestsOfStreams, "test_no_request_is_kept", "stream: the request is still referred to"),
    (
        ProblemsWithoutDetail,
        "test_a_refusal_is_a_problem_document",
        "at /detail: None (NoneType) came instead of 'Grüße <&>: there already.'",
    ),
    (OddName, NAMES, "unusable name 'My Format'"),
    (OddMediaType, NAMES, "'problem json' is no media type"),
    (AnotherContentType, NAMES, "content_type: 'text/html' (str) came instead of 'application/json'"),
    (ReadyJSONAsText, "test_ready_json_stands_in_documents_as_it_is", "came instead of"),
    (BrokenHead, "test_head_is_answered_like_get", "Content-Length"),
]

DENIALS = [
    ({"null"}, "lossy has 'null': everything that needs it (None comes back as such, not as empty text) came back"),
    ({"null", "types"}, "lossy has 'types'"),
    ({"nil"}, "lossy has 'nil': the kit knows no such capability, but types, "),
    ({"breaks"}, "lossy has 'breaks'"),
]


@pytest.mark.parametrize(("emitter", "test", "words"), DEFECTS, ids=lambda each: getattr(each, "__name__", None))
def test_a_defect_is_named(emitter, test, words):
    expect_named(JSONContract, test, words, emitter=emitter())


@pytest.mark.parametrize(("lossy", "words"), DENIALS)
def test_a_denial_that_is_not_true_is_named(lossy, words):
    expect_named(JSONContract, "test_what_it_denies_is_really_lost", words, lossy=frozenset(lossy))


@pytest.mark.parametrize("test", promises_of(JSONContract))
def test_a_good_emitter_passes(test):
    getattr(JSONContract(), test)()


def test_every_test_of_the_contract_has_found_a_defect():
    expect_covered(JSONContract, [*DEFECTS, (None, "test_what_it_denies_is_really_lost", "")])


def test_a_contract_without_a_reader_says_what_to_do():
    expect_named(
        EmitterContract, BACK, "Seeded needs a method read(self, body) that reads a document.", emitter=Good()
    )
