"""``rc``: the ancestor's answers by name, each a new response of Django whose content may be data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase

from piston_compat.options import options

_NOTHING = object()
_REPLIES = {
    "ALL_OK": ("OK", 200),
    "CREATED": ("Created", 201),
    "DELETED": ("", 204),
    "BAD_REQUEST": ("Bad Request", 400),
    "FORBIDDEN": ("Forbidden", 401),
    "NOT_FOUND": ("Not Found", 404),
    "DUPLICATE_ENTRY": ("Conflict/Duplicate", 409),
    "NOT_HERE": ("Gone", 410),
    "BAD_RANGE": ("Unsatifiable Range", 416),  # the ancestor's spelling, which clients may compare
    "INTERNAL_ERROR": ("Internal Error", 500),
    "NOT_IMPLEMENTED": ("Not Implemented", 501),
    "THROTTLED": ("Throttled", 503),
}


class Answer(HttpResponse):
    """A response in text whose content may be set to data, which is then emitted with its status.

    Attributes:
        data: what is to be emitted, if ``has_data``.
    """

    data: Any = _NOTHING

    @property
    def has_data(self) -> bool:
        """Whether the content is data instead of text."""
        return self.data is not _NOTHING

    @property
    def content(self) -> Any:
        """The body as bytes; data is JSON where no old resource emits it, but one of the core's or Django sends it."""
        return _in_json(self.data) if self.has_data else HttpResponse.content.fget(self)  # type: ignore[attr-defined]

    @content.setter
    def content(self, value: Any) -> None:
        is_text = isinstance(value, str | bytes | memoryview) or not isinstance(value, Iterable)
        self.data = _NOTHING if is_text else value
        if self.has_data:
            self.headers["Content-Type"] = "application/json; charset=utf-8"
        HttpResponse.content.fset(self, value if is_text else b"")  # type: ignore[attr-defined]

    def __iter__(self) -> Iterator[bytes]:
        """Yield the body, as a server sends it."""
        return iter([self.content])


def _in_json(data: Any) -> bytes:
    from piston_compat.emitters import JSONEmitter  # which shows responses itself

    return JSONEmitter(data).render(None).encode()


class Replies:
    """Makes the answers: ``rc.NOT_FOUND`` is a new one at each access."""

    def __getattr__(self, name: str) -> Answer:
        """Return a new answer.

        Raises:
            AttributeError: there is none of this name.
        """
        if name not in _REPLIES:
            raise AttributeError(name)
        text, status = _REPLIES[name]
        return Answer(text, content_type="text/plain", status=_status(name, status))


def _status(name: str, status: int) -> int:
    if name == "FORBIDDEN":
        return int(options().forbidden_status)
    return int(options().throttled_status) if name == "THROTTLED" else status


rc = Replies()


class HttpStatusCode(Exception):
    """An answer that is raised instead of returned.

    Attributes:
        response: the answer, sent as it is.
    """

    def __init__(self, response: HttpResponseBase) -> None:
        super().__init__(response)
        self.response = response


class FormValidationError(Exception):
    """What ``@validate`` raises for data that its form refuses.

    Attributes:
        form: the form with its errors.
    """

    def __init__(self, form: Any) -> None:
        super().__init__(form)
        self.form = form
