"""Guesses are limited as for Basic: wrong answers are counted, and nothing else is."""

from __future__ import annotations

import pytest
from django.test import Client, override_settings
from django.urls import path

from piston_auth.digest.authenticator import DigestAuthenticator
from piston_auth.digest.nonces import new_nonce
from piston_auth.logins import Logins
from piston_core import Resource
from tests.piston_auth.asking import Who
from tests.piston_auth.digest.asking import REALM, answered, digest, field, hash_of

GUESSES = 3


@pytest.fixture(autouse=True)
def site(settings, aladdin):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "digest"}}
    limited = DigestAuthenticator(realm=REALM, userhash=True, logins=Logins(attempts=GUESSES))
    with override_settings(ROOT_URLCONF=(path("who/", Resource(Who, authentication=[limited])),)):
        yield
    from django.core.cache import cache

    cache.clear()


def status(nonce=None, headers=None, **given):
    return Client().get("/who/", headers=headers or digest(nonce or new_nonce(REALM), **given)).status_code


@pytest.mark.parametrize("username", ["Aladdin", "Sindbad"])
def test_after_some_wrong_answers_even_a_right_one_is_not_judged(username):
    given = {"username": username}
    assert [status(password="open barley", **given) for _ in range(GUESSES)] == [401] * GUESSES

    assert status(password="open barley", **given) == 429
    assert status(**given) == 429


def test_a_name_and_its_hash_are_counted_together():
    name = hash_of("SHA-256", "Aladdin", REALM)
    for _ in range(GUESSES):
        guess = answered(new_nonce(REALM), password="open barley", userhash="true") | {"username": f'"{name}"'}
        assert status(headers=field(guess)) == 401

    assert status() == 429


def test_right_answers_stale_ones_and_malformed_ones_are_not_counted():
    used = new_nonce(REALM)
    for _ in range(GUESSES):
        assert status(nonce=new_nonce(REALM, at=0)) == 401
        assert status(headers={"Authorization": "Digest x"}) == 401
        assert status(uri="/") == 400
        assert status(nonce=used) in (200, 401)

    assert status() == 200
