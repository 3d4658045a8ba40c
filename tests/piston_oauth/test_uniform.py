"""An answer tells nothing that the client does not know: the same work for whatever is wrong, and nothing in logs."""

from __future__ import annotations

import logging
from urllib.parse import urlencode

import pytest
from cryptography.fernet import MultiFernet
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.views.debug import ExceptionReporter

from piston_oauth import signatures, verifying
from piston_oauth.models import Consumer
from tests.piston_oauth.signing import Signer, field_of
from tests.piston_oauth.site import piston

WRONG = {
    "secret": {"secret": "guessed"},
    "token's secret": {"token_secret": "guessed"},
    "token": {"token": "guessed"},
    "consumer": {"key": "guessed"},
    "consumer and token": {"key": "guessed", "token": "guessed"},
    "a consumer that has no secret, or no key": {"key": "unused"},
}

VERIFIER = "hfdp7dh39dks9884"


@pytest.mark.parametrize("method", ["HMAC-SHA1", "HMAC-SHA256", "RSA-SHA1", "RSA-SHA256", "PLAINTEXT"])
def test_whatever_is_wrong_is_the_same_work_and_the_same_answer(signer, settings, monkeypatch, keys, method):
    """Counted, since time on a shared machine says nothing: queries, decryptions, signatures that are checked."""
    settings.PISTON = piston(plaintext_anywhere=True)
    Consumer.objects.create(name="a", key="unused", status="accepted")
    Consumer.objects.filter(name="a").update(sealed="")
    seen = set()
    for changed in WRONG.values():
        work = {"secrets": 0, "keys": 0, "comparisons": 0, "signatures": 0}
        with monkeypatch.context() as patch, CaptureQueriesContext(connection) as queries:
            patch.setattr(MultiFernet, "decrypt", counted(work, "secrets", MultiFernet.decrypt))
            patch.setattr(signatures, "_key", counted(work, "keys", signatures._key))
            compare = signatures.constant_time_compare
            patch.setattr(signatures, "constant_time_compare", counted(work, "comparisons", compare))
            patch.setattr(verifying, "is_valid", counted(work, "signatures", verifying.is_valid))
            by = Signer(**{**vars(signer), "method": method, **changed})
            if method.startswith("RSA") and not {"key", "token"} & changed.keys():
                continue  # a secret has no part in it
            response = Client().get("/who/", headers=by.header())
        problem = {name: value for name, value in response.json().items() if name != "instance"}
        seen.add((len(queries), *work.values(), str(problem)))

    assert len(seen) == 1, seen
    assert next(iter(seen))[:5] == ((2, 0, 1, 0, 1) if method.startswith("RSA") else (2, 2, 0, 1, 1))


def counted(work, name, function):
    def call(*arguments):
        result = function(*arguments)
        work[name] += 1  # what has failed was no work
        return result

    return call


@pytest.mark.parametrize("method", ["HMAC-SHA1", "RSA-SHA1", "PLAINTEXT"])
def test_no_secret_is_in_a_log(signer, settings, caplog, method):
    settings.PISTON = piston(plaintext_anywhere=True)
    caplog.set_level(logging.DEBUG)
    signer.method, form = method, "application/x-www-form-urlencoded"
    body = signer.signed("POST", "http://testserver/who/", [("card", "4711081547110815")])
    text = "&".join(f"{name}={value}" for name, value in {**body, "card": "4711081547110815"}.items())
    for wrong in ("", "wrong"):
        by = Signer(**{**vars(signer), "token_secret": wrong or signer.token_secret})
        header = by.header("POST", "/who/", [("card", "4711081547110815")])
        Client().post("/who/", "card=4711081547110815", form, headers=header)
        Client().post("/who/", text, form)

    assert caplog.records
    logged = "\n".join([caplog.text, *(str(vars(record)) for record in caplog.records)])
    for secret in (signer.secret, signer.token_secret, "4711081547110815"):
        assert secret not in logged


@pytest.mark.parametrize("path", ["/who/", "/oauth/access_token/"])
@pytest.mark.parametrize("place", ["header", "form"])
@pytest.mark.parametrize("where", ["is_valid", "base_string"])
def test_no_secret_is_in_an_error_report(signer, settings, caplog, monkeypatch, path, place, where):
    """Whatever fails on the way: Django's report of it, as it is mailed to ADMINS, hides the variables."""
    settings.PISTON = piston(plaintext_anywhere=True)
    signer.method = "PLAINTEXT"

    def fail(*arguments):
        raise RuntimeError("a defect")

    monkeypatch.setattr(verifying, where, fail)
    client, form = Client(raise_request_exception=False), "application/x-www-form-urlencoded"
    signed = signer.signed("POST", f"http://testserver{path}", oauth_verifier=VERIFIER)
    if place == "header":
        response = client.post(path, headers={"Authorization": field_of(signed)})
    else:
        response = client.post(path, urlencode(signed), form)

    assert response.status_code == 500
    reports = [
        ExceptionReporter(record.request, *record.exc_info).get_traceback_html()
        for record in caplog.records
        if record.exc_info
    ]
    assert any("a defect" in each for each in reports)
    told = "\n".join([*reports, caplog.text, response.content.decode()])
    for secret in (signer.secret, signer.token_secret, VERIFIER):
        place = told.find(secret)
        assert place < 0, told[max(place - 300, 0) : place + 100]


def test_secrets_are_stored_encrypted_and_verifiers_hashed(signer, consumer, token):
    with connection.cursor() as cursor:
        rows = []
        for table in ("consumer", "accesstoken", "requesttoken"):
            cursor.execute(f"SELECT * FROM piston_oauth_{table}")
            rows += cursor.fetchall()

    stored = str(rows)
    assert consumer.key in stored
    assert consumer.secret not in stored
    assert token.secret not in stored
