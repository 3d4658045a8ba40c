"""Hands out tokens: temporary ones to consumers, and access tokens for those to which a user has agreed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import router
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.debug import sensitive_variables

from piston_core import delete_expired
from piston_oauth import callbacks, vault
from piston_oauth.options import Options
from piston_oauth.refusals import Malformed, Refused

if TYPE_CHECKING:
    from piston_oauth.models import AccessToken, RequestToken
    from piston_oauth.verifying import Signed

_GUESSES = 5  # wrong verifiers after which a request token is of no use


def issue_request_token(signed: Signed, options: Options) -> tuple[RequestToken, str]:
    """Return new temporary credentials and their secret (RFC 5849, section 2.1).

    Raises:
        Malformed: the callback is missing, or not one that this consumer may name.
    """
    from piston_oauth.models import RequestToken, in_seconds  # models, so not before Django is ready

    callback = signed.protocol.get("oauth_callback", "")
    registered = signed.consumer.registered
    if not callbacks.is_allowed(callback, registered, any_callback=options.any_callback):
        raise Malformed("oauth_callback is missing, or not one that this consumer has registered.")
    token = RequestToken(consumer=signed.consumer, callback=callback, expires=in_seconds(options.request_token_age))
    token.secret = secret = vault.new_key()
    token.save()
    return token, secret


def approve(token: RequestToken, user: Any, options: Options) -> str | None:
    """Let a user agree to a request, and return the verifier; ``None`` if it has been answered meanwhile."""
    from piston_oauth.models import in_seconds

    verifier = vault.new_verifier(typed=token.callback == callbacks.OUT_OF_BAND)
    expires = in_seconds(options.request_token_age)
    open_ones = _stored(token).filter(user=None, expires__gt=timezone.now())
    answered = open_ones.update(user=user, verifier=vault.digest(verifier), expires=expires)
    return verifier if answered else None


def refuse(token: RequestToken) -> None:
    """Let a user say no: nothing is left of the request."""
    _stored(token).filter(user=None).delete()


@sensitive_variables()
def exchange(signed: Signed, options: Options) -> tuple[AccessToken, str]:
    """Return an access token and its secret for a request token to which a user has agreed (RFC 5849, section 2.3).

    Of several requests at the same moment one gets it, since one alone takes what guesses are left.

    Raises:
        Refused: nobody has agreed, the verifier is not the right one, or the token has been exchanged before.
    """
    from piston_oauth.models import AccessToken, atomically, in_seconds

    token: RequestToken = signed.token
    if not _knows_verifier(token, signed.protocol.get("oauth_verifier", "")):
        raise Refused("The verifier is not the one of this token.")
    age = options.access_token_age
    access = AccessToken(consumer=signed.consumer, user=token.user, expires=None if age is None else in_seconds(age))
    access.secret = secret = vault.new_key()
    with atomically(AccessToken):
        # An update, since for a delete Django may read first, and SQLite would not let those who have read queue.
        if not _stored(token).filter(guesses__lt=_GUESSES).update(guesses=_GUESSES):
            raise Refused("The token has been used before.")
        _stored(token).delete()
        access.save()
    return access, secret


def sweep_request_tokens(*, most: int) -> int:
    """Delete request tokens whose time is over; return how many."""
    from piston_oauth.models import RequestToken, stored

    return delete_expired(stored(RequestToken).filter(expires__lt=timezone.now()).order_by("expires"), most)


def _knows_verifier(token: RequestToken, verifier: str) -> bool:
    known = constant_time_compare(vault.digest(verifier), token.verifier) and token.is_answered
    if not known:
        _stored(token).update(guesses=F("guesses") + 1)
    return known


def _stored(token: RequestToken) -> Any:
    table = type(token)._default_manager
    return table.using(router.db_for_write(type(token), instance=token)).filter(pk=token.pk)
