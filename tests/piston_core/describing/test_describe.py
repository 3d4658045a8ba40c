"""What is said of an API: its places, what they take, what they answer."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.test import override_settings
from django.urls import include, path, re_path

from piston_core import (
    AnonymousBaseHandler,
    Api,
    Authenticator,
    BaseHandler,
    Emitter,
    Permission,
    Reply,
    Resource,
    Throttle,
    causes,
    describe,
    rc,
    throttled,
    validate,
)
from piston_core.describing.places import methods_at
from piston_core.testing import serving
from tests.shop.models import Category, Label, Maker, Product, Review

BASIC = {"PLUGINS": ["json", "auth"], "AUTHENTICATORS": ["basic"]}


def at(handler, *names, **options):
    """Return what a resource serves at an address with arguments of these names, by the method."""
    resource = Resource(handler, **({"authentication": ()} | options))
    return {each.method: each for each in methods_at(resource, frozenset(names))}


def answer(served, status):
    return next(each for each in served.answers if each.status == status)


def statuses(served):
    return [each.status for each in served.answers]


def parameters(served):
    return {each.name: each for each in served.parameters}


def described(*urls, api=None):
    with override_settings(ROOT_URLCONF=urls):
        return describe(api)


@dataclass
class Row:
    one: int
    two: int


class LabelHandler(BaseHandler):
    """The words on things.

    Attributes:
        model: what only those who read the code want to know.
    """

    model = Label
    fields = ("word",)


# -- places ----------------------------------------------------------------------------------------


def test_a_place_has_its_whole_address_as_a_template():
    api = Api(name="shop")
    api.route("labels/<slug:word>/", LabelHandler)
    [place] = described(path("<int:shop>/api/", include(api.urls))).places

    assert (place.template, place.name) == ("/{shop}/api/labels/{word}/", "shop:label-item")
    assert [(each.name, each.schema["type"]) for each in place.arguments] == [("shop", "integer"), ("word", "string")]


@pytest.mark.parametrize(
    ("pattern", "template"),
    [
        (re_path(r"^labels/(?P<word>[a-z]+)/$", Resource(LabelHandler)), "/labels/{word}/"),
        (re_path(r"^labels(?:/all)?/$", Resource(LabelHandler)), "/labels/"),
        (path("a%b/", Resource(LabelHandler)), "/a%b/"),
        (path("<word>", Resource(LabelHandler)), "/{word}"),
        (path("", Resource(LabelHandler)), "/"),
    ],
    ids=str,
)
def test_every_kind_of_pattern_has_a_template(pattern, template):
    assert [each.template for each in described(pattern).places] == [template]


def test_an_expression_that_nobody_can_turn_round_is_told_as_it_is():
    [place] = described(re_path(r"^(a|b)/$", Resource(LabelHandler))).places

    assert place.template.startswith("/")


def test_what_is_said_of_a_handler_is_for_everybody():
    [place] = described(path("labels/", Resource(LabelHandler))).places

    assert (place.title, place.about, place.is_list) == ("Label", "The words on things.", True)


def test_one_of_two_apis_is_described_alone():
    one, another = Api(title="One", name="one"), Api(title="Another", name="another")
    one.route("labels/", LabelHandler)
    another.route("words/", LabelHandler)
    found = described(path("1/", include(one.urls)), path("2/", include(another.urls)), api=another)

    assert (found.title, [each.template for each in found.places]) == ("Another", ["/2/words/"])


# -- methods ---------------------------------------------------------------------------------------


def test_what_the_core_serves_is_told_with_the_models_own_words():
    lists, one = at(LabelHandler), at(LabelHandler, "word")

    assert [each.summary for each in lists.values()] == ["List labels.", "List labels.", "Create one label."]
    assert [each.summary for each in one.values()] == [
        "Read one label.", "Replace one label.", "Change one label.", "Delete one label.",
    ]  # fmt: skip


def test_a_method_of_ones_own_is_told_with_its_docstring():
    class Own(BaseHandler):
        def read(self, request):
            """Tell the time.

            To the minute.

            Returns:
                a secret of the code.
            """

    served = at(Own)["GET"]

    assert (served.summary, served.about) == ("Tell the time.", "To the minute.")


def test_who_may_come_without_credentials():
    class Open(AnonymousBaseHandler):
        model = Label
        fields = ("word",)

    handler = type("Half", (LabelHandler,), {"anonymous": Open})
    with override_settings(PISTON=BASIC):
        closed, half = at(LabelHandler, authentication=None), at(handler, authentication=None)
        free = at(type("Free", (LabelHandler,), {"permissions": ()}), authentication=None)

        assert [each.is_open for each in closed.values()] == [False, False, False]
        assert [each.is_open for each in half.values()] == [True, True, False]
        assert all(each.is_open for each in free.values())
        assert [each.name for each in half["POST"].authenticators] == ["basic"]
        assert "401" in statuses(closed["GET"])


def test_somebody_unknown_may_see_something_else():
    class Open(AnonymousBaseHandler):
        model = Maker
        fields = ("name",)

    handler = type("MakerHandler", (BaseHandler,), {"model": Maker, "fields": ("name", "number"), "anonymous": Open})
    with override_settings(PISTON=BASIC):
        schema = answer(at(handler, "pk", authentication=None)["GET"], "200").schema

    assert [list(each["properties"]) for each in schema["anyOf"]] == [["name", "number"], ["name"]]


# -- parameters ------------------------------------------------------------------------------------


def test_filters_have_the_types_of_their_columns():
    names = ("price__gte", "name__icontains", "maker", "size__in", "stock__range", "maker__isnull", "ordered")
    handler = type("Products", (BaseHandler,), {"model": Product, "filters": names})
    found = parameters(at(handler)["GET"])

    assert found["price__gte"].schema == {"type": "string", "format": "decimal"}
    assert found["name__icontains"].schema == {"type": "string", "maxLength": 1000}
    assert found["maker"].schema == {"type": "array", "items": {"type": "integer"}, "maxItems": 100}
    assert found["size__in"].joined
    assert (found["stock__range"].schema["minItems"], found["stock__range"].schema["maxItems"]) == (2, 2)
    assert found["maker__isnull"].schema == {"type": "boolean"}
    assert found["ordered"].schema == {"type": "string"}  # an annotation, perhaps


def test_the_order_names_what_may_be_sorted_by():
    handler = type("Products", (BaseHandler,), {"model": Product, "sorting": ("name", "price")})

    assert parameters(at(handler)["GET"])["sort"].schema["items"] == {"enum": ["name", "-name", "price", "-price"]}


def test_pages_and_parts_are_those_of_lists():
    lists, one = at(LabelHandler)["GET"], at(LabelHandler, "word")["GET"]

    assert {"offset", "limit", "cursor", "Range", "Prefer"} <= {*parameters(lists)}
    assert not {"offset", "limit", "cursor", "Range", "Prefer"} & {*parameters(one)}
    assert "206" in statuses(lists)
    assert "206" not in statuses(one)


def test_a_list_that_is_none_of_the_database_has_parts_only():
    class Numbers(BaseHandler):
        def read(self, request) -> list[int]:
            return [1]

    found = parameters(at(Numbers)["GET"])

    assert "Range" in found
    assert "limit" not in found


def test_header_fields_are_those_that_the_handler_honours():
    options = {"require_precondition": True, "idempotency": "required", "modified_field": "updated"}
    plain = parameters(at(LabelHandler, "word")["PUT"])
    strict = parameters(at(type("Strict", (LabelHandler,), {"require_precondition": True}), "word")["PUT"])
    full = parameters(at(type("Full", (LabelHandler,), options), "word")["PUT"])

    assert not {"Idempotency-Key", "If-Unmodified-Since"} & {*plain}
    assert (plain["If-Match"].required, strict["If-Match"].required, full["If-Match"].required) == (False, True, False)
    assert full["Idempotency-Key"].required
    assert "If-Unmodified-Since" in full


# -- bodies ----------------------------------------------------------------------------------------


def test_a_body_has_what_the_form_asks_for():
    body = at(LabelHandler)["POST"].body

    assert body.schema == {
        "type": "object",
        "title": "LabelForm",
        "properties": {"word": {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$", "maxLength": 50, "minLength": 1}},
        "required": ["word"],
        "additionalProperties": False,
    }
    assert body.required
    assert body.contents["application/json"] == body.schema


def test_patch_asks_for_nothing_and_reads_changes():
    body = at(LabelHandler, "word")["PATCH"].body

    assert "required" not in body.schema
    assert not body.required
    assert body.contents["application/json-patch+json"]["type"] == "array"


def test_what_has_a_default_need_not_be_sent():
    handler = type("Products", (BaseHandler,), {"model": Product, "exclude": ("id",)})
    schema = at(handler)["POST"].body.schema
    defaults = {each.name for each in Product._meta.concrete_fields if each.has_default()}

    assert not defaults & {*schema["required"]}


class Everything(forms.Form):
    text = forms.CharField(max_length=5, min_length=2, help_text="What it says.")
    maybe = forms.CharField(required=False)
    number = forms.IntegerField(min_value=1, max_value=9)
    validated = forms.IntegerField(validators=[MinValueValidator(3), MaxValueValidator(4)])
    real = forms.FloatField()
    price = forms.DecimalField(min_value=Decimal("0.5"))
    truth = forms.BooleanField()
    perhaps = forms.BooleanField(required=False)
    unsure = forms.NullBooleanField()
    kind = forms.ChoiceField(choices=[("a", "A"), ("Group", [("b", "B")])])
    level = forms.TypedChoiceField(choices=[(1, "1"), (2, "2")], coerce=int)
    kinds = forms.MultipleChoiceField(choices=[("a", "a")])
    label = forms.ModelChoiceField(Label.objects.all(), to_field_name="word")
    makers = forms.ModelMultipleChoiceField(Maker.objects.all(), required=False)
    data = forms.JSONField()
    email = forms.EmailField()
    file = forms.FileField()
    duration = forms.DurationField(label="How long")


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("text", {"type": "string", "maxLength": 5, "minLength": 2, "description": "What it says."}),
        ("maybe", {"type": ["string", "null"]}),
        ("number", {"type": "integer", "minimum": 1, "maximum": 9}),
        ("validated", {"type": "integer", "minimum": 3, "maximum": 4}),
        ("real", {"type": "number"}),
        ("price", {"type": ["string", "number"], "format": "decimal"}),
        ("truth", {"const": True}),
        ("perhaps", {"type": ["boolean", "null"]}),
        ("unsure", {"type": ["boolean", "null"]}),
        ("kind", {"oneOf": [{"const": "a", "title": "A"}, {"const": "b", "title": "B"}]}),
        ("level", {"enum": [1, 2]}),
        ("kinds", {"type": "array", "items": {"enum": ["a"]}}),
        ("label", {"type": "string", "maxLength": 50}),
        ("makers", {"type": ["array", "null"], "items": {"type": "integer"}}),
        ("data", {}),
        ("email", {"type": "string", "format": "email", "maxLength": 320, "minLength": 1}),
        ("duration", {"type": "string", "description": "How long"}),
    ],
)
def test_a_field_of_a_form_becomes_a_schema(name, schema):
    class Own(BaseHandler):
        @validate(Everything)
        def create(self, request) -> dict[str, str]:
            return {}

    assert at(Own)["POST"].body.schema["properties"][name] == schema


def test_files_come_in_forms_with_files_only():
    class Own(BaseHandler):
        form = Everything

        def create(self, request) -> dict[str, str]:
            return {}

    body = at(Own)["POST"].body

    assert "file" not in body.contents["application/json"]["properties"]
    assert "file" not in body.schema["required"]
    assert body.contents["multipart/form-data"]["properties"]["file"] == {"type": "string", "format": "binary"}
    assert "file" in body.contents["multipart/form-data"]["required"]


def test_a_form_that_makes_its_fields_itself_promises_nothing_of_other_names():
    class Dynamic(forms.Form):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.fields["more"] = forms.CharField(required=False)

    handler = type("Own", (BaseHandler,), {"form": Dynamic, "create": lambda self, request: None})

    assert "additionalProperties" not in at(handler)["POST"].body.schema


def test_several_objects_are_a_list_of_one():
    handler = type("Many", (LabelHandler,), {"bulk_limit": 5})
    served = at(handler)

    one, several = served["POST"].body.schema["anyOf"]
    assert several == {"type": "array", "items": one, "minItems": 1, "maxItems": 5}
    assert served["PATCH"].body.schema["items"]["required"] == ["pk"]
    assert [each["type"] for each in answer(served["POST"], "201").schema["anyOf"]] == ["object", "array"]
    assert answer(served["PATCH"], "200").schema["type"] == "array"
    assert served["PATCH"].summary == "Change labels."


def test_without_a_form_a_body_may_be_anything():
    class Own(BaseHandler):
        def create(self, request) -> str:
            return ""

    assert at(Own)["POST"].body.contents["application/json"] == {}


def test_a_query_has_its_parameters_in_the_body():
    body = at(LabelHandler)["QUERY"].body

    assert {"limit", "fields"} <= {*body.schema["properties"]}
    assert "multipart/form-data" not in body.contents


# -- answers ---------------------------------------------------------------------------------------


def test_a_relation_is_shown_as_its_handler_does_and_may_be_missing():
    handler = type("Reviews", (BaseHandler,), {"model": Review, "fields": ("stars", ("product", ("name", "maker")))})
    shown = answer(at(handler, "pk")["GET"], "200").schema["properties"]

    assert shown["product"]["properties"]["name"]["type"] == "string"
    maker = shown["product"]["properties"]["maker"]
    assert maker["type"] == ["object", "null"] if Product._meta.get_field("maker").null else "object"


def test_relations_to_many_are_lists_and_circles_end():
    fields = ("name", "parent", "children")
    handler = type("CategoryHandler", (BaseHandler,), {"model": Category, "fields": fields})
    shown = answer(at(handler, "pk")["GET"], "200").schema["properties"]

    assert shown["children"]["type"] == "array"
    assert shown["children"]["items"]["properties"] == {"id": {"type": "integer"}}


def test_what_methods_and_properties_tell_is_known_by_their_annotations():
    class Own(BaseHandler):
        model = Maker
        fields = ("name", "size", "plain", ("parts", ("one",)), "unknown", "__str__", "objects")

        @classmethod
        def size(cls, maker) -> int:
            """How large it is.

            In all."""
            return 1

        @classmethod
        def plain(cls, maker):
            return 1

        @classmethod
        def parts(cls, maker) -> Row:
            return Row(1, 2)

    shown = answer(at(Own, "pk")["GET"], "200").schema["properties"]

    assert shown["size"] == {"type": "integer", "description": "How large it is.", "readOnly": True}
    assert [shown[name] for name in ("plain", "parts", "unknown", "objects")] == [{"readOnly": True}] * 4
    assert shown["__str__"]["type"] == "string"


def test_what_can_only_be_read_is_marked_where_the_rest_can_be_written():
    fields = ("name", "number", "length")
    attributes = {"model": Maker, "fields": fields, "length": classmethod(lambda cls, maker: len(maker.name))}
    written = answer(at(type("A", (BaseHandler,), attributes), "pk")["GET"], "200").schema["properties"]
    read = type("B", (BaseHandler,), attributes | {"allowed_methods": ("GET",)})

    assert [name for name, each in written.items() if each.get("readOnly")] == ["length"]
    assert not any("readOnly" in each for each in answer(at(read, "pk")["GET"], "200").schema["properties"].values())


def test_parts_say_what_they_cause():
    class Closing(Throttle):
        name = "closing"
        causes = {**Throttle.causes, 503: "It is closed."}

        def check(self, request, identity, operation):
            return None

    class Members(Permission):
        causes = {402: "Members only."}

        def allows(self, request, operation):
            return True

    class Own(BaseHandler):
        permissions = (Members(),)

        @throttled(Closing())
        def read(self, request) -> str:
            return ""

    served = at(Own)["GET"]

    assert answer(served, "503").about == "It is closed."
    assert answer(served, "402").about == "Members only."
    assert "RateLimit" in {each.name for each in answer(served, "429").headers}


def test_a_scheme_says_what_it_is_by_default():
    class Key(Authenticator):
        name = "key"
        reads = ("X-Key",)

        def authenticate(self, request):
            return None

        def challenge(self, request, failure):
            return None

    class Word(Key):
        scheme = "word"

    assert Key().security() == {"type": "apiKey", "in": "header", "name": "X-Key"}
    assert Word().security() == {"type": "http", "scheme": "word"}


def test_kinds_of_problems_are_named():
    served = at(LabelHandler, "word")

    assert answer(served["PUT"], "422").problems == ("invalid-data",)
    assert answer(served["DELETE"], "409").problems == ("already-exists", "conflict", "still-referenced")
    assert answer(served["GET"], "404").problems == ()


def test_a_method_says_what_else_it_answers():
    class Own(BaseHandler):
        @causes({202: "It will be done.", 409: "Not now."})
        def create(self, request) -> dict[str, int] | Reply:
            return rc.DUPLICATE_ENTRY

    served = at(Own)["POST"]

    assert answer(served, "202").schema == {"type": "object", "additionalProperties": {"type": "integer"}}
    assert answer(served, "409").about == "Not now."
    assert "2XX" not in statuses(served)


@pytest.mark.parametrize(
    ("annotation", "expected", "own"),
    [
        (None, ["204"], False),
        (int, ["201"], False),
        (int | None, ["201", "204"], False),
        (int | Reply, ["201", "204", "2XX"], True),
        (HttpResponse, ["201", "204", "2XX", "3XX"], True),
        (Any, ["201", "204", "2XX", "3XX"], True),
    ],
    ids=str,
)
def test_good_answers_are_those_that_a_method_may_give(annotation, expected, own):
    def create(self, request): ...

    create.__annotations__ = {"return": annotation}
    served = at(type("Own", (BaseHandler,), {"create": create}))["POST"]

    assert [each for each in statuses(served) if each < "4"] == expected
    good = next(each for each in served.answers)
    assert ("*/*" in good.contents) == own


def test_a_format_says_what_it_puts_around_the_data():
    class Wrapped(Emitter):
        name = "wrapped"
        media_types = ("application/wrapped+json",)

        def emit(self, document, request):
            return b"{}"

        def stream(self, document, request):
            yield b"{}"

        def schema(self, schema, *, many=False, is_problem=False):
            return {"type": "object", "properties": {"items" if many else "item": schema}}

    with serving(LabelHandler, emitters=[Wrapped()]):
        [place] = describe().places

    [read, _, create] = place.methods
    assert list(read.answers[0].contents["application/wrapped+json"]["properties"]) == ["items"]
    assert list(create.answers[0].contents["application/wrapped+json"]["properties"]) == ["item"]


def test_a_format_without_a_schema_is_named_without_one():
    with override_settings(PISTON={"PLUGINS": ["xml"]}):
        contents = answer(at(LabelHandler)["GET"], "200").contents

    assert contents == {"application/xml": None, "text/xml": None}


def test_without_a_format_of_problems_they_are_text():
    with override_settings(PISTON={"PLUGINS": ["yaml"]}):
        assert answer(at(LabelHandler)["GET"], "default").contents == {"text/plain": {"type": "string"}}


def test_a_queryset_of_ones_own_is_a_list_of_what_the_handler_shows():
    class Own(LabelHandler):
        def read(self, request, shop) -> QuerySet[Label]:
            return Label.objects.all()

    schema = answer(at(Own, "shop")["GET"], "200").schema

    assert (schema["type"], schema["items"]["title"]) == ("array", "Own")


def test_describing_asks_no_database(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        for handler in (LabelHandler, type("P", (BaseHandler,), {"model": Product, "exclude": ()})):
            at(handler)
            at(handler, "pk")
