"""How a parameter of a list is refused: 400, with the parameter's name and what would do instead."""

from __future__ import annotations

from collections.abc import Mapping

from piston_core.problems import Problem

# What an answer that depends on the client's preferences tells, be it good or a refusal.
VARIES: Mapping[str, str] = {"Vary": "Prefer"}


class Misfit(ValueError):
    """Text that is no value of its column; the message says what would be one, as in "a date such as 2026-01-31"."""


def invalid(parameter: str, detail: str, headers: Mapping[str, str] | None = None) -> Problem:
    """Return the problem for a parameter that cannot be followed.

    Args:
        parameter: its name.
        detail: what is wrong with it, and what would do.
        headers: header fields that the answer must carry.
    """
    return Problem(400, detail, type="invalid-parameter", headers=headers, parameter=parameter)
