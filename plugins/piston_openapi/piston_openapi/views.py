"""The document as a Django view: made once, told from an earlier one by its tag."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.urls import get_script_prefix, get_urlconf
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language

from piston_core import Api, describe, quoted
from piston_openapi.document import document
from piston_openapi.options import version_of

_PLAIN = "application/json"
_OWN = "application/vnd.oai.openapi+json"


class DocumentView:
    """Answers with the OpenAPI document of an API, or of all that a project serves.

    ``?openapi=3.2`` asks for another version of OpenAPI. Like any view of Django it can be wrapped, such as by
    ``staff_member_required``.

    Example: ``path("openapi.json", DocumentView(api))``, before the API's own prefix.

    Args:
        api: the API; ``None`` for everything.
    """

    def __init__(self, api: Api | None = None) -> None:
        self.api = api
        self._made: dict[tuple[str, ...], tuple[bytes, str]] = {}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        try:
            version = version_of(request.GET["openapi"]) if "openapi" in request.GET else ""
        except ValueError:
            return HttpResponse("openapi has to be 3.1 or 3.2.", status=400, content_type="text/plain; charset=utf-8")
        body, told = self._written(version)
        response = HttpResponse(body, content_type=_content_type(request, told))
        response.headers["ETag"] = quoted(sha256(body + response.headers["Content-Type"].encode()).hexdigest()[:32])
        response.headers["Cache-Control"] = "no-cache"
        patch_vary_headers(response, ["Accept"])
        return get_conditional_response(request, etag=response.headers["ETag"], response=response) or response

    def _written(self, version: str) -> tuple[bytes, str]:
        """Return the document and its version; it is made once for all that it depends on."""
        depends = (str(get_urlconf()), get_script_prefix(), get_language() or "", repr(_settings()), version)
        if depends not in self._made:
            made = document(describe(self.api), version)
            self._made = {depends: (written(made).encode(), made["openapi"]), **dict(list(self._made.items())[:7])}
        return self._made[depends]


def written(made: Any) -> str:
    """Return a document as JSON."""
    return json.dumps(made, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)


def _settings() -> Any:
    return getattr(settings, "PISTON", {})


def _content_type(request: HttpRequest, version: str) -> str:
    """Return the media type that the client prefers; its own one has the version as a parameter."""
    if request.get_preferred_type([_PLAIN, _OWN]) == _OWN:
        return f"{_OWN};version={version[:3]}"
    return _PLAIN
