"""A user with a token."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from piston_auth.tokens.models import Token


@pytest.fixture
def ada(db) -> User:
    return User.objects.create_user("ada", password="lovelace")


@pytest.fixture
def issued(ada) -> tuple[Token, str]:
    return Token.objects.issue(ada, "laptop")


@pytest.fixture
def token(issued) -> Token:
    return issued[0]


@pytest.fixture
def text(issued) -> str:
    return issued[1]
