"""The blog with pages, as its own settings have it."""

from __future__ import annotations

import pytest
from django.test import Client

ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"  # as browsers send it


@pytest.fixture
def paged(settings, blog):
    """Enable pages, and sessions beside passwords."""
    settings.PISTON = {
        **settings.PISTON,
        "PLUGINS": ["json", "xml", "auth", "html", "blog.api_hooks"],
        "AUTHENTICATORS": ["session", "basic"],
        "OPTIONS": {**settings.PISTON["OPTIONS"], "html": {"title": "The blog"}},
    }


@pytest.fixture
def visitor(paged):
    """Return the browser of somebody unknown."""
    return Client(headers={"Accept": ACCEPT})


@pytest.fixture
def author(paged):
    """Return the browser of alice, who has logged in; it is held to CSRF as real ones are."""
    client = Client(headers={"Accept": ACCEPT}, enforce_csrf_checks=True)
    client.login(username="alice", password="alice")
    return client
