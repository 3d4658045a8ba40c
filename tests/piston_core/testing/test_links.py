"""The contract of link builders names the defects that are seeded into a good one."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import RequestFactory

from piston_core import BaseHandler, Each, Href, Key, Link, LinkBuilder, Shown, Subject, Target, Where
from piston_core.testing import LinkBuilderContract
from tests.piston_core.testing.seeding import expect_covered, expect_named, promises_of


class Books(BaseHandler):
    pass


class Good(LinkBuilder):
    """Leads from the books to their terms."""

    name = "terms"
    link = Link("/terms/?a=b#c", "terms-of-service https://example.org/rel/terms", {"title": "Bücher"})

    def links(self, subject):
        if subject.handler is Books:
            yield self.link


class Blank(Good):
    link = Link("/terms of use/", "terms-of-service")


class OddRelation(Good):
    link = Link("/terms/", "Terms of Service!")


class NoRelation(Good):
    link = Link("/terms/", "")


class OddAttribute(Good):
    link = Link("/terms/", "terms-of-service", {"the title": "a"})


class SecondRelation(Good):
    link = Link("/terms/", "terms-of-service", {"rel": "next"})


class LineEnd(Good):
    link = Link("/terms/", "terms-of-service", {"title": "a\r\nSet-Cookie: b"})


class Pairs(Good):
    def links(self, subject):
        return [("/terms/", "terms-of-service")]


class Nothing(Good):
    def links(self, subject):
        return []


class Growing(Good):
    seen = ()

    def links(self, subject):
        self.seen = (*self.seen, self.link)
        return self.seen


class Presuming(Good):
    def links(self, subject):
        return [Link(f"/{subject.result['slug']}/", "self")] if subject.handler is not Books else [self.link]


class Shared(Good):
    def links(self, subject):
        self.subject = subject
        return [self.link] if self.subject.handler is Books else []


class KeepingRequests(Good):
    def links(self, subject):
        self.subject = subject
        return super().links(subject)


class OddName(Good):
    name = "Terms of Service"


class GoodRows(LinkBuilder):
    """Puts what is shown, what objects lead to and their keys in order, and builds no links."""

    name = "rows"
    media_types = ("application/json",)
    adds = ("_links",)

    def arrange(self, shape):
        return {
            "key": Key(),
            **{name: Shown(name) for name in shape.names},
            "related": [Each(name) for name in shape.many],
            **({"_links": [Where(each, [each.rel, Href(each)]) for each in shape.targets]} if shape.linked else {}),
        }


class Idle(LinkBuilder):
    name = "idle"


class Unasked(GoodRows):
    media_types = ()


class Leaving(GoodRows):
    adds = ()

    def arrange(self, shape):
        return None


class Inventing(GoodRows):
    def arrange(self, shape):
        return {"_links": Shown("price")}


class Spreading(GoodRows):
    def arrange(self, shape):
        return {"_links": [Each(name) for name in shape.names]}


class Straying(GoodRows):
    def arrange(self, shape):
        return {"_links": Href(Target("self"))}


class HandingOver(GoodRows):
    def arrange(self, shape):
        return {"_links": shape.model}


class Misplacing(GoodRows):
    def arrange(self, shape):
        return {"_links": [{5: shape.kind}]}


class Asking(GoodRows):
    def arrange(self, shape):
        return {"_links": User.objects.count()}


class Forgetting(GoodRows):
    def arrange(self, shape):
        return {name: Shown(name) for name in shape.names}


class Numbering(GoodRows):
    count = 0

    def arrange(self, shape):
        self.count += 1
        return {"_links": self.count}


class SharedShape(GoodRows):
    def arrange(self, shape):
        self.shape = shape
        names = list(self.shape.names)
        return {**{name: Shown(name) for name in names}, "_links": self.shape.kind}


class TermsContract(LinkBuilderContract):
    builder = Good()
    subjects = (Subject(RequestFactory().get("/"), Books, None),)


class RowsContract(LinkBuilderContract):
    builder = GoodRows()


WRITTEN = "test_links_can_be_written"
ARRANGED = "test_rows_can_be_arranged"

DEFECTS = [
    (Blank, WRITTEN, "the address '/terms of use/' holds blanks or nothing"),
    (OddRelation, WRITTEN, "'Terms' is neither the name of a relation type nor a URI"),
    (NoRelation, WRITTEN, "it has no relation type"),
    (OddAttribute, WRITTEN, "'the title' cannot be an attribute"),
    (SecondRelation, WRITTEN, "'rel' cannot be an attribute"),
    (LineEnd, WRITTEN, "the attribute 'title' is 'a\\r\\nSet-Cookie: b', no printable text"),
    (Pairs, WRITTEN, "is no Link"),
    (Nothing, WRITTEN, "there are none; a subject is an answer that has links"),
    (Growing, "test_it_builds_the_same_links_again", "2 items came instead of 1"),
    (Presuming, "test_every_answer_can_be_asked_for", "a handler that returns None: 500 (int) came instead of 200"),
    (Shared, "test_threads_do_not_share_state", "two answers at a time"),
    (KeepingRequests, "test_no_request_is_kept", "the request is still referred to"),
    (OddName, "test_its_name_can_be_used", "unusable name 'Terms of Service'"),
]
ROW_DEFECTS = [
    (Idle, WRITTEN, "it neither builds links for any subject nor arranges rows"),
    (Leaving, WRITTEN, "it neither builds links for any subject nor arranges rows"),
    (Unasked, ARRANGED, "it names no media type, so that nobody asks it for rows"),
    (Inventing, ARRANGED, "no name 'price' is shown"),
    (Spreading, ARRANGED, "'title' does not show several objects"),
    (Straying, ARRANGED, "is none of the shape's targets"),
    (HandingOver, ARRANGED, "which is neither a plain value nor one of the stand-ins"),
    (Misplacing, ARRANGED, "the name 5 is no text"),
    (Forgetting, "test_rows_have_the_names_that_it_adds", "'_links' in an object with links: it is not in {'title'"),
    (Numbering, "test_the_same_shape_has_the_same_rows", "an object with links: "),
    (SharedShape, "test_threads_do_not_share_state", "two answers at a time"),
]


@pytest.mark.parametrize(("builder", "test", "words"), DEFECTS, ids=lambda each: getattr(each, "__name__", None))
def test_a_defect_is_named(builder, test, words):
    expect_named(TermsContract, test, words, builder=builder())


@pytest.mark.parametrize(("builder", "test", "words"), ROW_DEFECTS, ids=lambda each: getattr(each, "__name__", None))
def test_a_defect_in_rows_is_named(builder, test, words):
    expect_named(RowsContract, test, words, builder=builder())


def test_a_builder_that_asks_the_database_is_named(db):
    expect_named(RowsContract, ARRANGED, "it asks the database", builder=Asking())


@pytest.mark.parametrize("contract", [TermsContract, RowsContract])
@pytest.mark.parametrize("test", promises_of(TermsContract))
def test_a_good_builder_passes(contract, test):
    getattr(contract(), test)()


def test_every_test_of_the_contract_has_found_a_defect():
    expect_covered(TermsContract, DEFECTS + ROW_DEFECTS)
