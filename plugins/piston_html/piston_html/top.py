"""Writes the top of a page: what it is about, where it stands, other formats of it, and the messages exchanged."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from inspect import cleandoc, unwrap
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, get_script_prefix, resolve
from django.utils.encoding import escape_uri_path
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from piston_core import Api, BaseHandler, Resource
from piston_html.texts import shown

# Fields of a request that a reader may see; others may come from a proxy and be none of their business.
_SHOWN = (
    *("Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Cache-Control", "Content-Length"),
    *("Content-Type", "Cookie", "Host", "Idempotency-Key", "If-Match", "If-Modified-Since", "If-None-Match"),
    *("If-Range", "If-Unmodified-Since", "Origin", "Prefer", "Range", "Referer", "User-Agent"),
)
_SECRET = frozenset({"Authorization", "Cookie"})
_TOP = """<title>{title} – {site}</title>{metas}</head><body>
<header><p class="site"><b>{site}</b>{who}</p><nav aria-label="Breadcrumb"><ol class="crumbs">{crumbs}</ol></nav>
<h1>{title}</h1>{about}
<div class="line"><p class="status"><b class="method {method}">{method}</b> \
<b class="code c{kind}">{status}</b> {reason}</p>\
{formats}</div>
<details class="fields"><summary>Request and response</summary>\
<pre>{request}</pre><pre>{response}</pre></details></header>
"""


def top(
    request: HttpRequest, resource: Resource, response: HttpResponseBase, login: str, token: Mapping[str, str]
) -> SafeString:
    """Return the top of a page.

    Args:
        request: the request.
        resource: what has answered it.
        response: the answer.
        login: where to log in, ``""`` for somebody who is known and where nobody can.
        token: the token against forms of other sites, by the header field that it is sent in.
    """
    refused = response.status_code >= 400
    return format_html(
        _TOP,
        title=shown(response.reason_phrase if refused else _title(request, resource)),
        site=shown(_site(resource)),
        metas=_metas(request, response, token),
        who=_who(request, login),
        crumbs=format_html_join("", "<li>{}", ([each] for each in _crumbs(request))),
        about="" if refused or _api(resource) else _about(resource.handler),
        method="GET" if request.method == "HEAD" else request.method,  # which is answered alike
        kind=str(response.status_code)[0],
        status=response.status_code,
        reason=shown(response.reason_phrase),
        formats=_formats(request, resource),
        request=_message(request.get_full_path(), _asked(request)),
        response=_message(f"{response.status_code} {response.reason_phrase}", _answered(response)),
    )


def _site(resource: Resource) -> str:
    emitters = resource.bound().formats.emitters
    return next((str(each.title) for each in emitters.values() if hasattr(each, "title")), "API")


def _api(resource: Resource) -> Api | None:
    """Return the API whose root this is, if it is one."""
    api = getattr(resource.handler, "api", None)
    return api if isinstance(api, Api) else None


def _title(request: HttpRequest, resource: Resource) -> str:
    """Return what a page is about, in the words of the model or of the handler's class."""
    handler, match = resource.handler, request.resolver_match
    api = _api(resource)
    if api is not None:
        return api.title
    if handler.model is None:
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", type(handler).__name__.removesuffix("Handler"))
        return _begun(words.lower())
    names = handler.model._meta
    if match is not None and match.route.rstrip("/$").endswith((">", ")")):  # its last part names one object
        return _begun(f"{names.verbose_name} {request.path.rstrip('/').rpartition('/')[2]}")
    return _begun(str(names.verbose_name_plural))


def _begun(words: str) -> str:
    return words[:1].upper() + words[1:]


def _about(handler: BaseHandler) -> SafeString:
    """Return what a handler's docstring says to everybody, which is its first paragraph."""
    about = cleandoc(type(handler).__doc__ or "").partition("\n\n")[0]
    return format_html('<p class="about">{}</p>', shown(about)) if about else SafeString("")


def _metas(request: HttpRequest, response: HttpResponseBase, token: Mapping[str, str]) -> SafeString:
    """Return what the script needs to know."""
    metas = [("token", name, value) for name, value in token.items()]
    tag = response.headers.get("ETag", "")
    if tag and not request.META.get("QUERY_STRING"):  # a part of an object is in another state than the whole
        metas.append(("state", "If-Match", tag))
    return format_html_join("", '<meta name="{}" data-field="{}" content="{}">', metas)


def _who(request: HttpRequest, login: str) -> SafeString:
    identity = getattr(request, "identity", None)
    if identity is not None:
        user = identity.user
        name = user.get_username() if hasattr(user, "get_username") else user
        return format_html(' <span class="who">{}</span>', shown(str(name)))
    return format_html(' <a class="who" href="{}">Log in</a>', login) if login else SafeString("")


def _crumbs(request: HttpRequest) -> Iterator[SafeString]:
    """Yield the parts of the address, those with an address of their own as links."""
    path = request.path
    ends = [found.end() for found in re.finditer(r"[^/]+/?", path)]
    start = len(get_script_prefix()) - 1
    for begin, end in zip([start, *ends], ends, strict=False):
        name = shown(path[begin:end].strip("/"))
        if end == len(path):
            yield format_html('<span aria-current="page">{}</span>', name)
        elif _is_served(path[:end]):
            yield format_html('<a href="{}">{}</a>', escape_uri_path(path[:end]), name)
        else:
            yield format_html("<span>{}</span>", name)


def _is_served(path: str) -> bool:
    """Return whether a resource answers at an address."""
    try:
        view: Any = unwrap(resolve(f"/{path.removeprefix(get_script_prefix())}").func)
    except Resolver404:
        return False
    return isinstance(view, Resource) and type(view.handler) is not BaseHandler  # which answers 404


def _formats(request: HttpRequest, resource: Resource) -> SafeString:
    """Return links to the same in other formats."""
    names = [name for name in resource.bound().formats.emitters if name != "html"]
    if not names or request.method not in ("GET", "HEAD"):
        return SafeString("")
    links = format_html_join(" ", '<a href="{}">{}</a>', ((_in_format(request, name), name) for name in names))
    return format_html('<nav class="formats" aria-label="Formats">{}</nav>', links)


def _in_format(request: HttpRequest, name: str) -> str:
    """Return the same address with another format; a suffix says it before the query does."""
    query = request.GET.copy()
    query.pop("format", None)
    match, path = request.resolver_match, request.path
    suffix = match.kwargs.get("format") if match is not None and not isinstance(match.func, Resource) else None
    if suffix:
        path = f"{path.removesuffix(str(suffix))}{name}"
    else:
        query["format"] = name
    return escape_uri_path(path) + (f"?{query.urlencode()}" if query else "")


def _asked(request: HttpRequest) -> Iterator[tuple[str, str]]:
    for name in _SHOWN:
        if name in request.headers:
            yield name, "(not shown)" if name in _SECRET else request.headers[name]


def _answered(response: HttpResponseBase) -> Iterator[tuple[str, str]]:
    return ((name, value) for name, value in response.headers.items() if name != "Content-Length")  # which changes yet


def _message(line: str, fields: Any) -> SafeString:
    rows = format_html_join("", "\n<b>{}</b>: {}", ((shown(name), shown(value)) for name, value in fields))
    return format_html("<b>{}</b>{}", shown(line), rows)
