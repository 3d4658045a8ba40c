"""Run one test of a contract on a part with a seeded defect, and the whole contract on a good one."""

from __future__ import annotations

from typing import Any

import pytest


def expect_named(contract: type, test: str, words: str, **attributes: Any) -> None:
    """Fail unless a test of a contract fails with these words, on a part with a defect."""
    suite = type("Seeded", (contract,), attributes)()
    with pytest.raises(AssertionError) as failure:
        getattr(suite, test)()

    assert words in str(failure.value)


def promises_of(contract: type) -> list[str]:
    return [name for name in dir(contract) if name.startswith("test_")]


def expect_covered(contract: type, rows: list[Any]) -> None:
    """Fail unless every test of a contract has found a defect."""
    assert sorted({row[1] for row in rows}) == promises_of(contract)
