"""The form of a token: what makes it safe to hand out, and easy to recognise."""

from __future__ import annotations

import re
import string
import zlib
from collections import Counter
from math import log2
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piston_auth.tokens.form import Form, digest_of, start_of

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "guides" / "tokens.md"
BASE62 = string.digits + string.ascii_letters
TOKEN = Form().make()


def test_a_token_has_256_random_bits():
    _, _, rest = TOKEN.partition("_")

    assert len(rest[:-6]) * log2(62) >= 256


def test_tokens_use_every_character_evenly():
    """A chi-squared test would be passed by a sound generator all but once in a million runs."""
    counted = Counter("".join(Form().make()[7:-6] for _ in range(500)))
    expected = 500 * 43 / 62
    excess = sum((counted[each] - expected) ** 2 / expected for each in BASE62)

    assert set(counted) == set(BASE62)
    assert excess < 62 + 6 * (2 * 61) ** 0.5


def test_no_two_tokens_are_alike():
    assert len({Form().make() for _ in range(1000)}) == 1000


def test_the_checksum_is_the_crc32_in_base_62_as_the_guide_says():
    number = zlib.crc32(TOKEN[:-6].encode())
    written = ""
    while number:
        number, place = divmod(number, 62)
        written = BASE62[place] + written

    assert TOKEN[-6:] == written.rjust(6, "0")


def test_the_expression_for_scanners_in_the_guide_finds_tokens():
    expression = re.search(r"^\\b.*\\b$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)[0]
    text = f'{{"token": "{TOKEN}"}}\nAPI={TOKEN};piston_auth piston_{"x" * 48} xpiston_{"y" * 49}'

    assert re.findall(expression, text) == [TOKEN, TOKEN]


@given(st.integers(7, len(TOKEN) - 1), st.sampled_from(BASE62))
def test_one_wrong_character_is_noticed(place, other):
    wrong = TOKEN[:place] + other + TOKEN[place + 1 :]

    assert Form().fits(wrong) is (wrong == TOKEN)


@given(st.integers(7, len(TOKEN) - 2))
def test_two_characters_in_the_wrong_order_are_noticed(place):
    wrong = TOKEN[:place] + TOKEN[place + 1] + TOKEN[place] + TOKEN[place + 2 :]

    assert Form().fits(wrong) is (wrong == TOKEN)


@given(st.text(max_size=80) | st.text(BASE62, min_size=49, max_size=49).map("piston_".__add__))
def test_a_text_that_nobody_issued_does_not_fit(text):
    assert not Form().fits(text)


def test_a_token_of_another_site_does_not_fit():
    assert Form("acme").fits(acme := Form("acme").make())
    assert not Form().fits(acme)
    assert not Form().fits(acme.replace("acme_", "piston_"))


@pytest.mark.parametrize("prefix", ["piston", "a", "acme_live", "Acme2", "x" * 32])
def test_a_prefix_can_be_a_name(prefix):
    text = Form(prefix).make()

    assert text.startswith(f"{prefix}_")
    assert Form(prefix).fits(text)
    assert re.fullmatch(r"[A-Za-z0-9._~+/-]+=*", text)  # RFC 6750, section 2.1


@pytest.mark.parametrize(
    "prefix", ["", "_", "a_", "_a", "2a", "a-b", "a b", "ä", "a\n", "x" * 33, ".*", None, 5, b"piston"]
)
def test_a_prefix_that_cannot_be_one_is_refused(prefix):
    with pytest.raises(ValueError, match=r"token_prefix is .*; it has to be 1 to 32 ASCII letters"):
        Form(prefix)


def test_what_is_kept_does_not_tell_the_token():
    assert len(digest_of(TOKEN)) == 64
    assert TOKEN[7:] not in digest_of(TOKEN)
    assert start_of(TOKEN) == TOKEN[7:13]
    assert (43 - len(start_of(TOKEN))) * log2(62) > 200  # what is still unknown to who sees a list


def test_the_example_in_the_guide_is_a_token():
    example = re.search(r"^piston_\w+$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)[0]

    assert Form().fits(example)
