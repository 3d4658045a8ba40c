"""JSON patches do what RFC 6902 says, all of it or nothing, and say which operation does not fit."""

from __future__ import annotations

import json
from copy import deepcopy
from types import MappingProxyType

import pytest
from django.http import HttpRequest

from piston_core import MalformedBody, Problem
from piston_json import JSONPatchParser
from tests.ids import stable
from tests.piston_json.test_refusals import NOT_JSON

parser = JSONPatchParser()


def read(*operations):
    return parser.parse(json.dumps(operations).encode(), HttpRequest())


def patched(document, *operations):
    return read(*operations).applied_to(document)


def add(path, value):
    return {"op": "add", "path": path, "value": value}


def remove(path):
    return {"op": "remove", "path": path}


def replace(path, value):
    return {"op": "replace", "path": path, "value": value}


def move(origin, path):
    return {"op": "move", "from": origin, "path": path}


def copy(origin, path):
    return {"op": "copy", "from": origin, "path": path}


def expect(path, value):
    return {"op": "test", "path": path, "value": value}


# RFC 6902, appendix A: the document, the operations and the outcome.
APPENDIX_A = {
    "A.1 adding an object member": ({"foo": "bar"}, [add("/baz", "qux")], {"baz": "qux", "foo": "bar"}),
    "A.2 adding an array element": (
        {"foo": ["bar", "baz"]},
        [add("/foo/1", "qux")],
        {"foo": ["bar", "qux", "baz"]},
    ),
    "A.3 removing an object member": ({"baz": "qux", "foo": "bar"}, [remove("/baz")], {"foo": "bar"}),
    "A.4 removing an array element": ({"foo": ["bar", "qux", "baz"]}, [remove("/foo/1")], {"foo": ["bar", "baz"]}),
    "A.5 replacing a value": (
        {"baz": "qux", "foo": "bar"},
        [replace("/baz", "boo")],
        {"baz": "boo", "foo": "bar"},
    ),
    "A.6 moving a value": (
        {"foo": {"bar": "baz", "waldo": "fred"}, "qux": {"corge": "grault"}},
        [move("/foo/waldo", "/qux/thud")],
        {"foo": {"bar": "baz"}, "qux": {"corge": "grault", "thud": "fred"}},
    ),
    "A.7 moving an array element": (
        {"foo": ["all", "grass", "cows", "eat"]},
        [move("/foo/1", "/foo/3")],
        {"foo": ["all", "cows", "eat", "grass"]},
    ),
    "A.8 testing a value": (
        {"baz": "qux", "foo": ["a", 2, "c"]},
        [expect("/baz", "qux"), expect("/foo/1", 2)],
        {"baz": "qux", "foo": ["a", 2, "c"]},
    ),
    "A.10 adding a nested member object": (
        {"foo": "bar"},
        [add("/child", {"grandchild": {}})],
        {"foo": "bar", "child": {"grandchild": {}}},
    ),
    "A.11 ignoring unrecognized elements": (
        {"foo": "bar"},
        [add("/baz", "qux") | {"xyz": 123}],
        {"foo": "bar", "baz": "qux"},
    ),
    "A.14 tilde escape ordering": ({"/": 9, "~1": 10}, [expect("/~01", 10)], {"/": 9, "~1": 10}),
    "A.16 adding an array value": (
        {"foo": ["bar"]},
        [add("/foo/-", ["abc", "def"])],
        {"foo": ["bar", ["abc", "def"]]},
    ),
}
LIST = {"a": [1, 2, 3]}
MORE = {
    "no operations": (LIST, [], LIST),
    "add replaces a member": ({"a": 1}, [add("/a", 2)], {"a": 2}),
    "add null": ({}, [add("/a", None)], {"a": None}),
    "add the whole": ({"a": 1}, [add("", {"b": 2})], {"b": 2}),
    "add a whole that is no object": ({"a": 1}, [add("", [1])], [1]),
    "add to the end by index": (LIST, [add("/a/3", 4)], {"a": [1, 2, 3, 4]}),
    "add to an empty list": ({"a": []}, [add("/a/0", 1)], {"a": [1]}),
    "add to the front": (LIST, [add("/a/0", 0)], {"a": [0, 1, 2, 3]}),
    "add to what was added": ({}, [add("/a", {}), add("/a/b", []), add("/a/b/-", 1)], {"a": {"b": [1]}}),
    "replace with null": ({"a": 1}, [replace("/a", None)], {"a": None}),
    "replace the whole": ({"a": 1}, [replace("", {})], {}),
    "replace an item": (LIST, [replace("/a/2", None)], {"a": [1, 2, None]}),
    "remove null": ({"a": None}, [remove("/a")], {}),
    "remove the first item": (LIST, [remove("/a/0")], {"a": [2, 3]}),
    "move to itself": (LIST, [move("/a/1", "/a/1"), move("/a", "/a"), move("", "")], LIST),
    "move over a member": ({"a": 1, "b": 2}, [move("/a", "/b")], {"b": 1}),
    "move to the end": (LIST, [move("/a/0", "/a/-")], {"a": [2, 3, 1]}),
    "move to the front": (LIST, [move("/a/2", "/a/0")], {"a": [3, 1, 2]}),
    "move into the place of the whole": ({"a": {"b": 1}}, [move("/a", "")], {"b": 1}),
    "move to a name that only looks like a child": ({"a": 1}, [move("/a", "/ab")], {"ab": 1}),
    "copy a member": ({"a": [1]}, [copy("/a", "/b"), add("/b/-", 2)], {"a": [1], "b": [1, 2]}),
    "copy into itself": ({"a": {"b": 1}}, [copy("/a", "/a/c")], {"a": {"b": 1, "c": {"b": 1}}}),
    "copy the whole": ({"a": 1}, [copy("", "/b")], {"a": 1, "b": {"a": 1}}),
    "copy into the place of the whole": ({"a": {"b": 1}}, [copy("/a", "")], {"b": 1}),
    "copy an item": (LIST, [copy("/a/0", "/a/-")], {"a": [1, 2, 3, 1]}),
    "test the whole": ({"a": [1]}, [expect("", {"a": [1]})], {"a": [1]}),
    "the empty name": ({"": {"": 1}}, [expect("/", {"": 1}), replace("//", 2)], {"": {"": 2}}),
    "a slash and a tilde in names": ({"a/b": 1, "m~n": 2}, [remove("/a~1b"), remove("/m~0n")], {}),
    "digits and a dash as names": ({"0": 1, "01": 2, "-": 3}, [remove("/0"), remove("/01"), remove("/-")], {}),
    "names in other scripts": ({"é": {"日本": 1}}, [replace("/é/日本", 2)], {"é": {"日本": 2}}),
    "large integers": ({"a": 2**70}, [expect("/a", 2**70), add("/b", 2**70 + 1)], {"a": 2**70, "b": 2**70 + 1}),
}
FIT = APPENDIX_A | MORE


@pytest.mark.parametrize(("document", "operations", "outcome"), FIT.values(), ids=FIT)
def test_operations_lead_where_the_standard_says(document, operations, outcome):
    assert repr(sorted_names(patched(document, *operations))) == repr(sorted_names(outcome))


def sorted_names(data):
    return json.loads(json.dumps(data, sort_keys=True))


# RFC 6901, section 5: pointers into one document, and the values there.
RFC_6901 = {
    "foo": ["bar", "baz"],
    "": 0,
    "a/b": 1,
    "c%d": 2,
    "e^f": 3,
    "g|h": 4,
    "i\\j": 5,
    'k"l': 6,
    " ": 7,
    "m~n": 8,
}
POINTERS = [
    ("", RFC_6901),
    ("/foo", ["bar", "baz"]),
    ("/foo/0", "bar"),
    ("/", 0),
    ("/a~1b", 1),
    ("/c%d", 2),
    ("/e^f", 3),
    ("/g|h", 4),
    ("/i\\j", 5),
    ('/k"l', 6),
    ("/ ", 7),
    ("/m~0n", 8),
]


@pytest.mark.parametrize(("pointer", "value"), POINTERS)
def test_pointers_lead_where_their_standard_says(pointer, value):
    assert patched(RFC_6901, expect(pointer, value), copy(pointer, "/found"))["found"] == value


# What does not fit a document: the document, the operation, and the pointer in the answer.
CONFLICTS = {
    "A.8/A.9 testing a value: error": ({"baz": "qux"}, expect("/baz", "bar"), "/baz"),
    "A.12 adding to a nonexistent target": ({"foo": "bar"}, add("/baz/bat", "qux"), "/baz/bat"),
    "A.15 comparing strings and numbers": ({"/": 9, "~1": 10}, expect("/~01", "10"), "/~01"),
    "add into text": ({"a": "b"}, add("/a/0", 1), "/a/0"),
    "add into null": ({"a": None}, add("/a/b", 1), "/a/b"),
    "add into a number": ({"a": 1}, add("/a/b", 1), "/a/b"),
    "add below what is missing": ({}, add("/a/b/c", 1), "/a/b/c"),
    "add beyond the end": (LIST, add("/a/4", 1), "/a/4"),
    "add at a leading zero": (LIST, add("/a/01", 1), "/a/01"),
    "add at two zeros": (LIST, add("/a/00", 1), "/a/00"),
    "add before the first": (LIST, add("/a/-1", 1), "/a/-1"),
    "add at a plus": (LIST, add("/a/+1", 1), "/a/+1"),
    "add at a fraction": (LIST, add("/a/1.0", 1), "/a/1.0"),
    "add at an exponent": (LIST, add("/a/1e0", 1), "/a/1e0"),
    "add at a blank": (LIST, add("/a/ 1", 1), "/a/ 1"),
    "add at a line end": (LIST, add("/a/1\n", 1), "/a/1\n"),
    "add at other digits": (LIST, add("/a/١", 1), "/a/١"),
    "add at an underscore": (LIST, add("/a/1_0", 1), "/a/1_0"),
    "add at a word": (LIST, add("/a/x", 1), "/a/x"),
    "add at nothing": (LIST, add("/a/", 1), "/a/"),
    "add at a number without end": (LIST, add("/a/" + "9" * 4000, 1), "/a/" + "9" * 4000),
    "add below the end": ({"a": [{}]}, add("/a/-/b", 1), "/a/-/b"),
    "remove what is missing": ({"a": 1}, remove("/b"), "/b"),
    "remove the whole": ({"a": 1}, remove(""), ""),
    "remove beyond the end": (LIST, remove("/a/3"), "/a/3"),
    "remove after the end": (LIST, remove("/a/-"), "/a/-"),
    "remove before the first": (LIST, remove("/a/-1"), "/a/-1"),
    "remove from text": ({"a": "b"}, remove("/a/0"), "/a/0"),
    "replace what is missing": ({"a": 1}, replace("/b", 1), "/b"),
    "replace beyond the end": (LIST, replace("/a/3", 1), "/a/3"),
    "replace after the end": (LIST, replace("/a/-", 1), "/a/-"),
    "move what is missing": ({"a": 1}, move("/b", "/c"), "/b"),
    "move what is missing to itself": ({"a": 1}, move("/b", "/b"), "/b"),
    "move to what is missing": ({"a": 1}, move("/a", "/b/c"), "/b/c"),
    "move beyond the end that is left": (LIST, move("/a/0", "/a/3"), "/a/3"),
    "move from after the end": (LIST, move("/a/-", "/b"), "/a/-"),
    "copy what is missing": ({"a": 1}, copy("/b", "/c"), "/b"),
    "copy to what is missing": ({"a": 1}, copy("/a", "/b/c"), "/b/c"),
    "copy from after the end": (LIST, copy("/a/-", "/b"), "/a/-"),
    "test what is missing": ({"a": 1}, expect("/b", None), "/b"),
    "test after the end": (LIST, expect("/a/-", None), "/a/-"),
    "test beyond the end": (LIST, expect("/a/3", 1), "/a/3"),
    "an empty name that is missing": ({"a": 1}, expect("/", None), "/"),
}


@pytest.mark.parametrize(("document", "operation", "pointer"), CONFLICTS.values(), ids=CONFLICTS)
def test_an_operation_that_does_not_fit_is_a_conflict_with_its_index_and_its_pointer(document, operation, pointer):
    before = deepcopy(document)
    with pytest.raises(Problem) as refusal:
        patched(document, add("/z", {}), operation, add("/never", 1))

    problem = refusal.value.document()
    assert (problem["status"], problem["type"]) == (409, "patch-conflict")
    assert (problem["operation"], problem["pointer"]) == (1, pointer)
    assert f"Operation 1 ({operation['op']})" in problem["detail"]
    assert len(problem["detail"]) < 250
    assert document == before


def test_a_failed_test_does_not_tell_the_value():
    with pytest.raises(Problem) as refusal:
        patched({"a": "of the server"}, expect("/a", "a guess"))

    assert "of the server" not in str(refusal.value.document())


# RFC 6902, section 4.6.
EQUAL = [
    (1, 1.0),
    (0, -0.0),
    (10, 1e1),
    (2**70, float(2**70)),
    ({"a": 1, "b": [2]}, {"b": [2.0], "a": 1}),
    ([], []),
    ({}, {}),
    (None, None),
    ("é", "\u00e9"),
    ([[{"a": [True]}]], [[{"a": [True]}]]),
]
UNEQUAL = [
    (True, 1),
    (False, 0),
    (1, True),
    (0.0, False),
    ([True], [1]),
    ({"a": 0}, {"a": False}),
    (None, False),
    (None, 0),
    ("", None),
    ("1", 1),
    ([], {}),
    ([1, 2], [2, 1]),
    ([1], [1, 1]),
    ({"a": 1}, {"a": 1, "b": 1}),
    ({"a": 1}, {"b": 1}),
    ("é", "e\u0301"),
    (2**53 + 1, float(2**53)),
    ("a", "A"),
]


@pytest.mark.parametrize(("one", "other"), EQUAL, ids=stable)
def test_equal_values_pass_a_test(one, other):
    assert patched({"a": one}, expect("/a", other)) == {"a": one}
    assert patched({"a": other}, expect("/a", one)) == {"a": other}


@pytest.mark.parametrize(("one", "other"), UNEQUAL, ids=stable)
def test_unequal_values_fail_a_test(one, other):
    for document, value in (({"a": one}, other), ({"a": other}, one)):
        with pytest.raises(Problem, match="409"):
            patched(document, expect("/a", value))


# What is no operation, whatever the document, and a word of the reason.
MALFORMED = {
    "no object": (5, "not an object"),
    "null": (None, "not an object"),
    "a list": ([], "not an object"),
    "empty": ({}, "'op'"),
    "no op": ({"path": "/a", "value": 1}, "'op'"),
    "op is a number": ({"op": 1, "path": "/a"}, "'op'"),
    "op is a list": ({"op": ["add"], "path": "/a", "value": 1}, "'op'"),
    "unknown op": ({"op": "append", "path": "/a", "value": 1}, "no operation 'append'"),
    "op in capitals": ({"op": "ADD", "path": "/a", "value": 1}, "no operation 'ADD'"),
    "no path": ({"op": "remove"}, "'path'"),
    "path is null": ({"op": "remove", "path": None}, "'path'"),
    "path is a list": ({"op": "remove", "path": ["a"]}, "'path'"),
    "path without a slash": (remove("a/b"), "does not begin with '/'"),
    "path is a fragment": (remove("#/a"), "does not begin with '/'"),
    "tilde at the end": (remove("/a~"), "'~'"),
    "tilde and two": (remove("/a~2b"), "'~'"),
    "two tildes": (remove("/~~0"), "'~'"),
    "a path without end": (remove("/a" * 3000), "6000 characters"),
    "add without a value": ({"op": "add", "path": "/a"}, "'value'"),
    "replace without a value": ({"op": "replace", "path": "/a"}, "'value'"),
    "test without a value": ({"op": "test", "path": "/a"}, "'value'"),
    "move without from": ({"op": "move", "path": "/a"}, "'from'"),
    "copy without from": ({"op": "copy", "path": "/a"}, "'from'"),
    "from is a number": ({"op": "copy", "path": "/a", "from": 0}, "'from'"),
    "from without a slash": (copy("a", "/b"), "'from'"),
    "from with a tilde": (move("/~", "/b"), "'from'"),
    "move into a child": (move("/a", "/a/b"), "into itself"),
    "move the whole into itself": (move("", "/a"), "into itself"),
    "move an item into itself": (move("/a/0", "/a/0/b"), "into itself"),
}


@pytest.mark.parametrize(("operation", "words"), MALFORMED.values(), ids=MALFORMED)
def test_what_is_no_operation_is_malformed_with_its_index(operation, words):
    with pytest.raises(MalformedBody) as refusal:
        read(add("/a", 1), operation)

    assert words in refusal.value.detail
    assert refusal.value.detail.startswith("Operation 1: ")
    assert refusal.value.members == {"operation": 1}


# RFC 6902, A.13 has two names that are the same; a list of operations is all that a patch may be.
NO_PATCH = {
    "A.13 invalid document": b'[{"op":"add","path":"/baz","value":"qux","op":"remove"}]',
    "an operation alone": b'{"op":"add","path":"/a","value":1}',
    "text": b'"add"',
    "null": b"null",
    "empty": b"",
    **NOT_JSON,
}


@pytest.mark.parametrize("body", NO_PATCH.values(), ids=NO_PATCH)
def test_what_is_no_list_of_operations_is_malformed(body):
    with pytest.raises(MalformedBody):
        parser.parse(body, HttpRequest())


def test_members_without_a_meaning_are_passed_over():
    operation = {"op": "remove", "path": "/a", "from": 5, "value": [], "comment": "~"}

    assert patched({"a": 1}, operation) == {}


def test_a_patch_can_be_applied_again_whatever_became_of_its_outcome():
    patch = read(add("/a", {"b": []}), replace("/c", [[]]), add("/a/b/-", {}))
    first = patch.applied_to({"c": 1})
    first["a"]["b"][0]["x"] = 1
    first["c"][0].append(1)

    assert patch.applied_to({"c": 1}) == {"a": {"b": [{}]}, "c": [[]]}


def test_the_outcome_shares_nothing_with_the_document():
    document = {"kept": {"list": [{}]}}
    outcome = patched(document, copy("/kept", "/copied"))
    outcome["kept"]["list"][0]["a"] = 1
    outcome["copied"]["list"].append(2)

    assert document == {"kept": {"list": [{}]}}


def test_a_document_may_be_any_mapping():
    assert patched(MappingProxyType({"a": [1]}), add("/a/-", 2)) == {"a": [1, 2]}
