"""The contract of parsers of changes names the defects that are seeded into a good one, each with its sample."""

from __future__ import annotations

import json
from copy import copy, deepcopy
from functools import lru_cache

import pytest

from piston_core import MalformedBody, Patch, Problem
from piston_core.testing import ParserContract, PatchContract
from tests.piston_core.testing.seeding import expect_covered, expect_named, promises_of
from tests.piston_core.testing.test_parsers import CubicWhereItEnds as ReadingSlowly
from tests.piston_core.testing.test_parsers import Good as Reading


class Members(Patch):
    """Sets members; a member ``expected`` of the change names one that has to be there, and is left."""

    def __init__(self, changes):
        self.changes = changes

    def applied_to(self, document):
        changed = deepcopy(dict(document))
        self.change(changed)
        if not isinstance(self.changes, dict):
            return deepcopy(self.changes)
        return changed

    def change(self, changed):
        changes = self.changes if isinstance(self.changes, dict) else {}
        self.check(changes.get("expected"), changed)
        changed |= deepcopy(changes)

    def check(self, name, changed):
        if isinstance(name, str) and name not in changed:
            raise Problem(409, f"The document has no member {name[:40]!r}.")


class Good(Reading):
    """Reads changes with the standard library."""

    media_types = ("application/vnd.members+json",)
    patches = True
    patch = Members

    def parse(self, body, request):
        return self.patch(super().parse(body, request))


def good(patch):
    """Return the class of a parser whose patches have a defect."""
    return type(patch.__name__, (Good,), {"patch": patch})


class NoPatch(Good):
    patch = dict


class Unsaid(Good):
    patches = False


class Failing(Good):
    def parse(self, body, request):
        return self.patch(json.loads(body))


class Refusing(Good):
    """Refuses a body that is none with another problem."""

    def parse(self, body, request):
        try:
            return super().parse(body, request)
        except MalformedBody as error:
            raise Problem(422, error.detail) from error


class Lenient(Good):
    def load(self, body):
        try:
            return super().load(body)
        except ValueError:
            return {}


class Slow(Good, ReadingSlowly):
    pass


class Stripping(Good):
    def load(self, body):
        return super().load(body.replace(b"\\n", b""))


class Remembering(Good):
    load = lru_cache(Good.load)

    def parse(self, body, request):
        return Whole(self.load(body))


class KeepingRequests(Good):
    def parse(self, body, request):
        self.request = request
        return super().parse(body, request)


class Shared(Good):
    def load(self, body):
        self.body = body
        return super().load(self.body)


class OddMediaType(Good):
    media_types = ("json",)


class Whole(Members):
    """Takes the place of an empty document itself."""

    def applied_to(self, document):
        return super().applied_to(document) if document else self.changes


class InPlace(Members):
    """Keeps what is deep in the document and in itself."""

    def applied_to(self, document):
        return {**document, **self.changes} if isinstance(self.changes, dict) else self.changes


class OnTheDocument(Members):
    def applied_to(self, document):
        if not isinstance(document, dict) or not isinstance(self.changes, dict):
            return super().applied_to(document)
        self.change(document)
        return deepcopy(document)


class HalfWay(Members):
    """Changes a list in the document before it finds out that the changes do not fit."""

    def applied_to(self, document):
        changed = copy(dict(document))
        for value in changed.values():
            if isinstance(value, list) and isinstance(self.changes, dict) and "expected" in self.changes:
                value.append(1)
        self.change(changed)
        return deepcopy(changed)


class Sharing(Members):
    """Hands its own lists over."""

    def applied_to(self, document):
        self.change(changed := deepcopy(dict(document)))
        return {**changed, **self.changes} if isinstance(self.changes, dict) else self.changes


class Spent(Members):
    """Can be applied once."""

    def applied_to(self, document):
        outcome = super().applied_to(document)
        self.changes = {}
        return outcome


class Mixing(Members):
    def applied_to(self, document):
        self.document = document
        return super().applied_to(self.document)


class Dictionaries(Members):
    def applied_to(self, document):
        return super().applied_to(deepcopy(document))


class Unprepared(Members):
    def check(self, name, changed):
        if isinstance(name, str):
            changed[name]


class Guilty(Members):
    def check(self, name, changed):
        if isinstance(name, str) and name not in changed:
            raise Problem(500, "The document has no such member.")


class Careless(Members):
    def check(self, name, changed):
        pass


class Talkative(Members):
    def check(self, name, changed):
        if isinstance(name, str) and name not in changed:
            raise Problem(409, f"{self!r} has found no such member.")


class Dropping(Members):
    def change(self, changed):
        super().change(changed)
        changed.pop("b", None)


class MembersContract(PatchContract):
    parser = Good()
    malformed = (b"{", b'"\xff"')
    bombs = (b"[" * 100_000, b'{"expected": "a"}')
    changes = (
        ({"a": [1]}, b'{"b": [2]}', {"a": [1], "b": [2]}),
        ({"a": 1}, b'{"expected": "a"}', {"a": 1, "expected": "a"}),
    )
    conflicts = (({"b": [1]}, b'{"expected": "a"}'),)

    def write(self, data):
        return json.dumps(data, ensure_ascii=False).encode()


NAMES = "test_its_names_can_be_used"
PATCH = "test_a_body_becomes_a_patch"
LEAD = "test_changes_lead_where_they_should"
FIT = "test_what_does_not_fit_is_refused"
ANY = "test_any_document_is_changed_or_refused"
STAYS = "test_the_document_stays_as_it_is"
AGAIN = "test_a_patch_can_be_applied_again"
MIXED = "test_threads_do_not_mix_documents"

DEFECTS = [
    (NoPatch, PATCH, "changes of text: {'value': 'text'} came, which is no Patch"),
    (Unsaid, NAMES, "patches: it is False; ParserContract is for such"),
    (OddMediaType, NAMES, "unusable media type 'json'"),
    (Failing, "test_malformed_bodies_are_refused", "b'{': JSONDecodeError"),
    (Refusing, "test_malformed_bodies_are_refused", "b'{': Problem: 422"),
    (Refusing, "test_no_bytes_raise_anything_else", "an empty body: Problem: 422"),
    (Lenient, "test_malformed_bodies_are_refused", "b'{': it was read, as {}"),
    (Failing, "test_nesting_has_a_limit", "2000 lists in each other: RecursionError"),
    (Slow, "test_time_is_in_proportion_to_the_length", "a body eight times as long takes"),
    (KeepingRequests, "test_no_request_is_kept", "the request is still referred to"),
    (Shared, "test_threads_do_not_share_state", "at /text: 'others' (str) came instead of 'some'"),
    (Remembering, "test_the_same_body_is_the_same_data", "twice: the names ['text', 'nested', 'more'] came"),
    (good(Careless), "test_bombs_are_refused", 'b\'{"expected": "a"}\': it was read'),
    (good(Dropping), LEAD, "on {'a': [1]}: the names ['a'] came instead of ['a', 'b']"),
    (Stripping, "test_bodies_are_read_as_they_were_written", "line end in an object: at /value: 'ab' (str) came"),
    (good(Careless), FIT, "on {'b': [1]}: they were applied: {'b': [1], 'expected': 'a'}"),
    (good(Guilty), FIT, "the problem is a 500: The document has no such member."),
    (good(Unprepared), FIT, "on {'b': [1]}: KeyError: 'a'"),
    (good(Talkative), FIT, "the answer tells 'object at 0x' of the server"),
    (good(Dictionaries), ANY, "on a mapping that is no dictionary: TypeError"),
    (good(Unprepared), ANY, "on an empty document: KeyError: 'a'"),
    (good(OnTheDocument), STAYS, "changes of text on an empty document: the names ['value'] came instead of []"),
    (good(InPlace), STAYS, "on a document of lists: at /nested: "),
    (good(HalfWay), STAYS, "on {'b': [1]}: at /b: 2 items came instead of 1"),
    (good(Sharing), AGAIN, "changes of everything on an empty document: at /nested"),
    (good(Spent), AGAIN, "changes of text on an empty document: the names [] came instead of ['value']"),
    (good(Mixing), MIXED, "two documents at a time: the names ['other', "),
]


@pytest.mark.parametrize(("parser", "test", "words"), DEFECTS, ids=lambda each: getattr(each, "__name__", None))
def test_a_defect_is_named(parser, test, words):
    expect_named(MembersContract, test, words, parser=parser())


def test_a_denial_that_is_not_true_is_named():
    words = "lossy has 'null': everything that needs it (None comes back as such, not as empty text) came back"

    expect_named(MembersContract, "test_what_it_denies_is_really_lost", words, lossy=frozenset({"null"}))


@pytest.mark.parametrize("test", promises_of(MembersContract))
def test_a_good_parser_of_changes_passes(test):
    getattr(MembersContract(), test)()


def test_every_test_of_the_contract_has_found_a_defect():
    expect_covered(MembersContract, [*DEFECTS, (None, "test_what_it_denies_is_really_lost", "")])


def test_a_parser_of_changes_is_shown_to_its_contract():
    words = "patches: it is True; PatchContract is for such"

    expect_named(ParserContract, NAMES, words, parser=Good())


def test_a_contract_without_a_writer_says_what_to_do():
    words = "Seeded needs a method write(self, data) that writes changes."

    expect_named(PatchContract, "test_bodies_are_read_as_they_were_written", words, parser=Good())
