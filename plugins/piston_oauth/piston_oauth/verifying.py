"""Verifies a signed request (RFC 5849, section 3.2).

Whatever is wrong, the same work is done: for a consumer or a token that does not exist, the signature is checked
with secrets that nobody knows. So neither the answer nor its time tells which keys exist.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha1
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.views.decorators.debug import sensitive_variables

from piston_oauth import nonces, vault
from piston_oauth.options import Options
from piston_oauth.parameters import Received, body_of, is_form
from piston_oauth.refusals import Malformed, Refused
from piston_oauth.signatures import Secrets, base_string, is_valid, uses_rsa

if TYPE_CHECKING:
    from piston_oauth.models import AccessToken, Consumer, RequestToken

T = TypeVar("T", "AccessToken", "RequestToken")

_NEEDED = ("oauth_consumer_key", "oauth_signature_method", "oauth_signature")
_TIMELY = ("oauth_timestamp", "oauth_nonce")
_LONGEST_TIMESTAMP = 11  # digits
# A public key whose private half was never written down: what is verified for consumers without a key.
_NOBODYS_KEY = """-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAlek5ODmesku4ol7JD14s
MhlQD8kKL4M8a1MmIEfaEvCY68gLmWJ0G48bjq+2kAIOIYMgA3HZCVxv1cvDxBRG
pcu0eSNWtiQ628NZH5dEln9Qbn4WIZPYe4Oy96f8pb9h5HG25hhFBuV3WLOnchIo
TvpdJ+GNP3+Bw8l3nu9aJBmBUQQ6RcLHpXxm99Mb6XyV73ZuIYf4lCpLki/xjTOV
VXZxXmVFyVON3P3AvKaSDlhuHVM8/znQQZzR4mdfa4T2mQjfd82TPxiFvY/YaQdx
zbUIyGK5wtPH16GIIPLSXtzsM4b502slOxeYfkhoaRVXKDCx25VI8UeHMeCl3yxi
JQIDAQAB
-----END PUBLIC KEY-----
"""


@dataclass(frozen=True, slots=True)
class Signed:
    """A request whose signature is good.

    Attributes:
        consumer: who has signed it.
        token: in whose name; ``None`` for the consumer's own.
        protocol: the protocol parameters.
    """

    consumer: Consumer
    token: Any
    protocol: Mapping[str, str]


@sensitive_variables()
def verify(request: HttpRequest, received: Received, options: Options, tokens: type[T] | None) -> Signed:
    """Return who has signed a request.

    Args:
        request: the request.
        received: its parameters.
        options: the project's options.
        tokens: the tokens that ``oauth_token`` may name; ``None`` where no token belongs.

    Raises:
        Malformed: parameters are missing or not supported: 400.
        Refused: they are not good: 401.
    """
    protocol = received.protocol
    _refuse_unsupported(request, received, options)
    base = base_string(request, received.signed)
    consumer = _consumer(protocol["oauth_consumer_key"])
    key = protocol.get("oauth_token", "")
    token = _token(tokens, key, consumer) if tokens is not None and key else None
    wanted = bool(key) and tokens is not None
    method, signature = protocol["oauth_signature_method"], protocol["oauth_signature"]
    valid = is_valid(method, signature, base, _secrets(method, consumer, token, wanted=wanted))
    if not (valid and consumer and consumer.is_accepted and (token is None) is not wanted):
        raise Refused("The consumer, the token or the signature is not good.")
    _refuse_another_body(request, protocol)
    _refuse_replayed(protocol, options)
    return Signed(consumer, token, protocol)


def _refuse_unsupported(request: HttpRequest, received: Received, options: Options) -> None:
    protocol = received.protocol
    received.need(*_NEEDED)
    if protocol.get("oauth_version", "1.0") != "1.0":
        raise Malformed("oauth_version has to be 1.0.")
    _refuse_method(request, received, options)
    _refuse_undated(protocol)
    if received.realm not in ("", options.realm):
        raise Refused("The realm is another one.")


def _refuse_method(request: HttpRequest, received: Received, options: Options) -> None:
    method = received.protocol["oauth_signature_method"]
    if method not in options.methods:
        raise Malformed(f"This signature method is not accepted; accepted are: {', '.join(options.methods)}.")
    if method != "PLAINTEXT":
        return
    if not (request.is_secure() or options.plaintext_anywhere):  # RFC 5849, section 3.4.4
        raise Malformed("PLAINTEXT is accepted over TLS only.")
    if received.place == "query":  # which servers and proxies write into their logs
        raise Malformed("PLAINTEXT holds the secrets, which do not belong in an address.")


def _refuse_undated(protocol: Mapping[str, str]) -> None:
    """Refuse a request without timestamp and nonce; only PLAINTEXT may omit them (RFC 5849, section 3.1)."""
    given = [name for name in _TIMELY if protocol.get(name)]
    if len(given) < len(_TIMELY) and (given or protocol["oauth_signature_method"] != "PLAINTEXT"):
        raise Malformed("oauth_timestamp and oauth_nonce are needed.")
    timestamp = protocol.get("oauth_timestamp", "") or "1"
    if not timestamp.isdigit() or len(timestamp) > _LONGEST_TIMESTAMP or timestamp.startswith("0"):
        raise Malformed("oauth_timestamp has to be a positive number of seconds.")


def _refuse_replayed(protocol: Mapping[str, str], options: Options) -> None:
    if not protocol.get("oauth_nonce"):
        return
    timestamp = int(protocol["oauth_timestamp"])
    nonces.refuse_untimely(timestamp, options.timestamp_age)
    consumer, token, nonce = protocol["oauth_consumer_key"], protocol.get("oauth_token", ""), protocol["oauth_nonce"]
    nonces.use(consumer, token, timestamp, nonce, options.timestamp_age)


def _refuse_another_body(request: HttpRequest, protocol: Mapping[str, str]) -> None:
    """Refuse a body that is not the one whose hash was signed, where a client has signed one.

    Source: draft-eaton-oauth-bodyhash-00, which has SHA-1 for every method. Forms are signed themselves, and uploads
    are not read as a whole before they may be.
    """
    given = protocol.get("oauth_body_hash")
    if given is None or request.content_type == "multipart/form-data":
        return
    if is_form(request):
        raise Malformed("oauth_body_hash does not belong to a form.")
    digest = sha1(body_of(request), usedforsecurity=False).digest()
    if not constant_time_compare(b64encode(digest).decode(), given):
        raise Refused("The body is not the one that was signed.")


def _consumer(key: str) -> Consumer | None:
    from piston_oauth.models import Consumer  # models, so not before Django is ready

    return Consumer.objects.filter(key=key).first()


def _token(tokens: type[T], key: str, consumer: Consumer | None) -> T | None:
    """Return a consumer's token that is still good, of an active user or of none yet."""
    owner = None if consumer is None else consumer.pk
    found = tokens.objects.select_related("user").filter(key=key, consumer_id=owner or -1).first()
    user: Any = found.user if found else None
    return found if found and found.is_good and (user is None or user.is_active) else None


@sensitive_variables()
def _secrets(method: str, consumer: Consumer | None, token: Any, *, wanted: bool) -> Secrets:
    """Return what to check a signature with; of what is missing, something that nobody knows.

    A consumer that has no secret signs with RSA only, and one that has no key never does.
    """
    if uses_rsa(method):
        return Secrets("", "", (consumer.rsa_key if consumer else "") or _NOBODYS_KEY)
    sealed = (consumer.sealed if consumer else "") or _nobodys_secret()
    token_sealed = (token.sealed if token is not None else _nobodys_secret()) if wanted else ""
    unknown = vault.new_key()  # a secret that cannot be read is none
    return Secrets(vault.unseal(sealed) or unknown, vault.unseal(token_sealed) or (unknown if wanted else ""), "")


def _nobodys_secret() -> str:
    return _sealed_with(settings.SECRET_KEY)


@lru_cache(maxsize=1)
def _sealed_with(_key: str) -> str:  # the argument, so that another key seals another one
    return vault.seal(vault.new_key())
