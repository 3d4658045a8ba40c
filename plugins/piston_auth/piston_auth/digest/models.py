"""The tables of the digests: what passwords are compared with, and which counts of a nonce are used up."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models


class DigestSecret(models.Model):
    """What it takes to check the answers of one user in one realm by one algorithm, until the password changes.

    Attributes:
        user: whose it is.
        realm: the realm that is a part of the hashes.
        algorithm: the RFC's name of the hash function.
        ha1: the hash of name, realm and password. Whoever has it can answer challenges of this realm.
        userhash: the hash of name and realm, by which it is found, whether the client sends this or the name.
        password_state: a hash of what Django had stored of the password; where it has other content now, this is over.
    """

    user: models.ForeignKey[Any, Any] = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    realm = models.CharField(max_length=255)
    algorithm = models.CharField(max_length=16)
    ha1 = models.CharField(max_length=64)
    userhash = models.CharField(max_length=64, db_index=True)
    password_state = models.CharField(max_length=64)

    class Meta:
        verbose_name = "digest secret"
        constraints = [models.UniqueConstraint(fields=["user", "realm", "algorithm"], name="piston_digest_one_each")]

    def __str__(self) -> str:
        return f"{self.algorithm} in {self.realm}"


class DigestNonce(models.Model):
    """A nonce in use, and which of its counts have been.

    Attributes:
        key: the hash of the nonce.
        expires: from when on the nonce is refused by its age, so that nobody needs this row.
        highest: the highest count that was used; 0 for none.
        seen: the counts below it, a bit for each: the lowest bit for the one just below.
    """

    key = models.CharField(max_length=64, primary_key=True)
    expires = models.DateTimeField(db_index=True)
    highest = models.BigIntegerField(default=0)
    seen = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = "digest nonce"

    def __str__(self) -> str:
        return f"up to {self.highest}, until {self.expires:%Y-%m-%d %H:%M:%S}"
