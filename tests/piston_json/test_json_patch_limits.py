"""JSON patches cost what their body and the document are worth, whatever is in them."""

from __future__ import annotations

import json
import tracemalloc
from contextlib import suppress

import pytest
from django.http import HttpRequest

from piston_core import MalformedBody, Problem
from piston_json import JSONPatchParser
from tests.asking import nested
from tests.linear import expect_linear
from tests.piston_json.test_json_patch import add, copy, expect, move, patched, read, remove, replace


def refusal_of(document, *operations):
    with pytest.raises(Problem) as refusal:
        patched(document, *operations)
    return refusal.value


def steps(number, step="a"):
    return "/".join(["", *[step] * number])


BOMBS = {
    "a list of itself": [add("/a", [0]), *[copy("/a", "/a/-")] * 60],
    "an object of itself": [add("/a", {}), *[copy("/a", f"/a/{number}") for number in range(60)]],
    "the whole in itself": [copy("", f"/{number}") for number in range(60)],
    "a long text": [add("/a", ["x" * 50_000]), *[copy("/a/0", "/a/-")] * 100],
    "a long name": [add("/a", [{"x" * 50_000: 1}]), *[copy("/a/0", "/a/-")] * 100],
    "a long number": [add("/a", [10**4000]), *[copy("/a/0", "/a/-")] * 999],
    "a long list": [add("/a", [[1] * 50_000]), *[copy("/a/0", "/a/-")] * 100],
    "a copy that is taken away": [add("/a", [1] * 50_000), *[copy("/a", "/b"), remove("/b")] * 100],
}


@pytest.mark.parametrize("operations", BOMBS.values(), ids=BOMBS)
def test_copies_of_copies_are_refused(operations):
    refusal = refusal_of({"z": "text"}, *operations)

    assert refusal.status == 413
    assert refusal.members["operation"] < len(operations)
    assert "(copy)" in refusal.detail


def test_copies_are_refused_before_they_take_memory():
    patch = read(add("/a", [[1] * 20_000]), *[copy("/a", "/a/-")] * 60)
    tracemalloc.start()
    try:
        with pytest.raises(Problem):
            patch.applied_to({})
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert most < 50 * 1024 * 1024


def test_many_small_copies_pass():
    document = {"row": {"name": "text" * 10, "tags": ["a", "b"]}, "rows": []}

    assert len(patched(document, *[copy("/row", "/rows/-")] * 1000)["rows"]) == 1000


def test_a_patch_begins_its_count_of_copies_anew_for_each_document():
    patch = read(copy("/a", "/b"))

    assert [len(patch.applied_to({"a": "x" * 600_000})) for _ in range(3)] == [2, 2, 2]


def test_the_operations_of_a_patch_are_counted():
    most = [add("/a", 1)] * 1000

    assert patched({}, *most) == {"a": 1}
    with pytest.raises(MalformedBody, match="has 1001 operations; 1000 are accepted"):
        read(*most, add("/a", 1))


def test_the_number_of_operations_can_be_set():
    body = json.dumps([add("/a", 1), add("/b", 2)]).encode()

    assert JSONPatchParser(max_operations=2).parse(body, HttpRequest()).applied_to({}) == {"a": 1, "b": 2}
    with pytest.raises(MalformedBody):
        JSONPatchParser(max_operations=1).parse(body, HttpRequest())


def test_what_comes_out_is_no_deeper_than_a_body_may_be():
    half = nested(31, as_list=False)
    bottom = steps(31)

    deep = [add("/a", half), add(f"/a{bottom}", half)]
    deepest = f"/a{bottom}{bottom}"

    assert patched({}, *deep, add(deepest, {}), expect(deepest, {})) is not None
    assert refusal_of({}, *deep, add(deepest, {"b": 1}), add(f"{deepest}/b", [])).status == 413
    assert patched({}, *deep, add(deepest, {"b": []}), remove("/a")) == {}


def test_the_depth_of_an_outcome_can_be_set():
    body = json.dumps([add("/a", {}), copy("", "/a/b")]).encode()

    assert JSONPatchParser(max_depth=4).parse(body, HttpRequest()).applied_to({}) == {"a": {"b": {"a": {}}}}
    with pytest.raises(Problem, match="nested 4 levels deep; 3 are accepted"):
        JSONPatchParser(max_depth=3).parse(body, HttpRequest()).applied_to({})


def test_a_document_that_is_deeper_already_may_stay_so_and_grow_no_deeper():
    document = {"a": nested(100, as_list=False)}

    assert patched(document, add("/b", 1)) == document | {"b": 1}
    assert refusal_of(document, move("/a", "/b"), add("/a", {}), move("/b", "/a/b")).status == 413


def test_depth_that_operations_heap_up_is_refused_and_breaks_nothing():
    operations = [add("/a", {}), *[move("/a", "/b"), add("/a", {}), move("/b", "/a/b")] * 300]
    names = nested(60, {}, as_list=False)

    assert refusal_of({}, *operations).status == 413
    assert refusal_of({}, *[copy("", "/a")] * 100).status == 413
    assert refusal_of({}, *[add(steps(60 * number) + "/a", names) for number in range(33)]).status == 413


def test_a_long_list_takes_a_thousand_changes_at_its_front():
    document = {"a": [1] * 100_000}
    operations = [add("/a/0", 2), remove("/a/5"), move("/a/0", "/a/9"), replace("/a/3", 4)] * 250

    assert len(patched(document, *operations)["a"]) == 100_000


ROWS = [{"id": number, "tags": ["a", "b"]} for number in range(100)]
HOSTILE = {
    "a-test-of-much": lambda n: ({"a": [1] * n}, [expect("/a", [1] * n)]),
    "tests-that-differ-in-their-length": lambda n: ({"a": [1] * n}, [expect("/a", [1] * 3)]),
    "tests-of-many-names": lambda n: (
        {"a": {str(number): 1 for number in range(n)}},
        [expect("/a", {str(number): 1 for number in range(n)})],
    ),
    "tests-of-many-places": lambda n: ({"a": [1] * n}, [expect(f"/a/{number}", 1) for number in range(n // 100)]),
    "deep-tests": lambda n: ({"a": nested(n)}, [expect("/a", nested(50))]),
    "a-long-pointer": lambda n: ({}, [add("/a" * 2000, 1)] * (n // 2000)),
    "pointers-into-the-deep": lambda n: ({"a": nested(2000, as_list=False)}, [add(steps(2000), 1)] * (n // 100)),
    "indices-of-many-digits": lambda n: ({"a": []}, [add("/a/" + "1" * 4000, 1)] * (n // 4000)),
    "many-additions": lambda n: ({"a": []}, [add("/a/-", ROWS[0])] * (n // 100)),
    "many-copies": lambda n: ({"a": ROWS, "b": []}, [copy("/a", "/b/-")] * (n // 1000)),
    "a-large-document": lambda n: ({"a": ROWS * (n // 100)}, [add("/b", 1)]),
    "a-deep-document": lambda n: ({"a": nested(n)}, [add("/b", 1)]),
}


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_eight_times_as_much_does_not_take_much_more_than_eight_times_the_time(make):
    def prepared(n):
        document, operations = make(n)
        return JSONPatchParser(max_depth=500, max_operations=10_000).parse(
            json.dumps(operations).encode(), HttpRequest()
        ), document

    def act(pair):
        patch, document = pair
        with suppress(Problem):
            patch.applied_to(document)

    expect_linear(act, prepared, 10_000)
