"""Users with the names and passwords of RFC 7617."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User


@pytest.fixture
def aladdin(db) -> User:
    return User.objects.create_user("Aladdin", password="open sesame")
