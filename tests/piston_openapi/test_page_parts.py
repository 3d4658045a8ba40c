"""What the page is made of: examples that schemas accept, lines that a shell understands, words for types."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace

import jsonschema_rs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from piston_core import Body, Parameter, describe
from piston_openapi.pages import curl
from piston_openapi.pages.credentials import scheme_of
from piston_openapi.pages.fields import field, fields_of, kind_of
from piston_openapi.pages.operations import entry_of
from piston_openapi.pages.samples import body_sample, sample
from tests.piston_openapi.test_document import everything, served


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "minLength": 9, "maxLength": 9},
        {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$", "maxLength": 3},
        {"type": "string", "pattern": "^items=([0-9]+-[0-9]*|-[0-9]+)$"},
        {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"},
        {"type": "integer", "minimum": 17},
        {"type": "integer", "exclusiveMinimum": 17, "maximum": 18},
        {"type": "number", "maximum": -3},
        {"type": ["null", "boolean"]},
        {"enum": ["b", "a"]},
        {"const": {"a": 1}},
        {"type": "array", "items": {"enum": [1, 2, 3]}, "minItems": 2, "uniqueItems": True},
        {"type": "object", "additionalProperties": {"type": "integer"}},
        {"anyOf": [{"type": "object", "properties": {"a": {"type": "string", "format": "uuid"}}}, {"type": "null"}]},
        {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}]},
        {},
    ],
)
def test_a_schema_accepts_its_example(schema):
    jsonschema_rs.validate(schema, sample(schema), validate_formats=True)


@pytest.mark.filterwarnings("ignore:The default scheme will be changed")  # Django 5.2, of forms for URLs
def test_the_schemas_of_every_kind_of_column_accept_their_examples():
    api = everything()
    with served(api):
        for place in describe(api).places:
            for method in place.methods:
                for answer in method.answers:
                    if answer.status < "3" and answer.schema:
                        jsonschema_rs.validate(answer.schema, sample(answer.schema))
                if method.body:
                    jsonschema_rs.validate(method.body.schema, body_sample(method.body.schema))


def test_an_example_of_a_body_is_no_longer_than_it_has_to_be():
    properties = {"a": {"type": "string"}, "b": {"type": "integer"}}

    assert body_sample({"type": "object", "properties": properties, "required": ["b"]}) == {"b": 1}
    assert body_sample({"type": "object", "properties": properties}) == {"a": "a"}
    assert body_sample({"anyOf": [{"type": "array", "items": {"type": "object", "properties": properties}}]}) == [
        {"a": "a"}
    ]


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({}, "anything"),
        ({"type": "string", "format": "date"}, "string (date)"),
        ({"type": ["integer", "null"]}, "integer or null"),
        ({"type": "array", "items": {"type": "array", "items": {"type": "number"}}}, "array of array of number"),
        ({"anyOf": [{"type": "object"}, {"type": "string"}, {"type": "object"}]}, "object or string"),
        ({"enum": ["a"]}, "string"),
        ({"enum": [1, "a"]}, "one of"),
        ({"const": 7}, "7"),
        ({"properties": {"a": {}}}, "object"),
    ],
)
def test_types_in_a_few_words(schema, kind):
    assert kind_of(schema) == kind


def test_limits_in_words():
    found = field(
        "a", {"type": "string", "minLength": 1, "maxLength": 5, "pattern": "^a", "default": None, "enum": ["a", ""]}
    )

    assert found.limits == ("not empty", "at most 5 characters")
    assert (found.pattern, found.default, found.choices) == ("^a", "null", ("a", '""'))
    assert field("b", {"type": "integer", "maximum": 10**18}).limits == ()
    assert field("c", {"type": "array", "items": {"type": "integer", "minimum": 2}}).limits == ("each 2 or more",)


def test_the_fields_of_alternatives_stand_apart():
    one, another = ({"type": "object", "title": name, "properties": {name: {}}} for name in "ab")

    assert [each.name for each in fields_of({"anyOf": [one, another, {"type": "null"}]})] == ["a", "b"]
    assert [each.name for each in fields_of({"type": "array", "items": one})] == ["a"]


def line(place, method, media_type="", data=None, credentials=""):
    return curl.line("https://example.org", place, method, credentials, media_type, data)


def method_named(name, template="/api/posts/{slug}/"):
    place = next(each for each in describe().places if each.template == template)
    return place, next(each for each in place.methods if each.method == name)


def read_by_a_shell(text):
    """Return the words of a command; Python's own reader does not know lines that go on."""
    return shlex.split(text.replace(" \\\n  -", " -"))


@given(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])))
def test_a_shell_reads_a_line_as_it_is_meant(text):
    """Whatever stands in an example, it is one argument, and no command."""
    assume("\\\n  -" not in text)
    place, method = method_named("PUT")
    found = read_by_a_shell(line(place, method, "application/json", {text: text}))

    assert found[:4] == ["curl", "-X", "PUT", "https://example.org/api/posts/slug/"]
    assert found[4:7] == ["-H", "Content-Type: application/json", "--data-raw"]
    assert json.loads(found[7]) == {text: text}
    assert read_by_a_shell(line(place, method, curl.FORM, {"a": [text, "b"]}))[4:] == [
        "--data-urlencode", f"a={text}", "--data-urlencode", "a=b",
    ]  # fmt: skip


def test_what_has_to_be_there_is_in_the_line():
    place, method = method_named("GET")
    word = Parameter("word", "query", {"type": "string", "enum": ["a&b"]}, required=True)
    tag = Parameter("If-Match", "header", {"type": "string"}, required=True)
    found = read_by_a_shell(line(place, replace(method, parameters=(*method.parameters, word, tag))))

    assert found == [
        "curl",
        "https://example.org/api/posts/slug/?word=a%26b",
        "-H",
        'If-Match: "the ETag of what you have read"',
    ]


@pytest.mark.parametrize(
    ("types", "chosen", "data"),
    [
        (["application/xml", "application/json"], "application/json", {"a": "a"}),
        (["text/yaml"], "text/yaml", {"a": "a"}),
        (["application/xml"], "application/xml", None),
        ([curl.FILES, curl.FORM], curl.FORM, {"a": "a"}),
    ],
)
def test_the_example_is_in_the_format_that_is_written_most_easily(types, chosen, data):
    schema = {"type": "object", "properties": {"a": {"type": "string"}}}
    body = Body(schema, {each: None if "xml" in each or "yaml" in each else schema for each in types}, required=True)

    assert curl.chosen(body) == chosen
    assert curl.body_of(chosen, body) == data


@pytest.mark.parametrize(
    ("said", "arguments", "kind"),
    [
        ({"type": "http", "scheme": "bearer"}, '-H "Authorization: Bearer $TOKEN"', "bearer"),
        ({"type": "http", "scheme": "Basic"}, '-u "$NAME:$PASSWORD"', "basic"),
        ({"type": "http", "scheme": "hoba"}, '-H "Authorization: hoba $KEY"', ""),
        ({"type": "apiKey", "in": "header", "name": "X-Key`$(id)`"}, '-H "X-Keyid: $KEY"', ""),
        ({"type": "apiKey", "in": "cookie", "name": "sessionid"}, '-b "sessionid=$SESSION"', "session"),
        ({"type": "oauth2", "flows": {}}, '-H "Authorization: Bearer $TOKEN"', "bearer"),
        ({"type": "mutualTLS"}, "", ""),
    ],
)
def test_credentials_of_every_type_are_told(said, arguments, kind):
    class Own:
        name = "own"

        def security(self):
            return said

    found = scheme_of(Own())

    assert (found.name, found.arguments, found.kind) == ("own", arguments, kind)
    assert found.title
    assert found.about


def test_a_field_that_only_one_format_has_is_told():
    """Files come in multipart bodies only."""
    place, method = method_named("PUT")
    entry = entry_of(place, method, {"operationId": "put"}, {}, "")

    assert "attachment" not in [each.name for each in entry.body]
    assert ("multipart/form-data", ["attachment"]) in [
        (each.name, [inner.name for inner in each.fields]) for each in entry.body
    ]
