"""The page on which a user agrees, in Chromium: it works, its policy lets it, and no other page uses it."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from requests_oauthlib import OAuth1Session
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from piston_oauth.models import AccessToken, RequestToken
from tests.browser import chromium, complaints

__all__ = ["chromium"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("provider")]


@pytest.fixture
def page(chromium, live_server):
    """The browser, in which nobody is logged in yet."""
    chromium.get(f"{live_server.url}/callback/")
    chromium.delete_all_cookies()
    complaints(chromium)
    return chromium


def session(consumer, **more):
    made = OAuth1Session(consumer.key, client_secret=consumer.secret, **more)
    made.trust_env = False
    return made


def begin(server, consumer, callback):
    with session(consumer, callback_uri=callback) as client:
        return client.fetch_request_token(f"{server}/oauth/request_token/")


def log_in(page, server, temporary, title="Give access?"):
    """Open the page as the consumer sends one there, and log in on the way."""
    page.get(f"{server}/oauth/authorize/?oauth_token={temporary['oauth_token']}")
    page.find_element(By.NAME, "username").send_keys("jane")
    page.find_element(By.NAME, "password").send_keys("jane")
    page.find_element(By.CSS_SELECTOR, "input[type=submit]").click()
    WebDriverWait(page, 20).until(lambda driver: driver.title == title)
    complaints(page)  # the admin's own


def press(page, word, title):
    page.find_element(By.XPATH, f"//button[text()='{word}']").click()
    WebDriverWait(page, 20).until(lambda driver: driver.title == title)


def test_allow_leads_back_to_the_application_which_acts_for_the_user(page, live_server, consumer, jane):
    server = live_server.url
    temporary = begin(server, consumer, f"{server}/callback/?state=1")
    log_in(page, server, temporary)
    assert "Give access to “printer”?" in page.find_element(By.TAG_NAME, "h1").text
    assert "localhost" in page.find_element(By.TAG_NAME, "dl").text
    press(page, "Allow", "Back")

    query = parse_qs(urlsplit(page.current_url).query)
    assert query["state"] == ["1"]
    known = {
        "resource_owner_key": temporary["oauth_token"],
        "resource_owner_secret": temporary["oauth_token_secret"],
        "verifier": query["oauth_verifier"][0],
    }
    with session(consumer, **known) as client:
        access = client.fetch_access_token(f"{server}/oauth/access_token/")
    known = {"resource_owner_key": access["oauth_token"], "resource_owner_secret": access["oauth_token_secret"]}
    with session(consumer, **known) as client:
        assert client.get(f"{server}/who/").json()["user"] == "jane"
    assert [each for each in complaints(page) if "favicon" not in each] == []


def test_deny_leads_back_with_nothing(page, live_server, consumer, jane):
    server = live_server.url
    temporary = begin(server, consumer, f"{server}/callback/")
    log_in(page, server, temporary)
    press(page, "Deny", "Back")

    query = parse_qs(urlsplit(page.current_url).query)
    assert query == {"oauth_token": [temporary["oauth_token"]], "oauth_problem": ["user_refused"]}
    assert not RequestToken.objects.exists()
    assert [each for each in complaints(page) if "favicon" not in each] == []


def test_an_application_of_another_origin_is_led_back_to(page, live_server, consumer, jane):
    """Chromium holds the policy of the form against the redirect that answers it."""
    server = live_server.url
    other = server.replace("localhost", "127.0.0.1")
    log_in(page, server, begin(server, consumer, f"{other}/callback/"))
    press(page, "Allow", "Back")

    assert page.current_url.startswith(f"{other}/callback/?oauth_token=")
    assert page.execute_script("return document.referrer") in ("", f"{server}/")
    assert [each for each in complaints(page) if "favicon" not in each] == []


def test_out_of_band_the_code_can_be_read(page, live_server, consumer, jane):
    server = live_server.url
    temporary = begin(server, consumer, "oob")
    log_in(page, server, temporary)
    press(page, "Allow", "Your code")
    verifier = page.find_element(By.ID, "verifier").text

    assert re.fullmatch(r"[a-z2-9]{10}", verifier)
    known = {"resource_owner_key": temporary["oauth_token"], "resource_owner_secret": temporary["oauth_token_secret"]}
    with session(consumer, verifier=verifier, **known) as client:
        client.fetch_access_token(f"{server}/oauth/access_token/")
    assert AccessToken.objects.get().user == jane
    assert [each for each in complaints(page) if "favicon" not in each] == []


def test_what_a_consumer_calls_itself_runs_nothing(page, live_server, consumer, jane):
    consumer.name = "<img src=x onerror=\"document.title='run'\">"
    consumer.description = "<script>document.title='run'</script>"
    consumer.save()
    server = live_server.url
    log_in(page, server, begin(server, consumer, "oob"))

    assert page.title == "Give access?"
    assert "<img" in page.find_element(By.TAG_NAME, "h1").text
    assert page.find_elements(By.CSS_SELECTOR, "img, script") == []


def test_no_page_shows_it_in_a_frame(page, live_server, consumer, jane):
    """Not even one of its own site, which has the user's cookies."""
    server = live_server.url
    temporary = begin(server, consumer, f"{server}/callback/")
    log_in(page, server, temporary)
    page.get(f"{server}/callback/")
    for address in (f"{server}/callback/", f"{server}/oauth/authorize/?oauth_token={temporary['oauth_token']}"):
        page.execute_async_script(
            "const [address, done] = arguments, frame = document.createElement('iframe');"
            "frame.onload = done; frame.src = address; document.body.replaceChildren(frame)",
            address,
        )
        page.switch_to.frame(0)
        seen = page.execute_script("return location.href"), len(page.find_elements(By.NAME, "decision"))
        page.switch_to.default_content()
        assert seen == ((address, 0) if "callback" in address else ("chrome-error://chromewebdata/", 0))


def test_a_page_of_somebody_else_cannot_send_its_form(page, live_server, consumer, jane):
    server = live_server.url
    temporary = begin(server, consumer, f"{server}/callback/")
    log_in(page, server, temporary)
    evil = (
        f'<title>evil</title><form method="post" action="{server}/oauth/authorize/">'
        f'<input name="oauth_token" value="{temporary["oauth_token"]}">'
        '<button name="decision" value="allow">Win a prize</button></form>'
    )
    page.get(f"data:text/html,{quote(evil)}")
    press(page, "Win a prize", "403 Forbidden")

    assert not RequestToken.objects.get().is_answered
