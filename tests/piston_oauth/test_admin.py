"""The provider in Django's admin."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from piston_oauth.models import AccessToken, Consumer, RequestToken, in_seconds

LIST = "/admin/piston_oauth/consumer/"
TOKENS = "/admin/piston_oauth/accesstoken/"


@pytest.fixture
def admin(provider, db) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("admin", "admin@example.net", "admin"))
    return client


def act(admin, action, *objects, place=LIST):
    return admin.post(place, {"action": action, "_selected_action": [each.pk for each in objects]}, follow=True)


def test_a_new_consumer_has_its_secret_shown_once(admin):
    response = admin.post(f"{LIST}add/", {"name": "app", "callbacks": "oob"})
    consumer = Consumer.objects.get()

    assert consumer.secret in response.content.decode()
    assert consumer.key in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert consumer.status == "pending"
    for address in (LIST, f"{LIST}{consumer.pk}/change/", f"{LIST}{consumer.pk}/history/"):
        page = admin.get(address).content.decode()
        assert "app" in page
        assert consumer.secret not in page
        assert consumer.sealed not in page


def test_one_that_signs_with_rsa_has_none_to_show(admin, keys):
    response = admin.post(f"{LIST}add/", {"name": "app", "rsa_key": keys[1]})

    assert response.status_code == 302
    assert Consumer.objects.get().secret == ""


@pytest.mark.parametrize(("field", "value"), [("rsa_key", "none"), ("callbacks", "javascript:x")])
def test_what_cannot_be_is_said_at_its_field(admin, field, value):
    response = admin.post(f"{LIST}add/", {"name": "app", field: value})

    assert response.context["adminform"].form.errors[field]
    assert not Consumer.objects.exists()


@pytest.mark.parametrize(
    ("action", "status"), [("accept", "accepted"), ("reject", "rejected"), ("cancel", "cancelled")]
)
def test_decisions_are_actions_with_a_mail_and_an_entry(
    admin, jane, mailoutbox, django_capture_on_commit_callbacks, action, status
):
    consumer = Consumer.objects.create(name="app", owner=jane)
    with django_capture_on_commit_callbacks(execute=True):
        page = act(admin, action, consumer)

    consumer.refresh_from_db()
    assert consumer.status == status
    assert f"App is {status}." in page.content.decode()
    assert [mail.to for mail in mailoutbox] == [["jane@example.net"]]
    assert f"Became {status}." in admin.get(f"{LIST}{consumer.pk}/history/").content.decode()


def test_a_decision_that_cannot_be_is_said_and_hinders_no_other(admin):
    one = Consumer.objects.create(name="one", status="accepted")
    other = Consumer.objects.create(name="other")
    page = act(admin, "reject", one, other).content.decode()

    assert "One is accepted and cannot become rejected" in page
    assert [each.status for each in Consumer.objects.order_by("name")] == ["accepted", "rejected"]


def test_the_status_is_not_in_the_form(admin):
    consumer = Consumer.objects.create(name="app")
    admin.post(f"{LIST}{consumer.pk}/change/", {"name": "app 2", "status": "accepted"})
    consumer.refresh_from_db()

    assert (consumer.name, consumer.status) == ("app 2", "pending")


def test_a_new_secret_is_shown_and_the_former_one_is_gone(admin, signer, consumer, client):
    former = consumer.secret
    page = act(admin, "renew_secret", consumer)
    consumer.refresh_from_db()

    assert consumer.secret != former
    assert re.search(r'id="secret">([^<]+)<', page.content.decode())[1] == consumer.secret
    assert client.get("/who/", headers=signer.header()).status_code == 401
    signer.secret = consumer.secret
    assert client.get("/who/", headers=signer.header()).status_code == 200


def test_secrets_are_renewed_one_by_one(admin):
    some = [Consumer.objects.create(name=name) for name in "ab"]
    page = act(admin, "renew_secret", *some)

    assert "Select one consumer" in page.content.decode()
    assert [each.secret for each in Consumer.objects.all()] == [each.secret for each in some]


@pytest.mark.parametrize("action", ["accept", "renew_secret"])
def test_who_may_only_look_may_not_decide(provider, jane, action):
    consumer = Consumer.objects.create(name="app")
    jane.user_permissions.add(Permission.objects.get(codename="view_consumer", content_type__app_label="piston_oauth"))
    client = Client()
    client.force_login(jane)
    act(client, action, consumer)

    assert Consumer.objects.get().status == "pending"
    assert Consumer.objects.get().sealed == consumer.sealed


def test_access_tokens_are_taken_back(admin, signer, token, client):
    assert client.get("/who/", headers=signer.header()).status_code == 200
    page = act(admin, "revoke", token, place=TOKENS)

    assert "1 access tokens were revoked." in page.content.decode()
    assert client.get("/who/", headers=signer.header()).status_code == 401
    assert not AccessToken.objects.get().is_good


def test_tokens_are_neither_made_nor_changed_nor_told_there(admin, token, consumer):
    asked = RequestToken.objects.create(consumer=consumer, callback="oob", expires=in_seconds(60))
    for place, row in ((TOKENS, token), ("/admin/piston_oauth/requesttoken/", asked)):
        assert admin.get(f"{place}add/").status_code == 403
        for address in (place, f"{place}{row.pk}/change/"):
            page = admin.get(address).content.decode()
            assert "printer" in page
            assert row.key not in page
    assert admin.get("/admin/piston_oauth/nonce/").status_code == 404
