"""OAuth keeps every promise of an authenticator, and of a plugin.

``good`` are functions: what is signed once is good once.
"""

from __future__ import annotations

import pytest

from piston_core.testing import AuthenticatorContract, PluginContract
from piston_oauth import OAuthAuthenticator, Options
from tests.piston_oauth.signing import Signer


class TestOAuthAuthenticator(AuthenticatorContract):
    authenticator = OAuthAuthenticator(Options(realm='the "darkroom"'))

    @pytest.fixture(autouse=True)
    def known(self, signer):
        def signed(method="HMAC-SHA1", **changed):
            by = Signer(**{**vars(signer), "method": method, **changed})
            return lambda: by.header("GET", "/")

        self.good = [signed(), signed("RSA-SHA256"), signed("HMAC-SHA256")]
        self.bad = [
            signed(secret="guessed guessed"),
            signed(token_secret="guessed guessed"),
            signed(key="nobody nobody"),
            signed(token="nothing nothing"),
            signed("RSA-SHA1", key="nobody nobody"),
            signed(changed={"oauth_timestamp": "1000000000"}),
        ]


class TestPlugin(PluginContract):
    name = "oauth"
    wrong_options = (
        {"realm": "Bücher"},
        {"methods": []},
        {"methods": ["MD5"]},
        {"methods": "PLAINTEXT"},
        {"places": ["cookie"]},
        {"timestamp_age": 0},
        {"timestamp_age": True},
        {"two_legged": 1},
        {"access_token_age": "a day"},
    )
