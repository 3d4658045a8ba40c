"""How a parameter of a list is refused: 400, with the parameter's name and what would do instead."""

from __future__ import annotations

from piston_core.problems import Problem


class Misfit(ValueError):
    """Text that is no value of its column; the message says what would be one, as in "a date such as 2026-01-31"."""


def invalid(parameter: str, detail: str) -> Problem:
    """Return the problem for a parameter that cannot be followed.

    Args:
        parameter: its name.
        detail: what is wrong with it, and what would do.
    """
    return Problem(400, detail, title="Invalid parameter", type="invalid-parameter", parameter=parameter)
