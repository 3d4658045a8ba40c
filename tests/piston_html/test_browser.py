"""Pages in Chromium: they work as a whole, their policy lets them, and they ask nobody else."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from blog.models import Post, Tag
from tests.browser import chromium, complaints

__all__ = ["chromium"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("paged")]

ALL = "details.action > summary, details.raw > summary"


@pytest.fixture
def browser(chromium, live_server):
    """Chromium, in which alice has logged in."""
    chromium.get(f"{live_server.url}/api/")
    chromium.delete_all_cookies()
    client = Client()
    client.login(username="alice", password="alice")
    chromium.add_cookie({"name": "sessionid", "value": client.cookies["sessionid"].value, "path": "/"})
    complaints(chromium)
    return chromium


def until(browser, holds):
    return WebDriverWait(browser, 20).until(holds)


def opened(browser, address, title):
    browser.get(address)
    until(browser, lambda page: page.title.startswith(title))
    for summary in browser.find_elements(By.CSS_SELECTOR, ALL):
        browser.execute_script("arguments[0].parentNode.open = true", summary)


def form(browser, method):
    return browser.find_element(By.CSS_SELECTOR, f"form[data-method={method}][data-type]")


def fill(form, **values):
    for name, value in values.items():
        control = form.find_element(By.NAME, name)
        if control.tag_name != "select":
            control.clear()
        control.send_keys(value)


def press(form):
    button = form.find_element(By.TAG_NAME, "button")
    form.parent.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
    button.click()


def own(browser):
    """Return the complaints that are not about the answers that a test asks for."""
    return [each for each in complaints(browser) if "favicon" not in each and "Failed to load resource" not in each]


def test_create_change_and_delete_through_the_forms(browser, live_server):
    opened(browser, f"{live_server.url}/api/posts/", "Posts")
    fill(form(browser, "POST"), title="From a browser", slug="from-a-browser", content="One\nTwo", tags="django, rest")
    press(form(browser, "POST"))
    until(browser, lambda page: page.title.startswith("Post from-a-browser"))
    post = Post.objects.get(slug="from-a-browser")
    assert (post.author.username, post.content.split(), post.tags.count()) == ("alice", ["One", "Two"], 2)
    assert (post.is_published, post.price) == (True, 0)

    opened(browser, browser.current_url, "Post")
    fill(form(browser, "PATCH"), title="Changed", is_published="No")
    press(form(browser, "PATCH"))
    until(browser, lambda page: "Changed" in page.page_source)
    post.refresh_from_db()
    assert (post.title, post.is_published, post.tags.count()) == ("Changed", False, 2)

    opened(browser, browser.current_url, "Post")
    fill(form(browser, "PUT"), content="Again", tags="rest")
    press(form(browser, "PUT"))
    until(browser, lambda page: "Again" in page.page_source)
    assert [each.slug for each in post.tags.all()] == ["rest"]

    opened(browser, browser.current_url, "Post")
    press(form(browser, "DELETE"))
    until(browser, lambda page: page.title.startswith("Posts"))
    assert not Post.objects.filter(slug="from-a-browser").exists()
    assert own(browser) == []


def test_what_is_wrong_is_said_next_to_its_field(browser, live_server):
    opened(browser, f"{live_server.url}/api/posts/", "Posts")
    fill(form(browser, "POST"), title="SHOUTING", slug="hello-piston", content="x", tags="nobody")
    press(form(browser, "POST"))

    title = form(browser, "POST").find_element(By.CSS_SELECTOR, "[data-field=title]")
    until(browser, lambda _: "shouts" in title.text)
    assert title.find_element(By.TAG_NAME, "input").get_attribute("aria-invalid") == "true"
    for name in ("tags", "slug"):
        field = form(browser, "POST").find_element(By.CSS_SELECTOR, f"[data-field={name}]")
        assert field.find_elements(By.CSS_SELECTOR, ".faults li"), name
    assert own(browser) == []


def test_who_changes_what_somebody_else_has_changed_is_told(browser, live_server):
    opened(browser, f"{live_server.url}/api/posts/hello-piston/", "Post")
    Post.objects.filter(slug="hello-piston").update(title="Meanwhile")
    fill(form(browser, "PATCH"), title="Mine")
    press(form(browser, "PATCH"))

    until(browser, lambda _: form(browser, "PATCH").find_element(By.CLASS_NAME, "said").text)
    assert Post.objects.get(slug="hello-piston").title == "Meanwhile"


def test_a_body_can_be_written_by_hand(browser, live_server):
    opened(browser, f"{live_server.url}/api/posts/hello-piston/", "Post")
    raw = browser.find_element(By.CSS_SELECTOR, "form[data-method=PATCH][data-raw]")
    raw.find_element(By.NAME, "type").send_keys("application/merge-patch+json")
    raw.find_element(By.NAME, "body").send_keys(json.dumps({"title": "By hand"}))
    press(raw)

    until(browser, lambda page: "By hand" in page.page_source)
    assert Post.objects.get(slug="hello-piston").title == "By hand"


def test_links_and_the_search_lead_on(browser, live_server):
    opened(browser, f"{live_server.url}/api/posts/", "Posts")
    browser.find_element(By.NAME, "title__icontains").send_keys("piston")
    browser.find_element(By.CSS_SELECTOR, "form.search button").click()
    until(browser, lambda page: page.current_url.endswith("?title__icontains=piston"))
    browser.find_element(By.PARTIAL_LINK_TEXT, "Hello, Piston").click()
    until(browser, lambda page: page.title.startswith("Post hello-piston"))
    browser.find_element(By.LINK_TEXT, "collection").click()
    until(browser, lambda page: page.title.startswith("Posts"))

    assert own(browser) == []


def test_nothing_is_asked_of_others_and_nothing_before_somebody_types(browser, live_server):
    opened(browser, f"{live_server.url}/api/posts/hello-piston/", "Post")
    asked = browser.execute_script("return performance.getEntriesByType('resource').map(each => each.name)")

    assert [each for each in asked if not each.endswith("favicon.ico")] == []
    tag = form(browser, "PATCH").find_element(By.NAME, "tags")
    tag.send_keys(", djan")
    found = until(browser, lambda page: page.find_elements(By.CSS_SELECTOR, "datalist option"))
    assert [each.get_attribute("value") for each in found] == ["django, rest, django"]
    assert all(each.startswith(live_server.url) for each in browser.execute_script(ASKED))


ASKED = "return performance.getEntriesByType('resource').map(each => each.name)"


def test_hostile_text_stays_text(browser, live_server):
    evil = "</bdi></script><script>document.title='run'</script><img src=x onerror=\"document.title='run'\">\u202e"
    Post.objects.filter(slug="hello-piston").update(title=evil[:120], content=evil * 9)
    Tag.objects.filter(slug="django").update(name="javascript:alert(1)")
    for address in ("/api/posts/hello-piston/", "/api/posts/", "/api/tags/", "/api/nope/<script>/"):
        opened(browser, f"{live_server.url}{address}?x=<script>document.title='run'</script>", "")
        assert "run" not in browser.title.split()
        assert browser.find_elements(By.CSS_SELECTOR, "img, a[href^=javascript]") == []
        assert len(browser.find_elements(By.TAG_NAME, "script")) == 1
    assert own(browser) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_can_be_read_in_light_and_dark(browser, live_server, scheme):
    """Text has the contrast that WCAG 2.2 wants, 4.5 to 1."""
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    opened(browser, f"{live_server.url}/api/posts/hello-piston/", "Post")
    found = browser.execute_script(CONTRASTS)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})

    assert len(found) > 50
    assert [each for each in found if each[0] < 4.5] == []


CONTRASTS = """
const light = (text) => {
  const [r, g, b] = text.match(/[\\d.]+/g).map((each) => {
    const part = each / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const behind = (element) => {
  for (; element; element = element.parentElement) {
    const color = getComputedStyle(element).backgroundColor;
    if (!color.endsWith(", 0)")) return color;
  }
  return "rgb(255, 255, 255)";
};
return [...document.querySelectorAll("body *")].filter((each) => each.innerText?.trim() && each.checkVisibility()).map(
  (each) => {
    const pair = [light(getComputedStyle(each).color), light(behind(each))].sort((a, b) => b - a);
    return [(pair[0] + 0.05) / (pair[1] + 0.05), each.tagName, each.innerText.slice(0, 40)];
  });
"""


def test_a_phone_shows_a_page_without_scrolling_aside(browser, live_server):
    metrics = {"width": 360, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    wide = {}
    for address in ("/api/", "/api/posts/", "/api/posts/hello-piston/"):
        opened(browser, f"{live_server.url}{address}", "")
        wide[address] = browser.execute_script("return document.documentElement.scrollWidth")
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})

    assert max(wide.values()) <= 360, wide
