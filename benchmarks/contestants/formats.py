"""How the two baselines write a list by hand, some posts at a time: JSON, JSON Lines, XML, YAML, CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from io import StringIO
from itertools import islice, starmap
from typing import Any, TypeVar
from xml.sax.saxutils import escape

import orjson
import yaml

ROWS_AT_ONCE = 500
FLAT = ("id", "title", "content", "created", "price", "is_published", "rating", "uid")

Post = dict[str, Any]
Row = tuple[Any, ...]
T = TypeVar("T")


def groups(rows: Iterator[T]) -> Iterator[list[T]]:
    """Yield some rows at a time."""
    while some := list(islice(rows, ROWS_AT_ONCE)):
        yield some


def array(groups: Iterable[list[Post]]) -> Iterator[bytes]:
    """Yield a JSON array; only a decimal is not known to orjson."""
    before = b"["
    for posts in groups:
        yield before + orjson.dumps(posts, default=str)[1:-1]
        before = b","
    yield b"]" if before == b"," else b"[]"


def lines(groups: Iterable[list[Post]]) -> Iterator[bytes]:
    """Yield JSON Lines."""
    for posts in groups:
        yield b"".join([orjson.dumps(post, default=str, option=orjson.OPT_APPEND_NEWLINE) for post in posts])


def elements(groups: Iterable[list[Row]]) -> Iterator[bytes]:
    """Yield an XML document."""
    before = '<?xml version="1.0" encoding="utf-8"?>\n<posts>'
    for rows in groups:
        yield f"{before}{''.join(starmap(element, rows))}".encode()
        before = ""
    yield f"{before}</posts>".encode()


def element(
    key: int, title: str, content: str, created: str, price: object, published: bool, rating: float, uid: object
) -> str:
    """Return a post as an element; only texts can have characters that have a meaning in XML."""
    return (
        f"<post><id>{key}</id><title>{escape(title)}</title><content>{escape(content)}</content>"
        f"<created>{created}</created><price>{price}</price>"
        f"<is_published>{'true' if published else 'false'}</is_published><rating>{rating}</rating>"
        f"<uid>{uid}</uid></post>"
    )


def sequence(groups: Iterable[list[Post]]) -> Iterator[bytes]:
    """Yield a YAML sequence, as PyYAML's C library writes it."""
    for posts in groups:
        yield yaml.dump(posts, Dumper=yaml.CSafeDumper, encoding="utf-8", allow_unicode=True, sort_keys=False)


def table(groups: Iterable[list[Row]]) -> Iterator[bytes]:
    """Yield CSV, as Python writes it."""
    lines = StringIO()
    writer = csv.writer(lines)
    writer.writerow(FLAT)
    for rows in groups:
        writer.writerows(rows)
        yield lines.getvalue().encode()
        lines.seek(0)
        lines.truncate()
