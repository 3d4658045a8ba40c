"""Values for every kind of column, the odd ones among them."""

from __future__ import annotations

import datetime as dt
import os
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

TIMES = int(os.environ.get("PISTON_TEST_EXAMPLES", "0"))  # how many times as many, and by chance, for a long search
LIMITS: dict[str, Any] = {"deadline": None, "database": None, "derandomize": not TIMES}
LIMITS["suppress_health_check"] = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


def examples(count: int) -> Any:
    """Limit a property to so many examples, the same in every run; each takes back what it writes."""
    return settings(max_examples=count * max(TIMES, 1), **LIMITS)


ODD_TEXT = (
    "",
    " ",
    "'",
    '"',
    "''\"\"",
    "\\",
    "%s %(a)s %%",
    "\t\r\n\x01\x1f\x7f\x85\u2028",
    "茶 ☕ 🍵🏽 é e\u0301",
    "null",
)
ODD_TEXT += ("</script>&amp;", "0", "\ufeff", "\u202eabc", "{}")
ODD_FLOATS = (
    0.0,
    -0.0,
    5e-324,
    -2.2250738585072e-308,
    1.7976931348623157e308,
    0.1,
    1e16,
    1e22,
    123456789012345.67,
    -1.0,
)
ODD_TIMES = (dt.time(), dt.time(23, 59, 59, 999999), dt.time(1, 2, 3, 10), dt.time(0, 0, 0, 100000))
LONG = dt.timedelta(days=100_000_000)  # what SQLite's integers hold in microseconds
ODD_DURATIONS = (dt.timedelta(0), dt.timedelta(microseconds=-1), dt.timedelta(days=-1, microseconds=1), LONG, -LONG)
ODD_ADDRESSES = ("::1", "::", "::ffff:10.0.0.1", "2001:db8::ff00:42:8329", "0.0.0.0", "255.255.255.255")


def text(longest: int = 40, **options: Any) -> st.SearchStrategy[str]:
    """Return text that every database can hold: no NUL and nothing that is no character."""
    letters = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
    return st.sampled_from([each for each in ODD_TEXT if len(each) <= longest]) | st.text(letters, max_size=longest)


def number(lowest: int, highest: int) -> st.SearchStrategy[int]:
    """Return integers, the least and the greatest among them."""
    return st.sampled_from([lowest, highest, 0]) | st.integers(lowest, highest)


def decimal(digits: int, places: int) -> st.SearchStrategy[Decimal]:
    """Return decimals of a column with so many digits, so many of them after the point."""
    most = 10**digits - 1
    return number(-most, most).map(lambda value: Decimal(value).scaleb(-places))


def documents() -> st.SearchStrategy[Any]:
    """Return what a JSON column may hold, nested and with odd names."""
    plain = st.none() | st.booleans() | number(-(2**63), 2**64) | st.sampled_from(ODD_FLOATS) | text(8)
    return st.recursive(
        plain,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text(8), inner, max_size=3),
        max_leaves=6,
    )


def moments(*, aware: bool = True, first: int = 1, last: int = 9999) -> st.SearchStrategy[dt.datetime]:
    """Return moments between the beginnings and the ends of these years, both among them."""
    low, high = dt.datetime(first, 1, 1), dt.datetime(last, 12, 31, 23, 59, 59, 999999)  # noqa: DTZ001 - see below
    odd = st.sampled_from([low, high, low.replace(microsecond=10)])
    naive = odd | st.datetimes(low, high)
    return naive.map(lambda value: value.replace(tzinfo=dt.UTC)) if aware else naive


BASE: dict[str, st.SearchStrategy[Any]] = {
    "small": number(-(2**15), 2**15 - 1),
    "integer": number(-(2**31), 2**31 - 1),
    "big": number(-(2**63), 2**63 - 1),
    "positive": number(0, 2**31 - 1),
    "positive_small": number(0, 2**15 - 1),
    "positive_big": number(0, 2**63 - 1),
    "flag": st.booleans(),
    "real": st.sampled_from(ODD_FLOATS) | st.floats(allow_nan=False, allow_infinity=False),
    "price": decimal(12, 2),
    "fine": decimal(29, 12),  # SQLite rounds, which may take the thirtieth
    "whole": decimal(15, 0),
    "char": text(),
    "text": text(300),
    "slug": text(),
    "email": text(),
    "url": text(),
    "date": st.sampled_from([dt.date.min, dt.date.max]) | st.dates(),
    "moment": moments(),
    "time": st.sampled_from(ODD_TIMES) | st.times(),
    "duration": st.sampled_from(ODD_DURATIONS) | st.timedeltas(-LONG, LONG),
    "uuid": st.uuids(),
    "ip": st.sampled_from(ODD_ADDRESSES) | st.ip_addresses().map(str),
    "ipv4": st.ip_addresses(v=4).map(str),
    "data": documents(),
    "coded": documents(),
    "content": st.binary(max_size=40),
    "file": st.sampled_from(["", "a.txt", "ordner/größe 1%.txt", "a'b.txt"]),
    "path": text(),
    "colour": st.sampled_from("rb"),
    "level": st.sampled_from([1, 2]),
}


def row(*, null: bool) -> st.SearchStrategy[dict[str, Any]]:
    """Return the values of one object with a column of each kind."""
    if not null:
        firm = {name: each.filter(lambda value: value is not None) for name, each in BASE.items()}
        return st.fixed_dictionaries(firm)
    return st.fixed_dictionaries({name: st.none() | each for name, each in BASE.items()})
