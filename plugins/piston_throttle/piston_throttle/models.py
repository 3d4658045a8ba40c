"""The table of the quotas that are counted in the database."""

from __future__ import annotations

from django.db import models


class Count(models.Model):
    """What one sender has used of one quota. Who that is cannot be read from it.

    Attributes:
        key: the hash of the sender and the quota.
        moment: in microseconds since 1970, when a bucket is full again, or when a fixed window began.
        used: how much has been taken in a fixed window.
        log: the moments of what was taken in a sliding window.
        expires: in microseconds since 1970, when the row matters no more.
    """

    key = models.CharField(max_length=32, primary_key=True)
    moment = models.BigIntegerField(default=0)
    used = models.IntegerField(default=0)
    log = models.BinaryField(default=b"")
    expires = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        return self.key
