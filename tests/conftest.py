"""What all tests share."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextvars import copy_context

import hypothesis
import pytest
from _pytest.terminal import TerminalReporter
from django.core.management import call_command
from django.test import Client

from tests.architecture import budgets
from tests.recorded import Recorder, record
from tests.settings import POSTGRES_MISSING
from tests.shop_postgres import service

# What a busy machine takes longer for is no defect; and each run searches elsewhere, so few examples become many.
hypothesis.settings.register_profile("patient", deadline=None, max_examples=40)
hypothesis.settings.load_profile("patient")


RECORDER = Recorder()


def pytest_configure(config: pytest.Config) -> None:
    """Declare the markers, and have every answer of the suite held to its description."""
    config.addinivalue_line("markers", "postgres: needs PostgreSQL; see tests/shop_postgres/service.py")
    config.addinivalue_line("markers", "undescribed(reason): its answers need not be as they are described")
    record(RECORDER)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Have garbage searched for seldom: what is made in a test is mostly gone without."""
    gc.set_threshold(100_000, 50, 50)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs PostgreSQL where there is none, before anything is set up; where it has to be there, fail."""
    if POSTGRES_MISSING and item.get_closest_marker("postgres"):
        refuse = pytest.fail if service.required() else pytest.skip
        refuse(POSTGRES_MISSING)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool:
    """Run each test in a context of its own.

    Every URL configuration leaves four context variables behind, and whatever passes between threads is
    handed all of them: after a thousand tests an asynchronous request would take a second.
    """
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    copy_context().run(pyfuncitem.obj, **arguments)
    return True


@pytest.fixture(scope="session", autouse=True)
def _shared_bytecode(tmp_path_factory) -> Iterator[None]:
    """Let the processes that tests start find the bytecode of what others have imported before them.

    It stands with the run's other temporary files, also where a developer wants none beside the sources.
    """
    own = tmp_path_factory.getbasetemp()
    folder = own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        environment.setenv("PYTHONPYCACHEPREFIX", str(folder / "bytecode"))
        yield


@pytest.fixture(scope="module", autouse=True)
def _old_things_left_alone() -> None:
    """Leave alone what there is before a module, or each search for garbage looks at all tests and all they left.

    After ten thousand tests one search would take seconds, and a hundred tests ask for one.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _as_described(request: pytest.FixtureRequest):
    """Fail a test in which a resource answers other than it is described."""
    RECORDER.failures.clear()
    yield
    wrong = list(dict.fromkeys(RECORDER.failures))
    if wrong and not request.node.get_closest_marker("undescribed"):
        pytest.fail("\n".join(wrong[:5]), pytrace=False)


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Report the sizes beside their budgets after every run."""
    terminalreporter.write_line(budgets.report())


@pytest.fixture
def blog(db) -> None:
    """Load the demo blog: 40 posts, users admin, alice and bob whose passwords are their names."""
    call_command("load_blog", verbosity=0)


@pytest.fixture
def alice(blog) -> Client:
    """Return a client that sends alice's Basic credentials."""
    return Client(headers={"Authorization": "Basic YWxpY2U6YWxpY2U="})


@pytest.fixture
def bob(blog) -> Client:
    """Return a client that sends bob's Basic credentials."""
    return Client(headers={"Authorization": "Basic Ym9iOmJvYg=="})
