"""Bodies that are read: signed with the key a moment ago, and plain data in any current protocol."""

from __future__ import annotations

import hashlib
import hmac
import pickle
import subprocess
import sys
import time
from base64 import b64encode, urlsafe_b64encode
from datetime import UTC, date, datetime, timedelta, timezone
from datetime import time as clock
from decimal import Decimal

import pytest
from django.http import HttpRequest
from hypothesis import given, settings
from hypothesis import strategies as st

from piston_core import Document, MalformedBody
from piston_pickle import PickleEmitter, PickleParser, signed
from tests.asking import nested
from tests.piston_pickle.asking import KEY, OLD_KEY, SIGNED, parser, read, seal, sent

PROTOCOLS = [3, 4, 5]


def unfolded(moment):
    """Return a moment without a fold, which says nothing where there is an offset."""
    return moment.replace(fold=0)


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
decimals = st.decimals().filter(lambda each: len(str(each)) <= 300)  # longer ones are refused
integers = st.integers(-(2**2039), 2**2039 - 1) | st.integers(-300, 300)
offsets = st.timedeltas(timedelta(hours=-23), timedelta(hours=23)).map(timezone)
scalars = (
    st.none()
    | st.booleans()
    | integers
    | st.floats()
    | text
    | st.binary(max_size=300)
    | decimals
    | st.uuids()
    | st.dates()
    | st.times(timezones=st.none() | offsets).map(unfolded)
    | st.datetimes(timezones=st.none() | st.just(UTC) | offsets).map(unfolded)
    | st.timedeltas()
)
plain = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(text, inner, max_size=5), max_leaves=25
)


@given(plain)
def test_what_the_emitter_writes_the_parser_reads(data):
    body = PickleEmitter().emit(Document(data), HttpRequest())

    assert repr(read(body)) == repr(data)


@given(plain)
def test_what_is_signed_the_parser_reads(data):
    assert repr(parser.parse(signed(data, KEY), HttpRequest())) == repr(data)


everyday = st.recursive(
    st.none() | st.booleans() | integers | st.floats() | text | st.binary() | st.dates() | decimals | st.times(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(text, inner, max_size=5),
    max_leaves=25,
)


@settings(max_examples=30)
@given(everyday, st.sampled_from(PROTOCOLS), st.booleans())
def test_a_pickle_of_any_current_protocol_is_read_as_python_reads_it(data, protocol, optimized):
    import pickletools

    body = pickle.dumps(data, protocol)
    body = pickletools.optimize(body) if optimized else body

    assert repr(read(body)) == repr(pickle.loads(body))


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_many_rows_are_read(protocol):
    rows = [{"id": number, "name": f"n {number}", "text": "x" * 300, "tags": []} for number in range(3000)]

    assert read(pickle.dumps(rows, protocol)) == rows


def test_what_is_shared_in_a_pickle_is_not_shared_in_the_data():
    tags = ["a"]
    first, second = read(pickle.dumps([tags, tags]))
    first.append("b")

    assert second == ["a"]


def test_tuples_are_read_as_lists():
    assert read(pickle.dumps({"a": (), "b": (1, (2, 3), [(4, 5, 6)]), "c": (1, 2, 3, 4)})) == {
        "a": [],
        "b": [1, [2, 3], [[4, 5, 6]]],
        "c": [1, 2, 3, 4],
    }


def test_a_signed_body_reaches_the_handler_as_data():
    data = {"title": "A", "at": datetime(2026, 1, 1, tzinfo=UTC), "price": Decimal("1.50"), "nan": [float("inf")]}
    response, received = sent(signed(data, KEY))

    assert response.status_code == 204
    assert received == [data]


def test_a_signed_empty_dictionary_is_a_body_too():
    assert sent(signed({}, KEY))[1] == [{}]


def by_hand(body: bytes, key: str, moment: int) -> bytes:
    """Sign a body as the README tells clients without this package to."""
    digits, moment_text = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", ""
    while moment:
        moment, digit = divmod(moment, 62)
        moment_text = digits[digit] + moment_text
    value = b64encode(body) + b":" + moment_text.encode()
    derived = hashlib.sha256(b"piston_pickle" + b"signer" + key.encode()).digest()
    signature = hmac.new(derived, value, hashlib.sha256).digest()
    return value + b":" + urlsafe_b64encode(signature).rstrip(b"=")


def test_the_format_can_be_made_with_hmac():
    response, received = sent(by_hand(pickle.dumps({"a": 1}), KEY, int(time.time())))

    assert response.status_code == 204
    assert received == [{"a": 1}]


def test_a_client_signs_without_a_django_project():
    code = f"from piston_pickle import signed; print(signed({{'a': 1}}, {KEY!r}).decode())"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env={"PATH": ""})

    assert parser.parse(run.stdout.strip(), HttpRequest()) == {"a": 1}


def test_an_empty_key_is_no_key():
    """Django's signer would take the SECRET_KEY instead."""
    with pytest.raises(ValueError, match="empty key"):
        signed({}, "")


UNSIGNED = pickle.dumps({"a": 1})
GOOD = signed({"a": 1}, KEY)


def changed(at: int) -> bytes:
    return GOOD[:at] + (b"A" if GOOD[at : at + 1] != b"A" else b"B") + GOOD[at + 1 :]


REFUSED = {
    "empty": b"",
    "bare-pickle": UNSIGNED,
    "base64-alone": b64encode(UNSIGNED),
    "no-signature": GOOD.rpartition(b":")[0],
    "empty-signature": GOOD.rpartition(b":")[0] + b":",
    "no-time": b64encode(UNSIGNED) + b":" + GOOD.rpartition(b":")[2],
    "only-colons": b"::",
    "other-key": signed({"a": 1}, "x" * 40),
    "former-key": signed({"a": 1}, OLD_KEY),
    "other-body": b64encode(pickle.dumps({"a": 2})) + b":" + GOOD.partition(b":")[2],
    "first-byte": changed(0),
    "last-byte": changed(len(GOOD) - 2),
    "time": changed(GOOD.index(b":") + 1),
    "more-after-it": GOOD + b"\n",
    "cut": GOOD[:-1],
    "not-ascii": GOOD + "é".encode(),
    "no-text": b"\xff\xfe:\x00:\x80",
    "twice": GOOD + GOOD,
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED)
def test_a_body_without_a_good_signature_is_malformed(body):
    response, received = sent(body)

    assert received == []
    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["detail"] == "The body is not signed with a key that this server accepts."


def test_a_former_key_counts_as_long_as_it_is_listed():
    response, received = sent(signed({"a": 1}, OLD_KEY), old_keys=[OLD_KEY])

    assert response.status_code == 204
    assert received == [{"a": 1}]


def test_the_secret_keys_of_the_project_do_not_count(settings):
    settings.SECRET_KEY_FALLBACKS = ["a former secret of the whole project"]

    assert sent(signed({}, settings.SECRET_KEY_FALLBACKS[0]))[0].status_code == 400
    assert sent(signed({}, settings.SECRET_KEY))[0].status_code == 400


@pytest.mark.parametrize(("age", "status"), [(0, 204), (50, 204), (70, 400), (10**8, 400)])
def test_a_signature_is_good_for_max_age_seconds(age, status):
    response, received = sent(by_hand(UNSIGNED, KEY, int(time.time()) - age), max_age=60)

    assert response.status_code == status
    assert len(received) == (status == 204)
    if status == 400:
        assert response.json()["detail"] == "The body was signed more than 60 seconds ago; sign it anew."


# What only somebody with the key can get wrong.
MISMADE = {
    "no-base64": ("a pickle", "What is signed in the body is not base64."),
    "base64-without-its-end": ("abc", "What is signed in the body is not base64."),
    "no-pickle": ("", "The pickle breaks off before its end."),
}


@pytest.mark.parametrize(("value", "detail"), MISMADE.values(), ids=MISMADE)
def test_a_good_signature_of_something_else_is_malformed(value, detail):
    from django.core.signing import TimestampSigner

    signer = TimestampSigner(key=KEY, salt="piston_pickle", algorithm="sha256", fallback_keys=[])
    response, received = sent(signer.sign(value).encode())

    assert received == []
    assert (response.status_code, response.json()["detail"]) == (400, detail)


@pytest.mark.parametrize("moment", ["", "!", "é", "a b", "z" * 500, "-z"])
def test_a_signed_time_that_is_none_is_malformed(moment):
    from django.core.signing import Signer

    signer = Signer(key=KEY, salt="piston_pickle", algorithm="sha256", fallback_keys=[])
    body = signer.sign(f"gAN9Lg==:{moment}").encode()

    with pytest.raises(MalformedBody):
        parser.parse(body, HttpRequest())


def test_a_pickle_of_another_media_type_is_415_even_if_it_is_signed():
    for content_type in ("application/python-pickle", "application/x-python-pickle", "application/octet-stream"):
        response, received = sent(GOOD, content_type)

        assert received == []
        assert response.status_code == 415


def test_without_a_key_there_is_no_parser():
    response, received = sent(GOOD, key="")

    assert received == []
    assert response.status_code == 415
    assert SIGNED not in response.headers["Accept"]


@pytest.mark.parametrize("limit", [1, 2, 64, 200])
@pytest.mark.parametrize("inside", [lambda inner: [inner], lambda inner: {"a": inner}, lambda inner: (inner,)])
def test_max_depth_is_the_number_of_levels_that_pass(limit, inside):
    fits = 1
    for _ in range(limit):
        fits = inside(fits)

    assert sent(signed(fits, KEY), max_depth=limit)[0].status_code == 204
    response, _ = sent(signed(inside(fits), KEY), max_depth=limit)
    assert response.status_code == 400
    assert response.json()["detail"] == f"The pickle is nested more than {limit} levels deep."


def test_the_number_of_values_is_limited_as_a_tree():
    row = [0] * 999
    assert len(read(pickle.dumps([row] * 249))) == 249

    with pytest.raises(MalformedBody, match="more than 250000 values"):
        read(pickle.dumps([row] * 251))


LONGEST = 2**2039 - 1  # what 255 bytes hold, the sign included


@pytest.mark.parametrize("number", [LONGEST, -LONGEST - 1])
def test_an_integer_may_have_255_bytes(number):
    assert read(pickle.dumps(number)) == number
    with pytest.raises(MalformedBody):
        read(pickle.dumps(number * 2**9))


def test_a_decimal_may_have_300_characters():
    assert read(pickle.dumps(Decimal("9" * 300))) == Decimal("9" * 300)
    with pytest.raises(MalformedBody, match="more than 300 digits"):
        read(pickle.dumps(Decimal("9" * 301)))


NOT_PLAIN = {
    "set": {1, 2},
    "frozenset": frozenset({1}),
    "complex": 1j,
    "bytearray": bytearray(b"x"),
    "class": int,
    "plain-type": date,
    "function": len,
    "range": range(3),
    "exception": ValueError("x"),
    "time-zone": timezone(timedelta(hours=1)),
    "number-as-a-key": {1: 2},
    "null-as-a-key": {None: 2},
    "tuple-as-a-key": {(1, 2): 2},
    "date-as-a-key": {date(2026, 1, 1): 2},
    "half-a-character": "\ud800",
    "half-a-character-as-a-key": {"\udc00": 1},
    "named-time-zone": clock(1, tzinfo=timezone(timedelta(hours=1), "CET")),
}


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("value", NOT_PLAIN.values(), ids=NOT_PLAIN)
def test_what_is_not_plain_data_is_malformed(value, protocol):
    for data in (value, [value], {"a": {"b": value}}):
        response, received = sent(seal(pickle.dumps(data, protocol)))

        assert received == []
        assert response.status_code == 400
        assert response.json()["title"] == "Bad Request"
        assert len(response.json()["detail"]) < 400


def test_a_parser_may_be_made_by_hand():
    assert PickleParser(keys=[KEY, OLD_KEY]).parse(signed(nested(3), OLD_KEY), HttpRequest()) == nested(3)
