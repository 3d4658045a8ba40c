"""QUERY (RFC 10008): a read whose parameters stand in the body, equal to the GET that has them in its address."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blog.models import Tag
from piston_core import BaseHandler
from tests.piston_core.http.served import JSON_PATCH, MERGE, XML, YAML, api, each_server
from tests.piston_core.pipeline.asking import FORM, JSON, MULTIPART, data_of, problem_of
from tests.shop.models import Category

TAGS = "/api/tags/"
ACCEPTED = {FORM, JSON, XML, YAML}


class TagHandler(BaseHandler):
    model = Tag
    fields = ("name", "slug")
    sorting = ("name", "slug")
    filters = ("slug", "name__startswith", "slug__in")
    page_size = 3
    max_page_size = 5


class ListHandler(BaseHandler):
    """A list that the core did not read."""

    def read(self, request):
        return [1, 2, 3]


ROUTES = {"tags/": TagHandler, "tags/<slug:slug>/": TagHandler, "own/": ListHandler}


@pytest.fixture
def tags(db):
    return [Tag.objects.create(name=f"{'ab'[number % 2]} {number}", slug=f"t{number}") for number in range(9)]


def same(one, other):
    """Return whether two good answers are of the same rows, with the same validators and the same pages."""
    told = ("ETag", "Link", "Content-Type", "Total-Count", "Accept-Ranges", "Cache-Control", "Vary")
    return (one.status_code, data_of(one), [one.headers.get(name) for name in told]) == (
        other.status_code,
        data_of(other),
        [other.headers.get(name) for name in told],
    )


NUMBERS = st.integers(1, 6)
PARAMETERS = st.fixed_dictionaries(
    {},
    optional={
        "limit": NUMBERS,
        "offset": NUMBERS,
        "sort": st.sampled_from(["name", "-slug", "-name,slug"]),
        "slug": st.sampled_from(["t1", "t2", "", "ü&=+ %"]),
        "slug__in": st.sampled_from(["t1,t2,t8", "t3"]),
        "name__startswith": st.sampled_from(["a", "b", "a "]),
        "fields": st.sampled_from(["name", "name,slug"]),
        "else": st.one_of(st.lists(st.one_of(NUMBERS, st.text("ab &=ü", max_size=3)), max_size=3), NUMBERS),
    },
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parameters=PARAMETERS)
def test_a_query_is_answered_as_the_get_with_the_same_parameters(tags, parameters):
    with api(ROUTES) as ask:
        queried = ask("QUERY", TAGS, parameters)
        address = f"{TAGS}?{urlencode(parameters, doseq=True)}"

        assert same(queried, ask("GET", address))
        assert same(queried, ask("GET", queried.headers["Content-Location"]))
        kept = ask("QUERY", TAGS, parameters, If_None_Match=queried.headers["ETag"])
        assert (kept.status_code, kept.content) == (304, b"")
        assert kept.headers["ETag"] == queried.headers["ETag"]


BODIES = {
    JSON: b'{"slug__in": "t1,t2,t3", "sort": "-name", "limit": 2}',
    FORM: b"slug__in=t1,t2,t3&sort=-name&limit=2",
    YAML: b"slug__in: t1,t2,t3\nsort: -name\nlimit: 2\n",
    XML: b"<q><slug__in>t1,t2,t3</slug__in><sort>-name</sort><limit>2</limit></q>",
}


@each_server
@pytest.mark.parametrize("content_type", BODIES)
def test_a_query_comes_in_every_format_that_is_read(tags, server, content_type):
    with api(ROUTES, server) as ask:
        queried = ask("QUERY", TAGS, BODIES[content_type], content_type)

        assert [row["slug"] for row in data_of(queried)] == ["t3", "t1"]
        assert same(queried, ask("GET", f"{TAGS}?slug__in=t1,t2,t3&sort=-name&limit=2"))


@pytest.mark.parametrize(
    ("body", "parameters"),
    [
        (b'{"slug": "t1"}', "slug=t1"),
        (b'{"slug": ["t1"], "limit": 2}', "slug=t1&limit=2"),
        (b'{"else": true, "limit": 2}', "else=true&limit=2"),
        (b'{"else": [false, 1.5, "x y"]}', "else=false&else=1.5&else=x+y"),
        (b'{"else": []}', ""),
        (b"{}", ""),
    ],
)
def test_values_are_the_texts_that_they_are_in_an_address(tags, body, parameters):
    with api(ROUTES) as ask:
        queried = ask("QUERY", TAGS, body)

        assert same(queried, ask("GET", f"{TAGS}?{parameters}"))
        assert queried.headers["Content-Location"].partition("?")[2] == parameters


def test_what_stands_in_the_address_counts_as_well(tags):
    with api(ROUTES) as ask:
        queried = ask("QUERY", f"{TAGS}?sort=-slug", {"limit": 2})

        assert [row["slug"] for row in data_of(queried)] == ["t8", "t7"]
        assert problem_of(ask("QUERY", f"{TAGS}?limit=2", {"limit": 2}))["parameter"] == "limit"


@each_server
@pytest.mark.parametrize("fields", [{}, {"Accept": "application/xml"}])
def test_a_format_that_the_body_names_is_the_format_of_the_answer(tags, server, fields):
    """Else the address in Content-Location would lead to another representation."""
    with api(ROUTES, server) as ask:
        queried = ask("QUERY", TAGS, {"format": "yaml", "limit": 2}, **fields)
        there = ask("GET", queried.headers["Content-Location"], **fields)

        assert queried.headers["Content-Type"] == there.headers["Content-Type"] == YAML
        assert queried.content == there.content
        assert queried.headers["Vary"] == there.headers["Vary"]
        assert problem_of(ask("QUERY", TAGS, {"format": "nope"}))["status"] == 406


def test_the_equivalent_address_is_an_address_also_where_this_one_is_not_ascii(db):
    class Named(BaseHandler):
        model = Category
        fields = ("name",)

    Category.objects.create(name="Grüner Tee")
    with api({"called/<str:name>/": Named}) as ask:
        queried = ask("QUERY", "/api/called/Gr%C3%BCner%20Tee/", {"limit": 1})

        assert queried.headers["Content-Location"] == "/api/called/Gr%C3%BCner%20Tee/?limit=1"
        assert same(queried, ask("GET", queried.headers["Content-Location"]))


def test_a_query_may_be_longer_than_any_address(tags):
    many = {"slug__in": "t1,t2", "else": ["x" * 100] * 30}
    with api(ROUTES, piston={"MAX_QUERY_SIZE": 1000}) as ask:
        queried = ask("QUERY", TAGS, many)

        assert {row["slug"] for row in data_of(queried)} == {"t1", "t2"}
        assert "Content-Location" not in queried.headers
        assert problem_of(ask("GET", f"{TAGS}?{urlencode(many, doseq=True)}"))["status"] == 414


NESTED = [
    (b'{"slug": {"a": 1}}', "/slug"),
    (b'{"slug": [["t1"]]}', "/slug"),
    (b'{"slug": ["t1", {}]}', "/slug"),
    (b'{"slug": null}', "/slug"),
    (b'{"slug": [null]}', "/slug"),
    (b'{"a/b": {}}', "/a~1b"),
    (b'["t1"]', ""),
    (b'"t1"', ""),
    (b"1", ""),
    (b"null", ""),
    (b"[]", ""),
]


@each_server
@pytest.mark.parametrize(("body", "pointer"), NESTED)
def test_a_value_that_no_address_can_have_is_422_with_its_place(tags, server, body, pointer):
    with api(ROUTES, server) as ask:
        problem = problem_of(ask("QUERY", TAGS, body))

        assert (problem["status"], [fault["pointer"] for fault in problem["errors"]]) == (422, [pointer])


@each_server
@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b'{"slug": "t1"}', "", 400),
        (b'{"slug": "t1"}', "text/plain", 415),
        (b'{"slug": "t1"}', "application/octet-stream", 415),
        (b'{"slug": "t1"}', MERGE, 415),
        (b"[]", JSON_PATCH, 415),
        (b"--X--", MULTIPART, 415),
    ],
)
def test_a_body_of_no_type_or_another_is_told_which_do(tags, server, body, content_type, status):
    """RFC 10008, section 2 and 3."""
    with api(ROUTES, server) as ask:
        response = ask("QUERY", TAGS, body, content_type)

        assert problem_of(response)["status"] == status
        assert set(response.headers["Accept-Query"].split(", ")) >= ACCEPTED
        assert not {"multipart/form-data", MERGE, JSON_PATCH} & set(response.headers["Accept-Query"].split(", "))


@each_server
@pytest.mark.parametrize(
    ("body", "content_type", "changed", "status"),
    [
        (b"{", JSON, {}, 400),
        (b"\xff", FORM, {}, 400),
        (b"[" * 100 + b"]" * 100, JSON, {}, 400),
        (b'{"limit": 0}', JSON, {}, 400),
        (b'{"limit": "x"}', JSON, {}, 400),
        (b'{"sort": "content"}', JSON, {}, 400),
        (b'{"cursor": "x"}', JSON, {}, 400),
        (b'{"slug": "t1"}', JSON, {"DATA_UPLOAD_MAX_MEMORY_SIZE": 5}, 413),
        (b"a=1&b=2&c=3", FORM, {"DATA_UPLOAD_MAX_NUMBER_FIELDS": 2}, 400),
    ],
)
def test_a_query_is_held_to_the_same_limits_as_other_bodies_and_parameters(
    tags, server, body, content_type, changed, status
):
    with api(ROUTES, server, **changed) as ask:
        assert problem_of(ask("QUERY", TAGS, body, content_type))["status"] == status


def test_a_body_that_is_empty_is_a_form_without_fields_and_no_json(tags):
    with api(ROUTES) as ask:
        assert len(data_of(ask("QUERY", TAGS, b"", Content_Type=FORM))) == 3
        assert problem_of(ask("QUERY", TAGS, b"", Content_Type=JSON))["status"] == 400
        assert problem_of(ask("QUERY", TAGS))["status"] == 400


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parameters=st.dictionaries(
        st.sampled_from([*TagHandler.filters, "limit", "offset", "cursor", "sort", "fields", "format", "_method"]),
        st.recursive(st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)), st.lists, max_leaves=4),
    )
)
def test_a_query_never_writes_and_never_fails(tags, parameters):
    with api(ROUTES) as ask, CaptureQueriesContext(connection) as captured:
        response = ask("QUERY", TAGS, parameters)

    assert response.status_code in {200, 400, 406, 422}
    assert all(query["sql"].startswith("SELECT") for query in captured)


@each_server
@pytest.mark.parametrize("address", ["/api/tags/t1/", "/api/own/", "/api/", "/api/problems/busy"])
def test_where_the_core_does_not_read_a_list_there_is_no_query(tags, server, address):
    with api(ROUTES, server) as ask:
        response = ask("QUERY", address, {"limit": 1})

        assert problem_of(response)["status"] == 405
        assert "QUERY" not in response.headers["Allow"]
        assert "Accept-Query" not in ask("OPTIONS", address).headers


def test_options_says_that_a_list_can_be_queried_and_how(tags):
    with api(ROUTES) as ask:
        headers = ask("OPTIONS", TAGS).headers

        assert "QUERY" in headers["Allow"].split(", ")
        assert set(headers["Accept-Query"].split(", ")) >= ACCEPTED


@each_server
@pytest.mark.parametrize("is_async", [False, True])
def test_a_read_of_ones_own_may_declare_query_and_gets_the_data(server, is_async):
    class Search(BaseHandler):
        allowed_methods = ("QUERY",)

        def read(self, request):
            return {"data": request.data, "parameters": request.GET.dict()}

    class AsyncSearch(Search):
        async def read(self, request):
            return super().read(request)

    with api({"search/": AsyncSearch if is_async else Search}, server) as ask:
        response = ask("QUERY", "/api/search/", {"q": "tea", "n": 3})

        assert data_of(response) == {"data": {"q": "tea", "n": 3}, "parameters": {"q": "tea", "n": "3"}}
        assert response.headers["Cache-Control"] == "no-cache"
        assert response.headers["ETag"]
        assert set(ask("OPTIONS", "/api/search/").headers["Accept-Query"].split(", ")) >= ACCEPTED
        refused = ask("GET", "/api/search/")
        assert (problem_of(refused)["status"], refused.headers["Allow"]) == (405, "QUERY, OPTIONS")


def test_a_list_that_leaves_query_out_has_none(tags):
    class Short(TagHandler):
        allowed_methods = ("POST",)

    with api({"tags/": Short}) as ask:
        assert ask("QUERY", TAGS, {}).headers["Allow"] == "POST, OPTIONS"


def test_djangos_check_of_forms_does_not_get_in_the_way(tags):
    """It takes a method that it does not know for one that writes."""
    with api(ROUTES):
        client = Client(enforce_csrf_checks=True)

        assert client.generic("QUERY", TAGS, b"{}", JSON).status_code == 200


def test_a_range_is_for_get_alone(tags):
    with api(ROUTES) as ask:
        assert ask("QUERY", TAGS, {}, Range="items=0-0").status_code == 200
        assert ask("GET", TAGS, Range="items=0-0").status_code == 206


def leads(response, relation):
    """Return where a link of an answer leads to."""
    return response.headers["Link"].partition(f'>; rel="{relation}"')[0].rpartition("<")[2]


def test_the_pages_of_a_query_are_had_by_get(tags):
    with api(ROUTES) as ask:
        first = ask("QUERY", TAGS, {"limit": 4, "sort": "slug"})
        following = data_of(ask("GET", leads(first, "next")))

    assert [row["slug"] for row in following] == ["t4", "t5", "t6", "t7"]


def test_the_pages_of_a_long_query_are_had_by_the_same_query(tags):
    """Else a body of many parameters would become as many times longer a Link as there are links."""
    query = {"slug": [f"t{number}" for number in range(8)] + ["x" * 2000], "sort": "-slug", "limit": 3}
    with api(ROUTES) as ask:
        pages = [ask("QUERY", TAGS, query)]
        while 'rel="next"' in pages[-1].headers["Link"]:
            pages.append(ask("QUERY", leads(pages[-1], "next"), query))
        back = ask("QUERY", leads(pages[-1], "prev"), query)
        numbered = ask("QUERY", leads(ask("QUERY", TAGS, query | {"offset": 3}), "next"), query | {"offset": 3})

    slugs = [[row["slug"] for row in data_of(page)] for page in pages]
    assert slugs == [["t7", "t6", "t5"], ["t4", "t3", "t2"], ["t1", "t0"]]
    assert data_of(back) == data_of(pages[1])
    assert data_of(numbered) == data_of(pages[2])
    assert all(len(page.headers["Link"]) < 1000 and "Content-Location" not in page.headers for page in pages)
