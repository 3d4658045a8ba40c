"""What becomes of single values, in each of the ancestor's formats."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
import yaml
from django.http import HttpResponse

from blog.models import Tag
from piston.emitters import DjangoEmitter, Emitter, JSONEmitter, XMLEmitter
from piston.handler import BaseHandler, typemapper
from piston.resource import Resource
from piston_core import BaseHandler as CoreHandler
from piston_core import Resource as CoreResource
from piston_core.registry import get_registry
from piston_core.testing import serving
from tests.piston_compat.old import old, returning
from tests.shop.models import Customer

pytestmark = pytest.mark.django_db


def emitted(value, name="json"):
    """Return the text of a value."""
    with old(returning({"v": value})) as client:
        response = client.get(f"/?format={name}")
        assert response.status_code == 200, response.content
        return response.content.decode()


class Odd:
    def __str__(self):
        return "odd"


class Emittable:
    def __init__(self, *args):
        self.args = args

    def __emittable__(self):
        return {"args": self.args}


class Asking:
    def __emittable__(self, more):
        return more


class OddDict(dict):
    def __emittable__(self):
        return "never"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("1.50"), "1.50"),
        ((1, 2), [1, 2]),
        ({1}, [1]),
        (lambda: [1], [1]),
        (lambda more: more, None),
        (Emittable(1, Emittable()), {"args": [1, {"args": []}]}),
        (Asking(), None),
        (OddDict(a=1), {"a": 1}),
        (Odd(), "odd"),
        (iter([]), None),
        (float("1.5"), 1.5),
        ({1: {True: None}}, {"1": {"true": None}}),
        (time(1, 2), "01:02:00"),
        (date(2020, 1, 2), "2020-01-02"),
    ],
)
def test_values_in_json(value, shown):
    found = json.loads(emitted(value))["v"]

    assert found == shown if shown is not None or value.__class__.__name__ != "list_iterator" else "iterator" in found


def test_what_is_within_itself_ends_in_nothing():
    value: dict = {"a": 1}
    value["self"] = value

    assert json.loads(emitted(value))["v"] == {"a": 1, "self": None}


def test_json_is_indented_by_four_and_not_escaped():
    assert emitted("é") == '{\n    "v": "é"\n}'


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([1, "<&>"], "<v><resource>1</resource><resource>&lt;&amp;&gt;</resource></v>"),
        (None, "<v>None</v>"),
        (datetime(2009, 4, 27, 4, 55, 23, 7, UTC), "<v>2009-04-27 04:55:23.000007+00:00</v>"),
        ({"a": {"b": True}}, "<v><a><b>True</b></a></v>"),
        ({1: 2}, "<v><_1>2</_1></v>"),
        ({"a b><c": 1}, "<v><a_b__c>1</a_b__c></v>"),
        ("\x00\x0b", "<v></v>"),
    ],
)
def test_values_in_xml(value, text):
    assert emitted(value, "xml") == f'<?xml version="1.0" encoding="utf-8"?>\n<response>{text}</response>'


def test_values_in_yaml():
    moment = datetime(2009, 4, 27, 4, 55, 23)  # noqa: DTZ001 - as old projects have them

    assert yaml.safe_load(emitted([moment, time(1, 2), {"a"}], "yaml")) == {"v": [moment, "01:02:00", ["a"]]}


def test_django_writes_the_columns_that_the_handler_shows():
    Tag.objects.create(name="a", slug="b")
    with old(type("Tags", (BaseHandler,), {"model": Tag, "fields": ("name",)})) as client:
        response = client.get("/?format=django")

    assert b'<field name="name" type="CharField">a</field>' in response.content
    assert b"slug" not in response.content
    assert response.headers["Content-Type"] == "text/xml; charset=utf-8"


def test_django_writes_no_password_that_nobody_names():
    Customer.objects.create(name="C", password="hunter2")
    with old(type("Customers", (BaseHandler,), {"model": Customer})) as client:
        found = client.get("/?format=django").content

    assert b"hunter2" not in found
    assert b">C<" in found


@pytest.mark.parametrize("value", ["text", 5])
def test_django_writes_text_and_numbers_as_they_are(value):
    with old(returning(value)) as client:
        assert client.get("/?format=django").content.decode() == str(value)


def test_an_emitter_is_found_by_its_name():
    assert Emitter.get("xml") == (XMLEmitter, "text/xml; charset=utf-8")
    with pytest.raises(ValueError, match="No emitters found for type nope"):
        Emitter.get("nope")


class Own(Emitter):
    def render(self, request):
        name = type(self.handler).__name__ if self.handler is not None else ""
        rows = ",".join(row["name"] for row in self.construct())
        return f"{name}|{self.fields}|{self.anonymous}|{type(self.data).__name__}|{rows}"


def test_a_projects_own_emitter_works_beside_those_of_plugins_for_old_and_new_handlers():
    class Tags(BaseHandler):
        model = Tag
        fields = ("name",)

    class NewTags(CoreHandler):
        model = Tag
        fields = ("name",)

    Tag.objects.create(name="a", slug="a")
    with old(Tags, Resource(Tags)) as client:
        Emitter.register("own", Own, "text/own; charset=utf-8")
        response = client.get("/?format=own")
    with serving(CoreResource(NewTags, authentication=[]), plugins=["json", "compat"]) as client:
        new = client.get("/?format=own")
        json_there = client.get("/?format=json").json()
        assert "own" in get_registry().emitters

    assert response.content == b"Tags|('name',)|False|QuerySet|a"
    assert response.headers["Content-Type"] == new.headers["Content-Type"] == "text/own; charset=utf-8"
    assert new.content == b"|()|False|list|a"
    assert json_there == [{"name": "a"}]


def test_an_emitter_in_place_of_the_ancestors_serves_old_resources_only():
    Emitter.register("json", Own, "text/own")
    with old(returning([{"name": "a"}])) as client:
        assert client.get("/").content.endswith(b"|a")
    with serving(CoreResource(returning([]), authentication=[]), plugins=["json", "compat"]) as client:
        assert client.get("/").headers["Content-Type"] == "application/json"


def test_an_emitter_that_is_not_registered_any_more_is_gone():
    Emitter.register("own", Own)
    Emitter.unregister("own")

    with old(returning([])) as client:
        assert client.get("/?format=own").status_code == 400


def test_an_emitter_may_render_a_response():
    class Whole(Emitter):
        def render(self, request):
            return HttpResponse("whole", status=418)

    Emitter.register("whole", Whole)
    with old(returning({})) as client:
        response = client.get("/?format=whole")

    assert (response.status_code, response.content) == (418, b"whole")


def test_a_response_that_an_old_emitter_renders_is_the_answer_of_a_new_handler_as_well():
    class Whole(Emitter):
        def render(self, request):
            return HttpResponse("whole", status=202)

    Emitter.register("whole", Whole)
    with serving(CoreResource(returning({}), authentication=[]), plugins=["json", "compat"]) as client:
        response = client.get("/?format=whole")

    assert (response.status_code, response.content) == (202, b"whole")


@pytest.mark.parametrize("content_type", ["", "nonsense", "text/plain; charset=utf-8", "a b/c"])
def test_an_emitter_may_say_any_content_type(content_type):
    Emitter.register("own", Own, content_type)
    Emitter.register("Own Name.2", Own, content_type)

    with old(returning([{"name": "a"}])) as client:
        assert client.get("/?format=own").headers["Content-Type"] == (content_type or "text/plain")
        assert client.get("/", query_params={"format": "Own Name.2"}).status_code == 200


def test_an_emitter_may_change_what_is_constructed():
    class Wrapped(JSONEmitter):
        def construct(self):
            return {"objects": super().construct()}

    Emitter.register("wrapped", Wrapped, "application/json")
    with old(returning([1])) as client:
        assert client.get("/?format=wrapped").json() == {"objects": [1]}


def test_an_emitter_is_of_use_without_a_resource():
    handler = type("Tags", (BaseHandler,), {"model": Tag, "fields": ("name",)})
    tag = Tag.objects.create(name="a", slug="b")

    assert json.loads(JSONEmitter(Tag.objects.all(), typemapper, handler(), handler.fields).render(None)) == [
        {"name": "a"}
    ]
    assert JSONEmitter(tag, typemapper, None, ("slug",)).construct() == {"slug": "b"}
    assert "a" in DjangoEmitter([tag], typemapper, handler(), ("name",)).render(None)


def test_formats_of_plugins_are_there_for_old_handlers_as_well():
    with old(returning([{"a": 1}]), plugins=["json", "compat"]) as client:
        assert client.get("/?format=jsonl").getvalue() == b'{"a":1}\n'


def test_formats_that_the_settings_leave_out_are_none_of_old_handlers_either():
    with old(returning([{"a": 1}]), plugins=["json", "xml", "compat"], PISTON={"EMITTERS": ["json"]}) as client:
        assert client.get("/?format=jsonl").status_code == 400
        assert client.get("/?format=xml").content.endswith(b"<response><resource><a>1</a></resource></response>")
