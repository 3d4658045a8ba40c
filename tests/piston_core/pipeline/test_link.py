"""The links of an answer: asked of every builder, sent in ``Link`` (RFC 8288), and part of the document."""

from __future__ import annotations

import re

import pytest
from django.test import override_settings

from blog.models import Tag
from piston_core import BaseHandler, Emitter, Link, Problem, hookimpl, rc
from piston_core.headers import link_field
from piston_core.registry import get_registry
from tests.piston_core.pipeline.asking import JSON, ask, data_of, problem_of

PLUGINS = {"PLUGINS": ["json", "tests.piston_core.pipeline.linking"]}


def linked(handler, **arguments):
    return ask(handler, PISTON=PLUGINS, **arguments)


class Leading(BaseHandler):
    goes_to = (Link("/a/", "up"), Link("b/?c=d", "next prefetch", {"title": 'the "next" one', "type": JSON}))

    def read(self, request):
        return {"ok": True}


class Telling(BaseHandler):
    tells = True

    def read(self, request):
        return [1, 2]


@pytest.mark.parametrize(
    ("link", "written"),
    [
        (Link("/a/", "up"), '</a/>; rel="up"'),
        (Link("../", "collection"), '<../>; rel="collection"'),
        (Link("", "self"), '<>; rel="self"'),
        (Link("/é/ü?q=ß", "next"), '</%C3%A9/%C3%BC?q=%C3%9F>; rel="next"'),
        (Link('/a b"<c>', "next"), '</a%20b%22%3Cc%3E>; rel="next"'),
        (Link("/a/\r\nSet-Cookie: x", "next"), '</a/%0D%0ASet-Cookie:%20x>; rel="next"'),
        (Link("/a%20b/", "next"), '</a%20b/>; rel="next"'),
        (Link("/", "https://example.org/rel"), '</>; rel="https://example.org/rel"'),
        (Link("/", "up", {"title": 'a "b" \\'}), '</>; rel="up"; title="a \\"b\\" \\\\"'),
        (Link("/", "up", {"title": "Zürich €"}), "</>; rel=\"up\"; title*=UTF-8''Z%C3%BCrich%20%E2%82%AC"),
        (Link("/", "up", {"hreflang": "de", "type": JSON}), f'</>; rel="up"; hreflang="de"; type="{JSON}"'),
    ],
)
def test_a_link_is_written_as_rfc_8288_has_it(link, written):
    assert link_field([link]) == written


@pytest.mark.parametrize("name", ["", "a b", "a=b", "ü", "a;b", "a\n"])
def test_what_is_no_name_of_an_attribute_is_a_defect(name):
    with pytest.raises(ValueError, match="attribute"):
        link_field([Link("/", "up", {name: "x"})])


def test_the_links_of_all_builders_come_in_their_order():
    class Both(Leading):
        tells = True

    response = linked(Both)

    assert data_of(response) == {"ok": True}
    assert re.findall(r'rel="([^"]*)"', response.headers["Link"]) == ["up", "next prefetch", "self"]


def test_a_builder_is_told_the_request_the_handler_and_the_result():
    assert linked(Telling).headers["Link"] == '</it/>; rel="self"; title="list"'


def test_an_answer_that_leads_nowhere_has_no_link_field():
    class Nowhere(BaseHandler):
        def read(self, request):
            return {}

    assert "Link" not in linked(Nowhere).headers


def test_a_link_of_the_handler_s_own_reply_is_not_lost_to_those_of_the_builders():
    class Replying(Leading):
        def read(self, request):
            return rc.ALL_OK({"ok": True}, headers={"X-Mine": "1"})

    response = linked(Replying)

    assert response.headers["X-Mine"] == "1"
    assert response.headers["Link"].startswith("</a/>")


def test_head_has_the_links_of_get():
    assert linked(Leading, method="HEAD").headers["Link"] == linked(Leading).headers["Link"]


def test_a_refusal_has_no_links():
    class Refusing(Leading):
        def read(self, request):
            raise Problem(409, "Not now.")

    assert "Link" not in linked(Refusing).headers


def test_what_a_builder_raises_is_answered_like_any_other_exception():
    class Failing(Telling):
        fails = True

    assert problem_of(linked(Failing))["detail"] == "This leads nowhere."


def test_a_builder_s_defect_is_a_500_that_tells_nothing(caplog):
    class Broken(BaseHandler):
        goes_to = (Link("/", "up", {"not a name": "x"}),)

        def read(self, request):
            return {}

    problem = problem_of(linked(Broken))

    assert (problem["status"], "traceback" in problem) == (500, False)


def test_a_stream_has_links_too():
    class Streaming(Leading):
        def read(self, request):
            yield from [1, 2]

    response = linked(Streaming)

    assert response.streaming
    assert response.headers["Link"].startswith("</a/>")


def test_an_asynchronous_handler_s_answer_has_links():
    class Asynchronous(Leading):
        async def read(self, request):
            return {"ok": True}

    assert linked(Asynchronous).headers["Link"] == linked(Leading).headers["Link"]


@pytest.mark.django_db
def test_one_object_of_a_model_is_the_subject_before_it_is_read():
    class TagHandler(BaseHandler):
        model = Tag
        fields = ("name",)
        tells = True

    tag = Tag.objects.create(name="Tea", slug="tea")
    response = ask(TagHandler, route="it/<int:pk>/", address=f"/it/{tag.pk}/", PISTON=PLUGINS)

    assert response.headers["Link"] == f'</it/{tag.pk}/>; rel="self"; title="Sought"'


class LinksEmitter(Emitter):
    """Writes nothing but where the document leads to."""

    name = "links"
    media_types = ("text/x-links",)

    def emit(self, document, request):
        return " ".join(link.href for link in document.links).encode()

    def stream(self, document, request):
        yield self.emit(document, request)


@hookimpl
def piston_emitters():
    return [LinksEmitter()]


def test_an_emitter_finds_the_links_in_the_document():
    plugins = {"PLUGINS": [*PLUGINS["PLUGINS"], __name__]}

    assert ask(Leading, headers={"Accept": "text/x-links"}, PISTON=plugins).content == b"/a/ b/?c=d"


def test_builders_are_listed_among_what_a_plugin_offers():
    with override_settings(PISTON=PLUGINS):
        plugin = next(each for each in get_registry().plugins if each.name.endswith("linking"))

    assert plugin.hooks == ("piston_link_builders",)
    assert plugin.offers == ("link builder fixed", "link builder telling")
