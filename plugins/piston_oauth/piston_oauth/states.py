"""The states of a consumer, and which of them follows which."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import TextChoices


class Status(TextChoices):
    """Where a consumer stands; only an accepted one is served."""

    PENDING = "pending", "Pending"
    ACCEPTED = "accepted", "Accepted"
    CANCELLED = "cancelled", "Cancelled"
    REJECTED = "rejected", "Rejected"


# What may follow: a decision can be taken again, and what was once accepted is cancelled and not rejected.
NEXT: Mapping[str, frozenset[str]] = {
    Status.PENDING: frozenset({Status.ACCEPTED, Status.REJECTED, Status.CANCELLED}),
    Status.ACCEPTED: frozenset({Status.CANCELLED}),
    Status.REJECTED: frozenset({Status.PENDING, Status.ACCEPTED}),
    Status.CANCELLED: frozenset({Status.PENDING, Status.ACCEPTED}),
}


def before(status: str) -> list[str]:
    """Return the states that this one may follow."""
    return [each for each, following in NEXT.items() if status in following]
