"""The options of tokens: what ``PISTON["OPTIONS"]["auth"]`` says reaches whoever makes tokens or reads them."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.test import Client, override_settings

from piston_auth.tokens.models import Token
from piston_core import BaseHandler, Resource, SettingsError
from piston_core.registry import get_registry
from tests.piston_auth.tokens.asking import bearer


class Who(BaseHandler):
    def read(self, request):
        return {"user": request.user.username}


def site(**options):
    from django.urls import path

    return override_settings(
        PISTON={"PLUGINS": ["json", "auth"], "AUTHENTICATORS": ["token"], "OPTIONS": {"auth": options}},
        ROOT_URLCONF=(path("", Resource(Who)),),
    )


def test_the_site_s_own_prefix_is_issued_and_known(ada, capsys):
    with site(token_prefix="acme_live"):
        _, text = Token.objects.issue(ada, "laptop")
        call_command("piston_tokens", "issue", "ada", "phone", "--quiet")
        other = capsys.readouterr().out.strip()
        statuses = [Client().get("/", headers=bearer(each)).status_code for each in (text, other)]

    assert text.startswith("acme_live_")
    assert other.startswith("acme_live_")
    assert statuses == [200, 200]
    with site():
        assert Client().get("/", headers=bearer(text)).status_code == 401


def test_the_realm_is_that_of_the_site(db):
    with site(realm="Library"):
        assert Client().get("/").headers["WWW-Authenticate"] == 'Bearer realm="Library"'


@pytest.mark.parametrize(("seconds", "noted"), [(0, False), (60, True)])
def test_the_seconds_are_those_of_the_site(token, text, seconds, noted):
    with site(token_last_used_seconds=seconds):
        assert Client().get("/", headers=bearer(text)).status_code == 200

    assert (Token.objects.get().last_used is not None) is noted


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"token_prefix": ""}, "token_prefix is ''; it has to be 1 to 32 ASCII letters, digits and underscores"),
        ({"token_prefix": "a-b"}, "token_prefix is 'a-b';"),
        ({"token_last_used_seconds": -1}, "token_last_used_seconds is -1; it has to be a whole number from 0 to"),
        ({"token_last_used_seconds": "1h"}, "token_last_used_seconds is '1h';"),
    ],
)
def test_a_wrong_option_is_refused_with_its_place(options, words):
    with site(**options), pytest.raises(SettingsError) as refusal:
        get_registry()

    assert 'PISTON["OPTIONS"]["auth"]' in str(refusal.value)
    assert words in str(refusal.value)
