"""The page on which a user agrees: who sees it, what it says, and what no other page can do with it."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from piston_oauth import Options, issuing, vault
from piston_oauth.models import Consumer, RequestToken, in_seconds

PAGE = "/oauth/authorize/"


@pytest.fixture
def asked(consumer):
    return make(consumer)


def make(consumer, callback="https://printer.example.com:8443/ready?x=1"):
    token = RequestToken(consumer=consumer, callback=callback, expires=in_seconds(60))
    token.secret = "hdhd"
    token.save()
    return token


@pytest.fixture
def browser(jane) -> Client:
    """Jane's browser: she is logged in, and Django's CSRF check is on."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(jane)
    return client


def answer(browser, token, decision="allow", **fields):
    page = browser.get(PAGE, {"oauth_token": token.key}).content.decode()
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    form = {"oauth_token": token.key, "decision": decision, "csrfmiddlewaretoken": found[1] if found else ""}
    return browser.post(PAGE, {**form, **fields})


def test_somebody_unknown_logs_in_first_and_comes_back(asked, client):
    response = client.get(PAGE, {"oauth_token": asked.key})

    assert response.status_code == 302
    assert response["Location"] == f"/admin/login/?next=/oauth/authorize/%3Foauth_token%3D{asked.key}"


def test_the_page_says_who_asks_and_where_one_goes_next(asked, browser, jane):
    Consumer.objects.update(owner=jane)
    page = browser.get(PAGE, {"oauth_token": asked.key}).content.decode()

    for text in ("printer", "Prints photos.", "jane", "printer.example.com"):
        assert text in page
    assert "<script" not in page


def test_looking_at_the_page_changes_nothing(asked, browser):
    for method in (browser.get, browser.head):
        assert method(PAGE, {"oauth_token": asked.key, "decision": "allow"}).status_code == 200

    assert not RequestToken.objects.get().is_answered


def test_what_a_consumer_calls_itself_is_text(asked, browser):
    Consumer.objects.update(name="<b>bad</b>\"'", description="<script>alert(1)</script>")
    page = browser.get(PAGE, {"oauth_token": asked.key}).content.decode()

    assert "<b>bad" not in page
    assert "<script" not in page


def test_agreeing_leads_back_with_a_verifier(asked, browser, jane):
    """RFC 5849, section 2.2."""
    response = answer(browser, asked)
    parts = urlsplit(response["Location"])
    query = dict(parse_qsl(parts.query))

    assert response.status_code == 303
    assert parts._replace(query="").geturl() == "https://printer.example.com:8443/ready"
    assert set(query) == {"x", "oauth_token", "oauth_verifier"}
    assert query["oauth_token"] == asked.key
    asked.refresh_from_db()
    assert (asked.user, asked.verifier) == (jane, vault.digest(query["oauth_verifier"]))
    assert timedelta(seconds=590) < asked.expires - timezone.now() <= timedelta(seconds=600)
    assert len(query["oauth_verifier"]) == 43


def test_the_longest_callback_that_is_taken_is_led_back_to(browser, alone):
    def initiate(length):
        callback = "https://a.example/?".ljust(length, "x")
        header = alone.header("POST", "/oauth/request_token/", oauth_callback=callback)
        return Client().post("/oauth/request_token/", headers=header).status_code

    assert [initiate(1801), initiate(1800)] == [400, 200]
    response = answer(browser, RequestToken.objects.get())
    assert response.status_code == 303
    assert len(response["Location"]) < 2048


def test_refusing_leads_back_without_one_and_ends_it(asked, browser):
    response = answer(browser, asked, "deny")

    assert response["Location"] == (
        f"https://printer.example.com:8443/ready?x=1&oauth_token={asked.key}&oauth_problem=user_refused"
    )
    assert not RequestToken.objects.exists()


@pytest.mark.parametrize("decision", ["allow", "deny"])
def test_out_of_band_there_is_a_page_to_read(consumer, browser, decision):
    token = make(consumer, "oob")
    response = answer(browser, token, decision)

    assert response.status_code == 200
    found = re.search(r'id="verifier">([a-z2-9]{10})<', response.content.decode())
    assert bool(found) is (decision == "allow")
    assert RequestToken.objects.filter(verifier=vault.digest(found[1]) if found else "x").exists() is bool(found)


def test_an_app_of_its_own_scheme_is_led_back_to(consumer, browser):
    consumer.callbacks = "myapp://back"
    consumer.save()
    token = make(consumer, "myapp://back?x=1")
    page = browser.get(PAGE, {"oauth_token": token.key})

    assert "form-action 'self' myapp:;" in page["Content-Security-Policy"]
    assert answer(browser, token)["Location"].startswith("myapp://back?x=1&oauth_token=")


def test_nobody_is_led_where_a_request_says(asked, browser):
    """The ancestor took the address from the form."""
    response = answer(browser, asked, oauth_callback="https://evil.example/", callback="https://evil.example/")

    assert urlsplit(response["Location"]).hostname == "printer.example.com"


@pytest.mark.parametrize(
    "fields",
    [{"csrfmiddlewaretoken": ""}, {"csrfmiddlewaretoken": "x" * 64}],
)
def test_another_page_cannot_agree_for_somebody(asked, browser, fields):
    assert answer(browser, asked, **fields).status_code == 403
    assert not RequestToken.objects.get().is_answered


def test_it_is_checked_also_in_a_project_without_the_middleware(asked, browser, settings):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "Csrf" not in name]

    assert answer(browser, asked, csrfmiddlewaretoken="").status_code == 403


@pytest.mark.parametrize("decision", ["", "ALLOW", "yes", "allow\x00"])
def test_only_a_clear_word_is_a_decision(asked, browser, decision):
    assert answer(browser, asked, decision).status_code == 400
    assert not RequestToken.objects.get().is_answered


@pytest.mark.parametrize("key", ["", "x", "\x00", "ü", "k" * 65, "k" * 5000, "<b>"])
def test_a_token_that_is_none(browser, consumer, key):
    response = browser.get(PAGE, {"oauth_token": key})

    assert response.status_code == 400
    assert "<b>" not in response.content.decode()


def test_a_token_is_answered_once(asked, browser):
    assert answer(browser, asked).status_code == 303
    first = RequestToken.objects.get().verifier

    assert browser.get(PAGE, {"oauth_token": asked.key}).status_code == 400
    token = browser.cookies["csrftoken"].value
    for decision in ("allow", "deny"):
        late = {"oauth_token": asked.key, "decision": decision, "csrfmiddlewaretoken": token}
        assert browser.post(PAGE, late).status_code == 400
    assert RequestToken.objects.get().verifier == first


def test_of_two_answers_at_once_the_first_counts(asked, jane):
    """Both pages have found the question open."""
    stale = RequestToken.objects.get()
    verifier = issuing.approve(asked, jane, Options())

    assert issuing.approve(stale, jane, Options()) is None
    issuing.refuse(stale)
    assert RequestToken.objects.get().verifier == vault.digest(verifier)


def test_an_answer_that_comes_too_late_does_not_count(asked, jane):
    RequestToken.objects.update(expires=in_seconds(-1))

    assert issuing.approve(asked, jane, Options()) is None


@pytest.mark.parametrize("status", ["pending", "rejected", "cancelled"])
def test_a_consumer_that_is_not_accepted_asks_nobody(asked, browser, status):
    Consumer.objects.update(status=status)

    assert browser.get(PAGE, {"oauth_token": asked.key}).status_code == 400
    assert answer(browser, asked).status_code in (400, 403)


def test_a_token_whose_time_is_over_is_answered_by_nobody(asked, browser):
    RequestToken.objects.update(expires=in_seconds(-1))

    assert browser.get(PAGE, {"oauth_token": asked.key}).status_code == 400


def test_the_page_is_in_no_frame_and_no_cache_and_runs_nothing(asked, browser):
    response = browser.get(PAGE, {"oauth_token": asked.key})
    policy = dict(part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))

    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] == "'self' https://printer.example.com:8443"
    assert policy["base-uri"] == "'none'"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert "no-store" in response["Cache-Control"]


def test_the_policy_holds_for_every_page_and_every_style(asked, browser, consumer):
    first, second = (browser.get(PAGE, {"oauth_token": asked.key}) for _ in "12")
    nonces = [re.search(r"'nonce-([^']+)'", each["Content-Security-Policy"])[1] for each in (first, second)]

    assert nonces[0] != nonces[1]
    assert f'<style nonce="{nonces[0]}">' in first.content.decode()
    for response in (browser.get(PAGE), answer(browser, make(consumer, "oob"))):
        assert "form-action 'none'" in response["Content-Security-Policy"]


@pytest.mark.parametrize("callback", ["https://a.example/;script-src *", "https://a;b.example/", "https://a,b/"])
def test_a_callback_does_not_widen_the_policy(consumer, browser, callback):
    response = browser.get(PAGE, {"oauth_token": make(consumer, callback).key})

    assert response["Content-Security-Policy"].count(";") == 5
    assert "script-src" not in response["Content-Security-Policy"]
    assert "\n" not in response["Content-Security-Policy"]


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_not_known(client, provider, method):
    assert getattr(client, method)(PAGE).status_code == 405


def test_the_template_is_a_projects_to_override(asked, browser, settings, tmp_path):
    (tmp_path / "piston_oauth").mkdir()
    (tmp_path / "piston_oauth" / "authorize.html").write_text("{{ consumer.name }} at {{ host }}? {{ token.key }}")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    page = browser.get(PAGE, {"oauth_token": asked.key}).content.decode()

    assert page == f"printer at printer.example.com? {asked.key}"
