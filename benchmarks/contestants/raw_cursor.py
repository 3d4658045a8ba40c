"""The second baseline: SQL by hand, as somebody writes it who knows the database and wants speed alone.

The SQL is constant, nothing becomes a ``datetime``, a ``Decimal`` or a ``UUID`` on its way to text, and the keys of
the posts go to the other tables as one parameter. It knows the models' tables and skips the ORM, its converters, its
signals and its checks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import orjson
from django.db import IntegrityError, connection
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

from benchmarks.contestants import formats, sql
from benchmarks.contestants.by_hand import answer, checked


def flat(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(sql.FLAT, (1000,))
        return answer([sql.as_post(row) for row in cursor.fetchall()])


def flat_xml(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(sql.FLAT, (1000,))
        rows = [sql.as_row(row) for row in cursor.fetchall()]
    return HttpResponse(formats.elements([rows]), content_type="application/xml")


def flat_yaml(request: HttpRequest) -> HttpResponse:
    """Answer in JSON, which is YAML, too: nothing is faster."""
    with connection.cursor() as cursor:
        cursor.execute(sql.FLAT, (1000,))
        return answer([sql.as_post(row) for row in cursor.fetchall()], content_type="application/yaml")


def nested(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(sql.NESTED, (1000,))
        posts = [with_author(row) for row in cursor.fetchall()]
        keys: Any = [post["id"] for post in posts]
        if sql.IS_SQLITE:
            keys = orjson.dumps(keys).decode()
        cursor.execute(sql.TAGS, (keys,))
        tags = defaultdict(list)
        for post, name in cursor.fetchall():
            tags[post].append({"name": name})
        cursor.execute(sql.COMMENTS, (keys,))
        comments = defaultdict(list)
        for post, body, created in cursor.fetchall():
            comments[post].append({"body": body, "created": created})
    for each in posts:
        each["tags"] = tags[each["id"]]
        each["comments"] = comments[each["id"]]
    return answer(posts)


def with_author(row: tuple[Any, ...]) -> dict[str, Any]:
    post = sql.as_post(row[:8])
    post["author"] = {"username": row[8], "first_name": row[9]}
    return post


def one(request: HttpRequest, pk: int) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(sql.ONE, (pk,))
        row = cursor.fetchone()
    if row is None:
        raise Http404
    return answer(with_author(row))


def create(request: HttpRequest) -> HttpResponse:
    data = orjson.loads(request.body)
    values, faults = checked(data)
    if faults:
        return answer(faults, 422)
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql.INSERT, sql.stored(values))
            key = cursor.fetchone()[0]
    except IntegrityError:
        return answer({"uid": "There is a post with this uid."}, 422)
    return answer({"id": key, **values}, 201)


def stream(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(formats.array(groups(sql.as_post)), content_type="application/json")


def stream_lines(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(formats.lines(groups(sql.as_post)), content_type="application/jsonl")


def stream_xml(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(formats.elements(groups(sql.as_row)), content_type="application/xml")


def stream_yaml(request: HttpRequest) -> StreamingHttpResponse:
    """Answer in JSON, see above."""
    return StreamingHttpResponse(formats.array(groups(sql.as_post)), content_type="application/yaml")


def stream_csv(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(formats.table(groups(sql.as_row)), content_type="text/csv")


def groups(read: Callable[[tuple[Any, ...]], Any]) -> Iterator[list[Any]]:
    """Yield all posts, some at a time."""
    with sql.reading() as cursor:
        cursor.execute(sql.ALL, ())
        while rows := cursor.fetchmany(formats.ROWS_AT_ONCE):
            yield [read(row) for row in rows]


urlpatterns = [
    path("posts/", create),
    path("flat/", flat),
    path("flat/xml/", flat_xml),
    path("flat/yaml/", flat_yaml),
    path("nested/", nested),
    path("naive/", nested),
    path("posts/<int:pk>/", one),
    path("stream/", stream),
    path("stream/jsonl/", stream_lines),
    path("stream/xml/", stream_xml),
    path("stream/yaml/", stream_yaml),
    path("stream/csv/", stream_csv),
]
