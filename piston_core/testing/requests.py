"""Requests that write down which header fields somebody looks at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http import HttpRequest
from django.http.request import HttpHeaders

_OTHERS = ("CONTENT_TYPE", "CONTENT_LENGTH")


class _Meta(dict[str, Any]):
    """A request's ``META`` that adds to ``seen`` what is looked up in it."""

    def __init__(self, values: dict[str, Any], seen: set[str]) -> None:
        super().__init__(values)
        self.seen = seen

    def _look(self, key: Any) -> None:
        if isinstance(key, str) and (key.startswith("HTTP_") or key in _OTHERS):
            self.seen.add(key.removeprefix("HTTP_").replace("_", "-").lower())

    def __getitem__(self, key: str) -> Any:
        self._look(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self._look(key)
        return super().__contains__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self._look(key)
        return super().get(key, default)


class _Headers(HttpHeaders):
    """A request's ``headers`` that add to ``seen`` what is looked up in them; ``get`` and ``in`` do so as well."""

    def __init__(self, values: dict[str, Any], seen: set[str]) -> None:
        super().__init__(values)
        self.seen = seen

    def __getitem__(self, key: str) -> str:
        self.seen.add(key.replace("_", "-").lower())
        return super().__getitem__(key)


class _Cookies(dict[str, str]):
    """A request's cookies, which are all of one field."""

    def __init__(self, values: dict[str, str], seen: set[str]) -> None:
        super().__init__(values)
        self.seen = seen

    def __getitem__(self, key: str) -> str:
        self.seen.add("cookie")
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.seen.add("cookie")
        return super().__contains__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self.seen.add("cookie")
        return super().get(key, default)


@contextmanager
def watched(request: HttpRequest) -> Iterator[set[str]]:
    """Yield the header fields, in lower case, that are looked up in a request for the length of a block."""
    seen: set[str] = set()
    before = request.META, request.headers, request.COOKIES
    request.META = _Meta(request.META, seen)
    request.headers = _Headers(before[0], seen)
    request.COOKIES = _Cookies(request.COOKIES, seen)
    try:
        yield seen
    finally:
        request.META, request.headers, request.COOKIES = before
