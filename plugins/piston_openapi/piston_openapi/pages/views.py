"""The page as a Django view: made once, told from an earlier one by its tag, kept to its own script by its policy."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed, JsonResponse
from django.middleware.csrf import get_token
from django.template import Context, Engine
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.cache import get_conditional_response
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from piston_core import Api, describe, plugin_options, quoted
from piston_openapi.options import Options
from piston_openapi.pages.contents import Contents, contents_of

FILES = Path(__file__).parent / "files"
TITLES = {"swagger": "Swagger UI", "redoc": "Redoc"}
_KEPT = 8  # pages, of as many hosts and languages


class Link(NamedTuple):
    """An address of the same plugin, with what it is called."""

    address: str
    title: str


class Page(NamedTuple):
    """A page that is made: its bytes, its tag, its policy."""

    body: bytes
    tag: str
    policy: str


class DocumentationView:
    """Answers with a page that tells people what an API serves, and lets them try it.

    Like any view of Django it can be wrapped, such as by ``staff_member_required``.

    Example: ``path("docs/", DocumentationView(api))``, before the API's own prefix.

    Args:
        api: the API; ``None`` for everything.
    """

    def __init__(self, api: Api | None = None) -> None:
        self.api = api
        self._made: dict[tuple[str, ...], Page] = {}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request; ``?session`` is asked by the page itself."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if "session" in request.GET:
            return _session(request)
        page = self._page(request)
        headers = {"ETag": page.tag, "Cache-Control": "no-cache", **safe_headers(page.policy)}
        response = HttpResponse(page.body, headers=headers)
        return get_conditional_response(request, etag=page.tag, response=response) or response

    def _page(self, request: HttpRequest) -> Page:
        """Return the page; it is made once for all that it depends on."""
        origin = f"{request.scheme}://{request.get_host()}"
        links = _links(request)
        site = (str(get_urlconf()), get_script_prefix(), get_language() or "", repr(_settings()))
        depends = (origin, *site, *(link.address for link in links))
        if depends not in self._made:
            page = written(contents_of(describe(self.api), origin), links)
            self._made = {depends: page, **dict(list(self._made.items())[: _KEPT - 1])}
        return self._made[depends]


def _settings() -> Any:
    return getattr(settings, "PISTON", {})


def _links(request: HttpRequest) -> tuple[Link, ...]:
    """Return what stands beside the page, where it is served by ``piston_openapi.urls``."""
    shown = plugin_options("openapi", Options).viewers
    viewers = (Link(sibling(request, "viewer", name), TITLES[name]) for name in shown)
    found = (Link(sibling(request, "document"), "OpenAPI"), *viewers)
    return tuple(link for link in found if link.address)


def sibling(request: HttpRequest, name: str, *arguments: str) -> str:
    """Return the address of another view of the same ``include``, ``""`` if there is none."""
    namespaces = request.resolver_match.namespaces if request.resolver_match else []
    try:
        return reverse(":".join([*namespaces, name]), args=arguments)
    except NoReverseMatch:
        return ""


def written(contents: Contents, links: tuple[Link, ...] = ()) -> Page:
    """Return a page as it is sent.

    Args:
        contents: what is on it.
        links: what it leads to beside itself.
    """
    style, script = ((FILES / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    context = {
        "page": contents,
        "links": links,
        "kinds": {way.scheme.kind for way in contents.ways},
        "csrf_header": settings.CSRF_HEADER_NAME.removeprefix("HTTP_").replace("_", "-"),
        "style": mark_safe(style),  # noqa: S308 - a file of this package
        "script": mark_safe(script),  # noqa: S308 - a file of this package
    }
    template = Engine(dirs=[str(FILES)], autoescape=True).get_template("page.html")
    body = template.render(Context(context, use_l10n=False)).encode()
    return Page(body, quoted(sha256(body).hexdigest()[:32]), _policy(style, script))


def _policy(style: str, script: str) -> str:
    """Return what the page may do: run its own script, have its own style, ask its own site."""
    return (
        f"default-src 'none'; style-src '{hash_of(style)}'; script-src '{hash_of(script)}'; connect-src 'self'; "
        "img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )


def hash_of(text: str) -> str:
    """Return what a policy calls an inline style or script (CSP Level 3, section 2.3.1)."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def safe_headers(policy: str) -> dict[str, str]:
    """Return the header fields of every page: its policy, and what older browsers have instead."""
    return {
        "Content-Security-Policy": policy,
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }


def _session(request: HttpRequest) -> HttpResponse:
    """Return who is logged in, and the token that their requests need; only pages of this site can read it."""
    user = getattr(request, "user", None)
    name = user.get_username() if user is not None and user.is_authenticated else ""
    headers = {"Cache-Control": "no-store", **safe_headers("default-src 'none'; frame-ancestors 'none'")}
    return JsonResponse({"user": name, "token": get_token(request) if name else ""}, headers=headers)
