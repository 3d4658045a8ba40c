"""Layouts: names, attributes and a namespace as a handler declares them, read back unless types are left out."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from django.core.checks import run_checks
from django.test import override_settings
from django.urls import path
from hypothesis import given, settings
from hypothesis import strategies as st

from blog.models import Post
from piston_core import BaseHandler, Resource
from piston_xml import XMLLayout
from tests.ids import stable
from tests.piston_xml import judges
from tests.piston_xml.asking import PISTON, asked, emitted, read, written
from tests.piston_xml.test_documents import plain

FORMS = [
    (
        XMLLayout(root="posts", item="post", items={"tags": "tag"}),
        [{"tags": ["a", ["b"]], "more": [1]}],
        """
        <posts type="array"><post>
          <tags type="array"><tag>a</tag><tag type="array"><resource>b</resource></tag></tags>
          <more type="array"><resource type="integer">1</resource></more>
        </post></posts>
        """,
    ),
    (
        XMLLayout(items={"row": "cell"}, item="row"),
        [["a"]],
        '<response type="array"><row type="array"><cell>a</cell></row></response>',
    ),
    (XMLLayout(root="post", item="unused"), {"a": "b"}, "<post><a>b</a></post>"),
    (
        XMLLayout(attributes=("id", "at", "on")),
        {"id": 1, "a": {"at": "<\"&'>\t\n\r%", "b": "", "on": True}, "at": 1.5},
        '<response id="1" at="1.5"><a at="&lt;&quot;&amp;\'&gt;&#9;&#10;&#13;%" on="true"><b></b></a></response>',
    ),
    (XMLLayout(attributes=("id",)), {"id": ""}, '<response id=""></response>'),
    (XMLLayout(attributes=("id",)), {"id": None}, '<response type="object"/>'),
    (
        XMLLayout(attributes=("id",)),
        [{"id": []}, {"id": 1}, {"id": {}}, {"id": None, "a": ""}],
        """
        <response type="array">
          <resource><id type="array"></id></resource>
          <resource id="1"></resource>
          <resource><id type="object"/></resource>
          <resource><a></a></resource>
        </response>
        """,
    ),
    (XMLLayout(attributes=("a",)), {"a": "\0\\"}, '<response a="\ufffd\\"></response>'),
    (XMLLayout(namespace="urn:a?b&c"), [], '<response xmlns="urn:a?b&amp;c" type="array"></response>'),
    (XMLLayout(namespace="%s"), {"%d": "%"}, '<response xmlns="%s"><member name="%d">%</member></response>'),
    (
        XMLLayout(types=False),
        {"a": None, "b": [], "c": {}, "d": True, "e": 1.0, "f": "\0\\", "g": ["", "\uffff"]},
        """
        <response>
          <a/><b></b><c/><d>true</d><e>1.0</e><f>\ufffd\\</f><g><resource></resource><resource>\ufffd</resource></g>
        </response>
        """,
    ),
    (
        XMLLayout(types=False, attributes=("type", "name")),
        {"type": "x", "name": 1},
        '<response type="x" name="1"></response>',
    ),
    (
        XMLLayout(types=False, attributes=("name",)),
        {"a b": {"name": ""}, "1": "", "": "", "xml": "", "ü:\0": ""},
        '<response><a_b name=""></a_b><_1></_1><_></_><_xml></_xml><ü__></ü__></response>',
    ),
]


@pytest.mark.parametrize(("layout", "data", "form"), FORMS, ids=range(len(FORMS)))
def test_a_layout_is_what_a_document_looks_like(layout, data, form):
    expected = "".join(line.strip() for line in form.splitlines())

    assert written(data, layout) == expected
    assert ET.fromstring(expected) is not None


@settings(max_examples=50)
@given(plain)
def test_names_and_a_namespace_do_not_change_what_is_read(data):
    layout = XMLLayout(root="posts", item="post", items={"": "a", "member": "member", "a": "b"}, namespace="urn:x")

    assert repr(read(emitted(data, layout))) == repr(data)


@settings(max_examples=50)
@given(st.dictionaries(st.sampled_from("abcd"), plain, max_size=4))
def test_attributes_are_read_as_text_and_all_else_as_it_was(data):
    came = read(emitted(data, XMLLayout(attributes=("a", "b"))))

    for name, value in data.items():
        if name in "cd" or isinstance(value, list):
            assert repr(came[name]) == repr(value) or isinstance(value, list | dict)
        elif value is None:
            assert name not in came
        elif isinstance(value, str) and value.isprintable():
            assert came[name] == value


@settings(max_examples=50)
@given(plain)
def test_whatever_the_data_a_document_without_types_is_well_formed(data):
    ET.fromstring(emitted(data, XMLLayout(types=False, attributes=("name", "a"), namespace="urn:x")))


WRONG = [
    ({"root": ""}, "root is ''; it has to be a name in XML"),
    ({"root": "a b"}, "root is 'a b';"),
    ({"root": "a:b"}, "root is 'a:b';"),
    ({"root": "1"}, "root is '1';"),
    ({"root": "xmlish"}, "root is 'xmlish';"),
    ({"root": "a\n"}, "root is 'a\\n';"),
    ({"root": None}, "root is None;"),
    ({"item": "<"}, "item is '<';"),
    ({"items": {"tags": ""}}, "items['tags'] is '';"),
    ({"items": ["tag"]}, "items is ['tag']; it has to be a dictionary"),
    ({"attributes": "id"}, "attributes is 'id'; it has to be a tuple"),
    ({"attributes": ("id", "a b")}, "attributes[1] is 'a b';"),
    ({"attributes": ("xmlns",)}, "attributes[0] is 'xmlns';"),
    ({"attributes": ("type",)}, "add types=False"),
    ({"attributes": ["a", "escaped"]}, "add types=False"),
    ({"attributes": ("name",)}, "add types=False"),
    ({"namespace": "a b"}, "namespace is 'a b'; it has to be a URI"),
    ({"namespace": " a"}, "namespace is ' a';"),
    ({"namespace": "a\x00"}, "namespace is"),
    ({"namespace": "u" * 101}, "namespace is"),
    ({"namespace": None}, "namespace is None;"),
    ({"types": 1}, "types is 1; it has to be True or False"),
]


@pytest.mark.parametrize(("arguments", "words"), WRONG, ids=stable)
def test_a_layout_that_cannot_be_meant_is_refused_where_it_is_declared(arguments, words):
    with pytest.raises(ValueError) as refusal:  # noqa: PT011 - the words are what is compared
        XMLLayout(**arguments)

    assert words in str(refusal.value)


class Posts(BaseHandler):
    model = Post
    fields = ("id", "slug", "is_published", ("tags", ("name",)))
    layouts = {
        "xml": XMLLayout(root="posts", item="post", items={"tags": "tag"}, attributes=("id", "name"), types=False)
    }


class StreamedPosts(Posts):
    stream = True


@pytest.mark.parametrize("handler", [Posts, StreamedPosts])
def test_a_handler_declares_its_layout(blog, handler):
    root = ET.fromstring(asked(handler()).getvalue())
    ids = Post.objects.values_list("pk", flat=True)

    assert root.tag == "posts"
    assert [post.get("id") for post in root.iterfind("post")] == [str(key) for key in ids]
    assert {tag.get("name") for tag in root.iterfind("post/tags/tag")} >= {"Django"}


class Refusing(Posts):
    def read(self, request):
        raise LookupError


def test_a_layout_is_not_for_problems():
    response = asked(Refusing())

    assert response.headers["Content-Type"] == "application/problem+xml"
    assert judges.problem(response.content)["status"] == 500


class WrongLayout(BaseHandler):
    layouts = {"xml": {"root": "posts"}}


def test_a_layout_of_another_kind_is_told_by_the_checks():
    with override_settings(ROOT_URLCONF=(path("", Resource(WrongLayout, authentication=())),), PISTON=PISTON):
        messages = [message.msg for message in run_checks(databases=[]) if str(message.id).startswith("piston")]

    assert any("XMLLayout" in message and "WrongLayout" in message for message in messages)
