"""The contract of an emitter, as tests that every emitter passes."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from django.http import HttpRequest

from piston_core.contracts import Document
from piston_core.plans.scalars import scalar
from piston_core.problems import Problem
from piston_core.testing import samples
from piston_core.testing.denials import expect_honest
from piston_core.testing.fields import example
from piston_core.testing.handlers import Failing, Refusing, Returning, expect_nothing_told
from piston_core.testing.media import TEXT, essence, expect_content_type, expect_truth
from piston_core.testing.plain import PlainEmitter
from piston_core.testing.promise import Promise, difference, expect, expect_same
from piston_core.testing.samples import Sample
from piston_core.testing.serving import expect_usable, serving
from piston_core.testing.state import kept, overlapped
from piston_core.testing.streams import StreamPromises


class EmitterContract(StreamPromises):
    """Tests an emitter: subclass it, name the emitter and say how a document of its format is read.

    Example::

        class TestTOMLEmitter(EmitterContract):
            emitter = TOMLEmitter()
            lossy = frozenset({"null"})

            def read(self, body):
                return tomllib.loads(body.decode())["rows"]

    Attributes:
        emitter: the emitter.
        lossy: the capabilities that the format lacks, in the words of ``CAPABILITIES``; what it
            denies has to be lost really.
    """

    def read_problem(self, body: bytes) -> Any:
        """Return what a client reads in a problem document, if that is another way than ``read``."""
        return self.read(body)

    def shown(self, value: Any) -> Any:
        """Return what a client gets to see of a single value: itself, or the text that the core makes of it."""
        native = type(value) in self.emitter.native and not self.emitter.textual
        return value if native or type(value) in (str, int, bool, float, list, dict, type(None)) else scalar(value)

    def test_what_it_denies_is_really_lost(self) -> None:
        """A capability that ``lossy`` names is one that the format lacks."""

        def comes_back(sample: Sample) -> bool:
            try:
                return not difference(self.read(self.emitted(sample.data)), sample.data)
            except Exception:  # noqa: BLE001 - however it is lost
                return False

        expect_honest(self.lossy - {"breaks"}, samples.documents(), comes_back)
        with Promise("What a format denies is really lost.") as promise, promise.sample("lossy has 'breaks'"):
            expect("breaks" not in self.lossy or self.broken_is_read(), "a stream that broke off cannot be read")

    def test_its_names_can_be_used(self) -> None:
        """The registry takes it, and its media types are what can stand in a ``Content-Type``."""
        emitter = self.emitter
        with Promise("An emitter's names and media types can be used.") as promise:
            with promise.sample("the registry"):
                expect_usable(emitters=[emitter])
            for content_type in filter(None, (*emitter.media_types, emitter.content_type, emitter.problem_type)):
                with promise.sample(content_type):
                    expect_content_type(content_type)
            with promise.sample("content_type"):
                said = essence(emitter.content_type or emitter.media_types[0])
                expect_same(said, essence(emitter.media_types[0]))

    def test_documents_are_read_back_the_same(self) -> None:
        """Data of every kind is read back as it was."""
        with Promise("Documents are read back the same.") as promise:
            for sample in samples.supported(samples.documents(), self.lossy):
                with promise.sample(sample.name):
                    body = self.emitted(sample.data)
                    expect(type(body) is bytes, f"emit returned {type(body).__name__} instead of bytes")
                    expect_same(self.read(body), sample.data)

    def test_every_kind_of_column_is_read_back(self) -> None:
        """An object's columns, of every field type of Django, are shown as the core makes them plain."""
        made, texts = example()
        expected = {name: self._shown_column(made, name, text) for name, text in texts.items()}
        names = tuple(name for name, value in expected.items() if not samples.needs_of(value) & self.lossy)
        handler = type("Showing", (Returning,), {"fields": names})
        with serving(handler([made]), emitters=[self.emitter]) as client:
            response = client.get("/")
            rows = self.read(response.getvalue())
        with Promise("Every kind of column is read back.") as promise:
            for name in names:
                with promise.sample(f"the column {name!r}"):
                    expect(response.status_code == 200, f"the answer is {response.status_code}")
                    expect_same(rows[0][name], expected[name])

    def test_native_types_are_written(self) -> None:
        """Values of the types in ``native`` arrive as such; ``textual`` ones are written as the core's very text."""
        with Promise("The types in native are written.") as promise:
            for value in samples.natives(self.emitter.native):
                with promise.sample(f"{value!r}"):
                    body = self.emitted([{"value": value}])
                    if self.emitter.textual:
                        expect_same(body, self.emitted([{"value": scalar(value)}]))
                    if not samples.needs_of(self.shown(value)) & self.lossy:
                        expect_same(self.read(body), [{"value": self.shown(value)}])

    def test_ready_json_stands_in_documents_as_it_is(self) -> None:
        """What ``verbatim`` makes of JSON is read like the data itself, also beside what takes another way."""
        ready: Any = self.emitter.verbatim
        with Promise("Ready JSON stands in documents as it is.") as promise:
            for sample in samples.supported(samples.documents(), self.lossy) if ready else ():
                with promise.sample(sample.name):
                    body = self.emitted([{"beside": sample.data, "links": ready('{"href":"/a/"}')}] * 2)
                    expect_same(self.read(body), [{"beside": sample.data, "links": {"href": "/a/"}}] * 2)

    def test_text_that_is_not_unicode_is_not_changed(self) -> None:
        """A lone surrogate has no form in any encoding: it is refused, or comes back."""
        with Promise("Text that is not Unicode is refused, or comes back; it is never changed.") as promise:
            for text in ("\ud800", "a\udfffb", "\ude00\ud83d"):
                with promise.sample(repr(text)):
                    data = [{"value": text, "beside": "text"}]
                    try:
                        body = self.emitted(data)
                    except ValueError:
                        continue
                    expect_same(self.read(body), data)

    def test_the_bytes_are_what_their_type_says(self) -> None:
        """A document is of the media type that was asked for, and in the charset that the ``Content-Type`` names."""
        declared = self.emitter.content_type or self.emitter.media_types[0]
        with (
            serving(Returning([{"value": TEXT}]), emitters=[self.emitter]) as client,
            Promise("The bytes are what their Content-Type says.") as promise,
        ):
            for asked in self.emitter.media_types:
                with promise.sample(f"Accept: {asked}"):
                    response = client.get("/", headers={"Accept": asked})
                    expect_same(response.status_code, 200)
                    own = declared if asked == self.emitter.media_types[0] else _as(asked, declared)
                    expect_same(response.headers["Content-Type"], own)
                    expect_truth(own, response.getvalue())

    def test_the_data_is_not_changed(self) -> None:
        """An emitter only reads what it writes."""
        with Promise("The data of a document is not changed.") as promise:
            for sample in samples.supported(samples.documents(), self.lossy):
                before = deepcopy(sample.data)
                with promise.sample(sample.name):
                    self.emitted(sample.data)
                    expect_same(sample.data, before)

    def test_the_same_data_makes_the_same_bytes(self) -> None:
        """Nothing of one document is in the next one."""
        tried = list(samples.supported(samples.documents(), self.lossy))
        with Promise("The same data makes the same bytes.") as promise:
            first = [self.emitted(each.data) for each in tried]
            for sample, body in zip(tried, first, strict=True):
                with promise.sample(sample.name):
                    expect_same(self.emitted(sample.data), body)

    def test_threads_do_not_share_state(self) -> None:
        """Documents that are written at the same time by the one instance do not mix."""
        some, others = self.rows(3), self.rows(9)[3:]
        body, other = self.emitted(some), self.emitted(others)
        with Promise("Threads do not share state.") as promise, promise.sample("two documents at a time"):
            came, between = overlapped(self.emitter, lambda: self.emitted(some), lambda: self.emitted(others))
            expect_same(came, body)
            for each in between:
                expect_same(each, other)

    def test_no_request_is_kept(self) -> None:
        """Nothing of a request stays in the emitter when it is answered."""
        with Promise("Nothing of a request is kept.") as promise:
            with promise.sample("emit"):
                expect(not kept(self._emit_for), "the request is still referred to")
            with promise.sample("stream"):
                expect(not kept(self._stream_for), "the request is still referred to")

    def test_a_refusal_is_a_problem_document(self) -> None:
        """A refusal is read back with what it says; a format without problems leaves it to another."""
        problem = Problem(409, f"{TEXT} <&>: there already.", title="In the way", count=2)
        own = self.emitter.problem_type
        with serving(Refusing(problem), emitters=[self.emitter, PlainEmitter()]) as client:
            response = client.get("/", headers={"Accept": self.emitter.media_types[0]})
        with Promise("A refusal is a problem document (RFC 9457).") as promise, promise.sample("a problem with 409"):
            expect_same(response.status_code, 409)
            expect_same(response.headers["Content-Type"], own or PlainEmitter.problem_type)
            read = self.read_problem(response.content) if own else PlainEmitter.read(response.content)
            expect(isinstance(read, dict), f"{read!r} was read instead of its members")
            expect_truth(response.headers["Content-Type"], response.content)
            for name in ("type", "title", "status", "detail"):
                expect_same({name: read.get(name)}, {name: problem.document()[name]})

    def test_a_failure_tells_nothing_of_the_server(self) -> None:
        """A defect of a handler is answered 500, without anything of the exception."""
        with Promise("A failure tells nothing of the server.") as promise:
            for name, handler in {"a handler": Failing(), "a value": Returning([{"value": object()}])}.items():
                with promise.sample(f"{name} that fails"), serving(handler, emitters=[self.emitter]) as client:
                    response = client.get("/")
                    expect_same(response.status_code, 500)
                    expect_nothing_told(response.getvalue())

    def test_head_is_answered_like_get(self) -> None:
        """HEAD has the header fields of GET, and no body."""
        with serving(Returning(self.rows(2)), emitters=[self.emitter]) as client:
            get, head = client.get("/"), client.head("/")
        with Promise("HEAD is answered like GET (RFC 9110, section 9.3.2).") as promise, promise.sample("two rows"):
            expect_same(head.getvalue(), b"")
            for name in ("Content-Type", "Content-Length", "Vary"):
                expect_same({name: head.headers.get(name)}, {name: get.headers.get(name)})

    def _shown_column(self, made: Any, name: str, text: Any) -> Any:
        value = getattr(made, name)
        return self.shown(value) if type(value) in self.emitter.native else text

    def _emit_for(self, request: HttpRequest) -> None:
        self.emitter.emit(Document(self.rows(2)), request)

    def _stream_for(self, request: HttpRequest) -> None:
        list(self.emitter.stream(Document(iter(self.rows(2))), request))


def _as(media_type: str, declared: str) -> str:
    """Return a media type with the parameters of another one."""
    return media_type + "".join(declared.partition(";")[1:])
