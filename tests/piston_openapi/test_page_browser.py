"""The pages in Chromium: they work under their policies, for whoever is logged in or types credentials in."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import include, path
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from blog.handlers import TagHandler
from blog.models import Comment, Post
from piston_auth.tokens.models import Token
from piston_core import Api
from tests.browser import chromium, complaints
from tests.piston_openapi.test_document import ALL

__all__ = ["chromium"]

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.undescribed("a browser asks for more than the suite"),
]

READ, WRITE = "api_tag_list_get", "api_comment_list_post"


@pytest.fixture(autouse=True)
def _site(settings):
    authenticators = ["session", "token", "basic"]
    options = {"openapi": {"viewers": ["swagger", "redoc"]}, "auth": {"realm": "Blog"}}
    settings.PISTON = {**ALL, "AUTHENTICATORS": authenticators, "OPTIONS": options}


@pytest.fixture
def jane():
    jane = User.objects.create_user("jane", password="jané: '$(id)'", is_staff=True)
    Post.objects.create(title="Tea", slug="tea", content="Hot.", author=jane)
    return jane


@pytest.fixture
def page(chromium, live_server):
    """The page, read by nobody who is logged in."""
    likes(chromium, "light")
    chromium.get(f"{live_server.url}/api/docs/")
    chromium.delete_all_cookies()
    complaints(chromium)
    return chromium


def likes(page, scheme):
    """Set what the reader likes: light or dark, and always without motion."""
    features = {"prefers-color-scheme": scheme, "prefers-reduced-motion": "reduce"}
    told = [{"name": name, "value": value} for name, value in features.items()]
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": told})


def one(within, selector):
    return within.find_element(By.CSS_SELECTOR, selector)


def opened(page, anchor):
    """Return the form that tries a method."""
    article = page.find_element(By.ID, anchor)
    click(page, one(article, ".try-open"))
    WebDriverWait(page, 20).until(lambda _: one(article, ".who").text)
    return one(article, ".try")


def click(page, element):
    page.execute_script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", element)
    element.click()


def fill(form, name, value):
    field = one(form, f"[data-name={name}]")
    field.clear()
    field.send_keys(value)


def sent(page, form):
    """Send a form, and return the status, the answer and the line for curl."""
    page.execute_script("arguments[0].replaceChildren()", one(form, ".got"))  # what came back before
    click(page, one(form, "button.main"))
    if page.find_elements(By.CSS_SELECTOR, "dialog.ask[open]"):
        one(page, "dialog.ask [value=yes]").click()
    WebDriverWait(page, 20).until(lambda _: form.find_elements(By.CSS_SELECTOR, ".got .status"))
    blocks = [each.get_attribute("textContent") for each in form.find_elements(By.CSS_SELECTOR, ".got code")]
    return one(form, ".got .status").text, blocks[0], blocks[-1]


def identify(page, form, kind, **fields):
    click(page, one(form, ".who"))
    one(page, f"dialog.credentials [value={kind}]").click()
    for name, value in fields.items():
        one(page, f"dialog.credentials [name={name}]").send_keys(value)
    one(page, "dialog.credentials button.main").click()


def test_it_is_tried_with_the_readers_session(page, live_server, jane):
    client = Client()
    client.force_login(jane)
    page.add_cookie({"name": "sessionid", "value": client.cookies["sessionid"].value, "path": "/"})
    form = opened(page, WRITE)
    WebDriverWait(page, 20).until(lambda _: one(form, ".who").text == "jane")
    fill(form, "slug", "tea")
    status, answer, line = sent(page, form)

    assert status == "201"
    assert '"username": "jane"' in answer
    assert Comment.objects.get().author == jane
    assert line.startswith(f"curl '{live_server.url}/api/posts/tea/comments/' \\\n")
    assert complaints(page) == []


def test_it_is_tried_with_credentials_that_nothing_keeps(page, live_server, jane):
    _, secret = Token.objects.issue(jane, "test")
    form = opened(page, WRITE)
    fill(form, "slug", "tea")
    identify(page, form, "bearer", token=secret)
    assert sent(page, form)[0] == "201"
    identify(page, form, "basic", username="jane", password="jané: '$(id)'")
    status, _, line = sent(page, form)

    assert (status, Comment.objects.count()) == ("201", 2)
    assert (secret in line, "$(id)" in line) == (False, False)
    kept = (
        "return [localStorage.length, sessionStorage.length, document.cookie.length, location.search + location.hash]"
    )
    assert page.execute_script(kept) == [0, 0, 0, ""]
    page.refresh()
    assert one(opened(page, WRITE), ".who").text == "nobody"
    assert complaints(page) == []


def test_a_write_asks_first_and_a_refusal_is_shown(page, jane):
    form = opened(page, WRITE)
    click(page, one(form, "button.main"))
    one(page, "dialog.ask [value=no]").click()
    assert form.find_elements(By.CSS_SELECTOR, ".got .status") == []
    fill(form, "slug", "tea")
    status, answer, _ = sent(page, form)

    assert status == "401"
    assert '"title": "Unauthorized"' in answer
    assert not Comment.objects.exists()
    page.switch_to.active_element.send_keys(Keys.TAB)
    complaints(page)  # the browser names each refusal


def test_parameters_are_sent_as_they_are_typed(page, live_server, jane):
    form = opened(page, "api_post_list_get")
    one(form, "[data-name=tags__slug]").send_keys("a&b\nc d")
    fill(form, "title__icontains", "'\"é")
    status, answer, line = sent(page, form)

    assert (status, answer) == ("200", "[]")
    address = f"{live_server.url}/api/posts/?tags__slug=a%26b&tags__slug=c+d&title__icontains=%27%22%C3%A9"
    assert line == f"curl '{address}'"


def test_it_looks_nowhere_else(page, live_server):
    sent(page, opened(page, READ))
    loaded = page.execute_script("return performance.getEntriesByType('resource').map((each) => each.name)")

    assert loaded
    assert all(each.startswith((live_server.url, "data:")) for each in loaded)
    assert complaints(page) == []


def test_what_a_policy_forbids_is_not_done(page):
    """A script that got into the page somehow would not run, and could tell nobody what it finds."""
    page.execute_script("document.body.append(Object.assign(document.createElement('script'), {id: 'evil'}))")
    told = page.execute_script(
        "try { document.getElementById('evil').text = 'document.title = 1' } catch (error) { return error.name }"
    )
    fetched = page.execute_async_script(
        "const done = arguments[0]; fetch('http://127.0.0.1:9/').then(() => done('sent'), () => done('refused'))"
    )

    assert (told, fetched) == ("TypeError", "refused")
    assert any("Content Security Policy" in each or "TrustedScript" in each for each in complaints(page))


def test_a_phone_need_not_scroll_sideways(page):
    measures = {"width": 360, "height": 740, "deviceScaleFactor": 1, "mobile": True}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", measures)
    try:
        page.refresh()
        page.execute_script("for (const each of document.querySelectorAll('details')) each.open = true")
        opened(page, WRITE)
        widths = page.execute_script("return [document.documentElement.scrollWidth, innerWidth]")
        one(page, ".menu").click()
        one(page, f".side a[href='#{READ}']").click()
    finally:
        page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})

    assert widths == [360, 360]
    assert "open" not in one(page, "#entries").get_attribute("class")


def test_it_is_dark_where_the_reader_likes_it_dark(page):
    def ground(scheme):
        likes(page, scheme)
        return page.execute_script("return getComputedStyle(document.body).backgroundColor")

    assert (ground("dark"), ground("light")) == ("rgb(19, 23, 26)", "rgb(255, 255, 255)")


def test_it_is_read_with_the_keyboard_alone(page):
    """The first stop leads to the content; a stroke leads to the search, which hides what has not the words."""
    body = one(page, "body")
    body.send_keys(Keys.TAB)
    assert page.switch_to.active_element.get_attribute("class") == "skip"
    body.send_keys("/")
    page.switch_to.active_element.send_keys("comment moderation")
    shown = [each.get_attribute("id") for each in page.find_elements(By.CSS_SELECTOR, "article.entry:not([hidden])")]
    assert shown == [WRITE]
    assert one(page, "#found").get_attribute("textContent") == "1 found"
    page.switch_to.active_element.send_keys("xyz")
    assert one(page, ".nothing").is_displayed()
    page.switch_to.active_element.send_keys(Keys.ESCAPE)
    opener = one(page.find_element(By.ID, READ), ".try-open")
    opener.send_keys(Keys.ENTER)
    WebDriverWait(page, 20).until(lambda driver: driver.switch_to.active_element.get_attribute("data-name"))
    page.switch_to.active_element.send_keys(Keys.ENTER)
    WebDriverWait(page, 20).until(lambda driver: driver.find_elements(By.CSS_SELECTOR, ".got .status"))


@pytest.mark.parametrize(("viewer", "refused"), [("swagger", r"^$"), ("redoc", r"logo-mini\.svg|inline style")])
def test_a_viewer_shows_the_document_and_nothing_is_from_elsewhere(page, live_server, settings, viewer, refused):
    """What Redoc has from its makers' site, its logo, is refused; so are bars that it would draw itself."""
    api = Api()
    api.route("tags/", TagHandler, authentication=())
    settings.ROOT_URLCONF = (path("api/", include("piston_openapi.urls")), path("api/", include(api.urls)))
    page.get(f"{live_server.url}/api/docs/{viewer}/")
    WebDriverWait(page, 30).until(lambda driver: "The words that posts are found by" in one(driver, "#viewer").text)
    if viewer == "swagger":
        click(page, one(page, ".opblock-get button"))
        WebDriverWait(page, 20).until(lambda driver: driver.find_elements(By.CSS_SELECTOR, ".try-out button"))
    loaded = page.execute_script(
        "const loaded = performance.getEntriesByType('resource').filter((each) => each.responseStatus);"
        "return loaded.map((each) => each.name)"
    )

    assert all(each.startswith((live_server.url, "data:", "blob:")) for each in loaded)
    assert [each for each in complaints(page) if not re.search(refused, each)] == []


def test_the_lines_for_curl_do_what_they_say(live_server, jane):
    """In the order of the page: what is created at first is read, changed and deleted."""
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("curl is not installed here")
    html = Client().get("/api/docs/", headers={"host": live_server.url.removeprefix("http://")}).content.decode()
    entries = dict(
        re.findall(
            r'<article class="entry" id="([^"]+)".*?<div class="code curl">.*?<code>(.*?)</code>', html, re.DOTALL
        )
    )
    wanted = ["list_get", "list_query", "list_post", "item_get", "item_put", "item_patch", "item_delete"]
    lines = [unescape(entries[f"api_post_{each}"]) for each in wanted] + [unescape(entries["api_statistics_get"])]
    script = "\n".join(f"{line} -s -o /dev/null -w '%{{http_code}} '" for line in lines)
    environment = {**os.environ, "NO_PROXY": "*", "TOKEN": Token.objects.issue(jane, "test")[1]}
    done = subprocess.run(
        ["sh", "-c", script], capture_output=True, encoding="utf-8", env=environment, timeout=60, check=True
    )

    assert done.stdout.split() == ["200", "200", "201", "200", "200", "200", "204", "200"]
