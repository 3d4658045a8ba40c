"""The contract of a parser, as tests that every parser passes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.http import HttpRequest

from piston_core.contracts import Parser
from piston_core.problems import MalformedBody, Problem
from piston_core.testing import hostile, samples
from piston_core.testing.denials import expect_honest
from piston_core.testing.handlers import Receiving, expect_nothing_told
from piston_core.testing.media import expect_content_type
from piston_core.testing.plain import PlainEmitter
from piston_core.testing.promise import Promise, difference, expect, expect_same, short
from piston_core.testing.samples import Sample
from piston_core.testing.serving import expect_usable, serving
from piston_core.testing.state import kept, overlapped

_LONGEST_DETAIL = 500  # characters; a refusal is no copy of the body


class ReadingContract:
    """What every parser promises of its bodies, whether it reads data or changes."""

    parser: Parser
    lossy: frozenset[str] = frozenset()
    malformed: Iterable[bytes] = (b"\x00\xff\xfe",)
    bombs: Iterable[bytes] = ()
    _patches = False
    _refusal_of_bombs: type[Problem] = MalformedBody

    def write(self, data: Any) -> bytes:
        """Return a body, as a client that knows the format would write it."""
        raise NotImplementedError(f"{type(self).__name__} needs a method write(self, data) that writes a body.")

    def parsed(self, body: bytes) -> Any:
        """Return the data in a body."""
        return self.parser.parse(body, HttpRequest())

    def test_its_names_can_be_used(self) -> None:
        """The registry takes it, and its media types are such."""
        with Promise("A parser's names and media types can be used.") as promise:
            with promise.sample("the registry"):
                expect_usable(parsers=[self.parser])
            for media_type in self.parser.media_types:
                with promise.sample(media_type):
                    expect_content_type(media_type)
            with promise.sample("patches"):
                other = "ParserContract" if self._patches else "PatchContract"
                expect(self.parser.patches is self._patches, f"it is {self.parser.patches}; {other} is for such")

    def test_what_it_denies_is_really_lost(self) -> None:
        """A capability that ``lossy`` names is one that the format lacks."""

        def comes_back(sample: Sample) -> bool:
            try:
                return not difference(self.parsed(self.write(sample.data)), sample.data)
            except Exception:  # noqa: BLE001 - however it is lost
                return False

        expect_honest(self.lossy, samples.bodies(), comes_back)

    def test_bodies_are_read_as_they_were_written(self) -> None:
        """Data of every kind is read as the client wrote it."""
        with Promise("Bodies are read as they were written.") as promise:
            for sample in samples.supported(samples.bodies(), self.lossy):
                with promise.sample(sample.name):
                    expect_same(self.parsed(self.write(sample.data)), sample.data)

    def test_malformed_bodies_are_refused(self) -> None:
        """What is not of the format raises ``MalformedBody``, with a detail that helps."""
        with Promise("Malformed bodies are refused with MalformedBody.") as promise:
            for body in self.malformed:
                with promise.sample(short(body)):
                    self._expect_refused(body)

    def test_bombs_are_refused(self) -> None:
        """What costs a careless reader much raises ``MalformedBody``."""
        with Promise("Bodies that cost a reader much are refused with MalformedBody.") as promise:
            for body in self.bombs:
                with promise.sample(short(body)):
                    self._expect_refused(body, self._refusal_of_bombs)

    def test_nesting_has_a_limit(self) -> None:
        """A body with far more levels than anybody means is refused."""
        with Promise("Nesting has a limit, beyond which a body is refused with MalformedBody.") as promise:
            for name, body in hostile.too_deep(self.write) if "nesting" not in self.lossy else ():
                with promise.sample(name):
                    self._expect_refused(body)

    def test_no_bytes_raise_anything_else(self) -> None:
        """Whatever bytes come: they are read, or refused with ``MalformedBody``."""
        with Promise("No bytes raise anything but MalformedBody.") as promise:
            for name, body in self._nonsense():
                with promise.sample(name):
                    self._read_or_refused(body)

    def test_time_is_in_proportion_to_the_length(self) -> None:
        """A longer body takes longer only by its length, whole or broken off."""
        with Promise("The time to parse is in proportion to the body's length.") as promise:
            for name, make in hostile.LONG.items():
                if not samples.needs_of(next(iter(make(10).values()))) & self.lossy:
                    self._expect_linear(promise, name, lambda n, make=make: self.write(make(n)))
                    self._expect_linear(
                        promise, f"{name}, cut off", lambda n, make=make: self.write(make(n))[: -n // 9]
                    )

    def test_threads_do_not_share_state(self) -> None:
        """Bodies that are read at the same time by the one instance do not mix."""
        some, others = self._rich("some"), self._rich("others")
        body, other = self.write(some), self.write(others)
        with Promise("Threads do not share state.") as promise, promise.sample("two bodies at a time"):
            came, between = overlapped(self.parser, lambda: self.parsed(body), lambda: self.parsed(other))
            expect_same(came, some)
            for each in between:
                expect_same(each, others)

    def test_no_request_is_kept(self) -> None:
        """Nothing of a request stays in the parser when its body is read."""
        body = self.write({"value": "text"})
        with Promise("Nothing of a request is kept.") as promise, promise.sample("parse"):
            expect(not kept(lambda request: self.parser.parse(body, request)), "the request is still referred to")

    def test_the_same_body_is_the_same_data(self) -> None:
        """Nothing of one body is in the data of the next one, and what a handler changes is its own."""
        body = self.write(self._rich("some"))
        with Promise("The same body is the same data, made anew.") as promise, promise.sample("twice"):
            first = self.parsed(body)
            first["more"] = "of the handler's"
            expect_same(self.parsed(body), self._rich("some"))

    def _rich(self, text: str) -> dict[str, Any]:
        return {"text": text, **({} if "nesting" in self.lossy else {"nested": {"items": [text, "é"]}})}

    def _nonsense(self) -> Iterator[tuple[str, bytes]]:
        yield "an empty body", b""
        yield from hostile.noise()
        yield from hostile.damaged(self.write(self._rich("é <&> \"'\\")))

    def _expect_linear(self, promise: Promise, name: str, make: Any) -> None:
        with promise.sample(name):
            expect(not (found := hostile.slower_than_linear(self._read_or_refused, make)), found)

    def _read_or_refused(self, body: bytes) -> Any:
        try:
            return self.parsed(body)
        except MalformedBody as refusal:
            return refusal

    def _expect_refused(self, body: bytes, kind: type[Problem] = MalformedBody) -> None:
        came = self._read_or_refused(body)
        if not isinstance(came, kind):
            raise AssertionError(f"it was read, as {short(came)}")
        expect(len(came.detail) > 10, f"the detail {came.detail!r} says nothing")
        expect(len(came.detail) < _LONGEST_DETAIL, f"the detail has {len(came.detail)} characters")
        expect_nothing_told(came.detail.encode())


class ParserContract(ReadingContract):
    """Tests a parser: subclass it, name the parser and say how a body of its format is written.

    Example::

        class TestTOMLParser(ParserContract):
            parser = TOMLParser()
            lossy = frozenset({"null", "list", "bare"})
            malformed = (b"a =", b"[a")

            def write(self, data):
                return tomli_w.dumps(data).encode()

    Attributes:
        parser: the parser, of those that are given the body.
        lossy: the capabilities that the format lacks, in the words of ``CAPABILITIES``; what it
            denies has to be lost really.
        malformed: bodies that are not of the format, and have to be refused.
        bombs: bodies that would cost a careless reader much, and have to be refused.
    """

    def test_no_handler_is_called_with_a_refused_body(self) -> None:
        """A client gets a 400 problem that says what is wrong, and nothing of the server."""
        deep = [body for _, body in hostile.too_deep(self.write)] if "nesting" not in self.lossy else []
        with self._posting() as post, Promise("A refused body is a 400 problem, and no handler sees it.") as promise:
            for body in [*self.malformed, *self.bombs, *deep]:
                with promise.sample(short(body)):
                    response, received = post(body, self._type)
                    expect_same(response.status_code, 400)
                    expect_same(response.headers["Content-Type"], PlainEmitter.problem_type)
                    expect_nothing_told(response.content)
                    expect(not received, f"the handler was called with {short(received)}")

    def test_a_client_is_never_answered_500(self) -> None:
        """Whatever is sent: what is read reaches the handler, everything else is a 400."""
        with self._posting() as post, Promise("Whatever a client sends is never answered 500.") as promise:
            for name, body, content_type in self._sent():
                with promise.sample(f"{content_type}, {name}"):
                    response, received = post(body, content_type)
                    unread = ";" in content_type and response.status_code == 415  # a format may know no parameters
                    expect_same(response.status_code, 204 if received else 415 if unread else 400)

    def test_other_types_are_left_to_others(self) -> None:
        """A body of another type is answered 415, also if the parser could read it."""
        body = self.write({"value": "text"})
        with self._posting() as post, Promise("Bodies of other types are not read.") as promise:
            for content_type in ("application/x-unknown", f"{self._type}x", "nonsense"):
                with promise.sample(content_type):
                    response, received = post(body, content_type)
                    expect_same(response.status_code, 415)
                    expect(not received, f"the handler was called with {short(received)}")

    @property
    def _type(self) -> str:
        return self.parser.media_types[0]

    @contextmanager
    def _posting(self) -> Iterator[Callable[[bytes, str], tuple[Any, list[Any]]]]:
        """Yield a function that returns the response to a body, and what came of it to the handler."""
        handler = Receiving()

        def post(body: bytes, content_type: str) -> tuple[Any, list[Any]]:
            handler.received.clear()
            typed = {"Content-Type": content_type}  # also of an empty body
            return client.generic("POST", "/", body, content_type, headers=typed), handler.received

        parts: dict[str, Any] = {"emitters": [PlainEmitter()], "parsers": [self.parser]}
        with serving(handler, **parts, DATA_UPLOAD_MAX_MEMORY_SIZE=None) as client:  # length is not what is tried
            yield post

    def _sent(self) -> Iterator[tuple[str, bytes, str]]:
        yield "an empty body", b"", self._type
        yield from ((name, body, self._type) for name, body in hostile.noise())
        for charset in ("utf-8", '"UTF-8"', "latin-1", "utf-16", "nonsense", "idna", "rot13", ""):
            yield "a body in UTF-8", self.write({"value": "Grüße"}), f"{self._type}; charset={charset}"
