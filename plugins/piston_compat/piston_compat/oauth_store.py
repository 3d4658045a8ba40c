"""Where the server finds consumers, tokens and nonces: the ancestor's tables."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.db import router, transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare

from piston_compat.oauth_models import LONGEST_CALLBACK, Consumer, Nonce, Token
from piston_compat.oauth_server import OAuthDataStore
from piston_compat.oauth_terms import OAuthError, generate_timestamp, generate_verifier
from piston_compat.options import options

_TYPES = {"request": Token.REQUEST, "access": Token.ACCESS}


class DataStore(OAuthDataStore):
    """Asks the tables of the app ``piston``.

    Args:
        oauth_request: the request that is served.
    """

    def __init__(self, oauth_request: Any) -> None:
        self.oauth_request = oauth_request

    def lookup_consumer(self, key: str) -> Any:
        """Return the accepted consumer with a key."""
        return Consumer.objects.filter(key=key, status="accepted").first() if key and "\0" not in key else None

    def lookup_token(self, token_type: str, token_token: str) -> Any:
        """Return the token with a key, if it is of the request's own consumer, and its user is active."""
        owner = self.oauth_request.parameters.get("oauth_consumer_key", "") if self.oauth_request else ""
        if not token_token or "\0" in token_token + owner:
            return None
        tokens = Token.objects.select_related("user", "consumer").filter(key=token_token, consumer__key=owner)
        found = tokens.filter(token_type=_TYPES[token_type]).first()
        user: Any = found.user if found else None
        return found if user is None or user.is_active else None

    def lookup_nonce(self, oauth_consumer: Any, oauth_token: Any, nonce: str) -> Any:
        """Return the nonce if it was used before; of two requests at once, one is told so.

        Raises:
            OAuthError: it is none that the table holds.
        """
        if not 0 < len(nonce) <= 255 or "\0" in nonce:
            raise OAuthError("The nonce is too long.")
        token_key = oauth_token.key if oauth_token else ""
        used = {"consumer_key": oauth_consumer.key, "token_key": token_key, "key": nonce}
        with transaction.atomic(using=router.db_for_write(Nonce)):
            Consumer.objects.filter(pk=oauth_consumer.pk).update(key=F("key"))  # others wait here
            found, created = Nonce.objects.get_or_create(**used)
        return None if created else found.key

    def fetch_request_token(self, oauth_consumer: Any, oauth_callback: str | None) -> Any:
        """Return a new request token.

        Raises:
            OAuthError: it does not say where the user is sent back to (RFC 5849, section 2.1), or nobody can be sent
                there.
        """
        if not oauth_callback and not options().oauth_without_callback:
            raise OAuthError("oauth_callback is needed; 'oob' is for clients without an address.")
        if oauth_callback and not _leads_somewhere(oauth_callback):
            raise OAuthError(
                f"oauth_callback has to be an address of at most {LONGEST_CALLBACK} characters, or 'oob'."
            )
        token = Token.objects.create_token(oauth_consumer, Token.REQUEST, generate_timestamp())
        token.set_callback(oauth_callback)
        return token

    def fetch_access_token(self, oauth_consumer: Any, oauth_token: Any, oauth_verifier: str | None) -> Any:
        """Return an access token for a request token that its user has agreed to; that one is used up."""
        given, needed = oauth_verifier or "", oauth_token.callback_confirmed or not options().oauth_without_callback
        right = bool(given) and constant_time_compare(given, oauth_token.verifier) if needed else True
        if not (oauth_token.is_approved and right and oauth_token.consumer_id == oauth_consumer.pk):
            return None
        with transaction.atomic(using=router.db_for_write(Token)):
            if not Token.objects.filter(pk=oauth_token.pk).delete()[0]:  # somebody else was faster
                return None
            now = generate_timestamp()
            token = Token.objects.create_token(oauth_consumer, Token.ACCESS, now, user=oauth_token.user)
            token.is_approved = True
            token.save()
        return token

    def authorize_request_token(self, oauth_token: Any, user: Any) -> Any:
        """Note that a user agrees; nobody can agree after them."""
        agreed = {"is_approved": True, "user": user, "verifier": generate_verifier()}
        if not Token.objects.filter(pk=oauth_token.pk, is_approved=False).update(**agreed):
            return None
        oauth_token.refresh_from_db()
        return oauth_token


def _leads_somewhere(callback: str) -> bool:
    """Return whether a user can be sent to an address; a browser would run one of another scheme as code."""
    try:
        parts = urlsplit(callback)
    except ValueError:
        return False
    is_address = parts.scheme in ("http", "https") and bool(parts.netloc)
    return callback == "oob" or (is_address and len(callback) <= LONGEST_CALLBACK and "\0" not in callback)
