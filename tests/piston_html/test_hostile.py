"""Whatever stands in the data, a page shows it and does nothing with it."""

from __future__ import annotations

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from piston_core import Affordance, BaseHandler, Document, Input, Link, Problem
from piston_core.testing import serving
from piston_html import HTMLEmitter
from piston_html.assets import TOKEN, TOP
from piston_html.texts import address_in, safe_address
from tests.piston_html.conftest import ACCEPT
from tests.piston_html.reading import data, page, problem

EMITTER = HTMLEmitter()
EVIL = (
    "<script>run()</script>",
    "</bdi></td></table></section><script>run()</script>",
    "</title><script>run()</script>",
    '"><img src=x onerror=run()>',
    "' onmouseover='run()",
    "javascript:run()",
    "<!--top--><!--token-->",
    "\u202egnp.exe",
    "a\x00b\ud800c",
)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(EVIL),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | st.sampled_from(EVIL), inner, max_size=4),
    max_leaves=12,
)


def expect_harmless(parsed):
    """Fail if a page holds an element or an attribute that could do something, beside its own script."""
    for each in parsed.iter():
        assert each.tag not in ("img", "iframe", "object", "embed", "base"), each.tag
        assert not [name for name in each.attrib if name.startswith("on") or name == "style"]
        for name in ("href", "action", "src"):
            address = each.get(name, "")
            assert ":" not in address.partition("/")[0] or address.startswith(("https:", "http:", "mailto:", "data:,"))
    assert len(list(parsed.iter("script"))) == 1


@given(PLAIN)
def test_any_data_is_read_back_and_harmless(value):
    body = EMITTER.emit(Document([{"value": value}]), HttpRequest())

    assert data(body) == [{"value": value}]
    expect_harmless(page(body))


@pytest.mark.parametrize("evil", EVIL)
def test_links_actions_and_queries_are_harmless(evil):
    asked = Input(evil, "text", title=evil, about=evil, value=evil, choices=((evil, evil),), limits={"pattern": evil})
    related = Input(evil, "text", related=object, key=evil, href=evil)  # type: ignore[arg-type]  # any class will do
    area = Input(evil, "textarea", value=evil)
    document = Document(
        {evil: evil},
        links=(Link(evil, evil, {"title": evil}), Link(evil, "next"), Link(f"{evil}{{?a,b}}", "search")),
        actions=(Affordance(evil, "PUT", evil, evil, evil, (asked, related, area), (evil, "application/json")),),
        total=1,
    )

    body = EMITTER.emit(document, RequestFactory().get("/", {"a": evil.replace("\ud800", "")}))

    expect_harmless(page(body))
    assert body.count(TOP) == 1
    assert TOKEN not in body


@pytest.mark.parametrize("evil", EVIL[:-1])
def test_an_address_and_header_fields_are_harmless(evil):
    class Refusing(BaseHandler):
        def read(self, request):
            raise Problem(422, evil, title=evil, errors=[{"pointer": evil, "detail": evil}, evil])

    with serving(Refusing, plugins=["json", "html"]) as client:
        response = client.get("/", {evil: evil}, headers={"Accept": ACCEPT, "User-Agent": evil, "Referer": evil})

    assert response.status_code == 422
    expect_harmless(page(response.content))
    assert problem(response.content)["detail"] == evil


@pytest.mark.parametrize(
    "href",
    [
        "javascript:x",
        "JaVaScRiPt:x",
        " javascript:x",
        "java\tscript:x",
        "\x01javascript:x",
        "data:text/html,x",
        "vbscript:x",
    ],
)
def test_what_could_run_is_no_link(href):
    assert safe_address(href) == ""
    assert address_in(href) == ""


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("/api/posts/hello/", "/api/posts/hello/"),
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        ("HTTP://example.org", "HTTP://example.org"),
        ("https://example.org/ü", "https://example.org/%C3%BC"),
        ("/api/posts/{slug}/", ""),
        ("//example.org/", ""),
        ("/\\example.org/", ""),
        ("/", ""),
        ("see https://example.org", ""),
        ("https://example.org/a b", ""),
        ("https://example.org/\u202e", ""),
        ("httpx", ""),
    ],
)
def test_only_addresses_are_links(value, address):
    assert address_in(value) == address


def test_another_site_is_not_told_where_its_visitors_come_from():
    body = EMITTER.emit(Document({"a": "https://example.org/", "b": "/here/"}), HttpRequest())

    links = {each.get("href"): each.get("rel") for each in page(body).iter("a")}
    assert links == {"https://example.org/": "noreferrer nofollow", "/here/": None}
