"""The format of the answer: what ``Accept`` and ``?format=`` ask for, decided before anything happens."""

from __future__ import annotations

import sys
from threading import Thread
from time import perf_counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from piston_core import BaseHandler, Emitter
from piston_core.pipeline.negotiate import Formats, best, parse_accept
from tests.piston_core.pipeline.asking import Recording, ask, problem_of, text_of


def emitter(*media_types: str) -> Emitter:
    """Return an emitter of these media types that is named like the first one."""
    members = {"name": media_types[0], "media_types": media_types}
    members |= {"emit": lambda self, document, request: b"", "stream": lambda self, document, request: iter(())}
    return type("Made", (Emitter,), members)()


def chosen(accept: str, *media_types: str) -> str | None:
    found = best(accept, [emitter(each) for each in media_types])
    return found and found.name


RFC = "text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, text/plain;format=fixed;q=0.4, */*;q=0.5"


@pytest.mark.parametrize(
    ("media_type", "weight"),
    [
        ("text/plain;format=flowed", 1),
        ("text/plain", 0.7),
        ("text/html", 0.3),
        ("image/jpeg", 0.5),
        ("text/plain;format=fixed", 0.4),
        ("text/html;level=3", 0.3),
    ],
)
def test_the_example_of_rfc_9110_section_12_5_1(media_type, weight):
    """The weight shows in a comparison: a rival with a little less loses, one with a little more wins."""
    for rival, winner in ((weight - 0.01, media_type), (weight + 0.01, "rival/type")):
        accept = f"{RFC}, rival/type;q={min(max(rival, 0), 1):.2f}"

        assert chosen(accept, media_type, "rival/type") == (winner if weight < 1 or rival < 1 else media_type)


JSON, XML, PLAIN = "application/json", "application/xml", "text/plain"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("*/*", JSON),
        ("application/*", JSON),
        ("text/*", PLAIN),
        (XML, XML),
        (f"{XML}, {JSON}", JSON),  # equal weights: the server's order
        (f"{XML}, {JSON};q=0.9", XML),
        (f"{JSON};q=0.1, */*;q=0.5", XML),
        (f"{JSON};q=0, */*", XML),
        (f"*/*, {JSON};q=0, {XML};q=0.0", PLAIN),
        (f"{JSON};q=0", None),
        ("*/*;q=0", None),
        ("application/*;q=0, */*;q=0.1", PLAIN),
        (f"application/*;q=0.2, {XML};q=0.1, */*;q=0.1", JSON),
        (f"text/*;q=0.5, application/*;q=0.4, {XML};q=0.6", XML),
        ("image/png", None),
        ("image/*", None),
        ("APPLICATION/JSON;Q=0.5, Text/Plain;q=0.4", JSON),
        ("  text/plain  ;  q = 0.9  ,application/json;q=0.8", PLAIN),
        (",,text/plain,,", PLAIN),
        (f"{JSON};charset=utf-8", JSON),
        (f'{XML};charset="utf-8";q=1, {JSON};q=0.5', XML),
        (f"{JSON};version=2", None),  # a parameter that no format of ours has
        (f"{JSON};version=2, {XML};q=0.1", XML),
        (f"{JSON};q=0.001, {XML};q=0.002", XML),
        (f"{JSON};q=1.000", JSON),
        ('application/json;x="a,b;q=0", text/plain;q=0.5', PLAIN),  # the comma is in quotes
        ('image/png;x="\\",text/plain', None),  # so is all the rest
    ],
)
def test_accept_is_weighed_as_rfc_9110_says(accept, expected):
    assert chosen(accept, JSON, XML, PLAIN) == expected


@pytest.mark.parametrize(
    "accept",
    ["", " ", ",", ";", "json", "/", "a/", "/b", "*/json", "text/plain;q=high", "text/plain;q=2", "é", "\x00"],
)
def test_a_field_without_any_media_range_takes_anything(accept):
    assert chosen(accept, JSON, XML) == JSON


@pytest.mark.parametrize("wrong", ["json", "*/plain", "text/plain;q=1.1", "text/plain;q=-1", "text/plain;q=0.1234"])
def test_what_is_no_media_range_is_passed_over(wrong):
    assert chosen(f"{wrong}, {XML}", PLAIN, JSON, XML) == XML


def test_a_format_is_found_by_each_of_its_media_types_and_has_the_best_weight_of_them():
    several = [emitter("application/yaml", "text/yaml"), emitter(JSON)]

    assert best("text/yaml", several).name == "application/yaml"
    assert best(f"application/yaml;q=0.1, text/yaml;q=0.9, {JSON};q=0.5", several).name == "application/yaml"


def test_a_media_type_with_parameters_is_more_specific():
    hal = 'application/json;profile="hal"'

    assert chosen(hal, JSON, hal) == hal
    assert chosen(JSON, hal, JSON) == hal  # a range without parameters takes any
    assert chosen(f"{JSON};q=0.5, {hal};q=0.4", JSON, hal) == JSON
    assert chosen(f"{JSON};q=0.3, {hal};q=0.4", JSON, hal) == hal


def test_a_profile_that_nobody_offers_changes_nothing():
    """RFC 6906, section 3.1."""
    assert chosen(f'{JSON};profile="https://example.org/a"', JSON, "text/html") == JSON
    assert chosen(f"{JSON};profile=a, text/html;q=0.5", "text/html", JSON) == JSON
    assert chosen(f"{JSON};version=2", JSON) is None


def test_nothing_is_chosen_where_nothing_is_offered():
    assert best("*/*", []) is None
    assert best("", []) is None


accepts = st.one_of(
    st.text(),
    st.text(alphabet='abc/*;=,"\\ q.01'),
    st.lists(st.sampled_from(["a/b", "*/*", "a/*", ";q=", "0.5", "1", "0", ";x=", '"', "\\", ",", " ", "\t"])).map(
        "".join
    ),
)


@given(accepts)
@example('"' + '\\"' * 50)
@example('a/b;x="')
@example('a/b;x="\\')
def test_no_accept_field_fails(accept):
    for found in parse_accept(accept):
        assert found.type
        assert found.subtype
        assert 0 <= found.weight <= 1
    assert chosen(accept, JSON, "a/b") in (JSON, "a/b", None)


weights = st.integers(0, 1000).map(lambda thousandths: f"{thousandths / 1000:.3f}")


@given(st.lists(weights, min_size=3, max_size=3), st.permutations([0, 1, 2]))
def test_the_format_with_the_highest_weight_is_chosen_in_whatever_order_they_are_named(given_weights, order):
    types = ["a/a", "b/b", "c/c"]
    accept = ", ".join(f"{types[index]};q={given_weights[index]}" for index in order)
    highest = max(given_weights, key=float)
    expected = types[given_weights.index(highest)] if float(highest) else None

    assert chosen(accept, *types) == expected


@given(st.sampled_from([JSON, XML, PLAIN]), accepts)
def test_a_format_that_is_excluded_by_its_name_is_never_chosen(excluded, rest):
    rest = rest.replace('"', "")  # an open quotation would swallow what is said after it
    if excluded in rest.lower():
        return

    assert chosen(f"{excluded};q=0, {rest}", JSON, XML, PLAIN) != excluded


@settings(deadline=None, max_examples=20)
@given(st.sampled_from(['"\\"', ';a="\\"', "a/b;a=", '"', ",", "; ", '\\"', 'a/b;x="']))
def test_reading_takes_time_in_proportion_to_the_length(piece):
    """A field that is four times as long may take four times as long; sixteen times would be so in every attempt."""

    def seconds(times: int) -> float:
        field = '"' + piece * times
        start = perf_counter()
        parse_accept(field)
        return perf_counter() - start

    assert any(seconds(16_000) < 10 * seconds(4_000) for _ in range(20))


def test_many_different_fields_do_not_fill_the_memory():
    formats = Formats({"json": emitter(JSON)})
    for number in range(3000):
        assert formats.accepted(f"{JSON};q=0.5, x/y{number}") is not None
        assert len(formats.remembered) <= 256


def test_threads_that_fill_and_empty_what_is_remembered_do_not_hinder_each_other():
    formats = Formats({"json": emitter(JSON), "xml": emitter(XML, "text/xml")})
    choices = (JSON, JSON), (XML, "text/xml")
    wrong = []

    def negotiate(offset: int) -> None:
        for number in range(1500):
            name, wanted = choices[number % 2]
            found = formats.accepted(f"{wanted}, x/y{(number * 7 + offset) % 500}")
            right = found is not None and (found.emitter.name, found.content_type) == (name, wanted)
            wrong.extend([] if right else [found])

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    threads = [Thread(target=negotiate, args=(offset,)) for offset in range(8)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)

    assert wrong == []


LINES = {"Accept": "application/jsonl"}


def test_accept_chooses_the_format_of_the_answer():
    assert ask(Recording).headers["Content-Type"] == JSON
    assert ask(Recording, headers=LINES).headers["Content-Type"] == "application/jsonl"
    assert ask(Recording, headers={"Accept": "text/html, */*;q=0.1"}).headers["Content-Type"] == JSON


def test_format_in_the_query_comes_before_accept():
    assert ask(Recording, address="/it/?format=jsonl").headers["Content-Type"] == "application/jsonl"
    assert ask(Recording, address="/it/?format=json", headers=LINES).headers["Content-Type"] == JSON
    assert ask(Recording, address="/it/?a=1&format=jsonl&b=").headers["Content-Type"] == "application/jsonl"
    assert ask(Recording, address="/it/?format=json", headers={"Accept": "image/png"}).status_code == 200


@pytest.mark.parametrize("query", ["information=xml", "xformat=nope", "FORMAT=xml", "f=format%3Dxml", "format"])
def test_only_format_itself_chooses(query):
    assert ask(Recording, address=f"/it/?{query}").status_code == 200


ALTERNATIVES = [
    {"format": "json", "media_type": "application/json"},
    {"format": "jsonl", "media_type": "application/jsonl"},
]


@pytest.mark.parametrize(
    ("address", "accept"),
    [
        ("/it/?format=toml", "*/*"),
        ("/it/?format=", "*/*"),
        ("/it/?format=JSON", "*/*"),
        ("/it/?format=json&format=nope", "*/*"),
        ("/it/?format=%00", "*/*"),
        ("/it/", "image/png"),
        ("/it/", "application/json;q=0, application/jsonl;q=0"),
        ("/it/", "application/json;version=7"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
def test_without_a_format_the_answer_is_406_with_the_alternatives_before_anything_happens(method, address, accept):
    handler = Recording()
    response = ask(handler, method, address, b"{}", JSON, {"Accept": accept})

    assert response.status_code == 406
    assert handler.calls == []
    if method != "HEAD":
        assert problem_of(response)["alternatives"] == ALTERNATIVES


def test_a_resource_offers_the_formats_that_it_names_in_its_order():
    assert ask(Recording, emitters=["jsonl", "json"]).headers["Content-Type"] == "application/jsonl"
    refused = ask(Recording, emitters=["jsonl"], headers={"Accept": JSON})

    assert refused.status_code == 406
    assert "application/jsonl" in text_of(refused)


def test_the_settings_choose_the_default_and_the_order():
    def piston(**more):
        return {"PLUGINS": ["json"], **more}

    assert ask(Recording, PISTON=piston(DEFAULT_EMITTER="jsonl")).headers["Content-Type"] == "application/jsonl"
    assert ask(Recording, PISTON=piston(EMITTERS=["jsonl", "json"])).headers["Content-Type"] == "application/jsonl"
    assert ask(Recording, PISTON=piston(EMITTERS=["json"]), headers=LINES).status_code == 406
    chosen_here = ask(Recording, emitters=["json", "jsonl"], PISTON=piston(DEFAULT_EMITTER="jsonl"))
    assert chosen_here.headers["Content-Type"] == JSON


def test_a_problem_is_written_in_a_format_that_can_write_problems():
    """JSON Lines has no form for problems; the client gets JSON rather than nothing (RFC 9457, section 3)."""

    class Refusing(Recording):
        def read(self, request):
            raise PermissionError

    for address, headers in (("/it/", LINES), ("/it/?format=jsonl", {}), ("/it/", {"Accept": "text/html"})):
        problem_of(ask(Refusing, address=address, headers=headers))


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("application/x-ndjson", "application/x-ndjson"),
        ("application/jsonl;q=0.1, application/json-lines", "application/json-lines"),
        ("application/jsonl, application/x-ndjson", "application/jsonl"),
        ("application/*, application/json;q=0", "application/jsonl"),
        ("application/jsonl", "application/jsonl"),
    ],
)
def test_an_answer_has_the_media_type_that_was_asked_for(accept, expected):
    """A client that accepts one name of a format only must not be sent another (RFC 9110, section 12.5.1)."""
    handler = type("Rows", (BaseHandler,), {"read": lambda self, request: [1, 2]})

    assert ask(handler, headers={"Accept": accept}).headers["Content-Type"] == expected
    assert (
        ask(handler, address="/it/?format=jsonl", headers={"Accept": accept}).headers["Content-Type"]
        == "application/jsonl"
    )
