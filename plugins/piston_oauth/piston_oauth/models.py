"""The tables of the OAuth 1.0a provider: consumers, their tokens, and what has been seen already."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, router, transaction
from django.utils import timezone

from piston_oauth import callbacks, mails, signatures, vault
from piston_oauth.states import Status, before


class Sealed(models.Model):
    """Something with a key that travels in every request, and a secret that never does.

    Attributes:
        key: the identifier of the credentials, 256 random bits.
        sealed: the secret as it is stored; ``secret`` reads and writes it.
    """

    key = models.CharField(max_length=64, unique=True, default=vault.new_key, editable=False)
    sealed = models.TextField(blank=True, default="", editable=False)

    class Meta:
        abstract = True

    @property
    def secret(self) -> str:
        """The secret in clear, ``""`` if there is none."""
        return vault.unseal(self.sealed)

    @secret.setter
    def secret(self, secret: str) -> None:
        self.sealed = vault.seal(secret)


class Consumer(Sealed):
    """An application that asks for access in the name of users (RFC 5849 calls it a client).

    Attributes:
        name: what users read when they are asked.
        description: what it is for, for them and for those who accept it.
        owner: whose application it is, who gets the mails about it.
        status: only an accepted consumer is served; ``become`` changes it.
        rsa_key: its public key as PEM, if it signs with RSA.
        callbacks: where it may have users sent back to, an address on each line.
        created: since when it is known.
    """

    name = models.CharField(max_length=255)
    description = models.TextField(blank=True, default="")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="oauth_consumers"
    )
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.PENDING.value, editable=False)
    rsa_key = models.TextField("RSA public key", blank=True, default="", help_text="PEM, for RSA-SHA1 and RSA-SHA256.")
    callbacks = models.TextField(
        blank=True, default="", help_text="Where users may be sent back to, one address a line; “oob” for nowhere."
    )
    created = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save it; a new one gets a secret, unless it signs with RSA, and people are told about it."""
        new = self._state.adding
        if new and not self.sealed and not self.rsa_key:
            self.secret = vault.new_key()
        super().save(*args, **kwargs)
        if new:
            mails.announce(self)

    def clean(self) -> None:
        """Refuse a key that is none, and callbacks to which nobody should be sent.

        Raises:
            ValidationError: with the field's name.
        """
        if self.rsa_key:
            self._refused("rsa_key", signatures.public_key, self.rsa_key)
        for callback in self.registered:
            if callback != callbacks.OUT_OF_BAND:
                self._refused("callbacks", callbacks.read, callback)

    def become(self, status: str) -> None:
        """Change the state, and tell the people concerned by mail.

        Raises:
            ValidationError: this state does not follow the one that the consumer has by now.
        """
        table = type(self)._default_manager.using(router.db_for_write(type(self), instance=self))
        if not table.filter(pk=self.pk, status__in=before(status)).update(status=status):
            self.refresh_from_db(fields=["status"])
            raise ValidationError(f"{self} is {self.status} and cannot become {status}.", code="invalid")
        self.status = str(status)
        mails.announce(self)

    def renew(self) -> None:
        """Make a new secret; requests that are signed with the former one are refused from now on."""
        self.secret = vault.new_key()
        self.save(update_fields=["sealed"])

    @property
    def registered(self) -> list[str]:
        """The callbacks that it has registered."""
        return self.callbacks.split()

    @property
    def is_accepted(self) -> bool:
        """Whether it is served."""
        return self.status == Status.ACCEPTED

    @staticmethod
    def _refused(field: str, read: Any, value: str) -> None:
        try:
            read(value)
        except ValueError as error:
            raise ValidationError({field: f"{error}"}, code="invalid") from error


class RequestToken(Sealed):
    """Temporary credentials: a consumer's question to a user, and the answer (RFC 5849, section 2.1).

    Attributes:
        consumer: who asks.
        callback: where the user is sent back to, or ``oob``.
        user: who has agreed, ``None`` as long as nobody has.
        verifier: the digest of the verifier that proves to have met the user.
        guesses: how many wrong verifiers have come.
        expires: until when it is good.
    """

    consumer = models.ForeignKey(Consumer, models.CASCADE, related_name="request_tokens")
    callback = models.CharField(max_length=2000)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    verifier = models.CharField(max_length=64, default="", editable=False)
    guesses = models.PositiveSmallIntegerField(default=0, editable=False)
    expires = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"Request of {self.consumer}"

    @property
    def is_good(self) -> bool:
        """Whether its time is not over."""
        return self.expires > timezone.now()

    @property
    def is_answered(self) -> bool:
        """Whether a user has agreed."""
        return self.user_id is not None


class AccessToken(Sealed):
    """Token credentials: a user's leave for a consumer to act in their name (RFC 5849, section 2.3).

    Attributes:
        consumer: who may act.
        user: in whose name.
        created: since when.
        expires: until when, ``None`` until it is revoked.
        revoked: when it was taken back, ``None`` if it was not.
    """

    consumer = models.ForeignKey(Consumer, models.CASCADE, related_name="access_tokens")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="oauth_access_tokens")
    created = models.DateTimeField(default=timezone.now, editable=False)
    expires = models.DateTimeField(null=True, blank=True, db_index=True)
    revoked = models.DateTimeField(null=True, blank=True, editable=False, db_index=True)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.consumer} for {self.user}"

    @property
    def is_good(self) -> bool:
        """Whether it is neither revoked nor over."""
        return self.revoked is None and (self.expires is None or self.expires > timezone.now())

    def revoke(self) -> None:
        """Take it back at once."""
        self.revoked = timezone.now()
        self.save(update_fields=["revoked"])


class Nonce(models.Model):
    """A signed request that has been answered, so that it is not answered again (RFC 5849, section 3.3).

    Attributes:
        digest: the SHA-256 of consumer, token, timestamp and nonce: one short column that is unique whatever a
            client sends, and whether or not the database tells upper from lower case.
        timestamp: the request's timestamp, after whose time the row may go.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    timestamp = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        return self.digest


def in_seconds(seconds: int) -> datetime:
    """Return the moment that comes after so many seconds."""
    return timezone.now() + timedelta(seconds=seconds)


def stored(model: type[models.Model]) -> models.QuerySet[Any]:
    """Return a model's rows in the database that it is written to."""
    return model._default_manager.using(router.db_for_write(model))


def atomically(model: type[models.Model]) -> Any:
    """Return a transaction in the database that a model is written to, or a savepoint in it."""
    return transaction.atomic(using=router.db_for_write(model))
