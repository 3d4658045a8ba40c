"""JSON patches are what another implementation makes of them: the library ``jsonpatch`` is the judge."""

from __future__ import annotations

import json
from copy import deepcopy

import jsonpatch
import jsonpointer
from django.http import HttpRequest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from piston_core import Problem
from piston_core.problems import pointer
from piston_json import JSONPatchParser

parser = JSONPatchParser()

STEPS = ["a", "b", "", "0", "1", "-", "01", "/", "~", "~1"]
names = st.sampled_from(STEPS)
scalars = st.none() | st.booleans() | st.integers(-1, 2) | st.sampled_from([0.0, 1.0, 1.5, 2**64, "", "a", "é"])
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3), max_leaves=12
)
documents = st.dictionaries(names, values, min_size=1, max_size=5)


def places(data, *steps):
    """Return the pointers to everything in data."""
    below = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [pointer(*steps), *(place for step, inner in below for place in places(inner, *steps, step))]


def values_in(data):
    below = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return [data, *(value for inner in below for value in values_in(inner))]


@st.composite
def patches(draw):
    """Draw a document and operations that often fit it: at what it holds, beside it, and anywhere."""
    document = draw(documents)
    held = st.sampled_from(places(document))
    beside = st.tuples(held, names).map(lambda pair: pair[0] + pointer(pair[1]))
    anywhere = held | beside | held | st.lists(names, max_size=3).map(lambda steps: pointer(*steps))
    value = values | st.sampled_from(values_in(document))
    operation = st.one_of(
        st.fixed_dictionaries({"op": st.sampled_from(["add", "replace", "test"]), "path": anywhere, "value": value}),
        st.fixed_dictionaries({"op": st.sampled_from(["move", "copy"]), "path": anywhere, "from": anywhere}),
        st.fixed_dictionaries({"op": st.just("remove"), "path": anywhere}),
    )
    return document, draw(st.lists(operation, min_size=1, max_size=4))


def ours(document, operations):
    """Return the outcome, in text that tells 1 from 1.0 and from true; ``None`` for a refusal."""
    try:
        outcome = parser.parse(json.dumps(operations).encode(), HttpRequest()).applied_to(document)
    except Problem as problem:
        if problem.status not in (400, 409):
            raise
        return None
    return json.dumps(outcome, sort_keys=True)


def theirs(document, operations):
    try:
        outcome = jsonpatch.apply_patch(document, operations)
    except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException):
        return None
    return json.dumps(outcome, sort_keys=True)


@settings(max_examples=180)
@given(patches())
def test_any_patch_has_the_outcome_of_the_other_library(drawn):
    document, operations = drawn
    before = deepcopy(document)
    outcome = ours(document, operations)
    event("refused" if outcome is None else "applied")

    assert outcome == theirs(document, operations)
    assert repr(document) == repr(before)


@settings(max_examples=100)
@given(documents, documents)
def test_the_difference_of_two_documents_leads_from_one_to_the_other(old, new):
    operations = list(jsonpatch.make_patch(old, new))

    assert ours(old, operations) == json.dumps(new, sort_keys=True)


@settings(max_examples=70)
@given(documents, documents)
def test_a_difference_that_tests_what_it_takes_away_fits_its_own_document(old, new):
    operations = list(jsonpatch.make_patch(old, new, generate_test_ops=True))

    assert ours(old, operations) == json.dumps(new, sort_keys=True)
