"""Nonces: good on every process for a while, once for each count; a right answer to any other is told ``stale``."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from piston_auth.digest.counting import SWEPT
from piston_auth.digest.models import DigestNonce
from piston_auth.digest.nonces import SKEW, is_fresh, made_at, new_nonce
from tests.piston_auth.digest.asking import REALM, challenges, digest, fresh_nonce

pytestmark = pytest.mark.urls("tests.piston_auth.digest.asking")

SECONDS = 300


def get(nonce, nc=1, **given):
    return Client().get("/who/", headers=digest(nonce, nc=nc, **given))


def is_stale(response):
    assert response.status_code in (200, 401)
    return response.status_code == 401 and challenges(response)[0].get("stale") == "true"


def test_a_nonce_tells_when_it_was_made():
    assert made_at(new_nonce(REALM, at=1_700_000_000.9), REALM) == 1_700_000_000


@given(st.text())
def test_what_others_made_up_is_no_nonce(text):
    assert made_at(text, REALM) is None


@given(st.integers(0, 47), st.sampled_from("AZaz09-_+/= é"))
def test_a_nonce_that_was_changed_is_none(place, letter):
    nonce = new_nonce(REALM)
    changed = nonce[:place] + letter + nonce[place + 1 :]

    assert (made_at(changed, REALM) is None) == (changed != nonce)


def test_a_nonce_is_for_one_realm():
    assert made_at(new_nonce(REALM), "API") is None


def test_another_process_with_the_same_secret_key_knows_it(settings):
    code = (
        "from django.conf import settings; import sys\n"
        "settings.configure(SECRET_KEY=sys.argv[1])\n"
        "from piston_auth.digest.nonces import made_at\n"
        "print(made_at(sys.argv[2], sys.argv[3]))"
    )
    command = [sys.executable, "-c", code, settings.SECRET_KEY, new_nonce(REALM, at=1_700_000_000), REALM]
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "1700000000"


def test_a_nonce_outlives_a_secret_key_that_is_kept_as_a_fallback(settings):
    nonce, old = new_nonce(REALM), settings.SECRET_KEY
    settings.SECRET_KEY = "another"

    assert made_at(nonce, REALM) is None
    settings.SECRET_KEY_FALLBACKS = ["a third", old]
    assert made_at(nonce, REALM) is not None


@pytest.mark.parametrize(
    ("age", "fresh"),
    [(0, True), (SECONDS - 5, True), (SECONDS + 5, False), (5 - SKEW, True), (-5 - SKEW, False), (10**9, False)],
)
def test_a_nonce_is_good_for_a_while_and_the_clocks_of_servers_may_differ_a_little(age, fresh):
    assert is_fresh(int(time.time()) - age, SECONDS) is fresh


def test_a_nonce_can_be_used_again_with_a_higher_count(aladdin):
    nonce = fresh_nonce()

    assert [get(nonce, nc).status_code for nc in (1, 2, 3, 10, 4_294_967_295)] == [200] * 5


def test_the_same_credentials_pass_once(aladdin):
    nonce = fresh_nonce()

    assert get(nonce).status_code == 200
    assert is_stale(get(nonce))
    assert is_stale(get(nonce, cnonce="another"))
    assert get(nonce, 2).status_code == 200


def test_requests_may_overtake_each_other_within_the_window(aladdin):
    nonce = fresh_nonce()
    counts = [3, 1, 2, 70, 7, 69]

    assert [get(nonce, nc).status_code for nc in counts] == [200] * 6
    assert all(is_stale(get(nonce, nc)) for nc in [*counts, 4, 5, 6])


@pytest.mark.parametrize(
    "make",
    [
        lambda: new_nonce(REALM, at=time.time() - 10_000),
        lambda: new_nonce(REALM, at=time.time() + 10_000),
        lambda: new_nonce("another realm"),
        lambda: "0123456789abcdef",
        lambda: "",
        lambda: "é" * 48,
    ],
    ids=["old", "from the future", "another realm", "made up", "empty", "not ascii"],
)
def test_a_right_answer_to_a_nonce_that_is_not_good_is_told_stale_and_a_wrong_one_is_not(aladdin, make):
    nonce = make()
    octets = digest(nonce)["Authorization"].encode().decode("latin-1")  # as a server hands over what was sent

    assert is_stale(Client().get("/who/", headers={"Authorization": octets}))
    assert not is_stale(get(nonce, password="open barley"))
    assert get(nonce, password="open barley").status_code == 401
    assert not is_stale(get(nonce, username="Sindbad"))
    assert DigestNonce.objects.count() == 0


def test_a_stale_answer_comes_with_a_nonce_that_is_good(aladdin):
    response = get(new_nonce(REALM, at=0))

    assert get(challenges(response)[0]["nonce"]).status_code == 200


def test_only_who_knows_a_password_writes_into_the_table(aladdin):
    for _ in range(5):
        get(fresh_nonce(), password="open barley")
        get(fresh_nonce(), username="Sindbad")
    assert DigestNonce.objects.count() == 0

    nonce = fresh_nonce()
    get(nonce)
    get(nonce, 2)
    row = DigestNonce.objects.get()

    assert nonce not in row.key
    assert timedelta(seconds=SECONDS + SKEW) < row.expires - timezone.now() <= timedelta(seconds=SECONDS + 2 * SKEW)
    assert str(row).startswith("up to 2, until 20")


def test_a_new_nonce_sweeps_some_that_have_expired(aladdin):
    past, future = timezone.now() - timedelta(seconds=1), timezone.now() + timedelta(seconds=60)
    rows = [DigestNonce(key=f"old {number}", expires=past) for number in range(SWEPT + 5)]
    DigestNonce.objects.bulk_create([*rows, DigestNonce(key="in use", expires=future)])

    assert get(fresh_nonce()).status_code == 200
    assert DigestNonce.objects.filter(key__startswith="old").count() == 5
    assert DigestNonce.objects.filter(key="in use").exists()
