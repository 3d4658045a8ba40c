"""What the modules of this folder share: all formats are enabled once, since that takes longer than a request."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import override_settings

from tests.piston_core.http import served


@pytest.fixture(autouse=True, scope="module")
def every_format(request: pytest.FixtureRequest) -> Iterator[None]:
    """Enable every format for modules that ask by ``served.api``."""
    if getattr(request.module, "api", None) is not served.api:
        yield
        return
    with override_settings(PISTON=served.EVERY_FORMAT):
        yield
