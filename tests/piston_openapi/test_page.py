"""The documentation page: all that is described is on it, nothing on it does harm, and only its own script runs."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Model
from django.test import Client, RequestFactory, override_settings
from django.urls import include, path

from piston_core import KINDS, Api, BaseHandler, Lifecycle, Scopes, causes, describe
from piston_openapi import DocumentationView, document
from piston_openapi.document import operations_of
from piston_openapi.pages.views import hash_of
from tests.piston_openapi.test_document import ALL
from tests.shop import kinds

PAGE = "/api/docs/"
OPENAPI = {"PLUGINS": ["json", "auth", "openapi"], "AUTHENTICATORS": ["basic"]}
EVERY = {**ALL, "AUTHENTICATORS": ["session", "oauth", "token", "digest", "basic"]}
HOSTILE = """</script></style></template><script>alert(1)</script><img src=x onerror=alert(2)>"'&amp;{{ 7|add:7 }}"""


class Reader(HTMLParser):
    """Reads a page: its text, that of each element with an id, its tags, and the values of its attributes."""

    VOID = {"meta", "link", "input", "img", "br", "hr"}

    def __init__(self, html):
        super().__init__()
        self.open, self.texts, self.tags, self.attributes = [], {"": []}, [], []
        self.feed(html)
        self.close()
        assert self.open == [], "each element ends"

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        found = dict(attrs).get("id", "")
        if found:
            assert found not in self.texts, f"{found} is an id twice"
            self.texts[found] = []
        if tag not in self.VOID:
            self.open.append((tag, found))

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        if self.open and self.open[-1][0] in ("script", "style"):
            return
        for each in {"", *(found for _, found in self.open)}:
            self.texts[each].append(data)

    def text(self, found=""):
        return " ".join("".join(self.texts[found]).split())


def page(api=None, **options):
    with override_settings(**options):
        return DocumentationView(api)(RequestFactory().get(PAGE)).content.decode()


def names_in(schema):
    """Yield the names of all fields in a schema."""
    if isinstance(schema, dict):
        for name, each in schema.items():
            if name == "properties":
                yield from each
                for inner in each.values():
                    yield from names_in(inner)
            else:
                yield from names_in(each)
    elif isinstance(schema, list | tuple):
        for each in schema:
            yield from names_in(each)


def told(place, served):
    """Yield what has to be told of a method."""
    yield from (served.method, place.template, served.summary.replace("`", ""))
    yield from (each.name for each in (*place.arguments, *served.parameters))
    yield from (each.about for each in served.parameters)
    yield from (each.name for each in ([] if served.is_open else served.authenticators))
    if served.body:
        yield from served.body.contents
        yield from names_in(served.body.schema)
    for answer in served.answers:
        yield from (answer.status, *answer.problems, *answer.about.replace("`", "").split())
        yield from (each.name for each in answer.headers)
        if answer.status < "3" and answer.schema:
            yield from names_in(answer.schema)


@pytest.mark.parametrize("settings", [{}, EVERY], ids=["as the tests are", "with every plugin"])
def test_all_that_is_described_of_the_blog_is_on_the_page(settings):
    with override_settings(PISTON=settings or OPENAPI):
        assert_all_is_told(None)


@pytest.mark.filterwarnings("ignore:The default scheme will be changed")  # Django 5.2, of forms for URLs
def test_all_that_is_described_of_every_kind_of_column_is_on_the_page():
    api = Api(title="Shop")
    for model in vars(kinds).values():
        if isinstance(model, type) and issubclass(model, Model) and model.__module__ == kinds.__name__:
            api.route(
                f"{model.__name__}/", type(f"{model.__name__}Handler", (BaseHandler,), {"model": model, "exclude": ()})
            )
    with override_settings(ROOT_URLCONF=(path("api/", include(api.urls)),), PISTON=OPENAPI):
        assert_all_is_told(api)


def assert_all_is_told(api):
    description = describe(api)
    read = Reader(page(api))
    operations = operations_of(document(description, "3.2"))
    for place in description.places:
        for served in place.methods:
            text = read.text(operations[place.template, served.method.lower()]["operationId"])
            missing = [each for each in told(place, served) if " ".join(each.split()) not in text]
            assert missing == [], f"{served.method} {place.template}"
            assert place.about.split("\n")[0].replace("`", "") in read.text(f"about-{place.title}")
    answers = [each for place in description.places for served in place.methods for each in served.answers]
    for name in {name for answer in answers for name in answer.problems}:
        assert " ".join(KINDS[name].about.split()) in read.text(f"problem-{name}")
    for media_type in {each for answer in answers for each in answer.contents}:
        assert media_type in read.text("formats")


def test_anchors_are_the_names_of_the_operations():
    """They stay as long as the operations' names do, and each link within the page leads somewhere."""
    read = Reader(page(PISTON=EVERY))
    linked = {value[1:] for name, value in read.attributes if name == "href" and value.startswith("#")}

    assert {"api_post_list_get", "api_post_item_patch", "authentication", "problems", "top"} <= linked
    assert linked - read.texts.keys() == set()


def test_a_method_says_what_a_token_has_to_be_good_for():
    class WordHandler(BaseHandler):
        permissions = (Scopes("words:read"),)

        def read(self, request) -> str:
            return "word"

    api = Api(title="Words", authentication=["token"])
    api.route("word/", WordHandler)
    piston = {"PLUGINS": ["json", "auth", "openapi"]}
    with override_settings(ROOT_URLCONF=(path("api/", include(api.urls)),), PISTON=piston):
        told = page(api)

    assert "A token has to be good for <code>words:read</code>." in told


def test_only_what_there_is_stands_in_the_introduction():
    class WordHandler(BaseHandler):
        def read(self, request) -> str:
            return "word"

    api = Api(title="Words")
    api.route("word/", WordHandler)
    with override_settings(ROOT_URLCONF=(path("api/", include(api.urls)),), PISTON={"PLUGINS": ["json", "openapi"]}):
        read = Reader(page(api))

    assert "Words" in read.text("top")
    assert {"formats", "problems", "conditions"} <= read.texts.keys()
    assert not {"authentication", "pages", "sorting", "choosing", "repeating", "range"} & read.texts.keys()


def test_it_is_kept_to_its_own_style_and_script():
    response = Client().get(PAGE)
    html = response.content.decode()
    policy = dict(each.split(" ", 1) for each in response.headers["Content-Security-Policy"].split("; "))
    script, style = (re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL) for tag in ("script", "style"))

    assert policy == {
        "default-src": "'none'",
        "script-src": f"'{hash_of(script[0])}'",
        "style-src": f"'{hash_of(style[0])}'",
        "connect-src": "'self'",
        "img-src": "data:",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    assert (len(script), len(style)) == (1, 1)
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert not [name for name, _ in Reader(html).attributes if name == "style" or name.startswith("on")]


def test_the_script_makes_no_html_of_text_and_stores_nothing():
    script = re.findall(r"<script>(.*?)</script>", page(), re.DOTALL)[0]

    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|Function\(|Storage|\.cookie", script
    )


def test_nothing_on_the_page_is_from_elsewhere():
    read = Reader(page(PISTON=EVERY))
    loaded = [value for name, value in read.attributes if name in ("src", "srcset", "action", "data", "poster")]

    assert loaded == []
    assert [value[:11] for name, value in read.attributes if name == "href" and "//" in value] == ["data:image/"]


def test_texts_of_a_project_are_texts():
    """Whatever stands in docstrings, help texts, titles, choices and reasons is shown and never read as HTML."""

    def read(self, request) -> dict:
        return {}

    read.__doc__ = (
        f"{HOSTILE}\n\n{HOSTILE}\n\n* {HOSTILE}\n\n    {HOSTILE}\n\n`{HOSTILE}` [{HOSTILE}](javascript:alert(3))"
    )
    reasons = causes({409: HOSTILE})(read)
    handler = type("WordHandler", (BaseHandler,), {"__doc__": HOSTILE, "read": reasons})
    api = Api(title=HOSTILE)
    api.route(
        "word/", handler, lifecycle=Lifecycle(deprecated=datetime(2026, 1, 1, tzinfo=UTC), policy="javascript:a")
    )
    options = {"openapi": {"title": HOSTILE, "description": HOSTILE, "version": HOSTILE}}
    settings = {"PISTON": OPENAPI | {"OPTIONS": options}, "ROOT_URLCONF": (path("api/", include(api.urls)),)}
    usual = Reader(page())
    found = Reader(page(api, **settings))

    assert found.tags.count("script") == found.tags.count("style") == 1
    assert set(found.tags) <= {*usual.tags, "pre", "code", "ul", "li"}
    assert found.text().count("<script>alert(1)</script>") >= 8
    assert "14" not in found.text("top")
    assert not [value for name, value in found.attributes if name == "href" and value.startswith("javascript")]


@pytest.mark.parametrize("host", ["evil.example", 'a"b', "a b"])
def test_a_host_that_is_not_the_sites_own_gets_no_page(host):
    assert Client().get(PAGE, headers={"host": host}).status_code == 400


def test_it_has_a_tag_and_is_made_once():
    view = DocumentationView()
    request = RequestFactory().get(PAGE)
    first = view(request)

    assert view._page(request) is view._page(request)
    assert first.headers["Cache-Control"] == "no-cache"
    again = view(RequestFactory().get(PAGE, headers={"if-none-match": first.headers["ETag"]}))
    assert (again.status_code, again.content) == (304, b"")
    assert "sha256-" in again.headers.get("Content-Security-Policy", first.headers["Content-Security-Policy"])


def test_it_follows_the_host_and_the_settings():
    view = DocumentationView()
    there = view(RequestFactory().get(PAGE, headers={"host": "localhost"})).content.decode()
    with override_settings(PISTON=OPENAPI | {"OPTIONS": {"openapi": {"title": "Ours"}}}):
        other = view(RequestFactory().get(PAGE)).content.decode()

    assert "curl http://localhost/api/posts/" in there
    assert "<title>Ours</title>" in other
    assert len(view._made) == 2


def test_it_keeps_few_pages():
    view = DocumentationView(Api())
    with override_settings(ALLOWED_HOSTS=["*"]):
        for number in range(9):
            view(RequestFactory().get(PAGE, headers={"host": f"host-{number}"}))

    assert len(view._made) == 8


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_it_is_only_read(method):
    response = getattr(Client(), method)(PAGE)

    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD")


def test_what_a_hook_takes_out_of_the_document_is_not_on_the_page(monkeypatch):
    from piston_openapi import document as module
    from piston_openapi.pages import contents

    def shortened(description, version=""):
        made = document(description, version)
        del made["paths"]["/api/tags/"]
        made["paths"]["/api/posts/"]["get"]["summary"] = "Our own words."
        body = made["paths"]["/api/posts/"]["post"]["requestBody"]["content"]["application/json"]
        body["example"] = {"title": "Our own example"}
        return made

    assert module
    monkeypatch.setattr(contents, "document", shortened)
    html = page()

    assert "/api/tags/" not in html
    assert "Our own words." in html
    assert "Our own example" in html


def test_the_session_is_told_to_the_page_alone():
    """The token only to somebody who is logged in, and never kept by a cache."""
    view = DocumentationView()
    request = RequestFactory().get(PAGE, {"session": ""})
    request.user = AnonymousUser()
    unknown = view(request)
    request.user = User(username='jane"<b>')
    known = view(request)

    assert json.loads(unknown.content) == {"user": "", "token": ""}
    assert json.loads(known.content)["user"] == 'jane"<b>'
    assert len(json.loads(known.content)["token"]) == 64
    assert known.headers["Cache-Control"] == "no-store"
    assert known.headers["Content-Type"] == "application/json"
    assert json.loads(view(RequestFactory().get(PAGE, {"session": ""})).content)["user"] == ""


def _colours():
    style = re.findall(r"<style>(.*?)</style>", page(), re.DOTALL)[0]
    light, dark = (
        dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", each))
        for each in re.findall(r":root \{(.*?)\n *\}", style, re.DOTALL)[:2]
    )
    return {"light": light, "dark": light | dark}


def _luminance(colour):
    parts = [int(colour[each : each + 2], 16) / 255 for each in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_can_be_told_from_what_they_stand_on(scheme):
    """WCAG 2.2, success criterion 1.4.3: 4.5 to 1."""
    colours = _colours()[scheme]
    grounds = [
        ("ink", "paper"),
        ("ink", "panel"),
        ("ink", "sunken"),
        ("soft", "paper"),
        ("soft", "panel"),
        ("soft", "sunken"),
    ]
    pairs = [*grounds, ("link", "paper"), ("on-main", "main"), ("patch", "paper"), ("delete", "paper")]
    methods = ["get", "post", "put", "patch", "delete", "query"]
    pairs += [(each, f"{each}-bg") for each in methods] + [(each, "panel") for each in methods]
    for text, ground in pairs:
        dark, bright = sorted([_luminance(colours[text]), _luminance(colours[ground])])
        assert (bright + 0.05) / (dark + 0.05) >= 4.5, f"{text} on {ground}"
