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

from piston_core import BaseHandler
from piston_pickle import PickleParser
from tests import asking
from tests.asking import Returning, body_of

TYPE = "application/python-pickle"
SIGNED = "application/vnd.piston.signed-pickle"
KEY = "a key that only the tests may know"
OLD_KEY = "a former key of the tests, long enough"

parser = PickleParser(keys=[KEY])


def piston(**options: Any) -> dict[str, Any]:
    return {"PLUGINS": ["json", "pickle"], "OPTIONS": {"pickle": options}}


def asked(handler: BaseHandler, accept: str = TYPE, **settings: Any) -> Any:
    """Return the response to a GET of a handler's resource."""
    settings.setdefault("PISTON", piston())
    return asking.asked(handler, accept, **settings)


def shown(data: Any, accept: str = TYPE, **settings: Any) -> Any:
    """Return the response to a GET of a resource that returns this data."""
    return asked(Returning(data), accept, **settings)


def data_in(response: Any) -> Any:
    assert response.status_code == 200, body_of(response)
    assert response.headers["Content-Type"] == TYPE
    return loaded(body_of(response))


def sent(body: bytes, content_type: str = SIGNED, **options: Any) -> tuple[Any, list[Any]]:
    """Return the response to a POST of a body, and what came of it to the handler."""
    return asking.sent(body, content_type, PISTON=piston(**{"key": KEY} | options))


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
