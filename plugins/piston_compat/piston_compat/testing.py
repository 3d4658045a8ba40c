"""The ancestor's test cases: one whose client signs what it sends."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.contrib.auth import get_user_model
from django.test import Client
from django.test import TestCase as DjangoTestCase

from piston_compat.oauth_models import Consumer, Token
from piston_compat.oauth_request import OAuthRequest
from piston_compat.oauth_signing import OAuthSignatureMethod_HMAC_SHA1
from piston_compat.oauth_terms import generate_timestamp

_FORM = "application/x-www-form-urlencoded"
_HOST = "testserver"


class OAuthClient(Client):
    """Signs each request as it is sent.

    Args:
        consumer: who signs it.
        token: in whose name.
    """

    signature = OAuthSignatureMethod_HMAC_SHA1()

    def __init__(self, consumer: Any, token: Any) -> None:
        super().__init__()
        self.consumer = consumer
        self.token = token

    def request(self, **request: Any) -> Any:
        """Sign a request and send it; a form is signed, and any other body is not (RFC 5849, section 3.4.1.3.1)."""
        query = request.get("QUERY_STRING", "")
        pairs = parse_qsl(query, keep_blank_values=True)
        if request.get("CONTENT_TYPE", "").partition(";")[0] == _FORM and "wsgi.input" in request:
            stream = request["wsgi.input"]
            body = stream.read()
            pairs += parse_qsl(body.decode(), keep_blank_values=True)
            request["wsgi.input"] = type(stream)(body)
        address = f"{request.get('wsgi.url_scheme', 'http')}://{_HOST}{request.get('PATH_INFO', '/')}"
        signed = OAuthRequest.from_consumer_and_token(
            self.consumer, self.token, None, None, request.get("REQUEST_METHOD", "GET"), address, pairs
        )
        signed.sign_request(self.signature, self.consumer, self.token)
        return super().request(**request, HTTP_AUTHORIZATION=signed.to_header()["Authorization"])

    def post(self, path: Any, data: Any = None, content_type: str = _FORM, **extra: Any) -> Any:  # type: ignore[override]  # a form by default
        """Send a form, or a body of another type."""
        if content_type == _FORM and not isinstance(data, str | bytes):
            data = urlencode(data or {}, doseq=True)
        path = urlsplit(str(path))._replace(scheme="", netloc="").geturl()
        return super().post(path, data, content_type, **extra)


class TestCase(DjangoTestCase):
    """Django's test case."""


class OAuthTestCase(TestCase):
    """A test case whose client has a consumer and a token."""

    @property
    def oauth_client(self) -> Any:
        """A client that signs as the consumer in the name of the user."""
        return OAuthClient(self.consumer, self.token)

    def setUp(self) -> None:
        """Make the user, the consumer and the token."""
        self.user: Any = get_user_model()._default_manager.create_user("test", "test@example.com", "test123")
        self.consumer = Consumer.objects.create_consumer("Test Consumer", "Test description", self.user)
        self.consumer.status = "accepted"
        self.consumer.save()
        self.token = Token.objects.create_token(self.consumer, Token.ACCESS, generate_timestamp(), self.user)
        self.token.is_approved = True
        self.token.save()

    def tearDown(self) -> None:
        """Delete what was made."""
        self.token.delete()
        self.consumer.delete()
        self.user.delete()
