"""Consumers: their states, the mails about them, their secrets, and what they may have registered."""

from __future__ import annotations

import logging

import django
import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from piston_oauth import vault
from piston_oauth.models import Consumer
from tests.piston_oauth.conftest import send_mails_with
from tests.piston_oauth.signing import key_pair

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("provider")]
STATES = ["pending", "accepted", "cancelled", "rejected"]
ALLOWED = {
    ("pending", "accepted"),
    ("pending", "rejected"),
    ("pending", "cancelled"),
    ("accepted", "cancelled"),
    ("rejected", "pending"),
    ("rejected", "accepted"),
    ("cancelled", "pending"),
    ("cancelled", "accepted"),
}


@pytest.mark.parametrize("before", STATES)
@pytest.mark.parametrize("after", [*STATES, "deleted", ""])
def test_a_state_follows_only_some(before, after):
    consumer = Consumer.objects.create(name="a", status=before)
    if (before, after) in ALLOWED:
        consumer.become(after)
    else:
        with pytest.raises(ValidationError, match=before):
            consumer.become(after)

    consumer.refresh_from_db()
    assert consumer.status == (after if (before, after) in ALLOWED else before)


def test_of_two_decisions_at_once_the_second_is_judged_by_the_first():
    one = Consumer.objects.create(name="a")
    other = Consumer.objects.get()
    one.become("accepted")

    with pytest.raises(ValidationError, match="a is accepted and cannot become rejected"):
        other.become("rejected")
    assert other.status == "accepted"


@pytest.fixture
def mailed(jane, settings, mailoutbox, django_capture_on_commit_callbacks):
    """Return a function that does something and returns the mails that were sent when it was stored."""
    settings.ADMINS = [("Admin", "admin@example.net")] if django.VERSION < (6, 0) else ["admin@example.net"]

    def mailed(work):
        with django_capture_on_commit_callbacks(execute=True):
            work()
            assert mailoutbox == []  # nothing is told that may still be undone
        mails = [(mail.to[0], mail.subject, mail.body) for mail in mailoutbox]
        mailoutbox.clear()
        return mails

    return mailed


def test_owner_and_admins_hear_of_a_new_one(jane, mailed):
    mails = mailed(lambda: Consumer.objects.create(name='My "<app>"', owner=jane, description="Does & things."))

    assert sorted(mail[0] for mail in mails) == ["admin@example.net", "jane@example.net"]
    for _, subject, body in mails:
        assert 'My "<app>" waits for a decision' in subject
        assert "Does & things." in body


@pytest.mark.parametrize("status", ["accepted", "rejected", "cancelled"])
def test_the_owner_hears_of_a_decision(jane, mailed, status):
    consumer = Consumer.objects.create(name="app", owner=jane)
    mails = mailed(lambda: consumer.become(status))

    assert [mail[0] for mail in mails] == ["jane@example.net"]
    assert "app is " in mails[0][1]
    assert consumer.secret not in str(mails)
    assert (consumer.key in mails[0][2]) is (status == "accepted")


def test_nobody_hears_of_what_was_undone(jane, mailoutbox):
    consumer = Consumer.objects.create(name="app", owner=jane)
    with transaction.atomic():
        consumer.become("accepted")
        transaction.set_rollback(True)

    assert mailoutbox == []


@pytest.mark.parametrize("email", ["", None])
def test_one_without_an_owner_or_an_address_is_no_failure(jane, mailed, email):
    jane.email = email or ""
    jane.save()

    assert mailed(lambda: Consumer.objects.create(name="a", owner=jane, status="accepted")) == []
    assert mailed(lambda: Consumer.objects.create(name="a", status="accepted")) == []


def test_a_subject_is_one_line(jane, mailed):
    (mail,) = mailed(lambda: Consumer.objects.create(name="a\r\nBcc: x@example.net", owner=jane, status="accepted"))

    assert mail[1] == "a Bcc: x@example.net is accepted"


def test_a_mail_that_fails_breaks_nothing_and_is_logged(jane, mailed, settings, caplog):
    settings.ADMINS = []  # or Django would mail its own report of the failure
    send_mails_with(settings, "tests.piston_oauth.no_such_module.Backend")
    consumer = Consumer.objects.create(name="a", owner=jane)
    with caplog.at_level(logging.ERROR):
        mailed(lambda: consumer.become("accepted"))

    assert "no_such_module" in caplog.text
    consumer.refresh_from_db()
    assert consumer.is_accepted


def test_mails_are_a_projects_to_write(jane, mailed, settings, tmp_path):
    folder = tmp_path / "piston_oauth" / "mails"
    folder.mkdir(parents=True)
    (folder / "consumer_accepted.txt").write_text("Hello {{ consumer.owner.username }}")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    (mail,) = mailed(lambda: Consumer.objects.create(name="a", owner=jane, status="accepted"))

    assert mail[2] == "Hello jane"


def test_a_new_consumer_gets_key_and_secret_of_256_bits():
    one, other = (Consumer.objects.create(name="a") for _ in "12")

    assert len({one.key, other.key, one.secret, other.secret}) == 4
    assert {len(text) for text in (one.key, other.key, one.secret, other.secret)} == {43}


def test_a_consumer_that_signs_with_rsa_has_no_secret(keys):
    consumer = Consumer.objects.create(name="a", rsa_key=keys[1])

    assert (consumer.secret, consumer.sealed) == ("", "")


def test_a_secret_of_ones_own_is_kept():
    """As of an application that has had it with the ancestor."""
    consumer = Consumer(name="a", key="an old key of 18 b")
    consumer.secret = "an old secret"
    consumer.save()

    assert Consumer.objects.get().secret == "an old secret"
    assert "an old secret" not in Consumer.objects.get().sealed


def test_secrets_are_read_with_the_key_that_sealed_them(settings, caplog):
    settings.SECRET_KEY = "the first key of the site"
    secret = Consumer.objects.create(name="a").secret

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the second one", ["the first key of the site"]
    assert Consumer.objects.get().secret == secret
    settings.SECRET_KEY_FALLBACKS = []
    assert Consumer.objects.get().secret == ""
    assert "SECRET_KEY has changed" in caplog.text


def test_a_secret_that_cannot_be_read_is_not_an_empty_one(client, alone, settings):
    header = alone.header("GET", "/two-legged/")
    assert client.get("/two-legged/", headers=header).status_code == 200
    settings.SECRET_KEY = "another key"
    alone.secret = ""

    assert client.get("/two-legged/", headers=alone.header("GET", "/two-legged/")).status_code == 401


def test_what_is_sealed_is_different_each_time():
    assert vault.seal("a") != vault.seal("a")
    assert vault.unseal(vault.seal("ä")) == "ä"
    assert (vault.seal(""), vault.unseal("")) == ("", "")


@pytest.mark.parametrize("text", ["no key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "\x00", "ü"])
def test_a_key_that_is_none_is_refused(text):
    with pytest.raises(ValidationError) as refusal:
        Consumer(name="a", rsa_key=text).full_clean()

    assert list(refusal.value.message_dict) == ["rsa_key"]


def test_keys_that_are_weak_or_private_or_of_another_kind_are_refused(keys):
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    weak = rsa.generate_private_key(65537, 1024)
    curve = ec.generate_private_key(ec.SECP256R1())
    form = (Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for text in (keys[0], *(each.public_key().public_bytes(*form).decode() for each in (weak, curve))):
        with pytest.raises(ValidationError):
            Consumer(name="a", rsa_key=text).full_clean()
    Consumer(name="a", rsa_key=key_pair()[1]).full_clean()


@pytest.mark.parametrize(
    "callbacks", ["javascript:alert(1)", "https://a.example/ data:x", "https://a.example/#a", "x"]
)
def test_callbacks_to_which_nobody_should_be_sent_are_refused(callbacks):
    with pytest.raises(ValidationError) as refusal:
        Consumer(name="a", callbacks=callbacks).full_clean()

    assert list(refusal.value.message_dict) == ["callbacks"]


def test_callbacks_that_can_be_registered():
    Consumer(name="a", callbacks="https://a.example/b\r\nmyapp://x\noob\nhttp://127.0.0.1:8000/").full_clean()
