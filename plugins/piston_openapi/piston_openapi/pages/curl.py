"""Requests as lines for curl, which a shell takes as they are."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from django.core.serializers.json import DjangoJSONEncoder

from piston_core import Body, Parameter, Place, Served
from piston_openapi.pages.samples import body_sample, sample

FORM = "application/x-www-form-urlencoded"
FILES = "multipart/form-data"
# What is sent in header fields that have to be there.
_HEADERS: Mapping[str, str] = {
    "If-Match": '"the ETag of what you have read"',
    "Idempotency-Key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"',
}


def line(origin: str, place: Place, served: Served, credentials: str, media_type: str, data: Any) -> str:
    """Return a ready line: the least that the method takes.

    Args:
        origin: where the site is, such as ``https://example.org``.
        place: the place.
        served: the method.
        credentials: the arguments that send credentials, as the shell reads them; ``""`` for none.
        media_type: the media type of the body, ``""`` for none.
        data: the body.
    """
    parts = [_method(served), shlex.quote(origin + example_address(place, served))]
    needed = (each for each in served.parameters if each.place == "header" and each.required)
    parts += filter(None, [credentials, *(_header(each.name, header_sample(each)) for each in needed)])
    return " \\\n  ".join([" ".join(filter(None, ("curl", *parts[:2]))), *parts[2:], *_body(media_type, data)])


def _method(served: Served) -> str:
    plain = served.method == "GET" or (served.method == "POST" and served.body is not None)
    return "" if plain else f"-X {served.method}"


def _header(name: str, value: str) -> str:
    return f"-H {shlex.quote(f'{name}: {value}')}"


def header_sample(parameter: Parameter) -> str:
    """Return an example of a header field."""
    return _HEADERS.get(parameter.name) or str(sample(parameter.schema))


def example_address(place: Place, served: Served) -> str:
    """Return an address of a place with an example for each argument, and for what the query has to have."""
    path = place.template
    for each in place.arguments:
        path = path.replace(f"{{{each.name}}}", quote(str(sample(each.schema, each.name)), safe="/"))
    needed = [each for each in served.parameters if each.place == "query" and each.required]
    query = "&".join(f"{quote(each.name)}={quote(str(sample(each.schema, each.name)))}" for each in needed)
    return f"{path}?{query}" if query else path


def _body(media_type: str, data: Any) -> Iterator[str]:
    if not media_type:
        return
    if media_type == FILES:
        yield from (f"-F {shlex.quote(pair)}" for pair in _pairs(data))
    elif media_type == FORM:
        yield from (f"--data-urlencode {shlex.quote(pair)}" for pair in _pairs(data))
    else:
        yield _header("Content-Type", media_type)
        yield f"--data-raw {shlex.quote(written(data))}" if data is not None else "--data-binary @body"


def _pairs(data: Any) -> Iterator[str]:
    for name, value in data.items() if isinstance(data, dict) else ():
        for each in value if isinstance(value, list) else [value]:
            yield f"{name}={each if isinstance(each, str) else json.dumps(each, cls=DjangoJSONEncoder)}"


def chosen(body: Body | None) -> str:
    """Return the media type of an example: JSON, else a form, else the first one that there is; ``""`` for none."""
    contents = list(body.contents) if body else []
    return next((each for each in ("application/json", FORM, FILES) if each in contents), next(iter(contents), ""))


def body_of(media_type: str, body: Body) -> Any:
    """Return an example of a body in a media type; ``None`` where none can be made."""
    schema = body.contents.get(media_type)
    return body_sample(schema) if schema is not None else body_sample(body.schema) if "yaml" in media_type else None


def written(data: Any) -> str:
    """Return data as JSON; YAML is read like that, too."""
    return json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
