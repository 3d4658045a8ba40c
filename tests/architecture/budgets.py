"""How large functions and modules are, and how large they may be."""

from __future__ import annotations

import ast
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = [
    ROOT / "piston_core",
    *(path / path.name for path in sorted((ROOT / "plugins").iterdir()) if path.is_dir()),
    ROOT / "plugins" / "piston_compat" / "piston",
    ROOT / "examples" / "piston_csv" / "piston_csv",
    ROOT / "examples" / "piston_hydra" / "piston_hydra",
]

LONGEST_MODULE = 300
LONGEST_FUNCTION = 50
MEDIAN_FUNCTION = 8
NINETIETH_FUNCTION = 25


def modules(package: Path) -> dict[str, int]:
    """Return the lines of each module of a package."""
    found = sorted(package.rglob("*.py"))
    return {str(each.relative_to(ROOT)): len(each.read_text(encoding="utf-8").splitlines()) for each in found}


def sizes(package: Path) -> dict[str, int]:
    """Return the lines of code of each function of a package."""
    return {name: size for module in sorted(package.rglob("*.py")) for name, size in functions(module).items()}


def ninetieth(lines: list[int]) -> int:
    """Return what nine in ten do not exceed."""
    return sorted(lines)[int(len(lines) * 0.9)]


def report() -> str:
    """Return one line on the packages' sizes, with the function and the module that come closest to their budget."""
    functions_of = {name: size for package in PACKAGES for name, size in sizes(package).items()}
    modules_of = {name: size for package in PACKAGES for name, size in modules(package).items()}
    lines = list(functions_of.values())
    function, module = max(functions_of, key=functions_of.__getitem__), max(modules_of, key=modules_of.__getitem__)
    return (
        f"budgets: functions of {median(lines):g} lines (at most {MEDIAN_FUNCTION}), nine in ten up to "
        f"{ninetieth(lines)} ({NINETIETH_FUNCTION}), the longest {functions_of[function]} ({LONGEST_FUNCTION}; "
        f"{function}); the longest module {modules_of[module]} ({LONGEST_MODULE}; {module})"
    )


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
