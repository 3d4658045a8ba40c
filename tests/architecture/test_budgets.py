"""The size budgets of the house: small functions, small modules."""

from __future__ import annotations

from statistics import median

import pytest

from tests.architecture import budgets


@pytest.mark.parametrize("package", budgets.PACKAGES, ids=lambda package: package.name)
def test_modules_fit_their_budget(package):
    assert {name: size for name, size in budgets.modules(package).items() if size > budgets.LONGEST_MODULE} == {}


@pytest.mark.parametrize("package", budgets.PACKAGES, ids=lambda package: package.name)
def test_functions_fit_their_budget(package):
    sizes = budgets.sizes(package)
    lines = list(sizes.values())

    assert {name: size for name, size in sizes.items() if size > budgets.LONGEST_FUNCTION} == {}
    assert median(lines) <= budgets.MEDIAN_FUNCTION
    assert budgets.ninetieth(lines) <= budgets.NINETIETH_FUNCTION


def test_the_report_names_what_comes_closest():
    assert budgets.report().startswith("budgets: functions of ")
