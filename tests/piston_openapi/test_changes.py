"""What breaks clients, and what does not."""

from __future__ import annotations

import copy

import pytest

from piston_openapi import changes

POST = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "maxLength": 10},
        "size": {"type": "integer"},
        "kind": {"enum": ["a", "b"]},
        "tags": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}}},
    },
    "required": ["title"],
}
REFERENCE = {"$ref": "#/components/schemas/Post"}
DOCUMENT = {
    "paths": {
        "/posts/": {
            "parameters": [{"name": "slug", "in": "path", "required": True, "schema": {"type": "string"}}],
            "post": {
                "parameters": [
                    {"$ref": "#/components/parameters/Sort"},
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1}},
                ],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Post"}}}},
                "responses": {
                    "200": {
                        "headers": {"ETag": {"schema": {"type": "string"}}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Post"}}},
                    },
                    "404": {"description": "Nothing."},
                },
                "security": [{"basic": []}, {"token": []}],
            },
        }
    },
    "components": {
        "schemas": {"Post": POST},
        "parameters": {"Sort": {"name": "sort", "in": "query", "schema": {"enum": ["a", "b"]}}},
    },
}


def at(document, *steps):
    for step in steps:
        document = document[step]
    return document


def post(new):
    return at(new, "paths", "/posts/", "post")


def shape(new):
    return new["components"]["schemas"]["Post"]["properties"]


def sent(new):
    """Return the schema of the body alone."""
    body = post(new)["requestBody"]["content"]["application/json"]
    body["schema"] = copy.deepcopy(POST)
    return body["schema"]


def told(new):
    """Return the schema of the answer alone."""
    answer = post(new)["responses"]["200"]["content"]["application/json"]
    answer["schema"] = copy.deepcopy(POST)
    return answer["schema"]


BREAKING = {
    "a path is gone": (lambda new: new["paths"].pop("/posts/"), "POST /posts/: is gone"),
    "a method is gone": (lambda new: new["paths"]["/posts/"].pop("post"), "POST /posts/: is gone"),
    "a parameter is gone": (lambda new: post(new)["parameters"].pop(1), "limit in the query: is gone"),
    "a parameter is required": (
        lambda new: post(new)["parameters"][1].update(required=True),
        "limit in the query: is req",
    ),
    "a required parameter is new": (
        lambda new: post(new)["parameters"].append({"name": "x", "in": "header", "required": True, "schema": {}}),
        "x in the header: is new and required",
    ),
    "an argument is narrower": (
        lambda new: new["paths"]["/posts/"]["parameters"][0].update(schema={"type": "integer"}),
        "slug in the path: was accepted where it may be string",
    ),
    "a parameter takes fewer values": (
        lambda new: new["components"]["parameters"]["Sort"].update(schema={"enum": ["a"]}),
        "sort in the query: was accepted where it may be 'b'",
    ),
    "a parameter begins higher": (
        lambda new: post(new)["parameters"][1].update(schema={"type": "integer", "minimum": 2}),
        "limit in the query: was accepted where it may be below minimum 2",
    ),
    "a body is required": (lambda new: post(new)["requestBody"].update(required=True), "body: is required now"),
    "a body is not read": (lambda new: post(new).pop("requestBody"), "body: is not read any more"),
    "a format is not read": (
        lambda new: post(new)["requestBody"].update(content={"text/csv": {}}),
        "body, application/json: is gone",
    ),
    "a property is required": (lambda new: sent(new)["required"].append("size"), "size: is required now"),
    "a required property is new": (
        lambda new: (schema := sent(new))["properties"].update(x={}) or schema["required"].append("x"),
        "x: is new and required",
    ),
    "a property is not read": (lambda new: sent(new)["properties"].pop("size"), "size: is gone"),
    "a text has to be shorter": (
        lambda new: sent(new)["properties"]["title"].update(maxLength=5),
        "title: was accepted where it may be beyond maxLength 5",
    ),
    "a status is gone": (lambda new: post(new)["responses"].pop("200"), "200: is gone"),
    "a format is not written": (
        lambda new: post(new)["responses"]["200"].update(content={"text/csv": {}}),
        "200, application/json: is gone",
    ),
    "a header field is gone": (lambda new: post(new)["responses"]["200"].pop("headers"), "ETag: is gone"),
    "a property is not told": (lambda new: told(new)["properties"].pop("size"), "size: is gone"),
    "a property far down is not told": (
        lambda new: told(new)["properties"]["tags"]["items"]["properties"].pop("name"),
        "tags[] name: is gone",
    ),
    "a property may be null": (
        lambda new: told(new)["properties"]["size"].update(type=["integer", "null"]),
        "size: may be null now",
    ),
    "a property is of another type": (
        lambda new: told(new)["properties"]["size"].update(type="string"),
        "size: may be string now",
    ),
    "a property has another value": (
        lambda new: told(new)["properties"]["kind"]["enum"].append("c"),
        "kind: may be 'c' now",
    ),
    "a property may be anything": (lambda new: told(new)["properties"].update(size={}), "size: may be"),
    "a text may be longer": (
        lambda new: told(new)["properties"]["title"].pop("maxLength"),
        "title: may be beyond maxLength 10 now",
    ),
    "credentials are needed of another kind": (
        lambda new: post(new).update(security=[{"basic": []}]),
        "is no longer served with token",
    ),
}
HARMLESS = {
    "nothing": lambda new: None,
    "a path is new": lambda new: new["paths"].update({"/new/": {"get": {"responses": {}}}}),
    "a parameter is new": lambda new: post(new)["parameters"].append({"name": "x", "in": "query", "schema": {}}),
    "a parameter takes more values": lambda new: new["components"]["parameters"]["Sort"]["schema"]["enum"].append("c"),
    "a property need not be sent": lambda new: sent(new).pop("required"),
    "a property may be sent": lambda new: sent(new)["properties"].update(x={"type": "string"}),
    "a text may be sent that is longer": lambda new: sent(new)["properties"]["title"].update(maxLength=20),
    "a null may be sent": lambda new: sent(new)["properties"]["size"].update(type=["integer", "null"]),
    "a property is told": lambda new: told(new)["properties"].update(x={"type": "string"}),
    "a number is an integer": lambda new: told(new)["properties"]["size"].update(minimum=0),
    "a value is not told any more": lambda new: told(new)["properties"]["kind"]["enum"].pop(),
    "a refusal is new": lambda new: post(new)["responses"].update({"409": {}}),
    "a refusal is gone": lambda new: post(new)["responses"].pop("404"),
    "a format is new": lambda new: post(new)["responses"]["200"]["content"].update({"text/csv": {}}),
    "no credentials are needed": lambda new: post(new)["security"].append({}),
    "it is deprecated": lambda new: post(new).update(deprecated=True),
    "a schema has another name": told,
    "a description": lambda new: shape(new)["title"].update(description="What it is called."),
}


@pytest.mark.parametrize("name", BREAKING)
def test_what_breaks_clients_is_found_and_says_where(name):
    change, expected = BREAKING[name]
    new = copy.deepcopy(DOCUMENT)
    change(new)

    found = [str(each) for each in changes(DOCUMENT, new) if each.breaks]

    assert [each for each in found if expected in each], found
    assert len(found) == 1, found


@pytest.mark.parametrize("name", HARMLESS)
def test_what_breaks_nobody_is_not_taken_for_it(name):
    new = copy.deepcopy(DOCUMENT)
    HARMLESS[name](new)

    assert [str(each) for each in changes(DOCUMENT, new) if each.breaks] == []


def test_a_change_behind_a_reference_in_a_list_is_found():
    old = copy.deepcopy(DOCUMENT)
    listed = {"type": "array", "items": {"$ref": "#/components/schemas/Post"}}
    post(old)["responses"]["200"]["content"]["application/json"]["schema"] = listed
    new = copy.deepcopy(old)
    shape(new)["size"]["type"] = ["integer", "null"]

    found = [str(each) for each in changes(old, new) if each.breaks]

    assert found == ["POST /posts/, 200, application/json [].size: may be null now"]


@pytest.mark.parametrize(
    ("old", "new", "breaks"),
    [
        (REFERENCE, {"anyOf": [{"type": "string"}, {"type": "object"}]}, True),
        (
            {"$ref": "#/components/schemas/Post"},
            {"anyOf": [{"$ref": "#/components/schemas/Post"}, {"type": "null"}]},
            True,
        ),
        (
            {"anyOf": [{"$ref": "#/components/schemas/Post"}, {"type": "null"}]},
            {"$ref": "#/components/schemas/Post"},
            False,
        ),
        ({"anyOf": [{"type": "string"}, {"type": "object"}]}, {"type": "string"}, False),
        ({"type": ["string", "null"]}, {"anyOf": [{"type": "null"}, {"type": "string"}]}, False),
        ({}, {"anyOf": [{"type": "null"}, {"type": "string"}]}, False),
    ],
    ids=str,
)
def test_one_of_several_kinds_is_compared_with_each(old, new, breaks):
    one, another = copy.deepcopy(DOCUMENT), copy.deepcopy(DOCUMENT)
    for document, schema in ((one, old), (another, new)):
        post(document)["responses"]["200"]["content"]["application/json"]["schema"] = schema

    assert any(each.breaks for each in changes(one, another)) == breaks


def test_a_name_that_is_gone_where_there_may_be_null_is_found():
    old = copy.deepcopy(DOCUMENT)
    schema = {"anyOf": [REFERENCE, {"type": "null"}]}
    post(old)["responses"]["200"]["content"]["application/json"]["schema"] = schema
    new = copy.deepcopy(old)
    shape(new).pop("size")

    assert "POST /posts/, 200, application/json size: is gone" in [str(each) for each in changes(old, new)]


def test_schemas_that_hold_themselves_come_to_an_end():
    """However many ways there are through them."""
    old = copy.deepcopy(DOCUMENT)
    names = ["Post", *(f"Part{number}" for number in range(4))]
    for name in names:
        links = {f"to_{other}": {"$ref": f"#/components/schemas/{other}"} for other in names}
        known = old["components"]["schemas"].setdefault(name, {"type": "object", "properties": {}})
        known["properties"] = known["properties"] | links
    new = copy.deepcopy(old)
    shape(new)["size"]["type"] = "string"

    assert any(each.breaks for each in changes(old, new))
