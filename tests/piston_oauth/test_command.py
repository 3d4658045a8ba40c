"""``manage.py piston_oauth``."""

from __future__ import annotations

import time
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from piston_oauth import issuing, nonces, pruning
from piston_oauth.models import AccessToken, Consumer, Nonce, RequestToken, in_seconds

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("provider")]


def run(*arguments) -> str:
    out = StringIO()
    call_command("piston_oauth", *arguments, stdout=out)
    return out.getvalue().strip()


def nonce(name, age):
    Nonce.objects.create(digest=name, timestamp=int(time.time()) - age)


def test_prune_deletes_what_is_of_no_use_any_more(token, consumer, jane):
    for name, age in (("new", 0), ("still good", 300), ("clocks differ", 590), ("over", 700), ("ancient", 10**6)):
        nonce(name, age)
    for age in (-60, 1, 60):
        RequestToken.objects.create(consumer=consumer, callback="oob", expires=in_seconds(age))
    long_ago, lately = timezone.now() - timedelta(days=31), timezone.now() - timedelta(days=29)
    for fields in ({"expires": long_ago}, {"revoked": long_ago}, {"expires": lately}, {"revoked": lately}):
        AccessToken.objects.create(consumer=consumer, user=jane, **fields)

    assert run("prune") == "Deleted: 2 nonces, 1 request tokens, 2 access tokens."
    assert set(Nonce.objects.values_list("digest", flat=True)) == {"new", "still good", "clocks differ"}
    assert AccessToken.objects.count() == 3  # one is good, two are kept for a while
    assert run("prune", "--days", "0") == "Deleted: 0 nonces, 0 request tokens, 2 access tokens."
    assert AccessToken.objects.get() == token


def test_prune_works_in_batches(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(pruning, "_BATCH", 2)
    for number in range(5):
        nonce(str(number), 10**6)

    assert run("prune").startswith("Deleted: 5 nonces,")


@pytest.mark.parametrize("arguments", [["--days", "-1"], ["--days", "99999999"], ["--days", "x"]])
def test_numbers_of_days_that_are_none(arguments):
    with pytest.raises(CommandError, match="days"):
        run("prune", *arguments)


def test_a_job_is_needed():
    with pytest.raises(CommandError, match="required"):
        run()


def test_what_is_over_also_goes_while_requests_come(client, signer):
    """One request in 256 sweeps; which, its digest says."""
    nonce("over", 10**6)
    for _ in range(5000):
        if not Nonce.objects.filter(digest="over").exists():
            break
        client.get("/who/", headers=signer.header())
    else:
        pytest.fail("nothing was swept in 5000 requests")


def test_a_request_pays_for_no_more_than_its_share():
    for number in range(5):
        nonce(str(number), 10**6)

    assert nonces.sweep(300, most=2) == 2
    assert issuing.sweep_request_tokens(most=2) == 0
    assert Nonce.objects.count() == 3


def test_reseal_lets_a_former_key_go(settings, token):
    consumer = Consumer.objects.get()
    former, settings.SECRET_KEY = settings.SECRET_KEY, "the new key of the site"
    settings.SECRET_KEY_FALLBACKS = [former]

    assert run("reseal") == "Sealed 2 secrets with the current SECRET_KEY."
    settings.SECRET_KEY_FALLBACKS = []
    assert Consumer.objects.get().secret == "kd94hf93k423kf44"
    assert AccessToken.objects.get().secret == "pfkkdhi9sl3r4s00"
    assert Consumer.objects.get().sealed != consumer.sealed


def test_reseal_says_what_it_cannot_read_and_does_the_rest(settings, token):
    consumer = Consumer.objects.create(name="new")
    with_former = consumer.sealed
    settings.SECRET_KEY = "another key"
    Consumer.objects.create(name="newer")

    with pytest.raises(CommandError, match="3 secrets cannot be read: add the SECRET_KEY"):
        run("reseal")
    consumer.refresh_from_db()
    assert consumer.sealed == with_former
