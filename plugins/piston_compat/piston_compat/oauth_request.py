"""A request with OAuth's parameters: read by a server, or made and signed by a client."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from django.utils.datastructures import MultiValueDict
from oauthlib.oauth1.rfc5849 import signature as rfc5849
from oauthlib.oauth1.rfc5849.utils import parse_authorization_header

from piston_compat.oauth_terms import OAuthError, OAuthMissingParam, escape, generate_nonce, generate_timestamp

Pair = tuple[str, str]
_NEVER_SIGNED = ("oauth_signature", "realm")


class OAuthRequest:
    """A request, and what it says by OAuth.

    Args:
        http_method: the method.
        http_url: the address.
        parameters: all parameters; a list is several values of one name.
    """

    version = "1.0"

    def __init__(self, http_method: str = "GET", http_url: str = "", parameters: Any = None) -> None:
        self.http_method = http_method
        self.http_url = http_url
        self.pairs: list[Pair] = list(_pairs(parameters or {}))

    @property
    def parameters(self) -> dict[str, str]:
        """All parameters, the last value of each."""
        return dict(self.pairs)

    def set_parameter(self, parameter: str, value: Any) -> None:
        """Set a parameter, in the place of all that it had."""
        self.pairs = [*(pair for pair in self.pairs if pair[0] != parameter), (parameter, str(value))]

    def get_parameter(self, parameter: str) -> str:
        """Return a parameter.

        Raises:
            OAuthMissingParam: it is not there.
        """
        found = [value for name, value in self.pairs if name == parameter]
        if not found:
            raise OAuthMissingParam(f"Parameter not found: {parameter}")
        if len(found) > 1 and parameter.startswith("oauth_"):  # RFC 5849, section 3.1
            raise OAuthError(f"Parameter given twice: {parameter}")
        return found[-1]

    def get_nonoauth_parameters(self) -> dict[str, str]:
        """Return the parameters that are none of OAuth's."""
        return {name: value for name, value in self.pairs if not name.startswith("oauth_")}

    def to_header(self, realm: str = "") -> dict[str, str]:
        """Return OAuth's parameters as a header field."""
        own = ", ".join(f'{name}="{escape(value)}"' for name, value in self.pairs if name.startswith("oauth_"))
        return {"Authorization": f'OAuth realm="{realm}", {own}'}

    def to_postdata(self) -> str:
        """Return all parameters as a form."""
        return urlencode(self.pairs)

    def to_url(self) -> str:
        """Return the address with all parameters."""
        return f"{self.get_normalized_http_url()}?{self.to_postdata()}"

    def get_normalized_parameters(self) -> str:
        """Return the parameters as they are signed (RFC 5849, section 3.4.1.3.2)."""
        signed = [(escape(name), escape(value)) for name, value in self.pairs if name not in _NEVER_SIGNED]
        return "&".join(f"{name}={value}" for name, value in sorted(signed))

    def get_normalized_http_method(self) -> str:
        """Return the method as it is signed."""
        return self.http_method.upper()

    def get_normalized_http_url(self) -> str:
        """Return the address as it is signed, without its query.

        Raises:
            OAuthError: it cannot be signed.
        """
        try:
            return str(rfc5849.base_string_uri(self.http_url))
        except ValueError:
            raise OAuthError("The request's address cannot be signed.") from None

    def get_base_string(self) -> str:
        """Return the text that is signed (RFC 5849, section 3.4.1.1)."""
        parts = (self.get_normalized_http_method(), self.get_normalized_http_url(), self.get_normalized_parameters())
        return "&".join(map(escape, parts))

    def sign_request(self, signature_method: Any, consumer: Any, token: Any) -> None:
        """Set the signature and its method."""
        self.set_parameter("oauth_signature_method", signature_method.get_name())
        self.set_parameter("oauth_signature", self.build_signature(signature_method, consumer, token))

    def build_signature(self, signature_method: Any, consumer: Any, token: Any) -> str:
        """Return the signature by a method."""
        signature: str = signature_method.build_signature(self, consumer, token)
        return signature

    @staticmethod
    def from_request(
        http_method: str, http_url: str, headers: Any = None, parameters: Any = None, query_string: str | None = None
    ) -> OAuthRequest | None:
        """Return what a request says by OAuth, ``None`` if it says nothing.

        Args:
            http_method: the method.
            http_url: the address.
            headers: the header fields, of which ``Authorization`` counts.
            parameters: those of the query and of a form.
            query_string: the query, if it is not among the parameters.

        Raises:
            OAuthError: the header field cannot be read.
        """
        pairs = [*_pairs(parameters or {}), *parse_qsl(query_string or "", keep_blank_values=True)]
        field = (headers or {}).get("Authorization") or (headers or {}).get("HTTP_AUTHORIZATION") or ""
        if field[:6].lower() == "oauth ":
            pairs += _of_header(field)
        if not any(name.startswith("oauth_") for name, _ in pairs):
            return None
        return OAuthRequest(http_method, http_url, pairs)

    @staticmethod
    def from_consumer_and_token(
        oauth_consumer: Any,
        token: Any = None,
        callback: str | None = None,
        verifier: str | None = None,
        http_method: str = "GET",
        http_url: str = "",
        parameters: Any = None,
    ) -> OAuthRequest:
        """Return a client's request, to be signed."""
        own: dict[str, Any] = {
            "oauth_consumer_key": oauth_consumer.key,
            "oauth_timestamp": generate_timestamp(),
            "oauth_nonce": generate_nonce(),
            "oauth_version": OAuthRequest.version,
        }
        own |= {"oauth_token": token.key} if token else {}
        verifier = verifier or getattr(token, "verifier", None)
        own |= {"oauth_verifier": verifier} if token and verifier else {}
        own |= {"oauth_callback": callback} if not token and callback else {}
        return OAuthRequest(http_method, http_url, [*_pairs(own), *_pairs(parameters or {})])

    @staticmethod
    def from_token_and_callback(
        token: Any, callback: str | None = None, http_method: str = "GET", http_url: str = "", parameters: Any = None
    ) -> OAuthRequest:
        """Return the request by which a client sends a user to agree."""
        own = {"oauth_token": token.key} | ({"oauth_callback": callback} if callback else {})
        return OAuthRequest(http_method, http_url, [*_pairs(own), *_pairs(parameters or {})])


def _pairs(parameters: Any) -> Iterable[Pair]:
    """Yield names with their values, of which one name may have several."""
    if isinstance(parameters, MultiValueDict):
        parameters = dict(parameters.lists())
    items = parameters.items() if isinstance(parameters, Mapping) else parameters
    for name, value in items:
        for each in value if isinstance(value, list | tuple) else (value,):
            yield str(name), str(each)


def _of_header(field: str) -> list[Pair]:
    try:
        found = parse_authorization_header(field)
    except ValueError:
        raise OAuthError("The Authorization header cannot be read.") from None
    return [(unquote(name), unquote(value)) for name, value in found if name != "realm"]


def address_without_query(address: str) -> str:
    """Return an address up to its query."""
    return urlsplit(address)._replace(query="", fragment="").geturl()
