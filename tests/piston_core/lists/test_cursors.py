"""Cursors that a client has made up: refused, or as good as one of Piston's own; never an error."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.piston_core.lists.asking import handler_of, links, page, problem_of, refused
from tests.piston_core.plans.fidelity.databases import everywhere, undone
from tests.piston_core.plans.fidelity.values import examples
from tests.shop.kinds import Loose

KINDS = (
    "integer", "big", "flag", "real", "price", "char", "date", "moment", "time", "duration", "uuid", "ip", "file",
)  # fmt: skip
HANDLER = handler_of(Loose, page_size=1, sorting=KINDS)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20)
    | st.sampled_from(["NaN", "1e9", "2026-01-01", "9" * 30, "\x00", "\ud800", "10:00+01:00", "0001-01-01T00:00Z"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip


def encoded(data) -> str:
    return urlsafe_b64encode(json.dumps(data).encode()).decode().rstrip("=")


def decoded(cursor: str):
    return json.loads(urlsafe_b64decode(cursor + "=="))


def first_cursor(query: str, alias: str = "default") -> str:
    found = page(Loose.objects.using(alias).all(), HANDLER, query)
    return links(found)["next"].split("cursor=")[1]


def made(count: int, alias: str = "default") -> None:
    for number in range(count):
        Loose.objects.using(alias).create(integer=number, char=str(number))


MALFORMED = {
    "nothing": "", "no base64": "!", "no JSON": "YQ", "no list": encoded({}), "too short": encoded(["a", True]),
    "too long": encoded(["a", True, [1], 2]), "wrong types": encoded([1, 2, 3]), "no key": encoded(["a", True, None]),
    "deep": urlsafe_b64encode(b"[" * 740).decode(), "large": "A" * 1001, "huge": "A" * 100_000, "blank": "WyJhIl0 ",
    "a large number": urlsafe_b64encode(b"[" + b"9" * 740).decode(), "one letter": "W",
    "no UTF-8": urlsafe_b64encode(b"\xff\xfe").decode(), "not the URL's alphabet": "a+/b",
}  # fmt: skip


@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_no_cursor_is_refused_before_anything_is_done(name):
    problem = refused(lambda: page(Loose.objects.all(), HANDLER, f"cursor={quote(MALFORMED[name])}"))

    assert (problem.status, problem.type) == (400, "invalid-parameter")
    assert problem.members == {"parameter": "cursor"}


@pytest.mark.parametrize("query", ["sort=-integer", "sort=integer,char", "sort=char", ""])
def test_a_cursor_of_another_order_is_refused(db, query):
    made(3)
    cursor = first_cursor("sort=integer")

    assert refused(lambda: page(Loose.objects.all(), HANDLER, f"{query}&cursor={cursor}")).status == 400
    assert len(page(Loose.objects.all(), HANDLER, f"sort=integer&cursor={cursor}").rows) == 1


def test_a_cursor_for_a_list_that_has_no_order_of_its_own_is_refused(db):
    made(3)
    cursor = first_cursor("")

    assert refused(lambda: page(Loose.objects.order_by("?"), HANDLER, f"cursor={cursor}")).status == 400
    assert refused(lambda: page(Loose.objects.values("pk"), HANDLER, f"cursor={cursor}")).status == 400


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "key", [[], [1], [1, 2, 3], [[1], 1], [{}, 1], [1.5, 1], ["x\x00", 1], [None, None], [None, "1"]]
)
def test_a_cursor_with_values_that_the_columns_cannot_hold_is_refused(db, kind, key):
    made(2)
    order, forward, _ = decoded(first_cursor(f"sort={kind}"))

    cursor = encoded([order, forward, key])
    assert refused(lambda: page(Loose.objects.all(), HANDLER, f"sort={kind}&cursor={cursor}")).status == 400


@everywhere
@pytest.mark.parametrize("kind", KINDS)
@examples(10)
@given(key=st.lists(JSON, min_size=2, max_size=2), forward=st.booleans(), whole=st.none() | JSON)
def test_a_cursor_that_is_made_up_is_refused_or_means_a_place(alias, kind, key, forward, whole):
    with undone(alias):
        made(2, alias)
        order = decoded(first_cursor(f"sort={kind}", alias))[0]
        key[1] = key[1] if whole else 1
        cursor = encoded(whole if isinstance(whole, list) else [order, forward, key])
        query = f"sort={kind}&cursor={cursor}"
        problem = problem_of(lambda: page(Loose.objects.using(alias).all(), HANDLER, query))

    assert problem is None or problem.members == {"parameter": "cursor"}


def test_cursors_are_short_and_safe_in_a_url(db):
    made(3)
    cursor = first_cursor("sort=moment,char,-integer")

    assert len(cursor) < 100
    assert cursor.replace("-", "").replace("_", "").isalnum()
