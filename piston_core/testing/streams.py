"""What an emitter promises of streams: the same document, row by row, in memory that does not grow."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from django.http import HttpRequest

from piston_core.contracts import Document, Emitter
from piston_core.handler import BaseHandler
from piston_core.testing.promise import Promise, difference, expect, expect_same
from piston_core.testing.samples import row
from piston_core.testing.serving import serving

_LENGTHS = (0, 1, 2, 3, 7, 600)
_MOST_MEMORY = 3 * 1024 * 1024  # bytes, half of what these rows make
_LONG = {"many rows": (6_000, 1_000), "large rows": (24, 250_000)}  # how many there are of how many characters


class Broken(Exception):
    """What breaks off the streams of the kit's tests."""


class StreamPromises:
    """The part of ``EmitterContract`` that is about streams; its attributes are explained there."""

    emitter: Emitter
    lossy: frozenset[str] = frozenset()

    def read(self, body: bytes) -> Any:
        """Return what a client reads in a document."""
        raise NotImplementedError(f"{type(self).__name__} needs a method read(self, body) that reads a document.")

    def emitted(self, data: Any) -> bytes:
        """Return the document of data that is no stream."""
        return self.emitter.emit(Document(data), HttpRequest())

    def streamed(self, rows: Iterable[Any]) -> Iterator[bytes]:
        """Return the pieces of the document of rows that come one by one."""
        return self.emitter.stream(Document(iter(rows)), HttpRequest())

    def rows(self, count: int) -> list[Any]:
        """Return rows as rich as the format can have them."""
        return [row(number, self.lossy) for number in range(count)]

    def test_a_stream_is_read_like_the_whole(self) -> None:
        """The pieces of a stream, joined, are a document like that of the same rows in a list."""
        lengths = [length for length in _LENGTHS if length or "empty" not in self.lossy]
        with Promise("A stream is read like the same rows in a list.") as promise:
            for length in lengths:
                with promise.sample(f"{length} rows"):
                    rows = self.rows(length)
                    pieces = list(self.streamed(rows))
                    expect(all(type(piece) is bytes for piece in pieces), "a piece is no bytes")
                    expect_same(self.read(b"".join(pieces)), self.read(self.emitted(rows)))

    def test_a_client_gets_a_stream_like_the_whole(self) -> None:
        """The rows of a generator and of a list are the same to a client."""
        rows = self.rows(7)

        class Generating(BaseHandler):
            def read(self, request: HttpRequest) -> Any:
                yield from rows

        with serving(Generating, emitters=[self.emitter]) as client, Promise("A client gets the rows.") as promise:
            with promise.sample("a generator of 7 rows"):
                response = client.get("/")
                expect(response.status_code == 200, f"the answer is {response.status_code}")
                expect_same(self.read(response.getvalue()), self.read(self.emitted(rows)))
            with promise.sample("HEAD of the same"):
                head = client.head("/")
                expect(not head.getvalue(), "the answer has a body")
                expect_same(head.headers["Content-Type"], response.headers["Content-Type"])

    def test_rows_are_written_as_they_come(self) -> None:
        """The first piece comes after the first row at the latest, and no piece waits for many more rows."""
        taken: list[Any] = []

        def rows() -> Iterator[Any]:
            for each in self.rows(600):
                taken.append(each)
                yield each

        pieces = self.streamed(rows())
        with Promise("Rows are written as they come, and not read ahead.") as promise:
            with promise.sample("before the first piece"):
                expect(not taken, f"{len(taken)} rows were read before anybody asked for a piece")
            for number, _ in enumerate(filter(None, pieces), start=1):
                if number <= 8:
                    with promise.sample(f"piece {number}"):
                        most = 2**number - 1
                        expect(len(taken) <= most, f"it comes after {len(taken)} rows; {most} at most can be in it")

    def test_memory_does_not_grow(self) -> None:
        """A stream takes memory for some of its rows, however many and however large they are."""
        with Promise("A stream takes memory for some rows, not for all.") as promise:
            for name, (count, size) in _LONG.items():
                with promise.sample(f"{name} ({count} of {size} characters)"):
                    peak = _peak(self.streamed({"text": f"{number} ".ljust(size, "x")} for number in range(count)))
                    expect(peak < _MOST_MEMORY, f"it took {peak:,} bytes; {_MOST_MEMORY:,} would do")

    def test_an_exception_of_the_rows_goes_on(self) -> None:
        """What the rows raise reaches the caller, and what was written until then is no whole document."""
        with Promise("A stream that breaks off is no whole document.") as promise:
            for length in (0, 1, 10):
                with promise.sample(f"an exception after {length} rows"):
                    written, raised = self._broken_after(length)
                    expect(raised, "the exception of the rows is lost, and so the client takes a part for the whole")
                    if length and "breaks" not in self.lossy:
                        expect(not self._is_read(written), f"what was written until then is read: {written[-60:]!r}")

    def test_streams_do_not_mix(self) -> None:
        """Two streams whose pieces are made in turns are the documents of their own rows."""
        some, others = self.rows(20), self.rows(40)[20:]
        written = [b"", b""]
        streams = [self.streamed(some), self.streamed(others)]
        with Promise("Streams that are written in turns do not mix.") as promise, promise.sample("two streams"):
            for _ in range(40):
                for index, pieces in enumerate(streams):
                    written[index] += next(pieces, b"")
            for body, rows in zip(written, (some, others), strict=True):
                expect_same(self.read(body), self.read(self.emitted(rows)))

    def broken_is_read(self) -> bool:
        """Return whether a stream that broke off between two rows passes for a whole document."""
        return self._is_read(self._broken_after(10)[0])

    def _broken_after(self, length: int) -> tuple[bytes, bool]:
        def rows() -> Iterator[Any]:
            yield from self.rows(length)
            raise Broken("the rows end here")

        written = b""
        try:
            for piece in self.streamed(rows()):
                written += piece
        except Broken:
            return written, True
        return written, False

    def _is_read(self, body: bytes) -> bool:
        with suppress(Exception):  # a reader that refuses it is what is wanted
            read = self.read(body)
            return any(not difference(read, self.read(self.emitted(self.rows(count)))) for count in range(1, 11))
        return False


def _peak(pieces: Iterator[bytes]) -> int:
    """Return the most bytes of memory that making the pieces took, with each dropped at once."""
    gc.collect()
    tracemalloc.start()
    try:
        for _ in pieces:
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
