"""The statements of the raw cursor, for SQLite and for PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.db import connection, transaction

IS_SQLITE = connection.vendor == "sqlite"


@dataclass(frozen=True)
class Dialect:
    """How a database's columns are read that have no form in JSON, and how many keys are found by one parameter."""

    moment: str
    price: str
    uid: str
    among: str


# Python makes the text of a price and of a UUID in less time than SQLite's functions; `+` keeps the driver's
# converters, which are Python functions too, away from a column.
SQLITE = Dialect(
    moment="replace({}, ' ', 'T') || '+00:00'",
    price="+p.price",
    uid="p.uid",
    among="IN (SELECT value FROM json_each(%s))",
)
POSTGRESQL = Dialect(
    moment="replace(to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US'), '.000000', '') || '+00:00'",
    price="p.price::text",
    uid="p.uid::text",
    among="= ANY(%s)",
)
DIALECT = SQLITE if IS_SQLITE else POSTGRESQL

_COLUMNS = (
    f"p.id, p.title, p.content, {DIALECT.moment.format('p.created')}, {DIALECT.price}, p.is_published, p.rating, "
    f"{DIALECT.uid}"
)
_WITH_AUTHOR = (
    f"SELECT {_COLUMNS}, a.username, a.first_name FROM benchmarks_post p JOIN auth_user a ON a.id = p.author_id"
)

ALL = f"SELECT {_COLUMNS} FROM benchmarks_post p ORDER BY p.id"
FLAT = f"{ALL} LIMIT %s"
NESTED = f"{_WITH_AUTHOR} ORDER BY p.id LIMIT %s"
ONE = f"{_WITH_AUTHOR} WHERE p.id = %s"
TAGS = (
    "SELECT l.post_id, t.name FROM benchmarks_post_tags l JOIN benchmarks_tag t ON t.id = l.tag_id "
    f"WHERE l.post_id {DIALECT.among} ORDER BY t.name"
)
COMMENTS = (
    f"SELECT c.post_id, c.body, {DIALECT.moment.format('c.created')} FROM benchmarks_comment c "
    f"WHERE c.post_id {DIALECT.among} ORDER BY c.created, c.id"
)
INSERT = (
    "INSERT INTO benchmarks_post (title, content, created, price, is_published, rating, uid, author_id) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, 1) RETURNING id"
)


def _post_of_sqlite(row: tuple[Any, ...]) -> dict[str, Any]:
    key, title, content, created, price, published, rating, uid = row
    return {
        "id": key,
        "title": title,
        "content": content,
        "created": created,
        "price": f"{price:.2f}",
        "is_published": published,
        "rating": rating,
        "uid": f"{uid[:8]}-{uid[8:12]}-{uid[12:16]}-{uid[16:20]}-{uid[20:]}",
    }


def _post_of_postgresql(row: tuple[Any, ...]) -> dict[str, Any]:
    key, title, content, created, price, published, rating, uid = row
    return {
        "id": key,
        "title": title,
        "content": content,
        "created": created,
        "price": price,
        "is_published": published,
        "rating": rating,
        "uid": uid,
    }


def _row_of_sqlite(row: tuple[Any, ...]) -> tuple[Any, ...]:
    key, title, content, created, price, published, rating, uid = row
    uid = f"{uid[:8]}-{uid[8:12]}-{uid[12:16]}-{uid[16:20]}-{uid[20:]}"
    return key, title, content, created, f"{price:.2f}", published, rating, uid


as_post = _post_of_sqlite if IS_SQLITE else _post_of_postgresql
as_row = _row_of_sqlite if IS_SQLITE else tuple


def stored(post: dict[str, Any]) -> tuple[Any, ...]:
    """Return a new post's values in the order and in the form in which ``INSERT`` takes them."""
    created, price, uid = post["created"], post["price"], post["uid"]
    if IS_SQLITE:
        created = created.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
        price, uid = str(price), uid.hex
    return post["title"], post["content"], created, price, post["is_published"], post["rating"], uid


@contextmanager
def reading() -> Iterator[Any]:
    """Yield a cursor that reads row by row; PostgreSQL's would copy all rows first, were it not in a transaction."""
    if IS_SQLITE:
        with connection.cursor() as cursor:
            yield cursor
    else:
        with transaction.atomic(), connection.chunked_cursor() as cursor:
            yield cursor
