"""Basic authentication keeps every promise of an authenticator."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from piston_auth import BasicAuthenticator
from piston_auth.logins import Logins
from piston_auth.session import SessionAuthenticator
from piston_core.testing import AuthenticatorContract, PluginContract
from piston_core.testing.authenticators import received
from piston_core.testing.state import overlapped
from tests.piston_auth.asking import basic, credentials


@pytest.mark.usefixtures("aladdin")
class TestBasicAuthenticator(AuthenticatorContract):
    authenticator = BasicAuthenticator(realm='the "cave"')
    good = (basic("Aladdin", "open sesame"),)
    bad = (
        basic("Aladdin", "close sesame"),
        basic("Ali Baba", "open sesame"),
        credentials(b"no colon at all"),
        {"Authorization": "Basic"},
    )


class TestBasicAuthenticatorWithLimits(TestBasicAuthenticator):
    authenticator = BasicAuthenticator(logins=Logins(attempts=200, per_address=0))


class TestSessionAuthenticator(AuthenticatorContract):
    """A session that has ended is nobody's, so there are none that are refused."""

    authenticator = SessionAuthenticator()
    bad = ()

    @pytest.fixture(autouse=True)
    def sessions(self, aladdin):
        self.good = tuple(self.logged_in(user) for user in (aladdin, User.objects.create_user("Ali")))

    def logged_in(self, user):
        browser = Client()
        browser.force_login(user)
        return {"Cookie": f"sessionid={browser.cookies['sessionid'].value}"}

    def test_threads_do_not_share_state(self):
        first, second = map(received, self.good)
        came, beside = overlapped(self.authenticator, lambda: self.said(first), lambda: self.said(second))

        assert came.user.username == "Aladdin"
        assert {each.user.username for each in beside} == {"Ali"}


class TestPlugin(PluginContract):
    name = "auth"
    wrong_options = ({"realm": "Bücher"}, {"realm": "a\nb"})
