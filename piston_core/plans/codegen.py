"""Write the function that makes rows of what a query found: as dataclasses do it, small and readable when printed.

The text holds the names of ``fields`` and expressions of ``cells``, and nothing that a request sends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

_INDENT = "    "

_ROWS = """\
def rows({arguments}):{given}
    return [
        {row}
        for {variables} in found
    ]
"""

_GROUPED = """\
def rows({arguments}):{given}
    groups = {{}}
    for {variables} in found:
        groups.setdefault(key, []).append({row})
    return groups
"""


def dictionary(entries: Sequence[str]) -> str:
    """Return the code of a dictionary with these entries, one to a line."""
    lines = [f"{_INDENT}{line}" for entry in entries for line in f"{entry},".splitlines()]
    return "\n".join(["{", *lines, "}"])


def unless_null(variable: str, code: str) -> str:
    """Return the code for a value that is ``None`` where the variable is."""
    return f"(None if {variable} is None else {code})"


def function(
    row: str, variables: Sequence[str], children: Sequence[str], makers: Iterable[str], *, grouped: bool
) -> str:
    """Return the text of a function ``rows(found, plain, values, children...)``.

    Args:
        row: the code of one row.
        variables: what the columns found are called, in their order; ``key`` is the first if ``grouped``.
        children: what the rows of the levels below are called, by their parents' keys.
        makers: what is called once for each answer, to make the function of this name that each row calls.
        grouped: whether it returns lists of rows by their parent's key.
    """
    template = _GROUPED if grouped else _ROWS
    return template.format(
        arguments=", ".join(["found", "plain", "values", *children]),
        given="".join(f"\n{_INDENT}{name} = make_{name}(values.addresses)" for name in makers),
        row=row.replace("\n", "\n" + _INDENT * 2),
        variables=", ".join(variables) + ("," if len(variables) == 1 else ""),
    )


def made(makers: Mapping[str, Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
    """Return what a function calls for each answer, by the names that its text has for it."""
    return {f"make_{name}": make for name, make in makers.items()}


def compiled(source: str, helpers: Mapping[str, Callable[..., Any]]) -> Callable[..., Any]:
    """Return the function of which this is the text, with what it calls."""
    names: dict[str, Any] = dict(helpers)
    exec(compile(source, "<field plan>", "exec"), names)  # noqa: S102 - made of declared names only, see above
    made: Callable[..., Any] = names["rows"]
    return made
