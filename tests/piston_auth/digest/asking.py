"""A client of RFC 7616 that shares no code with the package, and addresses that it can ask."""

from __future__ import annotations

import hashlib
import re
from typing import Any
from urllib.request import parse_http_list, parse_keqv_list

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.test import Client
from django.urls import path

from piston_auth.digest.authenticator import DigestAuthenticator
from piston_core import BaseHandler, Resource
from tests.piston_auth.asking import AsyncWho, Who, WhoOrNobody

REALM = "Cave"
NAMES = {"MD5": "md5", "SHA-256": "sha256", "SHA-512-256": "sha512_256"}
EVERY = ("SHA-512-256", "SHA-256", "MD5")


class Body(Who):
    """Tells what came of a body."""

    def create(self, request: HttpRequest):
        files = {name: file.read().decode() for name, file in request.FILES.items()}
        return {"data": dict(request.data.items()), "files": files}

    update = create


class Resting(Who):
    def read(self, request: HttpRequest, rest: str):
        return super().read(request)


class Failing(BaseHandler):
    def read(self, request: HttpRequest):
        raise ValueError("a defect of the handler's")


plain = DigestAuthenticator(realm=REALM)
every = DigestAuthenticator(realm=REALM, algorithms=EVERY, userhash=True)
weak = DigestAuthenticator(realm=REALM, algorithms=["MD5"], qop=["auth"])

urlpatterns = [
    path("who/", Resource(Who, authentication=[plain])),
    path("who-or-nobody/", Resource(WhoOrNobody, authentication=[plain])),
    path("async-who/", Resource(AsyncWho, authentication=[plain])),
    path("every/", Resource(Who, authentication=[every])),
    path("weak/", Resource(Who, authentication=[weak])),
    path("mixed/", Resource(Who, authentication=["basic", every])),
    path("body/", Resource(Body, authentication=[plain])),
    path("failing/", Resource(Failing, authentication=[plain])),
    path("caf\N{LATIN SMALL LETTER E WITH ACUTE}/<path:rest>", Resource(Resting, authentication=[plain])),
]


def user(username: str, password: str, **fields: Any) -> User:
    """Make a user as Django's forms do, which tell of the password; ``create_user`` does not."""
    made = User(username=username, **fields)
    made.set_password(password)
    made.save()
    return made


def hash_of(algorithm: str, *parts: str | bytes) -> str:
    octets = b":".join(each.encode() if isinstance(each, str) else each for each in parts)
    return hashlib.new(NAMES[algorithm], octets).hexdigest()


def answered(
    nonce: str,
    *,
    username: str = "Aladdin",
    password: str = "open sesame",
    realm: str = REALM,
    algorithm: str = "SHA-256",
    method: str = "GET",
    uri: str = "/who/",
    nc: str | int = 1,
    cnonce: str = "0a4f113b",
    qop: str = "auth",
    body: bytes = b"",
    **more: str,
) -> dict[str, str]:
    """Return the parameters of an answer, as they stand in the field."""
    nc = f"{nc:08x}" if isinstance(nc, int) else nc
    request = (method, uri, hash_of(algorithm, body)) if qop == "auth-int" else (method, uri)
    secret = hash_of(algorithm, username, realm, password)
    response = hash_of(algorithm, secret, nonce, nc, cnonce, qop, hash_of(algorithm, *request))
    return {
        "username": f'"{username}"',
        "realm": f'"{realm}"',
        "uri": f'"{uri}"',
        "algorithm": algorithm,
        "nonce": f'"{nonce}"',
        "nc": nc,
        "cnonce": f'"{cnonce}"',
        "qop": qop,
        "response": f'"{response}"',
        **more,
    }


def field(parameters: dict[str, str]) -> dict[str, str]:
    """Return the header field."""
    return {"Authorization": "Digest " + ", ".join(f"{name}={value}" for name, value in parameters.items())}


def digest(nonce: str, **given: Any) -> dict[str, str]:
    """Return the header field of an answer."""
    return field(answered(nonce, **given))


def challenges(response: Any) -> list[dict[str, str]]:
    """Return the Digest challenges of a 401, read by Python's urllib."""
    each = re.split(r"(?:^|, )Digest ", response.headers["WWW-Authenticate"])[1:]
    return [parse_keqv_list(parse_http_list(text)) for text in each]


def fresh_nonce(path: str = "/who/") -> str:
    """Return the nonce of a new challenge."""
    return challenges(Client().get(path))[0]["nonce"]
