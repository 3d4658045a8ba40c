"""A replay equals the original in status, header fields and body, and says that it is one."""

from __future__ import annotations

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.http import FileResponse, HttpResponse, HttpResponseRedirect, JsonResponse, StreamingHttpResponse

from piston_core.idempotency.answers import LARGEST
from tests.piston_core.idempotency.asking import claimed, kept_in
from tests.piston_core.plans.fidelity.databases import everywhere

REPLAYED = {"Idempotency-Replayed": "?1"}
FIELDS = {
    "Location": "/it/7/",
    "ETag": '"1"',
    "Link": '<https://example.org/>; rel="next", </>; rel="up"',
    "Vary": "Accept, Prefer",
    "Cache-Control": "no-cache",
    "X-Quoted": 'a "b" \\c; é',
    "Content-Type": "application/x-odd; charset=utf-16",
}
PASSING = {
    "Date": "Sat, 21 Nov 2026 14:00:00 GMT",
    "Connection": "close",
    "keep-alive": "timeout=5",
    "Transfer-Encoding": "chunked",
    "RateLimit": '"burst";r=1;t=30',
    "RateLimit-Policy": '"burst";q=2;w=60',
    "Set-Cookie": "session=1",
}


def replayed(response):
    """Return the replay of an answer that is kept."""
    claimed().keep(response)
    return claimed().answer


def facts(response, *left_out):
    fields = {name: value for name, value in response.headers.items() if name not in ("Content-Length", *left_out)}
    return response.status_code, response.reason_phrase, fields, response.content


@everywhere
@pytest.mark.parametrize(
    "response",
    [
        HttpResponse(b"\x00\xff binary \x80", status=201, headers=FIELDS),
        HttpResponse("žluťoučký", content_type="text/plain; charset=iso-8859-2"),
        HttpResponse(status=204),
        JsonResponse({"id": 7}, status=202),
        HttpResponseRedirect("/it/8/"),
        HttpResponse(b"x" * LARGEST),
    ],
    ids=["odd", "charset", "empty", "json", "redirect", "large"],
)
def test_a_replay_equals_the_original(alias, response):
    with kept_in(alias):
        answer = replayed(response)

    assert facts(answer, *REPLAYED) == facts(response)
    assert answer.headers["Idempotency-Replayed"] == "?1"
    assert answer.headers.get("Content-Length", "0") == str(len(response.content))


@pytest.mark.django_db
def test_a_body_without_a_type_stays_so():
    response = HttpResponse(b"", status=204)
    del response.headers["Content-Type"]

    assert dict(replayed(response).headers) == REPLAYED


@pytest.mark.django_db
def test_what_belongs_to_one_moment_is_not_repeated():
    response = HttpResponse(b"a", headers={**FIELDS, **PASSING})
    response.set_cookie("session", "1")
    answer = replayed(response)

    assert dict(answer.headers) == {**FIELDS, **REPLAYED, "Content-Length": "1"} | {
        "X-Quoted": response.headers["X-Quoted"]  # as Django encodes what is not ASCII
    }
    assert not answer.cookies


@pytest.mark.django_db
def test_a_body_that_is_too_large_is_answered_in_full_once_and_then_by_its_address():
    response = HttpResponse(b"x" * (LARGEST + 1), status=201, headers=FIELDS)
    answer = replayed(response)

    assert len(response.content) == LARGEST + 1
    assert facts(answer) == (201, "Created", {"Location": "/it/7/", **REPLAYED}, b"")


# -- streams -----------------------------------------------------------------------------------------


def rows(count, size=1000):
    for number in range(count):
        yield b"%d" % (number % 10) * size


async def rows_later(count):
    for piece in rows(count):
        await asyncio.sleep(0)
        yield piece


ENOUGH, TOO_MANY = 20, LARGEST // 1000 + 20


@pytest.mark.django_db
def test_a_stream_is_sent_and_kept():
    response = StreamingHttpResponse(rows(ENOUGH), status=201)
    answer = replayed(response)

    assert answer.content == response.getvalue() == b"".join(rows(ENOUGH))


@pytest.mark.django_db
def test_a_stream_that_is_too_large_is_not_read_to_its_end_and_sent_in_full():
    taken = []
    endless = (taken.append(piece) or piece for piece in rows(TOO_MANY))
    response = StreamingHttpResponse(endless, status=201)
    answer = replayed(response)

    assert len(taken) == LARGEST // 1000 + 1
    assert response.getvalue() == b"".join(rows(TOO_MANY))
    assert (answer.status_code, answer.content) == (201, b"")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("count", "kept"), [(ENOUGH, b"".join(rows(ENOUGH))), (TOO_MANY, b"")])
def test_an_asynchronous_stream_is_sent_and_kept_as_well(count, kept):
    async def both():
        response = StreamingHttpResponse(rows_later(count))
        answer = await sync_to_async(replayed)(response)
        return answer.content, [piece async for piece in response]  # a synchronous one would be warned of

    again, pieces = asyncio.run(both())

    assert b"".join(pieces) == b"".join(rows(count))
    assert again == kept


@pytest.mark.django_db
def test_a_stream_is_closed_once_it_has_been_sent():
    closed = []

    def pieces():
        try:
            yield from rows(TOO_MANY)
        finally:
            closed.append(True)

    response = StreamingHttpResponse(pieces())
    claimed().keep(response)
    assert closed == []
    response.close()  # as a server does, and the client has gone away

    assert closed == [True]


@pytest.mark.django_db
def test_a_stream_that_breaks_off_is_not_kept():
    def broken():
        yield b"a"
        raise ConnectionResetError

    claim = claimed()
    with pytest.raises(ConnectionResetError):
        claim.keep(StreamingHttpResponse(broken()))
    claim.release()

    assert claimed().answer is None


@pytest.mark.django_db
def test_a_file_is_sent_and_kept(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"of a file")
    response = FileResponse((tmp_path / "a.txt").open("rb"))
    answer = replayed(response)
    sent = response.getvalue()
    response.close()

    assert answer.content == sent == b"of a file"
    assert answer.headers["Content-Disposition"] == response.headers["Content-Disposition"]
