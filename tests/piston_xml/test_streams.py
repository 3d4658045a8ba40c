"""Lists of any length: open from the first row to the last, and not closed if a row fails."""

from __future__ import annotations

import pytest
from django.http import HttpRequest

from blog.models import Post
from piston_core import BaseHandler, Document
from piston_xml import XMLEmitter, XMLLayout
from tests.asking import broken_off
from tests.piston_xml import judges
from tests.piston_xml.asking import asked, emitted, shown


def pieces_of(rows, layout=None):
    return XMLEmitter().stream(Document(iter(rows), layout), HttpRequest())


@pytest.mark.parametrize("count", [0, 1, 2, 3, 511, 512, 513, 1024, 2000])
@pytest.mark.parametrize("layout", [None, XMLLayout(root="posts", item="post", namespace="urn:x", types=False)])
def test_a_stream_has_the_bytes_of_the_whole(count, layout):
    rows = [{"id": number, "name": f"n {number}\0", "tags": [[], {}]} for number in range(count)]

    assert b"".join(pieces_of(rows, layout)) == emitted(rows, layout)


def test_the_first_piece_has_the_root_and_the_first_row():
    taken = []
    first = next(pieces_of(taken.append(number) or number for number in range(9)))

    assert taken == [0]
    assert first.endswith(b'<response type="array"><resource type="integer">0</resource>')


def test_no_piece_is_long_whatever_the_rows():
    sizes = [1] * 5000 + [100_000] * 200
    pieces = [len(piece) for piece in pieces_of("x" * size for size in sizes)]

    assert max(pieces[-50:]) < 250_000


def test_a_row_that_fails_leaves_the_document_open():
    assert broken_off(pieces_of).endswith(b"</resource>")


def test_a_row_that_fails_before_anything_is_sent_is_a_problem():
    def rows():
        yield from ()
        raise LookupError

    response = shown(rows())

    assert (response.status_code, response.headers["Content-Type"]) == (500, "application/problem+xml")


class Whole(BaseHandler):
    model = Post
    fields = ("slug", "created", "price", ("tags", ("name",)))


class Streamed(Whole):
    stream = True


def test_a_streamed_queryset_has_the_rows_of_a_whole_one(blog):
    whole, streamed = asked(Whole()), asked(Streamed())

    assert streamed.streaming
    assert streamed.headers["Content-Type"] == whole.headers["Content-Type"]
    assert streamed.getvalue() == whole.content
    assert len(judges.read(whole.content)) == 40
