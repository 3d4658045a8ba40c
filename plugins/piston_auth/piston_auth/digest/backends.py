"""An authentication backend that stores the digests of passwords that are there already, when they are next used."""

from __future__ import annotations

from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from piston_auth.digest.stored import configured, keep_missing


class StoreDigests(ModelBackend):
    """Django's own backend, which stores the digests of a good password where they are missing.

    Put it into ``AUTHENTICATION_BACKENDS`` in place of ``ModelBackend``. It is for users who had a password
    before there were digests, and for those whose password Django hashes anew at a login, which it does
    when a hasher has changed.
    """

    @sensitive_variables()
    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Any:
        """Return the user whose name and password these are, as ``ModelBackend`` does."""
        user = super().authenticate(request, username, password, **kwargs)
        if user is not None and password is not None:
            keep_missing(user, password, *configured())
        return user

    @sensitive_variables()
    async def aauthenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Any:
        """Return the user whose name and password these are, as ``ModelBackend`` does."""
        user = await super().aauthenticate(request, username, password, **kwargs)
        if user is not None and password is not None:
            await sync_to_async(keep_missing)(user, password, *configured())
        return user
