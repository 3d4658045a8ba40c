"""``manage.py piston_digest`` stores for who knows the password, tells no secret, and deletes what is over."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from piston_auth.digest.counting import SWEPT
from piston_auth.digest.models import DigestNonce, DigestSecret
from tests.piston_auth.digest.asking import EVERY, REALM, digest, fresh_nonce, hash_of, user

pytestmark = pytest.mark.urls("tests.piston_auth.digest.asking")


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def run(settings, monkeypatch):
    settings.PISTON = {"PLUGINS": ["json", "auth"], "OPTIONS": {"auth": {"realm": REALM}}}

    def run(*arguments, typed="", stdin=None):
        monkeypatch.setattr("sys.stdin", stdin or io.StringIO(typed))
        out = io.StringIO()
        call_command("piston_digest", *arguments, stdout=out)
        return out.getvalue()

    return run


def status():
    return Client().get("/who/", headers=digest(fresh_nonce())).status_code


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_set_stores_what_is_missing(db, run, end):
    User.objects.create_user("Aladdin", password="open sesame")
    assert status() == 401

    assert run("set", "Aladdin", typed=f"open sesame{end}") == "Stored for 'Aladdin' in the realm 'Cave': SHA-256.\n"
    assert status() == 200


def test_set_asks_whoever_sits_at_a_terminal(db, run, monkeypatch):
    User.objects.create_user("Aladdin", password="open sesame")
    asked = []
    monkeypatch.setattr("getpass.getpass", lambda prompt: asked.append(prompt) or "open sesame")
    run("set", "Aladdin", stdin=Terminal())

    assert asked == ["Password of Aladdin: "]
    assert status() == 200


@pytest.mark.parametrize(("name", "words"), [("Aladdin", "not the password of 'Aladdin'"), ("Ali", "no user 'Ali'")])
def test_set_stores_nothing_for_who_does_not_know_the_password(db, run, name, words):
    User.objects.create_user("Aladdin", password="open sesame")

    with pytest.raises(CommandError, match=words):
        run("set", name, typed="open barley\n")
    assert DigestSecret.objects.count() == 0


def test_list_tells_whose_there_are_and_no_secret(aladdin, run):
    User.objects.filter(pk=user("Ali", "baba").pk).update(password="!")
    listed = run("list")

    assert listed.splitlines() == [
        *(f"Aladdin  Cave  {each}  current" for each in EVERY),
        *(f"Ali  Cave  {each}  over: set the password anew" for each in EVERY),
    ]
    assert hash_of("SHA-256", "Aladdin", REALM, "open sesame") not in listed


def test_prune_deletes_what_is_over_and_nothing_else(aladdin, run):
    User.objects.filter(pk=user("Ali", "baba").pk).update(password="!")
    past, future = timezone.now() - timedelta(seconds=1), timezone.now() + timedelta(seconds=60)
    rows = [DigestNonce(key=str(number), expires=past) for number in range(2 * SWEPT + 1)]
    DigestNonce.objects.bulk_create([*rows, DigestNonce(key="in use", expires=future)])

    assert run("prune") == "Deleted: 3 digests that were over, 201 nonces that had expired.\n"
    assert run("prune") == "Deleted: 0 digests that were over, 0 nonces that had expired.\n"
    assert DigestNonce.objects.get().key == "in use"
    assert {each.user for each in DigestSecret.objects.select_related("user")} == {aladdin}


@pytest.mark.parametrize("arguments", [[], ["set"], ["else"]])
def test_what_it_cannot_do_is_said(run, arguments):
    with pytest.raises(CommandError):
        run(*arguments)
