"""The table of the kept answers: a row for each key that is at work or has been answered."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import models


class KeptAnswer(models.Model):
    """A key, what it was used for, and the answer once there is one.

    Attributes:
        scope: a hash of the key and of who used it where; the key itself is nowhere.
        fingerprint: a hash of the request's content.
        token: whose row it is: another one with every request that takes the key, so that one
            which has lost it finds nothing to change.
        started: when the request began that has the key.
        expires: from when on the key counts as never used.
        status: the answer's status code, ``None`` while the request is at work.
        headers: the answer's header fields, as pairs in their order.
        body: the answer's body.
    """

    scope = models.CharField(max_length=64, primary_key=True)
    fingerprint = models.CharField(max_length=64)
    token = models.UUIDField(default=uuid4)
    started = models.DateTimeField()
    expires = models.DateTimeField(db_index=True)
    status = models.PositiveSmallIntegerField(null=True)
    headers: models.JSONField[Any, Any] = models.JSONField(default=list)
    body = models.BinaryField(default=b"")

    class Meta:
        verbose_name = "kept answer"

    def __str__(self) -> str:
        return f"{self.status or 'at work'} since {self.started:%Y-%m-%d %H:%M:%S}"

    def is_free(self, now: datetime, patience: timedelta) -> bool:
        """Return whether another request may take the key: its time is over, or its process seems to have died."""
        return self.expires <= now or (self.status is None and self.started <= now - patience)
