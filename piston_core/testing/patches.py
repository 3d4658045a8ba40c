"""The contract of a parser that reads changes, as tests that every such parser passes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from types import MappingProxyType
from typing import Any

from django.http import HttpRequest

from piston_core.contracts import Patch
from piston_core.problems import MalformedBody, Problem
from piston_core.testing.handlers import expect_nothing_told
from piston_core.testing.parsers import ReadingContract
from piston_core.testing.promise import Promise, expect, expect_same, short
from piston_core.testing.samples import NAMES, nested
from piston_core.testing.state import overlapped

Document = dict[str, Any]

_REFUSALS = (409, 413)  # what the document is the reason of
_MANY = 40  # levels, which a document may have


def _documents() -> dict[str, Mapping[str, Any]]:
    """Return what may stand in a document; made anew, as a part with a defect changes it."""
    return {
        "an empty document": {},
        "a document of values": {"text": "é", "none": None, "true": True, "number": 1, "large": 2**70, "part": 0.5},
        "a document of lists": {"nested": ["a", ["b", [], {}]], "text": [], "value": [{"a": []}]},
        "a document of objects": {"nested": {"items": {"0": "a"}, "more": {}}, "text": {"a": {"b": None}}},
        "a document of odd names": {name: {name: [name]} for name in NAMES},
        "a deep document": {"value": nested(_MANY, as_list=False), "nested": nested(_MANY, as_list=True)},
        "a mapping that is no dictionary": MappingProxyType({"nested": {"items": []}, "text": "a"}),
    }


class PatchContract(ReadingContract):
    """Tests a parser of changes: subclass it, name the parser and say how changes are written.

    Example::

        class TestMergePatchParser(PatchContract):
            parser = MergePatchParser()
            lossy = frozenset({"null"})
            malformed = (b"{",)
            changes = (({"a": 1, "b": 2}, b'{"a": null}', {"b": 2}),)

            def write(self, data):
                return json.dumps(data).encode()

    Attributes:
        parser: the parser, whose ``patches`` is true.
        lossy: the capabilities that the format lacks, in the words of ``CAPABILITIES``.
        malformed: bodies that are no changes to any document, and have to be refused when they are read.
        bombs: bodies that would cost a careless reader much; to be refused when they are read, or when
            they are applied to an empty document.
        changes: documents, a body with changes to each, and what they make of it.
        conflicts: documents, and a body with changes that do not fit.
    """

    changes: Iterable[tuple[Document, bytes, Any]] = ()
    conflicts: Iterable[tuple[Document, bytes]] = ()
    _patches = True
    _refusal_of_bombs = Problem

    def write(self, data: Any) -> bytes:
        """Return a body with changes that make this data of an empty document, whatever it is."""
        raise NotImplementedError(f"{type(self).__name__} needs a method write(self, data) that writes changes.")

    def parsed(self, body: bytes) -> Any:
        """Return what the changes in a body make of an empty document."""
        return self._patch(body).applied_to({})

    def test_a_body_becomes_a_patch(self) -> None:
        """What the parser returns is a ``Patch``."""
        with Promise("A body becomes a Patch.") as promise:
            for name, body in self._bodies():
                with promise.sample(name):
                    self._patch(body)

    def test_changes_lead_where_they_should(self) -> None:
        """Each of ``changes`` makes of its document what it should."""
        with Promise("Changes lead where they should.") as promise:
            for document, body, outcome in self.changes:
                with promise.sample(f"{short(body)} on {short(document)}"):
                    expect_same(self._patch(body).applied_to(deepcopy(document)), outcome)

    def test_what_does_not_fit_is_refused(self) -> None:
        """Each of ``conflicts`` is well-formed, and a 409 or 413 problem with a detail that helps."""
        with Promise("Changes that do not fit are a 409 or 413 problem.") as promise:
            for document, body in self.conflicts:
                with promise.sample(f"{short(body)} on {short(document)}"):
                    came = _outcome(self._patch(body), deepcopy(document))
                    expect(isinstance(came, Problem), f"they were applied: {short(came)}")
                    expect(len(came.detail) > 10, f"the detail {came.detail!r} says nothing")
                    expect_nothing_told(came.detail.encode())

    def test_any_document_is_changed_or_refused(self) -> None:
        """Whatever is in a document: changes are applied to it, or are a 409 or 413 problem."""
        with Promise("Any document is changed, or the changes are a 409 or 413 problem.") as promise:
            for name, patch, document in self._meetings():
                with promise.sample(name):
                    _outcome(patch, document)

    def test_the_document_stays_as_it_is(self) -> None:
        """Neither changes, nor changes that fail half-way, nor who has their outcome, change the document."""
        with Promise("The document stays as it is.") as promise:
            for name, patch, document in self._meetings():
                with promise.sample(name):
                    before = deepcopy(dict(document))
                    _scribble(_outcome(patch, document))
                    expect_same(dict(document), before)

    def test_a_patch_can_be_applied_again(self) -> None:
        """The same patch has the same outcome, whatever has been done to the first one."""
        with Promise("A patch can be applied again.") as promise:
            for name, patch, document in self._meetings():
                with promise.sample(name):
                    first = _outcome(patch, document)
                    expected = deepcopy(_shown(first))
                    _scribble(first)
                    expect_same(_shown(_outcome(patch, document)), expected)

    def test_threads_do_not_mix_documents(self) -> None:
        """One patch that is applied to two documents at the same time makes of each what it would alone."""
        patch = self._patch(self.write(self._rich("some")))
        one, other = {"one": ["a"], "kept": {"a": 1}}, {"other": "b", "kept": {"b": 2}}
        alone = [_shown(_outcome(patch, document)) for document in (one, other)]
        with Promise("Threads do not mix documents.") as promise, promise.sample("two documents at a time"):
            came, between = overlapped(
                patch, lambda: _shown(_outcome(patch, one)), lambda: _shown(_outcome(patch, other))
            )
            expect_same(came, alone[0])
            for each in between:
                expect_same(each, alone[1])

    def _patch(self, body: bytes) -> Patch:
        patch = self.parser.parse(body, HttpRequest())
        if not isinstance(patch, Patch):
            raise AssertionError(f"{short(patch)} came, which is no Patch")
        return patch

    def _bodies(self) -> Iterator[tuple[str, bytes]]:
        yield "changes of text", self.write({"value": "text"})
        yield "changes of everything", self.write(self._rich("some"))
        yield from ((short(body), body) for _, body, _ in self.changes)
        yield from ((short(body), body) for _, body in self.conflicts)

    def _meetings(self) -> Iterator[tuple[str, Patch, Mapping[str, Any]]]:
        """Yield each patch with each document, all of them made anew."""
        own = [*(each[0] for each in self.changes), *(each[0] for each in self.conflicts)]
        for name, body in self._bodies():
            documents = _documents() | {short(document): deepcopy(document) for document in own}
            yield from ((f"{name} on {place}", self._patch(body), each) for place, each in documents.items())

    def _read_or_refused(self, body: bytes) -> Any:
        try:
            patch = self._patch(body)
        except MalformedBody as refusal:
            return refusal
        return _outcome(patch, {})


def _outcome(patch: Patch, document: Mapping[str, Any]) -> Any:
    """Return what becomes of a document, or the problem if it is one that a patch may raise."""
    try:
        return patch.applied_to(document)
    except Problem as problem:
        expect(problem.status in _REFUSALS, f"the problem is a {problem.status}: {problem.detail}")
        return problem


def _shown(outcome: Any) -> Any:
    return outcome.document() if isinstance(outcome, Problem) else outcome


def _scribble(data: Any) -> None:
    """Change every list and every object in data."""
    if isinstance(data, dict):
        for value in data.values():
            _scribble(value)
        data["scribbled"] = "by whoever has it"
    elif isinstance(data, list):
        for item in data:
            _scribble(item)
        data.append("scribbled")
