"""Users with the names and passwords of RFC 7617."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User


@pytest.fixture
def aladdin(db) -> User:
    return User.objects.create_user("Aladdin", password="open sesame")


@pytest.fixture
def backends(settings):
    """Return a function that has Django ask these backends: classes of a test's module, or dotted names."""

    def use(*backends):
        settings.AUTHENTICATION_BACKENDS = [
            backend if isinstance(backend, str) else f"{backend.__module__}.{backend.__name__}" for backend in backends
        ]

    return use
