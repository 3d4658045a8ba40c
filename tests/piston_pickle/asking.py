"""Sites of one address that speak pickle, bodies that are signed well, and an independent reader of pickles."""

from __future__ import annotations

import datetime as dt
import decimal
import io
import pickle
import uuid
from base64 import b64encode
from typing import Any

from django.core.signing import TimestampSigner
from django.http import HttpRequest
from django.test import Client, override_settings
from django.urls import path

from piston_core import BaseHandler, Resource
from piston_pickle import PickleParser

TYPE = "application/python-pickle"
SIGNED = "application/vnd.piston.signed-pickle"
KEY = "a key that only the tests may know"
OLD_KEY = "a former key of the tests, long enough"

parser = PickleParser(keys=[KEY])


def piston(**options: Any) -> dict[str, Any]:
    return {"PLUGINS": ["json", "pickle"], "OPTIONS": {"pickle": options}}


class Returning(BaseHandler):
    def __init__(self, data: Any) -> None:
        self.data = data

    def read(self, request: HttpRequest) -> Any:
        return self.data


class Receiving(BaseHandler):
    atomic = False

    def __init__(self) -> None:
        self.received: list[Any] = []

    def create(self, request: HttpRequest) -> None:
        self.received.append(request.data)


def asked(handler: BaseHandler, accept: str = TYPE, **settings: Any) -> Any:
    """Return the response to a GET of a handler's resource."""
    settings.setdefault("PISTON", piston())
    with override_settings(ROOT_URLCONF=(path("", Resource(handler, authentication=())),), **settings):
        return Client(raise_request_exception=False).get("/", headers={"Accept": accept})


def shown(data: Any, accept: str = TYPE, **settings: Any) -> Any:
    """Return the response to a GET of a resource that returns this data."""
    return asked(Returning(data), accept, **settings)


def body_of(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def data_in(response: Any) -> Any:
    assert response.status_code == 200, body_of(response)
    assert response.headers["Content-Type"] == TYPE
    return loaded(body_of(response))


def sent(body: bytes, content_type: str = SIGNED, **options: Any) -> tuple[Any, list[Any]]:
    """Return the response to a POST of a body, and what came of it to the handler."""
    handler = Receiving()
    settings = {"PISTON": piston(**{"key": KEY} | options), "ROOT_URLCONF": (path("", Resource(handler)),)}
    with override_settings(**settings):
        client = Client(raise_request_exception=False, CONTENT_TYPE=content_type)  # also of an empty body
        response = client.generic("POST", "/", body, content_type)
    return response, handler.received


def seal(pickled: bytes, key: str = KEY) -> bytes:
    """Return any bytes as a body with a good signature, by Django's own signer."""
    signer = TimestampSigner(key=key, salt="piston_pickle", algorithm="sha256", fallback_keys=[])
    return signer.sign(b64encode(pickled).decode()).encode()


def read(pickled: bytes) -> Any:
    """Return what the parser makes of a pickle whose signature is good."""
    return parser.parse(seal(pickled), HttpRequest())


PLAIN_TYPES = {
    ("datetime", "date"): dt.date,
    ("datetime", "datetime"): dt.datetime,
    ("datetime", "time"): dt.time,
    ("datetime", "timedelta"): dt.timedelta,
    ("datetime", "timezone"): dt.timezone,
    ("decimal", "Decimal"): decimal.Decimal,
    ("uuid", "UUID"): uuid.UUID,
}


class Loader(pickle.Unpickler):
    """Python's own unpickler, for documents that hold nothing but the standard library's plain types."""

    def find_class(self, module: str, name: str) -> Any:
        return PLAIN_TYPES[module, name]


def loaded(pickled: bytes) -> Any:
    """Return what Python's own unpickler makes of a pickle, which has to end where the bytes end."""
    file = io.BytesIO(pickled)
    data = Loader(file).load()
    assert not file.read()
    return data


def nested(depth: int, inner: Any = 1) -> Any:
    """Return data below this many lists."""
    for _ in range(depth):
        inner = [inner]
    return inner
