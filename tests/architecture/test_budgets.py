"""The size budgets of the house: small functions, small modules; the report names who comes close."""

from __future__ import annotations

import ast
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = [
    ROOT / "piston_core",
    *(path / path.name for path in sorted((ROOT / "plugins").iterdir()) if path.is_dir()),
]
MODULES = [module for package in PACKAGES for module in sorted(package.rglob("*.py"))]

LONGEST_MODULE = 300
LONGEST_FUNCTION = 50
MEDIAN_FUNCTION = 8
NINETIETH_FUNCTION = 25


def functions(module: Path) -> dict[str, int]:
    """Return the lines of code of each function in a module: without its docstring and blank lines."""
    source = module.read_text(encoding="utf-8")
    lines = source.splitlines()
    return {
        f"{module.relative_to(ROOT)}:{node.lineno} {node.name}": _lines(node, lines)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str]) -> int:
    documented = ast.get_docstring(node) is not None
    skipped = range(node.body[0].lineno, node.body[0].end_lineno + 1) if documented else range(0)
    return sum(
        bool(lines[number - 1].strip()) for number in range(node.lineno, node.end_lineno + 1) if number not in skipped
    )


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(ROOT)))
def test_a_module_fits_its_budget(module):
    assert len(module.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_functions_fit_their_budget(package):
    sizes = {name: size for module in sorted(package.rglob("*.py")) for name, size in functions(module).items()}
    ordered = sorted(sizes.values())

    assert {name: size for name, size in sizes.items() if size > LONGEST_FUNCTION} == {}
    assert median(ordered) <= MEDIAN_FUNCTION
    assert ordered[int(len(ordered) * 0.9)] <= NINETIETH_FUNCTION
