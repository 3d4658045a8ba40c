"""Streams: what fails before the first byte is a problem, what fails later breaks the answer off."""

from __future__ import annotations

import gc
import weakref

import pytest

from blog.models import Tag
from piston_core import BaseHandler, Problem
from tests.piston_core.pipeline.asking import ask, problem_of

LINES = {"Accept": "application/jsonl"}


class Defect(Exception):
    pass


def rows_until(error, good):
    yield from ({"row": number} for number in range(good))
    raise error


def streaming(make):
    return type("Streaming", (BaseHandler,), {"read": lambda self, request: make()})


@pytest.mark.parametrize("headers", [{}, LINES], ids=["json", "lines"])
@pytest.mark.parametrize(("error", "status"), [(Defect("secret"), 500), (Problem(409, "No."), 409)])
def test_what_fails_before_the_first_row_is_answered_as_a_problem(headers, error, status):
    response = ask(streaming(lambda: rows_until(error, 0)), headers=headers)

    assert problem_of(response)["status"] == status
    assert b"secret" not in response.content


@pytest.mark.parametrize("headers", [{}, LINES], ids=["json", "lines"])
@pytest.mark.parametrize("good", [1, 2, 5])
def test_what_fails_later_breaks_off_and_never_looks_like_the_whole(headers, good):
    """A status and a first row are sent already; a client that got a closed list would take it for all there is."""
    response = ask(streaming(lambda: rows_until(Defect("late"), good)), headers=headers)
    received = []

    with pytest.raises(Defect):
        received.extend(response.streaming_content)
    assert response.status_code == 200
    assert received
    assert not b"".join(received).endswith(b"]")


def test_an_unrepresentable_first_row_is_a_problem_and_a_later_one_breaks_off():
    assert problem_of(ask(streaming(lambda: iter([object(), 1]))))["status"] == 500

    with pytest.raises(TypeError, match="no plain form"):
        list(ask(streaming(lambda: iter([1, object()]))).streaming_content)


def test_the_database_is_asked_before_the_answer_begins(db):
    """So a table that is not there is a 500 problem and no broken list."""
    handler = type(
        "Missing",
        (BaseHandler,),
        {
            "model": Tag,
            "fields": ("slug",),
            "stream": True,
            "queryset": lambda self, request: Tag.objects.extra(where=["nope = 1"]),
        },
    )

    assert problem_of(ask(handler))["status"] == 500


def test_a_client_that_hangs_up_lets_the_rows_go(db):
    """Nobody reads on: the generator is closed, and with it what it holds open."""
    closed = []

    def rows():
        try:
            while True:
                yield {"row": "x" * 1000}
        finally:
            closed.append(True)

    response = ask(streaming(rows))
    pieces = iter(response.streaming_content)
    next(pieces)
    gone = weakref.ref(response)
    response.close()
    del response, pieces
    gc.collect()

    assert gone() is None
    assert closed == [True]


def test_a_stream_that_never_ends_is_sent_as_far_as_somebody_reads():
    def rows():
        number = 0
        while True:
            yield number
            number += 1

    pieces = iter(ask(streaming(rows)).streaming_content)
    read = b"".join(next(pieces) for _ in range(12))

    assert read.startswith(b"[0,1,2,3,")
