"""A step before anything is done: ask whether the sender may do this at all, and with this object."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from piston_core.access import Operation, Permission
from piston_core.problems import Problem
from piston_core.requests import Request


def permit(request: Request, operation: Operation, permissions: Sequence[Permission]) -> None:
    """Ask the permissions in their order.

    Raises:
        Problem: 403; to somebody unknown it is answered as 401.
    """
    for each in permissions:
        if not each.allows(request, operation):
            raise forbidden()


def permit_object(request: Request, operation: Operation, permissions: Sequence[Permission], obj: Any) -> None:
    """Ask the permissions about the object that a request is about.

    Raises:
        Problem: 403.
    """
    for each in permissions:
        if not each.allows_object(request, operation, obj):
            raise forbidden()


def visible(
    request: Request, operation: Operation, permissions: Sequence[Permission], objects: QuerySet[Any]
) -> QuerySet[Any]:
    """Return those of a list's objects that all permissions let the sender see."""
    for each in permissions:
        objects = each.visible(request, operation, objects)
    return objects


def forbidden() -> Problem:
    """Return the problem of somebody who may not do this."""
    return Problem(403, "This is not allowed to you.")
