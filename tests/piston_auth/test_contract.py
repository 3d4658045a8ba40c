"""Basic authentication keeps every promise of an authenticator."""

from __future__ import annotations

import pytest

from piston_auth import BasicAuthenticator
from piston_core.testing import AuthenticatorContract, PluginContract
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


class TestPlugin(PluginContract):
    name = "auth"
    wrong_options = ({"realm": "Bücher"}, {"realm": "a\nb"})
