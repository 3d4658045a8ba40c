"""What a person finds on a page of the blog."""

from __future__ import annotations

import re

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.http import HttpResponse
from django.test import AsyncClient, Client
from django.test.utils import CaptureQueriesContext

from blog.models import Post
from piston_core import BaseHandler, Problem
from piston_core.testing import serving
from piston_html.assets import TOKEN, TOP
from tests.piston_html.conftest import ACCEPT
from tests.piston_html.reading import data, page, plain, problem


def opened(client, address):
    response = client.get(address)
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    return page(response.getvalue())


def hrefs(element, path=".//a"):
    return {plain(each): each.get("href") for each in element.iterfind(path)}


# -- who gets pages ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (ACCEPT, "text/html; charset=utf-8"),
        ("text/html", "text/html; charset=utf-8"),
        ("*/*", "application/json"),
        ("", "application/json"),
        ("application/json, text/html", "application/json"),
        ("text/html;q=0.5, application/json", "application/json"),
    ],
)
def test_a_browser_gets_pages_and_nobody_else(visitor, accept, content_type):
    assert visitor.get("/api/tags/", headers={"Accept": accept}).headers["Content-Type"] == content_type
    assert Client().get("/api/tags/").headers["Content-Type"] == "application/json"


def test_pages_come_last_wherever_the_plugin_stands_in_the_settings(settings, blog):
    settings.PISTON = {**settings.PISTON, "PLUGINS": ["html", "json", "auth"]}

    assert Client().get("/api/tags/").headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("more", [{"DEFAULT_EMITTER": "html"}, {"EMITTERS": ["html", "json"]}])
def test_a_project_may_want_pages_first(settings, blog, more):
    settings.PISTON = {**settings.PISTON, "PLUGINS": ["json", "auth", "html"], **more}

    assert Client().get("/api/tags/").headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("address", ["/api/nope/", "/api/posts/nope/", "/api/posts/?sort=nope"])
def test_a_problem_is_a_page_for_browsers_alone(visitor, address):
    refused, told = visitor.get(address), Client().get(address)

    assert told.headers["Content-Type"] == "application/problem+json"
    assert refused.status_code == told.status_code
    shown = problem(refused.content)
    assert shown.pop("instance").startswith("urn:uuid:")
    assert shown == {name: value for name, value in told.json().items() if name != "instance"}


def test_what_is_left_empty_in_a_search_is_not_asked_for(visitor):
    asked = "title__icontains=e&author__username=&created__gte=&sort=&limit=3"
    found = visitor.get(f"/api/posts/?{asked}")

    assert found.status_code == 200
    assert data(found.content) == data(visitor.get("/api/posts/?title__icontains=e&limit=3").content)
    assert Client().get(f"/api/posts/?{asked}").status_code == 400


# -- what they cost ------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/api/posts/", "/api/posts/hello-piston/", "/api/posts/?limit=3", "/api/"])
@pytest.mark.parametrize("who", ["visitor", "author"])
def test_a_page_takes_the_queries_of_json(request, who, address):
    client, counts = request.getfixturevalue(who), []
    for accept in ("application/json", ACCEPT):
        client.get(address, headers={"Accept": accept})  # what is compiled once
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address, headers={"Accept": accept}).status_code in (200, 206)
        # A row's own address may take a column that JSON does without.
        counts.append([re.sub(r"^SELECT .*? FROM|'[^']*'| LIMIT 21$", "", each["sql"]) for each in queries])

    assert counts[0] == counts[1]


# -- what is on them -----------------------------------------------------------------------------


def test_a_list_is_a_table_whose_rows_lead_to_their_objects(visitor):
    response = visitor.get("/api/posts/")

    rows, told = data(response.content), visitor.get("/api/posts/", headers={"Accept": "application/json"}).json()
    assert rows == told
    links = hrefs(page(response.content), ".//tbody//a")
    assert links["Hello, Piston: why this blog has an API"] == "/api/posts/hello-piston/"
    assert links["alice"] == "/api/authors/alice/"


def test_an_object_is_shown_with_all_it_has(visitor):
    shown = data(visitor.get("/api/posts/hello-piston/").content)

    assert shown == visitor.get("/api/posts/hello-piston/", headers={"Accept": "application/json"}).json()


def test_the_top_says_what_it_is_and_where(visitor):
    top = opened(visitor, "/api/posts/hello-piston/").find(".//header")

    assert plain(top.find("h1")) == "Post hello-piston"
    assert plain(top.find("p[@class='about']")) == "The blog's posts. Everybody reads them, their authors change them."
    assert hrefs(top, ".//ol//a") == {"api": "/api/", "posts": "/api/posts/"}
    assert hrefs(top, ".//nav[@class='formats']/a") == {
        name: f"/api/posts/hello-piston/?format={name}" for name in ("json", "jsonl", "xml")
    }


def test_the_root_has_the_title_of_the_api_and_leads_everywhere(visitor):
    root = opened(visitor, "/api/")

    assert plain(root.find(".//h1")) == "Blog"
    assert plain(root.find(".//title")) == "Blog – The blog"
    assert {"/api/posts/", "/api/tags/"} <= {*hrefs(root, ".//main//a").values()}


def test_at_an_address_with_a_suffix_other_formats_have_theirs(visitor):
    formats = hrefs(opened(visitor, "/api/posts.html?limit=2"), ".//nav[@class='formats']/a")

    assert formats["xml"] == "/api/posts.xml?limit=2"
    assert visitor.get(formats["xml"]).headers["Content-Type"] == "application/xml; charset=utf-8"


def test_pages_of_a_list_lead_to_each_other(visitor):
    first = opened(visitor, "/api/posts/?limit=3")
    following = hrefs(first, ".//nav[@class='pages']/a")["Next"]

    assert len(data(visitor.get(following).content)) == 3
    assert "Previous" in hrefs(opened(visitor, following), ".//nav[@class='pages']/a")


def test_what_a_list_can_be_asked_is_a_form_with_what_was_asked(visitor):
    form = opened(visitor, "/api/posts/?title__icontains=piston").find(".//form[@role='search']")

    assert (form.get("action"), form.get("method")) == ("/api/posts/", None)
    fields = {each.get("name"): each.get("value") for each in form.iterfind(".//input")}
    assert fields == {
        "author__username": "",
        "tags__slug": "",
        "created__gte": "",
        "title__icontains": "piston",
        "sort": "",
        "limit": "",
    }


def test_the_messages_are_shown_but_no_secret(author):
    shown = author.get("/api/posts/", headers={"Authorization": "Basic c2VjcmV0", "X-Internal": "of a proxy"})
    asked, answered = page(shown.content).iterfind(".//header//pre")

    assert "Cookie: (not shown)" in "".join(asked.itertext())
    assert "Authorization: (not shown)" in "".join(asked.itertext())
    told = "".join(answered.itertext())
    for name in ("ETag", "Vary", "Cache-Control", "Server-Timing", "Content-Security-Policy"):
        assert f"{name}: {shown.headers[name]}" in told
    for secret in ("c2VjcmV0", "of a proxy", author.cookies["sessionid"].value):
        assert secret.encode() not in shown.content


def test_the_length_and_the_tag_are_those_of_the_page(author):
    first, second = (author.get("/api/posts/hello-piston/") for _ in range(2))

    assert first.headers["Content-Length"] == str(len(first.content))
    assert first.headers["ETag"] == second.headers["ETag"]
    assert first.content != second.content  # the token is another one each time
    assert TOP not in first.content
    assert TOKEN not in first.content


def test_head_has_the_header_fields_of_the_page():
    with serving(Awaited, plugins=["json", "html"]) as client:
        get, head = (ask("/", headers={"Accept": ACCEPT}) for ask in (client.get, client.head))

    assert head.content == b""
    assert head.headers == get.headers
    assert get.headers["Content-Length"] == str(len(get.content))


def test_nobody_keeps_a_page(visitor, author):
    """It holds what one reader has sent, and a token."""
    for client in (visitor, author):
        assert client.get("/api/problems/invalid-data").headers["Cache-Control"] == "no-store"
    assert Client().get("/api/problems/invalid-data").headers["Cache-Control"] == "public, max-age=86400"


# -- who may do what -----------------------------------------------------------------------------


def methods(element):
    return [each.get("data-method") for each in element.iterfind(".//form[@data-type]")]


def test_only_what_the_reader_may_do_has_a_form(visitor, author):
    assert methods(opened(visitor, "/api/posts/hello-piston/")) == []
    assert methods(opened(author, "/api/posts/hello-piston/")) == ["PUT", "PATCH", "DELETE"]
    assert methods(opened(author, "/api/posts/")) == ["POST"]


def test_every_field_has_a_label_and_its_native_kind(author):
    form = opened(author, "/api/posts/").find(".//form[@data-method='POST']")
    labelled = {each.get("for") for each in form.iterfind(".//label")}
    controls = {each.get("name"): each for kind in ("input", "textarea", "select") for each in form.iter(kind)}
    controls.pop("csrfmiddlewaretoken")

    assert {each.get("id") for each in controls.values()} == labelled
    kinds = {name: each.get("type") or each.tag for name, each in controls.items()}
    assert kinds == {
        "title": "text",
        "slug": "text",
        "content": "textarea",
        "tags": "input",
        "is_published": "select",
        "price": "number",
        "rating": "number",
        "attachment": "file",
    }
    assert (controls["title"].get("maxlength"), controls["title"].get("required")) == ("120", "")
    assert form.get("enctype") == "multipart/form-data"


def test_related_objects_are_written_or_looked_up_and_never_listed(author):
    response = author.get("/api/posts/")
    tags = page(response.content).find(".//input[@name='tags']")

    assert (tags.get("data-list"), tags.get("data-key")) == ("/api/tags/", "slug")
    assert b'<option value="django"' not in response.content


def test_the_form_of_an_object_has_what_is_there(author):
    form = opened(author, "/api/posts/hello-piston/").find(".//form[@data-method='PUT'][@data-type]")
    post = Post.objects.get(slug="hello-piston")

    assert form.find(".//input[@name='title']").get("value") == post.title
    assert form.find(".//input[@name='tags']").get("value") == "django, rest"
    assert "".join(form.find(".//textarea").itertext()) == post.content
    assert form.find(".//select[@name='is_published']/option[@selected]").get("value") == "true"


def test_what_no_browser_can_send_waits_for_the_script(author):
    for form in opened(author, "/api/posts/hello-piston/").iterfind(".//form[@data-type]"):
        assert form.find("fieldset").get("disabled") is not None
        assert plain(form.find("noscript")).endswith("only with the script of this page.")


def test_a_form_is_sent_without_the_script(author):
    form = opened(author, "/api/posts/").find(".//form[@data-method='POST']")
    token = form.find(".//input[@name='csrfmiddlewaretoken']").get("value")
    fields = {"csrfmiddlewaretoken": token, "title": "By hand", "slug": "by-hand", "content": "x", "tags": "django"}
    fields |= {"is_published": "true", "price": "0", "rating": ""}

    made = author.post(form.get("action"), fields)
    assert (made.status_code, made.headers["Location"]) == (201, "/api/posts/by-hand/")
    assert data(made.content)["tags"] == [{"name": "Django", "slug": "django"}]
    assert author.post(form.get("action"), fields | {"csrfmiddlewaretoken": "x"}).status_code == 403


def test_what_is_wrong_with_a_form_stands_by_its_pointer(author):
    token = opened(author, "/api/posts/").find(".//meta[@name='token']")
    sent = {token.get("data-field"): token.get("content")}
    refused = author.post("/api/posts/", {"title": "SHOUTING"}, content_type="application/json", headers=sent)

    faults = page(refused.content).iterfind(".//section[@id='problem']/ul/li")
    assert {"/title", "/slug", "/content"} <= {each.get("data-pointer") for each in faults}


def test_a_change_is_held_to_the_state_of_the_page(author):
    """Whoever changes what somebody else has changed since gets 412, because the script sends these fields."""
    metas = opened(author, "/api/posts/hello-piston/").iterfind(".//meta[@data-field]")
    sent = {each.get("data-field"): each.get("content") for each in metas}
    assert sorted(sent) == ["If-Match", "X-Csrftoken"]

    changed = [
        author.patch("/api/posts/hello-piston/", {"title": title}, content_type="application/json", headers=sent)
        for title in ("First", "Second")
    ]
    assert [each.status_code for each in changed] == [200, 412]


# -- who is not known ----------------------------------------------------------------------------


def test_somebody_unknown_is_led_to_the_login_instead_of_a_window(visitor):
    refused = visitor.post("/api/posts/", {})

    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"] == 'Cookie form-action="/accounts/login/?next=%2Fapi%2Fposts%2F"'
    assert hrefs(page(refused.content))["Log in"] == "/accounts/login/?next=%2Fapi%2Fposts%2F"
    asked = visitor.post("/api/posts/", {}, headers={"Authorization": "Basic eDp5"})
    assert asked.headers["WWW-Authenticate"].startswith("Basic ")
    assert Client().post("/api/posts/", {}).headers["WWW-Authenticate"].startswith("Basic ")


def test_an_author_logs_in_where_the_page_leads_and_may_write(visitor):
    leads_to = hrefs(page(visitor.get("/api/posts/").content))["Log in"]
    answer = visitor.post(leads_to, {"username": "alice", "password": "alice"})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/api/posts/")
    assert opened(visitor, "/api/posts/").find(".//form[@method='post']") is not None


def test_where_nobody_logs_in_the_browser_asks(settings, visitor):
    settings.PISTON = {**settings.PISTON, "AUTHENTICATORS": ["basic"]}
    refused = visitor.post("/api/posts/", {})

    assert refused.headers["WWW-Authenticate"].startswith("Basic ")
    assert "Log in" not in hrefs(page(refused.content))


def test_a_page_without_a_login_leads_to_none(settings, visitor):
    settings.LOGIN_URL = "no-such-view"

    assert "Log in" not in hrefs(opened(visitor, "/api/posts/"))
    assert "Log in" not in hrefs(opened(visitor, "/api/authors/"))  # asks nobody


def test_whoever_is_known_is_named(author):
    assert plain(opened(author, "/api/posts/").find(".//header/p")) == "The blog alice"


# -- streams -------------------------------------------------------------------------------------


class Counting(BaseHandler):
    """Counts."""

    def read(self, request):
        return ({"number": number} for number in range(3000))


class Awaited(BaseHandler):
    async def read(self, request):
        return [{"number": 1}]


def test_a_stream_has_its_top_and_all_of_its_rows():
    with serving(Counting, plugins=["html", "json"]) as client:
        response = client.get("/", headers={"Accept": ACCEPT})
        body = response.getvalue()

    assert response.streaming
    assert data(body) == [{"number": number} for number in range(3000)]
    assert len(list(page(body).iterfind(".//table"))) == 1
    assert "Content-Security-Policy" in response.headers
    assert plain(page(body).find(".//h1")) == "Counting"


async def awaited():
    response = await AsyncClient().get("/", headers={"Accept": ACCEPT})
    return b"".join([piece async for piece in response]) if response.streaming else response.content


def test_asynchronous_pages_are_the_same():
    with serving(Awaited, plugins=["html", "json"]):
        assert data(async_to_sync(awaited)()) == [{"number": 1}]
    with serving(Counting, plugins=["html", "json"]):
        body = async_to_sync(awaited)()

    assert data(body) == [{"number": number} for number in range(3000)]
    assert plain(page(body).find(".//h1")) == "Counting"


# -- what fails ----------------------------------------------------------------------------------


class Failing(BaseHandler):
    def read(self, request):
        raise KeyError("the secret")


class Limited(BaseHandler):
    def read(self, request):
        raise Problem(429, "Later.", headers={"Retry-After": "30"}, waits=[{"seconds": 30}])


def test_failures_and_limits_are_pages():
    with serving(Failing, plugins=["json", "html"]) as client:
        failed = client.get("/", headers={"Accept": ACCEPT})
    with serving(Limited, plugins=["json", "html"]) as client:
        limited = client.get("/", headers={"Accept": ACCEPT})

    assert (failed.status_code, problem(failed.content)["status"]) == (500, 500)
    assert b"the secret" not in failed.content
    assert problem(limited.content)["waits"] == [{"seconds": 30}]
    assert "Retry-After: 30" in plain(page(limited.content).findall(".//pre")[1])


def test_what_a_handler_makes_itself_stays_as_it_is():
    class Own(BaseHandler):
        def read(self, request):
            return HttpResponse(b"<p>mine" + TOP)

    with serving(Own, plugins=["json", "html"]) as client:
        response = client.get("/", headers={"Accept": ACCEPT})

    assert response.content == b"<p>mine" + TOP
    assert "Content-Security-Policy" not in response.headers
