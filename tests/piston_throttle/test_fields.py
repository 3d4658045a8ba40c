"""What clients are told is in the form that the draft and RFC 9651 ask for, as another implementation reads it."""

from __future__ import annotations

from math import ceil

import http_sf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piston_core import Resource
from piston_throttle import Policy
from piston_throttle.terms import LONGEST, MOST
from tests.piston_throttle.asking import Open, serving

# draft-ietf-httpapi-ratelimit-headers-11
NAMES = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=64)
NUMBERS = st.tuples(st.integers(1, MOST), st.integers(1, LONGEST))
POLICIES = st.lists(
    st.tuples(NAMES, NUMBERS, st.sampled_from(["bucket", "fixed"])),
    min_size=1,
    max_size=3,
    unique_by=lambda each: each[0],
)


def items(response, field):
    """Return the items of a field, which has to be a List of Strings with parameters."""
    parsed = http_sf.parse(response.headers[field].encode(), tltype="list")
    assert all(type(name) is str for name, _ in parsed)  # and neither a Token nor an Integer
    return parsed


@settings(max_examples=50)
@given(POLICIES)
def test_the_fields_are_lists_of_strings_with_the_parameters_of_the_draft(declared):
    policies = [Policy(*numbers, name=name, algorithm=algorithm) for name, numbers, algorithm in declared]
    with serving(Resource(Open, throttles=policies, authentication=())) as client:
        response = client.get("/")

    assert [(name, dict(parameters)) for name, parameters in items(response, "RateLimit-Policy")] == [
        (name, {"q": limit, "w": window}) for name, (limit, window), _ in declared
    ]
    for (name, left), (expected, (limit, window), _) in zip(items(response, "RateLimit"), declared, strict=True):
        assert (name, set(left)) == (expected, {"r", "t"})
        assert 0 <= left["r"] < limit
        assert 0 < left["t"] <= window + 1


@pytest.mark.parametrize("algorithm", ["bucket", "fixed", "sliding"])
def test_a_refusal_is_the_registered_problem_and_no_field_contradicts_another(algorithm):
    policy = Policy(3, 100, name="burst", algorithm=algorithm)
    with serving(Resource(Open, throttles=[policy], authentication=())) as client:
        *_, refused = [client.get("/") for _ in range(4)]

    [(name, parameters)] = items(refused, "RateLimit")
    problem = refused.json()
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert (problem["status"], problem["type"]) == (
        429,
        "https://iana.org/assignments/http-problem-types#quota-exceeded",
    )
    assert problem["violated-policies"] == [name] == ["burst"]
    assert int(refused.headers["Retry-After"]) == parameters["t"] == ceil({"bucket": 100 / 3}.get(algorithm, 100))
    assert parameters["r"] == 0


@pytest.mark.parametrize("algorithm", ["bucket", "fixed", "sliding"])
def test_what_is_told_comes_true(algorithm):
    """Whoever waits as long as ``Retry-After`` says gets an answer."""
    from piston_throttle.stores.memory import MemoryStore

    now = [0]
    policy = Policy(2, 7, algorithm=algorithm, store=MemoryStore(clock=lambda: now[0]))
    with serving(Resource(Open, throttles=[policy], authentication=())) as client:
        for _ in range(20):
            response = client.get("/")
            if response.status_code == 429:
                now[0] += int(response.headers["Retry-After"]) * 1_000_000
                assert client.get("/").status_code == 200
            now[0] += 300_000
