"""Merge patches lead where RFC 7396 says, leave the document as it is, and are refused like any JSON that is none."""

from __future__ import annotations

import json
from copy import deepcopy
from types import MappingProxyType

import pytest
from django.http import HttpRequest
from hypothesis import given, settings
from hypothesis import strategies as st

from piston_core import MalformedBody
from piston_json import MergePatchParser
from tests.asking import nested
from tests.ids import stable
from tests.linear import expect_linear
from tests.piston_json.test_documents import plain, texts
from tests.piston_json.test_refusals import NOT_JSON

parser = MergePatchParser()


def read(changes):
    return parser.parse(json.dumps(changes).encode(), HttpRequest())


def merged(document, changes):
    return read(changes).applied_to(document)


# RFC 7396, appendix A: the document, the patch and the outcome; a document that is no object never comes to a patch.
APPENDIX_A = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    ({"a": "foo"}, None, None),
    ({"a": "foo"}, "bar", "bar"),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ({"a": "b"}, ["c"], ["c"]),
]
MORE = [
    ({}, {}, {}),
    ({}, {"a": None}, {}),
    ({"a": 1}, False, False),
    ({"a": 1}, [None, {"b": None}], [None, {"b": None}]),
    ({"a": {"b": 1}}, {"a": [{"b": None}]}, {"a": [{"b": None}]}),
    ({"a": [1, {"b": 1}]}, {"a": {"b": 2}}, {"a": {"b": 2}}),
    ({"a": {"b": {"c": 1, "d": 2}}}, {"a": {"b": {"c": None}}}, {"a": {"b": {"d": 2}}}),
    ({"a": None}, {"a": {}}, {"a": {}}),
    ({"a": {"b": 1}}, {"a": {}}, {"a": {"b": 1}}),
    ({"a/b": 1, "": 2}, {"": 3, "~": 2**70}, {"a/b": 1, "": 3, "~": 2**70}),
]


@pytest.mark.parametrize(("document", "changes", "outcome"), APPENDIX_A + MORE, ids=stable)
def test_a_patch_leads_where_the_standard_says(document, changes, outcome):
    assert merged(document, changes) == outcome


def test_the_example_of_the_standard_is_patched_as_a_whole():
    document = {
        "title": "Goodbye!",
        "author": {"givenName": "John", "familyName": "Doe"},
        "tags": ["example", "sample"],
        "content": "This will be unchanged",
    }
    changes = {
        "title": "Hello!",
        "phoneNumber": "+01-123-456-7890",
        "author": {"familyName": None},
        "tags": ["example"],
    }

    assert merged(document, changes) == {
        "title": "Hello!",
        "author": {"givenName": "John"},
        "tags": ["example"],
        "content": "This will be unchanged",
        "phoneNumber": "+01-123-456-7890",
    }


def by_the_book(target, patch):
    """RFC 7396, section 2, word for word."""
    if not isinstance(patch, dict):
        return patch
    target = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            target.pop(name, None)
        else:
            target[name] = by_the_book(target.get(name), value)
    return target


names = st.sampled_from(["a", "b", "c", "", "/", "~"])
crowded = st.recursive(  # of few names, so that document and patch meet
    st.none() | st.booleans() | st.integers(0, 3) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
    max_leaves=20,
)
documents = st.dictionaries(names, crowded, max_size=5)


@settings(max_examples=100)
@given(documents, documents | crowded)
def test_any_patch_leads_where_the_algorithm_of_the_standard_leads(document, changes):
    before = deepcopy(document)

    assert repr(merged(document, changes)) == repr(by_the_book(document, changes))
    assert repr(document) == repr(before)


def change_between(old, new):
    """Return the smallest merge patch from one object to another one that holds no null."""
    changes = dict.fromkeys(old.keys() - new.keys())
    for name, value in new.items():
        if isinstance(value, dict) and isinstance(old.get(name), dict):
            changes[name] = change_between(old[name], value)
        elif name not in old or repr(old[name]) != repr(value):
            changes[name] = value
    return changes


def without_null(data):
    if isinstance(data, dict):
        return {name: without_null(value) for name, value in data.items() if value is not None}
    return data


@settings(max_examples=100)
@given(documents, documents)
def test_the_difference_of_two_documents_leads_from_one_to_the_other(old, new):
    new = without_null(new)

    assert merged(old, change_between(old, new)) == new


@given(plain)
def test_what_is_no_object_takes_the_place_of_the_whole(data):
    changes = [data]

    assert repr(merged({"a": 1}, changes)) == repr(changes)


def test_a_patch_can_be_applied_again_whatever_became_of_its_outcome():
    patch = read({"a": [{"b": []}], "c": {"d": ["e"]}})
    first = patch.applied_to({})
    first["a"][0]["b"].append(1)
    first["c"]["d"].clear()

    assert patch.applied_to({}) == {"a": [{"b": []}], "c": {"d": ["e"]}}


def test_the_outcome_shares_nothing_with_the_document():
    document = {"kept": {"list": [{}]}}
    outcome = merged(document, {"more": 1})
    outcome["kept"]["list"][0]["a"] = 1

    assert document == {"kept": {"list": [{}]}}


def test_a_document_may_be_any_mapping():
    assert merged(MappingProxyType({"a": {"b": 1}}), {"a": {"c": 2}}) == {"a": {"b": 1, "c": 2}}


@pytest.mark.parametrize("body", [*NOT_JSON.values(), b"", b'{"a": 1, "a": null}'], ids=[*NOT_JSON, "empty", "twice"])
def test_what_is_not_json_is_no_patch(body):
    with pytest.raises(MalformedBody):
        parser.parse(body, HttpRequest())


def test_a_patch_is_no_deeper_than_a_body_may_be():
    deep = json.dumps(nested(500, as_list=False)).encode()

    assert MergePatchParser(max_depth=500).parse(deep, HttpRequest()).applied_to({}) == nested(500, as_list=False)
    with pytest.raises(MalformedBody, match="more than 64 levels"):
        parser.parse(deep, HttpRequest())


def test_a_document_of_any_depth_can_be_patched():
    document = {"deep": nested(100_000), "a": 1}

    assert merged(document, {"a": 2}).keys() == {"deep", "a"}


@pytest.mark.parametrize(
    "make",
    [
        lambda n: ({str(number): 1 for number in range(n)}, {str(number): None for number in range(n)}),
        lambda n: ({"a": [{"b": []}] * n}, {"a": {"b": None}}),
        lambda n: ({"a": {}}, {"a": {str(number): {"b": {"c": None}} for number in range(n)}}),
    ],
    ids=["all-removed", "replaced", "all-new"],
)
def test_eight_times_as_much_does_not_take_much_more_than_eight_times_the_time(make):
    expect_linear(lambda pair: merged(*pair), make, 8_000)
