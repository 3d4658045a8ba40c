"""The contract of a link builder, as tests that every link builder passes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest

from piston_core.headers import TOKEN
from piston_core.linking import Link, Subject
from piston_core.testing.handlers import Returning
from piston_core.testing.plain import PlainEmitter
from piston_core.testing.promise import Promise, expect, expect_same, short
from piston_core.testing.rows import RowPromises, shapes
from piston_core.testing.serving import expect_usable, serving
from piston_core.testing.state import kept, overlapped

_RELATION = re.compile(r"[a-z][a-z0-9.-]*|[A-Za-z][A-Za-z0-9+.-]*:\S+")  # RFC 8288, section 3.3
_ODD = re.compile(r"[\x00-\x20\x7f]")
# What handlers return, of which a builder may know nothing.
_RESULTS: tuple[Any, ...] = (None, {}, [], {"a": 1}, [{"a": 1}], "text", 5)


class LinkBuilderContract(RowPromises):
    """Tests a link builder: subclass it, name the builder, and give subjects that it builds links for if it does so.

    Example::

        class TestTermsLinkBuilder(LinkBuilderContract):
            builder = TermsLinkBuilder()
            subjects = (Subject(RequestFactory().get("/"), BookHandler, None),)

    Attributes:
        builder: the link builder.
        subjects: answers that it builds links for; where they need the database, a property. One that only arranges
            rows has none.
    """

    subjects: Iterable[Subject] = ()

    def built(self, subject: Subject) -> list[Link]:
        """Return the links of an answer."""
        return list(self.builder.links(subject))

    def test_its_name_can_be_used(self) -> None:
        """The registry takes it."""
        with Promise("A link builder's name can be used.") as promise, promise.sample("the registry"):
            expect_usable(link_builders=[self.builder])

    def test_links_can_be_written(self) -> None:
        """A link has an address, relation types and attributes as RFC 8288 has them."""
        with Promise("Links follow RFC 8288.") as promise:
            with promise.sample("the builder"):
                expect(self.subjects or self.arranges(), "it neither builds links for any subject nor arranges rows")
            for subject in self.subjects:
                links = self.built(subject)
                with promise.sample(short(subject)):
                    expect(links, "there are none; a subject is an answer that has links")
                for link in links:
                    with promise.sample(short(link)):
                        _expect_written(link)

    def test_it_builds_the_same_links_again(self) -> None:
        """Nothing of one answer is in the links of the next one."""
        with Promise("The same answer has the same links.") as promise:
            first = [self.built(subject) for subject in self.subjects]
            for subject, links in zip(self.subjects, first, strict=True):
                with promise.sample(short(subject)):
                    expect_same(self.built(subject), links)

    def test_every_answer_can_be_asked_for(self) -> None:
        """It is asked for every good answer of a project, and fails for none."""
        with Promise("A link builder is asked for every answer, and fails for none.") as promise:
            for result in _RESULTS:
                with (
                    promise.sample(f"a handler that returns {result!r}"),
                    serving(Returning(result), emitters=[PlainEmitter()], link_builders=[self.builder]) as client,
                ):
                    expect_same(client.get("/").status_code, 200)

    def test_threads_do_not_share_state(self) -> None:
        """Links of answers at the same time do not mix."""
        with Promise("Threads do not share state.") as promise, promise.sample("two answers at a time"):
            for subject in self.subjects:
                other = Subject(HttpRequest(), Returning, None)
                self._expect_apart(partial(self.built, subject), partial(self.built, other))
            some, others, *_ = shapes().values()
            self._expect_apart(lambda: repr(self.builder.arrange(some)), lambda: repr(self.builder.arrange(others)))

    def _expect_apart(self, first: Callable[[], Any], second: Callable[[], Any]) -> None:
        mine, other = first(), second()
        came, between = overlapped(self.builder, first, second)
        expect_same(came, mine)
        for each in between:
            expect_same(each, other)

    def test_no_request_is_kept(self) -> None:
        """Nothing of an answer stays in the builder."""
        with Promise("Nothing of a request is kept.") as promise, promise.sample("links"):
            refers = kept(lambda request: self.built(Subject(request, Returning, None)))
            expect(not refers, "the request is still referred to")


def _expect_written(link: Link) -> None:
    expect(isinstance(link, Link), f"{link!r} is no Link")
    expect(link.href and not _ODD.search(link.href), f"the address {link.href!r} holds blanks or nothing")
    urlsplit(link.href)
    expect(link.rel.split(), "it has no relation type")
    for relation in link.rel.split():
        expect(_RELATION.fullmatch(relation), f"{relation!r} is neither the name of a relation type nor a URI")
    for name, value in link.attributes.items():
        expect(TOKEN.fullmatch(name) and name.lower() not in {"rel", "anchor"}, f"{name!r} cannot be an attribute")
        expect(str(value).isprintable(), f"the attribute {name!r} is {value!r}, no printable text")
