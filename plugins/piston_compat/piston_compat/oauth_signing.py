"""The signature methods of OAuth 1.0a, which oauthlib computes and which are compared in constant time."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.utils.crypto import constant_time_compare
from oauthlib.oauth1.rfc5849 import signature as rfc5849


class OAuthSignatureMethod:
    """How a request is signed with the secrets of a consumer and a token."""

    def get_name(self) -> str:
        """Return the name in ``oauth_signature_method``."""
        raise NotImplementedError

    def build_signature_base_string(self, oauth_request: Any, consumer: Any, token: Any) -> tuple[str, str]:
        """Return the key and the text that is signed with it."""
        return _key(consumer, token), oauth_request.get_base_string()

    def build_signature(self, oauth_request: Any, consumer: Any, token: Any) -> str:
        """Return the signature of a request."""
        raise NotImplementedError

    def check_signature(self, oauth_request: Any, consumer: Any, token: Any, signature: str) -> bool:
        """Return whether a signature is that of a request."""
        return constant_time_compare(self.build_signature(oauth_request, consumer, token), signature)


class OAuthSignatureMethod_HMAC_SHA1(OAuthSignatureMethod):  # noqa: N801 - the ancestor's name
    """HMAC-SHA1 (RFC 5849, section 3.4.2)."""

    def get_name(self) -> str:
        """Return the method's name."""
        return "HMAC-SHA1"

    def build_signature(self, oauth_request: Any, consumer: Any, token: Any) -> str:
        """Return the signature of a request."""
        return str(rfc5849.sign_hmac_sha1_with_client(oauth_request.get_base_string(), _secrets(consumer, token)))


class OAuthSignatureMethod_PLAINTEXT(OAuthSignatureMethod):  # noqa: N801 - the ancestor's name
    """The secrets themselves (RFC 5849, section 3.4.4), which belong on a connection with TLS only."""

    def get_name(self) -> str:
        """Return the method's name."""
        return "PLAINTEXT"

    def build_signature(self, oauth_request: Any, consumer: Any, token: Any) -> str:
        """Return the secrets."""
        return str(rfc5849.sign_plaintext_with_client(None, _secrets(consumer, token)))


def _secrets(consumer: Any, token: Any) -> Any:
    """Return the secrets by the names that oauthlib asks for."""
    return SimpleNamespace(client_secret=consumer.secret, resource_owner_secret=token.secret if token else "")


def _key(consumer: Any, token: Any) -> str:
    return str(rfc5849.sign_plaintext_with_client(None, _secrets(consumer, token)))
