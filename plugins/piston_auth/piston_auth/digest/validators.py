"""Keep the digests in step with passwords, where Django tells of a new one: in ``AUTH_PASSWORD_VALIDATORS``."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.base_user import AbstractBaseUser
from django.views.decorators.debug import sensitive_variables

from piston_auth.digest.stored import configured, keep


class KeepDigests:
    """Stores the digests of each new password; it refuses none.

    Django calls it whenever a user is saved after ``set_password``: by its forms, its admin and commands,
    and by code.

    Args:
        realm: the realm of the hashes; by default that of the settings.
        algorithms: the algorithms; by default those of the settings.
    """

    def __init__(self, realm: str | None = None, algorithms: Sequence[str] | None = None) -> None:
        self._realm = realm
        self._algorithms = algorithms

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Take every password."""

    def get_help_text(self) -> str:
        """Return nothing: there is no rule to tell."""
        return ""

    @sensitive_variables()
    def password_changed(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Store the digests of a password that a user has been saved with."""
        if user is not None:
            realm, algorithms = configured()
            keep(user, password, self._realm or realm, self._algorithms or algorithms)
