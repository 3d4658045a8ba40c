"""The table of the tokens: a row for each, with a hash in the place of the token itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from piston_auth.tokens.form import START, configured_form, digest_of, start_of
from piston_auth.tokens.keeping import tokens_revoked

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

_GUESSABLE = 32  # characters; shorter keys may have been thought up, and the hash is a fast one
_KEY = re.compile(r"[A-Za-z0-9._~+/-]+=*")  # RFC 6750, section 2.1
_SCOPE = r"[\x21\x23-\x5b\x5d-\x7e]+"  # RFC 6749, section 3.3


class Tokens(models.QuerySet["Token"]):
    """Tokens, and how they are issued and revoked."""

    @sensitive_variables()
    def issue(
        self, user: AbstractBaseUser, name: str, scopes: Iterable[str] = (), expires: datetime | None = None
    ) -> tuple[Token, str]:
        """Make a token for a user, and return its row and its text, which nobody can tell afterwards.

        Args:
            user: whose it is.
            name: what it is for, such as ``"backup on the office server"``.
            scopes: what it is good for; without any, for everything that the user may do.
            expires: from when on it is not accepted; ``None`` for never.

        Raises:
            ValidationError: a name or a scope that cannot be one.
        """
        text = configured_form().make()
        return self._kept(text, user=user, name=name, scopes=_joined(scopes), expires=expires), text

    @sensitive_variables()
    def adopt(
        self,
        user: AbstractBaseUser,
        name: str,
        key: str,
        scopes: Iterable[str] = (),
        expires: datetime | None = None,
    ) -> Token:
        """Keep the hash of a random key that another program has issued, so that its clients need no new one.

        ``TokenAuthenticator`` does not know such a key by its form; a subclass of it does.

        Raises:
            ValueError: the key may have been thought up, or cannot stand in a header field.
            ValidationError: a name or a scope that cannot be one.
        """
        if len(key) < _GUESSABLE or not _KEY.fullmatch(key):
            raise ValueError(
                f"This key cannot be adopted: it takes at least {_GUESSABLE} random letters, digits or - . _ ~ + /; "
                "issue a new token instead."
            )
        return self._kept(key, user=user, name=name, scopes=_joined(scopes), expires=expires)

    @sensitive_variables()
    def _kept(self, text: str, **values: Any) -> Token:
        token = self.model(**values)
        token.keep(text)
        token.full_clean(exclude={"user"}, validate_unique=False, validate_constraints=False)  # without a query
        self._for_write = True  # as create() does it, so that routers and using() count
        token.save(using=self.db, force_insert=True)
        return token

    def revoke(self) -> int:
        """Have these tokens not be accepted any more, and return how many of them were not revoked before."""
        self._for_write = True  # so that both are about one database
        revoked = self.filter(revoked=None).update(revoked=timezone.now())
        tokens_revoked.send(sender=self.model, using=self.db)
        return revoked

    # As with Django's delete(): Token.objects.revoke() would be all of them, by one slip.
    revoke.alters_data = True  # type: ignore[attr-defined]  # how Django asks to be told, for templates
    revoke.queryset_only = True  # type: ignore[attr-defined]  # and for managers


class Token(models.Model):
    """A token of a user: what a program shows in the place of a name and a password.

    Attributes:
        user: whose it is.
        name: what it is for.
        digest: the SHA-256 of the token; the token itself is nowhere.
        start: the characters after the prefix, by which people recognise it.
        scopes: what it is good for, with blanks in between; ``""`` for everything that the user may do.
        created: when it was issued.
        expires: from when on it is not accepted; ``None`` for never.
        last_used: when it was used, give or take the option ``token_last_used_seconds``.
        revoked: when it was revoked; ``None`` if it has not been.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="piston_tokens")
    name = models.CharField(
        max_length=100,
        validators=[RegexValidator(r"\A[^\x00-\x1f\x7f]+\Z", "A name has no control characters.")],
        help_text="What it is for, such as “backup on the office server”.",
    )
    digest = models.CharField(max_length=64, editable=False)
    start = models.CharField(max_length=START, editable=False)
    scopes = models.CharField(
        max_length=1000,
        blank=True,
        validators=[
            RegexValidator(rf"\A{_SCOPE}( +{_SCOPE})*\Z", "Scopes are printable ASCII without quotation marks.")
        ],
        help_text="What it is good for, with blanks in between; empty for everything that the user may do.",
    )
    created = models.DateTimeField(default=timezone.now, editable=False)
    expires = models.DateTimeField(null=True, blank=True, help_text="From when on it is refused; empty for never.")
    last_used = models.DateTimeField(null=True, editable=False)
    revoked = models.DateTimeField(null=True, editable=False)

    objects = Tokens.as_manager()

    class Meta:
        verbose_name = "token"
        ordering = ["-pk"]
        # Not unique=True, which makes a second index on PostgreSQL, for LIKE.
        constraints = [models.UniqueConstraint(fields=["digest"], name="piston_tokens_digest")]

    def __str__(self) -> str:
        return f"{self.name} ({self.start}…)"

    def clean(self) -> None:
        """Name every scope once, with single blanks in between."""
        self.scopes = _joined(self.scopes)

    @sensitive_variables()
    def keep(self, text: str) -> None:
        """Take the hash of a token, and what it is recognised by."""
        self.digest, self.start = digest_of(text), start_of(text)

    @property
    def state(self) -> str:
        """Say whether it is ``active``, ``expired`` or ``revoked``."""
        if self.revoked is not None:
            return "revoked"
        return "expired" if self.is_expired() else "active"

    def is_expired(self) -> bool:
        """Return whether its time is over."""
        return self.expires is not None and self.expires <= timezone.now()


def _joined(scopes: Iterable[str]) -> str:
    """Return scopes as the table has them, each of them once."""
    each = scopes.split(" ") if isinstance(scopes, str) else scopes
    return " ".join(dict.fromkeys(filter(None, each)))
