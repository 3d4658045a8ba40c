"""Services and databases that quotas are counted in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.piston_throttle import service
from tests.piston_throttle.databases import file_database


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker of the tests that need Redis."""
    config.addinivalue_line("markers", "redis: needs Redis; see tests/piston_throttle/service.py")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs Redis where there is none; where it has to be there, fail."""
    if item.get_closest_marker("redis") and service.why_missing():
        refuse = pytest.fail if service.required() else pytest.skip
        refuse(service.why_missing())


@pytest.fixture(scope="module")
def file(tmp_path_factory, django_db_blocker) -> Iterator[str]:
    """Return the alias of a database in a file, with the table of the quotas; connections to it are allowed."""
    with django_db_blocker.unblock(), file_database(tmp_path_factory.mktemp("quotas") / "quotas.sqlite3") as alias:
        yield alias
