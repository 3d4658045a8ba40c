"""Read the bodies that HTML forms send, for POST, PUT and PATCH alike; Django does so only for POST."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, QueryDict

from piston_core.contracts import Parser
from piston_core.problems import MalformedBody


class FormParser(Parser):
    """Reads ``application/x-www-form-urlencoded``; Django limits the number of fields."""

    name = "form"
    media_types = ("application/x-www-form-urlencoded",)

    def parse(self, body: bytes, request: HttpRequest) -> QueryDict:
        """Return the fields as Django's ``QueryDict``.

        Raises:
            MalformedBody: its text cannot be read in the charset that it names.
        """
        charset = request.encoding or settings.DEFAULT_CHARSET
        try:
            text = body.decode(charset)
        except (LookupError, UnicodeError) as error:
            raise MalformedBody(f"The form's text is not {charset}.") from error
        return QueryDict(text, encoding=charset)

    def schema(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the schema of the data: OpenAPI describes the fields of a form as the properties of an object."""
        return schema


class MultipartParser(Parser):
    """Reads ``multipart/form-data``: fields, and files through Django's upload handlers."""

    name = "multipart"
    media_types = ("multipart/form-data",)
    reads_request = True

    def parse(self, body: bytes, request: HttpRequest) -> Any:
        """Return the fields; the files are in ``request.FILES``.

        Raises:
            MalformedBody: it broke off, or a part's header names a charset that cannot be read.
        """
        try:
            return self._fields(request)
        except (LookupError, UnicodeError) as error:
            raise MalformedBody("A part of the body names a charset that is not known.") from error

    def schema(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the schema of the data, as for the other forms."""
        return schema

    def _fields(self, request: HttpRequest) -> Any:
        if hasattr(request, "_files"):  # middleware has asked for the form
            if request.method == "POST":
                return request.POST
            del request._files  # an empty form, which Django makes of any other method
        counted = _Counted(request)
        fields, files = request.parse_file_upload(request.META, counted)  # type: ignore[arg-type]  # it only reads
        request._post, request._files = fields, files  # type: ignore[attr-defined]  # what POST and FILES return
        if counted.bytes < int(request.META.get("CONTENT_LENGTH") or 0):
            raise MalformedBody("The body broke off before its end.")
        return fields


class _Counted:
    """Reads a request and counts its bytes: a server may take the end of the connection for the end of the body."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.bytes = 0

    def read(self, size: int = -1) -> bytes:
        piece: bytes = self.request.read(size)
        self.bytes += len(piece)
        return piece
