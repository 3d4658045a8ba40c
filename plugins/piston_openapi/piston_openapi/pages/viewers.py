"""Swagger UI and Redoc, served from a package on the same site, with nothing from anywhere else."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template import Context, Engine
from django.utils.cache import get_conditional_response
from django.utils.safestring import mark_safe

from piston_core import plugin_options, quoted
from piston_openapi.options import Options
from piston_openapi.pages.views import FILES, hash_of, safe_headers, sibling

PACKAGE = "drf_spectacular_sidecar"  # has the files of both, and asks for nothing but Django
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}


class Viewer(NamedTuple):
    """A program for browsers that shows OpenAPI documents.

    Attributes:
        title: what it is called.
        folder: where its files are in the package.
        scripts: its scripts.
        styles: its style sheets.
        policy: what it may do beside running its own script, as a Content-Security-Policy.
    """

    title: str
    folder: str
    scripts: tuple[str, ...]
    styles: tuple[str, ...]
    policy: str


VIEWERS: Mapping[str, Viewer] = {
    "swagger": Viewer(
        "Swagger UI", "swagger-ui-dist", ("swagger-ui-bundle.js",), ("swagger-ui.css",),
        "style-src 'self'; img-src 'self' data:",
    ),
    "redoc": Viewer(
        "Redoc", "redoc/bundles", ("redoc.standalone.js",), (),
        f"style-src '{hash_of('')}'; img-src 'self' data:; worker-src blob:",
    ),
}  # fmt: skip


def folder_of(viewer: Viewer) -> Path | None:
    """Return where the files of a viewer are, ``None`` if the package is not installed."""
    found = find_spec(PACKAGE)
    return Path(found.origin).parent / "static" / PACKAGE / viewer.folder if found and found.origin else None


def viewer_page(request: HttpRequest, name: str) -> HttpResponseBase:
    """Answer with a page on which a viewer shows the document.

    Raises:
        Http404: the options do not name it, or its files are not installed.
    """
    viewer, _ = _named(name)
    start = (FILES / f"{name}.js").read_text(encoding="utf-8")
    context = {
        "viewer": viewer,
        "document": sibling(request, "document"),
        "page": sibling(request, "page"),
        "csrf_header": settings.CSRF_HEADER_NAME.removeprefix("HTTP_").replace("_", "-"),
        "start": mark_safe(start),  # noqa: S308 - a file of this package
    }
    template = Engine(dirs=[str(FILES)], autoescape=True).get_template("viewer.html")
    policy = (
        f"default-src 'none'; script-src 'self' '{hash_of(start)}'; connect-src 'self'; {viewer.policy}; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {"Cache-Control": "no-cache", **safe_headers(policy)}
    return HttpResponse(template.render(Context(context)), headers=headers)


def viewer_file(request: HttpRequest, name: str, file: str) -> HttpResponseBase:
    """Answer with a file of a viewer.

    Raises:
        Http404: the options do not name the viewer, its files are not installed, or it is none of them.
    """
    viewer, folder = _named(name)
    if file not in (*viewer.scripts, *viewer.styles):
        raise Http404
    path = folder / file
    told = path.stat()
    tag = quoted(f"{told.st_size:x}-{told.st_mtime_ns:x}")
    response = get_conditional_response(request, etag=tag)
    headers = {"ETag": tag, "Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    return response or HttpResponse(path.read_bytes(), content_type=_TYPES[path.suffix], headers=headers)


def _named(name: str) -> tuple[Viewer, Path]:
    viewer = VIEWERS.get(name) if name in plugin_options("openapi", Options).viewers else None
    folder = folder_of(viewer) if viewer else None
    if viewer is None or folder is None:
        raise Http404
    return viewer, folder
