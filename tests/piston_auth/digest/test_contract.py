"""Digest authentication keeps every promise of an authenticator."""

from __future__ import annotations

import pytest

from piston_auth.digest.authenticator import DigestAuthenticator
from piston_auth.digest.nonces import new_nonce
from piston_core.testing import AuthenticatorContract
from tests.piston_auth.digest.asking import EVERY, answered, digest, field

REALM = "Cave"


def good():
    """Return credentials, which are good for one request."""
    return digest(new_nonce(REALM), uri="/")


@pytest.mark.usefixtures("aladdin")
class TestDigestAuthenticator(AuthenticatorContract):
    authenticator = DigestAuthenticator(realm=REALM, algorithms=EVERY, userhash=True)
    good = (good,)
    bad = (
        digest(new_nonce(REALM), uri="/", password="close sesame"),
        digest(new_nonce(REALM), uri="/", username="Ali Baba"),
        digest(new_nonce(REALM, at=0), uri="/"),
        digest("0123456789abcdef", uri="/"),
        field({name: value for name, value in answered(new_nonce(REALM), uri="/").items() if name != "qop"}),
        {"Authorization": "Digest"},
    )
