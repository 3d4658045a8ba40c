"""What makes two requests the same: hashes of who asks where under which key, and of what was sent."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict
from django.http.request import RawPostDataException

from piston_core.access import Identity
from piston_core.requests import Request


def scope_of(request: HttpRequest, identity: Identity | None, key: str) -> str:
    """Return the hash of a key and of whose it is: who sends it, with which method, to which address.

    Raises:
        TypeError: nothing tells the identity's user from another one.
    """
    address = [request.method, request.path, request.META.get("QUERY_STRING", "")]
    return _hash([_who(identity), address, key])


def fingerprint_of(request: HttpRequest, action: str) -> str:
    """Return the hash of what a request sends, and of what it says about the answer that it wants.

    Args:
        request: the request, once its body has been parsed to ``request.data``.
        action: the handler's method.
    """
    asks = [request.META.get(name, "") for name in ("HTTP_ACCEPT", "HTTP_PREFER")]
    return _hash([asks, _content(request, action)])


def _who(identity: Identity | None) -> list[str]:
    """Return what tells a user from all others; two users who look alike would get each other's answers."""
    if identity is None:
        return ["anonymous"]
    user = identity.user
    known = user if isinstance(user, str | int) else getattr(user, "pk", None)
    kind = user._meta.label_lower if hasattr(user, "_meta") else user.__class__.__qualname__
    if known is None:
        raise TypeError(
            f"{identity.authenticator!r} vouches for a {kind} without a pk; keys have to belong to somebody."
        )
    return [identity.authenticator, kind, str(known)]


def _content(request: HttpRequest, action: str) -> list[Any]:
    if action == "delete":  # its body means nothing (RFC 9110, section 9.3.5), and nobody has read it
        return []
    media_type = request.content_type or ""
    if not media_type.startswith("multipart/"):  # whose bytes have another boundary every time
        try:
            return [media_type, sha256(request.body).hexdigest()]
        except RawPostDataException:  # a parser has read the request itself
            pass
    return [media_type, _fields(request), _files(request)]


def _fields(request: HttpRequest) -> Any:
    data = cast("Request", request).data
    return [*data.lists()] if isinstance(data, QueryDict) else repr(data)


def _files(request: HttpRequest) -> list[Any]:
    return [[field, [[file.name, _contents(file)] for file in files]] for field, files in request.FILES.lists()]


def _contents(file: UploadedFile[Any]) -> str:
    """Return the hash of a file, which is then at its beginning again."""
    digest = sha256()
    for piece in file.chunks():
        digest.update(piece)
    file.seek(0)
    return digest.hexdigest()


def _hash(parts: list[Any]) -> str:
    return sha256(json.dumps(parts).encode()).hexdigest()  # JSON, so that no two lists look the same
