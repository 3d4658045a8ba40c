"""The contract of parsers names the defects that are seeded into a good one, each with its sample."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import pytest

from piston_core import MalformedBody, Parser
from piston_core.testing import ParserContract
from tests.piston_core.testing.seeding import expect_covered, expect_named, promises_of


class Good(Parser):
    """Reads JSON with the standard library, up to 64 levels."""

    name = "good"
    media_types = ("application/json",)

    def parse(self, body, request):
        try:
            data = self.load(body)
            json.dumps(data, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as error:
            raise MalformedBody(f"The body is not JSON: {str(error)[:100]}.") from error
        if depth(data) > 64:
            raise MalformedBody("The body is nested too deeply.")
        return data

    def load(self, body: bytes) -> Any:
        return json.loads(body.decode(), parse_constant=int)


def depth(data: Any) -> int:
    level, found = [data], 0
    while level := [item for each in level for item in below(each)]:
        found += 1
    return found


def below(data: Any) -> Any:
    return data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()


class Failing(Good):
    """Lets the errors of its library go on."""

    def parse(self, body, request):
        return self.load(body)


class FailingInDepth(Good):
    def parse(self, body, request):
        try:
            return self.load(body)
        except ValueError as error:
            raise MalformedBody(f"The body is not JSON: {error}.") from error


class Bottomless(Good):
    def parse(self, body, request):
        try:
            return self.load(body)
        except RecursionError:
            return {}


class Lenient(Good):
    def load(self, body):
        try:
            return super().load(body)
        except ValueError:
            return {}


class AnyText(Good):
    def load(self, body):
        return json.loads(body.decode(errors="replace"))


def look_ahead_of_each_backslash(body: bytes) -> None:
    """Take time by the third power of the length, which no noise of a machine makes look linear."""
    for place in range(0, len(body), 256):
        if body[place] == ord("\\"):
            for _ in range(0, place, 4096):
                body.count(b"x", place)


class Cubic(Good):
    def load(self, body):
        look_ahead_of_each_backslash(body)
        return super().load(body)


class CubicWhereItEnds(Good):
    def load(self, body):
        try:
            return super().load(body)
        except ValueError:
            look_ahead_of_each_backslash(body)
            raise


class FloatsOnly(Good):
    def load(self, body):
        return json.loads(body.decode(), parse_constant=int, parse_int=float)


class Stripping(Good):
    def load(self, body):
        return super().load(body.replace(b"\\n", b""))


class Mute(Good):
    def parse(self, body, request):
        try:
            return super().parse(body, request)
        except MalformedBody as error:
            raise MalformedBody("") from error


class Talkative(Good):
    def parse(self, body, request):
        try:
            return super().parse(body, request)
        except MalformedBody as error:
            raise MalformedBody(f"{self!r} failed: {error.detail}") from error


class Repeating(Good):
    def parse(self, body, request):
        try:
            return super().parse(body, request)
        except MalformedBody as error:
            raise MalformedBody(f"This is not JSON: {body!r}") from error


class Shared(Good):
    def load(self, body):
        self.body = body
        return super().load(self.body)


class KeepingRequests(Good):
    def parse(self, body, request):
        self.request = request
        return super().parse(body, request)


class Remembering(Good):
    load = lru_cache(Good.load)


class Greedy(Good):
    media_types = ("application/json", "application/jsonx")


class OddMediaType(Good):
    media_types = ("json",)


class JSONContract(ParserContract):
    parser = Good()
    malformed = (b"{", b'"\xff"', b"[" + b"x" * 2000)
    bombs = (b"[" * 100_000,)

    def write(self, data: Any) -> bytes:
        return json.dumps(data, ensure_ascii=False).encode()


BACK = "test_bodies_are_read_as_they_were_written"
REFUSED = "test_malformed_bodies_are_refused"
DEEP = "test_nesting_has_a_limit"
TIME = "test_time_is_in_proportion_to_the_length"
SERVED = "test_no_handler_is_called_with_a_refused_body"

DEFECTS = [
    (Failing, REFUSED, "b'{': JSONDecodeError: Expecting property name"),
    (Failing, "test_no_bytes_raise_anything_else", "an empty body: JSONDecodeError"),
    (Failing, "test_no_bytes_raise_anything_else", "1 bytes of noise: UnicodeDecodeError"),
    (Failing, "test_a_client_is_never_answered_500", "500 (int) came instead of 400"),
    (Failing, SERVED, "b'{': 500 (int) came instead of 400"),
    (FailingInDepth, DEEP, "2000 lists in each other: "),
    (FailingInDepth, "test_bombs_are_refused", "RecursionError"),
    (Bottomless, DEEP, "2000 objects in each other: it was read, as {"),
    (Bottomless, SERVED, "204 (int) came instead of 400"),
    (Lenient, REFUSED, "b'{': it was read, as {}"),
    (AnyText, REFUSED, r"""b'"\xff"': it was read, as '�'"""),
    (Cubic, TIME, "a text of backslashes: a body eight times as long takes"),
    (CubicWhereItEnds, TIME, "a text of backslashes, cut off: a body eight times as long takes"),
    (FloatsOnly, BACK, "the number 255 in an object: at /value: 255.0 (float) came instead of 255 (int)"),
    (Stripping, BACK, r"line end in an object: at /value: 'ab' (str) came instead of 'a\nb' (str)"),
    (Mute, REFUSED, "the detail '' says nothing"),
    (Talkative, REFUSED, "the answer tells 'object at 0x' of the server"),
    (Repeating, REFUSED, "the detail has 20"),
    (
        Shared,
        "test_threads_do_not_share_state",
        "two bodies at a time: at /text: 'others' (str) came instead of 'some'",
    ),
    (KeepingRequests, "test_no_request_is_kept", "the request is still referred to"),
    (
        Remembering,
        "test_the_same_body_is_the_same_data",
        "twice: the names ['text', 'nested', 'more'] came instead of",
    ),
    (Greedy, "test_other_types_are_left_to_others", "application/jsonx: 204 (int) came instead of 415"),
    (OddMediaType, "test_its_names_can_be_used", "unusable media type 'json'"),
]


@pytest.mark.parametrize(("parser", "test", "words"), DEFECTS, ids=lambda each: getattr(each, "__name__", None))
def test_a_defect_is_named(parser, test, words):
    expect_named(JSONContract, test, words, parser=parser())


def test_a_denial_that_is_not_true_is_named():
    words = "lossy has 'nesting': everything that needs it (lists and objects within objects) came back"

    expect_named(JSONContract, "test_what_it_denies_is_really_lost", words, lossy=frozenset({"nesting"}))


@pytest.mark.parametrize("test", promises_of(JSONContract))
def test_a_good_parser_passes(test):
    getattr(JSONContract(), test)()


def test_every_test_of_the_contract_has_found_a_defect():
    expect_covered(JSONContract, [*DEFECTS, (None, "test_what_it_denies_is_really_lost", "")])


def test_a_contract_without_a_writer_says_what_to_do():
    expect_named(ParserContract, BACK, "Seeded needs a method write(self, data) that writes a body.", parser=Good())
