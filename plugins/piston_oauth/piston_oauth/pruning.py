"""Deletes what no request can be answered with any more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from piston_core import delete_expired
from piston_oauth.issuing import sweep_request_tokens
from piston_oauth.nonces import sweep

_BATCH = 5000  # rows that are deleted at once, so that nobody waits for a lock for long


def prune(age: int, days: int) -> dict[str, int]:
    """Delete nonces, request tokens and access tokens that are over, and return how many of each.

    Args:
        age: how many seconds the timestamp of a request may be off.
        days: for how many days an access token is kept that is revoked or over.
    """
    return {
        "nonces": _in_batches(lambda: sweep(age, most=_BATCH)),
        "request tokens": _in_batches(lambda: sweep_request_tokens(most=_BATCH)),
        "access tokens": _in_batches(lambda: _sweep_access_tokens(days)),
    }


def _in_batches(delete: Callable[[], int]) -> int:
    deleted = 0
    while found := delete():
        deleted += found
    return deleted


def _sweep_access_tokens(days: int) -> int:
    from piston_oauth.models import AccessToken, stored  # models, so not before Django is ready

    moment = timezone.now() - timedelta(days=days)
    return delete_expired(stored(AccessToken).filter(Q(expires__lt=moment) | Q(revoked__lt=moment)).order_by(), _BATCH)
