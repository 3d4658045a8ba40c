"""A user of RFC 7617 whose digests are kept."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from tests.piston_auth.digest.asking import EVERY, REALM, user

KEEPER = "piston_auth.digest.validators.KeepDigests"


@pytest.fixture(autouse=True)
def keeping(settings):
    """Keep the digests of passwords that are set."""
    options = {"realm": REALM, "algorithms": EVERY}
    settings.AUTH_PASSWORD_VALIDATORS = [{"NAME": KEEPER, "OPTIONS": options}]


@pytest.fixture
def aladdin(db, keeping) -> User:
    return user("Aladdin", "open sesame")
