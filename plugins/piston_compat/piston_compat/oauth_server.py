"""The server of OAuth 1.0a: gives tokens for signed requests, and verifies what is asked with them."""

from __future__ import annotations

import re
import time
from typing import Any

from piston_compat.oauth_signing import OAuthSignatureMethod
from piston_compat.oauth_terms import OAuthError, build_authenticate_header

_TIMESTAMP = re.compile(r"[0-9]{1,11}")


class OAuthDataStore:
    """What a server has to know; a project's own is a subclass."""

    def lookup_consumer(self, key: str) -> Any:
        """Return the consumer with a key, ``None`` if there is none."""
        raise NotImplementedError

    def lookup_token(self, token_type: str, token_token: str) -> Any:
        """Return the token of a type, ``request`` or ``access``, with a key."""
        raise NotImplementedError

    def lookup_nonce(self, oauth_consumer: Any, oauth_token: Any, nonce: str) -> Any:
        """Return a nonce that was used before; note one that was not, and return ``None``."""
        raise NotImplementedError

    def fetch_request_token(self, oauth_consumer: Any, oauth_callback: str | None) -> Any:
        """Return a new request token."""
        raise NotImplementedError

    def fetch_access_token(self, oauth_consumer: Any, oauth_token: Any, oauth_verifier: str | None) -> Any:
        """Return an access token for a request token that a user has agreed to, ``None`` if it may not be had."""
        raise NotImplementedError

    def authorize_request_token(self, oauth_token: Any, user: Any) -> Any:
        """Note that a user agrees, and return the token."""
        raise NotImplementedError


class OAuthServer:
    """Gives tokens and verifies requests.

    Args:
        data_store: knows consumers and tokens.
        signature_methods: those that are accepted, by name.
    """

    timestamp_threshold = 300  # seconds
    version = "1.0"

    def __init__(self, data_store: Any = None, signature_methods: Any = None) -> None:
        self.data_store = data_store
        self.signature_methods: dict[str, OAuthSignatureMethod] = dict(signature_methods or {})

    def add_signature_method(self, signature_method: OAuthSignatureMethod) -> dict[str, OAuthSignatureMethod]:
        """Accept one more signature method."""
        self.signature_methods[signature_method.get_name()] = signature_method
        return self.signature_methods

    def fetch_request_token(self, oauth_request: Any) -> Any:
        """Return a new request token for a consumer's request.

        Raises:
            OAuthError: it is not good.
        """
        self._version(oauth_request)
        consumer = self._consumer(oauth_request)
        self._check_signature(oauth_request, consumer, None)
        return self.data_store.fetch_request_token(consumer, self.get_callback(oauth_request))

    def fetch_access_token(self, oauth_request: Any) -> Any:
        """Return an access token for a request token that a user has agreed to.

        Raises:
            OAuthError: the request is not good, or nobody has agreed, or the verifier is another one.
        """
        self._version(oauth_request)
        consumer = self._consumer(oauth_request)
        token = self._token(oauth_request, "request")
        self._check_signature(oauth_request, consumer, token)
        verifier = oauth_request.parameters.get("oauth_verifier")
        found = self.data_store.fetch_access_token(consumer, token, verifier)
        if found is None:
            raise OAuthError("The request token is not authorized, or the verifier is not the right one.")
        return found

    def verify_request(self, oauth_request: Any) -> tuple[Any, Any, dict[str, str]]:
        """Return the consumer, the access token and the other parameters of a request.

        Raises:
            OAuthError: it is not good.
        """
        self._version(oauth_request)
        consumer = self._consumer(oauth_request)
        token = self._token(oauth_request, "access")
        self._check_signature(oauth_request, consumer, token)
        return consumer, token, oauth_request.get_nonoauth_parameters()

    def authorize_token(self, token: Any, user: Any) -> Any:
        """Note that a user agrees to a request token."""
        return self.data_store.authorize_request_token(token, user)

    def get_callback(self, oauth_request: Any) -> str | None:
        """Return where a user is to be sent back to, ``None`` if the request does not say."""
        found: str | None = oauth_request.parameters.get("oauth_callback")
        return found

    def build_authenticate_header(self, realm: str = "") -> dict[str, str]:
        """Return the challenge as a header field."""
        return build_authenticate_header(realm)

    def _version(self, oauth_request: Any) -> None:
        if oauth_request.parameters.get("oauth_version", self.version) != self.version:
            raise OAuthError("This version of OAuth is not supported.")

    def _consumer(self, oauth_request: Any) -> Any:
        consumer = self.data_store.lookup_consumer(oauth_request.get_parameter("oauth_consumer_key"))
        if not consumer:
            raise OAuthError("Invalid consumer.")
        return consumer

    def _token(self, oauth_request: Any, token_type: str) -> Any:
        token = self.data_store.lookup_token(token_type, oauth_request.get_parameter("oauth_token"))
        if not token:
            raise OAuthError(f"Invalid {token_type} token.")
        return token

    def _check_signature(self, oauth_request: Any, consumer: Any, token: Any) -> None:
        """Hold a request to its signature, and a good one to its moment and its nonce.

        The nonce is used up only by a good signature, so that nobody else can use up a consumer's.
        """
        timestamp = self._timestamp(oauth_request)
        nonce = oauth_request.get_parameter("oauth_nonce")
        method = self.signature_methods.get(oauth_request.get_parameter("oauth_signature_method"))
        if method is None:
            raise OAuthError(f"Signature method not supported; supported are: {', '.join(self.signature_methods)}.")
        signature = oauth_request.get_parameter("oauth_signature")
        if not method.check_signature(oauth_request, consumer, token, signature):
            raise OAuthError("Invalid signature.")
        if time.time() - timestamp > self.timestamp_threshold:
            raise OAuthError(f"Expired timestamp: given {timestamp} is older than {self.timestamp_threshold} seconds.")
        if self.data_store.lookup_nonce(consumer, token, nonce):
            raise OAuthError("Nonce already used.")

    def _timestamp(self, oauth_request: Any) -> int:
        given = oauth_request.get_parameter("oauth_timestamp")
        if not _TIMESTAMP.fullmatch(given):
            raise OAuthError("The timestamp is no number of seconds.")
        return int(given)
