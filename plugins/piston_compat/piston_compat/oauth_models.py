"""The ancestor's tables of consumers, tokens and nonces, with its columns, so that an old database opens.

Secrets stand in them in clear, as they always did; ``manage.py piston_migrate_oauth`` takes them to piston_oauth,
which encrypts them.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.crypto import get_random_string

from piston_compat.oauth_terms import VERIFIER_SIZE, generate_timestamp, with_parameters

KEY_SIZE = 18
SECRET_SIZE = 32
LONGEST_CALLBACK = 255
CONSUMER_STATES = (
    ("pending", "Pending"),
    ("accepted", "Accepted"),
    ("canceled", "Canceled"),
    ("rejected", "Rejected"),
)
generate_random = get_random_string


class KeyManager(models.Manager[Any]):
    """Finds rows by their random key."""

    def generate_random_codes(self) -> tuple[str, str]:
        """Return a key that no row has, and a secret."""
        key, secret = generate_random(KEY_SIZE), generate_random(SECRET_SIZE)
        while self.filter(key=key).exists():
            key = generate_random(KEY_SIZE)
        return key, secret


class ConsumerManager(KeyManager):
    """Makes consumers."""

    def create_consumer(self, name: str, description: str | None = None, user: Any = None) -> Any:
        """Return the consumer with a name, a new one if there is none."""
        consumer, created = self.get_or_create(name=name)
        if user:
            consumer.user = user
        if description:
            consumer.description = description
        if created:
            consumer.key, consumer.secret = self.generate_random_codes()
        consumer.save()
        return consumer


class TokenManager(KeyManager):
    """Makes tokens."""

    def create_token(self, consumer: Any, token_type: int, timestamp: int, user: Any = None) -> Any:
        """Return a new token; two that are asked for in the same second are two."""
        key, secret = self.generate_random_codes()
        return self.create(
            consumer=consumer, token_type=token_type, timestamp=timestamp, user=user, key=key, secret=secret
        )


class Nonce(models.Model):
    """A nonce that was used.

    Attributes:
        token_key: with which token, ``""`` without one.
        consumer_key: by which consumer.
        key: the nonce.
    """

    token_key = models.CharField(max_length=KEY_SIZE)
    consumer_key = models.CharField(max_length=KEY_SIZE)
    key = models.CharField(max_length=255)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        app_label = "piston"

    def __str__(self) -> str:
        return f"Nonce {self.key} for {self.consumer_key}"


class Consumer(models.Model):
    """An application that asks for access in the name of users.

    Attributes:
        status: only an accepted consumer is served.
    """

    name = models.CharField(max_length=255)
    description = models.TextField()
    key = models.CharField(max_length=KEY_SIZE)
    secret = models.CharField(max_length=SECRET_SIZE)
    status = models.CharField(max_length=16, choices=CONSUMER_STATES, default="pending")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="consumers")

    objects: ClassVar[Any] = ConsumerManager()

    class Meta:
        app_label = "piston"

    def __str__(self) -> str:
        return f"Consumer {self.name} with key {self.key}"

    def generate_random_codes(self) -> None:
        """Set a new key and a new secret, and save."""
        self.key, self.secret = type(self).objects.generate_random_codes()
        self.save()

    @property
    def is_accepted(self) -> bool:
        """Whether it is served."""
        return self.status == "accepted"


class Token(models.Model):
    """A request token, by which a consumer asks a user, or an access token, by which it acts for one.

    Attributes:
        verifier: what proves that the user has agreed.
        token_type: ``REQUEST`` or ``ACCESS``.
        timestamp: when it was made.
        is_approved: whether the user has agreed.
        callback: where the user is sent back to.
        callback_confirmed: whether the server has it.
    """

    REQUEST = 1
    ACCESS = 2
    TOKEN_TYPES = ((REQUEST, "Request"), (ACCESS, "Access"))

    key = models.CharField(max_length=KEY_SIZE)
    secret = models.CharField(max_length=SECRET_SIZE)
    verifier = models.CharField(max_length=VERIFIER_SIZE)
    token_type = models.IntegerField(choices=TOKEN_TYPES)
    timestamp = models.IntegerField(default=generate_timestamp)
    is_approved = models.BooleanField(default=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="tokens")
    consumer = models.ForeignKey(Consumer, models.CASCADE)
    callback = models.CharField(max_length=LONGEST_CALLBACK, null=True, blank=True)  # noqa: DJ001 - as the old table has it
    callback_confirmed = models.BooleanField(default=False)

    objects: ClassVar[Any] = TokenManager()

    class Meta:
        app_label = "piston"

    def __str__(self) -> str:
        return f"{dict(self.TOKEN_TYPES)[self.token_type]} Token {self.key} for {self.consumer}"

    def generate_random_codes(self) -> None:
        """Set a new key and a new secret, and save."""
        self.key, self.secret = type(self).objects.generate_random_codes()
        self.save()

    def to_string(self, only_key: bool = False) -> str:
        """Return what a client is told of the token, as a form; without its secret if ``only_key``."""
        told = {"oauth_token": self.key, "oauth_token_secret": "" if only_key else self.secret}
        told |= {"oauth_callback_confirmed": "true", "oauth_verifier": self.verifier}
        return with_parameters("", told).removeprefix("?")

    def set_callback(self, callback: str | None) -> None:
        """Note where the user is sent back to, and save; ``oob`` is nowhere, and confirmed as well."""
        if callback:
            self.callback = None if callback == "oob" else callback
            self.callback_confirmed = True
            self.save()

    def get_callback_url(self) -> str | None:
        """Return where the user is sent back to, with the verifier."""
        return with_parameters(self.callback, {"oauth_verifier": self.verifier}) if self.callback else self.callback
