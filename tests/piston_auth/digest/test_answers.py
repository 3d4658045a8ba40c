"""What an answer may look like: the grammar of RFC 9110 and RFC 7616, and nothing else."""

from __future__ import annotations

import random
from dataclasses import replace
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piston_auth.digest.answers import answer_in
from piston_core import AuthenticationFailed
from tests.linear import expect_linear
from tests.piston_auth.digest.asking import answered, field

GOOD = answered("n" * 48)


def written(parameters=GOOD):
    return field(parameters)["Authorization"].removeprefix("Digest ")


EXPECTED = answer_in(written())

SAME = {
    "upper-case-names": written({name.upper(): value for name, value in GOOD.items()}),
    "no-blanks": written().replace(", ", ","),
    "many-blanks": written().replace(", ", "  ,   ").replace("=", " = "),
    "empty-elements": ", ," + written().replace(", ", ",, ,") + ",",
    "blanks-around": f"   {written()}   ",
    "unknown-parameters": written() + ', opaque="", auth-param=x, a-b.c="d, e=f"',
    "lower-case-algorithm": written(GOOD | {"algorithm": "sha-256"}),
    "quoted-where-the-rfc-has-tokens": written(
        GOOD | {name: f'"{GOOD[name]}"' for name in ("algorithm", "qop", "nc")}
    ),
    "tokens-where-the-rfc-quotes": written(
        {name: value if name == "uri" else value.strip('"') for name, value in GOOD.items()}
    ),
    "escaped": written(GOOD | {"username": r'"A\l\addin"'}),
    "upper-case-response": written(GOOD | {"response": GOOD["response"].upper()}),
    "userhash-false": written(GOOD | {"userhash": "FALSE"}),
    "extended-name": written({"username*": "UTF-8''Aladdin"} | {k: v for k, v in GOOD.items() if k != "username"}),
    "extended-name-with-language": written(
        {"username*": "utf-8'en'%41laddin"} | {k: v for k, v in GOOD.items() if k != "username"}
    ),
}


@pytest.mark.parametrize("text", SAME.values(), ids=SAME)
def test_one_answer_can_be_written_in_many_ways(text):
    assert answer_in(text) == EXPECTED


@given(st.randoms(use_true_random=False))
def test_the_order_of_the_parameters_does_not_matter(chance: random.Random):
    names = list(GOOD)
    chance.shuffle(names)

    assert answer_in(written({name: GOOD[name] for name in names})) == EXPECTED


NAMES = {
    "quotes": (r'"the \"cave\" \\ man"', 'the "cave" \\ man'),
    "comma": ('"a, realm=b"', "a, realm=b"),
    "utf-8": ('"' + "Jürgen 李".encode().decode("latin-1") + '"', "Jürgen 李"),
    "latin-1": ('"Jürgen"', "Jürgen"),
    "decomposed": ('"' + "Ju\u0308rgen".encode().decode("latin-1") + '"', "Jürgen"),
    "empty": ('""', ""),
    "percent": ('"%41"', "%41"),
}


@pytest.mark.parametrize(("sent", "name"), NAMES.values(), ids=NAMES)
def test_a_name_may_hold_anything_but_control_characters(sent, name):
    assert answer_in(written(GOOD | {"username": sent})) == replace(EXPECTED, username=name)


EXTENDED = {"UTF-8''J%C3%A4s%C3%B8n%20Doe": "Jäsøn Doe", "utf-8''%22%5C%2C": '"\\,', "UTF-8''": "", "UTF-8''%25": "%"}


@pytest.mark.parametrize(("sent", "name"), EXTENDED.items())
def test_a_name_may_come_as_rfc_8187_has_it(sent, name):
    given = {name: value for name, value in GOOD.items() if name != "username"} | {"username*": sent}

    assert answer_in(written(given)) == replace(EXPECTED, username=name)


def without(name):
    return written({each: value for each, value in GOOD.items() if each != name})


def changed(**changes):
    return written(GOOD | changes)


REQUIRED = [name for name in GOOD if name != "algorithm"]
MALFORMED = {
    **{f"without-{name}": without(name) for name in REQUIRED},
    **{f"{name}-twice": f"{written()}, {name}={value}" for name, value in GOOD.items()},
    **{f"{name}-twice-in-another-case": f"{name.upper()}={value}, {written()}" for name, value in GOOD.items()},
    "unknown-twice": written() + ", a=b, a=b",
    "empty": "",
    "commas": ",,,,",
    "token68": "QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
    "no-comma": written().replace(", ", " "),
    "semicolon": written().replace(", ", "; "),
    "two-answers": f"{written()}, Digest {written()}",
    "another-scheme-behind": f"{written()}, Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
    "open-quote": written()[:-1],
    "ends-with-a-backslash": written()[:-1] + "\\",
    "no-value": written() + ", opaque=",
    "no-name": written() + ', ="x"',
    "single-quotes-with-a-blank": changed(username="'Ala ddin'"),
    "nul": changed(username='"Ala\x00ddin"'),
    "escaped-nul": changed(username='"Ala\\\x00ddin"'),
    "line-end": changed(username='"Ala\r\nddin"'),
    "tab": changed(username='"Ala\tddin"'),
    "delete": changed(username='"Ala\x7fddin"'),
    "beyond-latin-1": changed(username='"Alăddin"'),
    "name-beyond-ascii": written() + ", naïve=x",
    "token-beyond-ascii": written() + ", naive=ï",
    "no-blank-in-tokens": changed(username="Ala ddin"),
    "nc-too-short": changed(nc="1"),
    "nc-too-long": changed(nc="000000001"),
    "nc-zero": changed(nc="00000000"),
    "nc-no-number": changed(nc="0000000g"),
    "nc-signed": changed(nc="+0000001"),
    "nc-of-other-digits": changed(nc='"0000000¹"'),
    "response-too-short": changed(response='"abc"'),
    "response-of-48": changed(response='"' + "a" * 48 + '"'),
    "response-no-number": changed(response='"' + "g" * 64 + '"'),
    "response-empty": changed(response='""'),
    "userhash-else": changed(userhash="maybe"),
    "userhash-and-extended": without("username") + ", userhash=true, username*=UTF-8''a",
    "two-names": written() + ", username*=UTF-8''Aladdin",
    "extended-in-latin-1": without("username") + ", username*=ISO-8859-1''J%FCrgen",
    "extended-without-charset": without("username") + ", username*=Aladdin",
    "extended-no-utf-8": without("username") + ", username*=UTF-8''J%FCrgen",
    "extended-surrogate": without("username") + ", username*=UTF-8''%ED%A0%80",
    "extended-nul": without("username") + ", username*=UTF-8''a%00b",
    "extended-delete": without("username") + ", username*=UTF-8''a%7Fb",
    "extended-broken-off": without("username") + ", username*=UTF-8''a%4",
    "extended-with-a-quote": without("username") + ", username*=UTF-8''a'b",
    "long": changed(opaque='"' + "x" * 4096 + '"'),
    "long-name": changed(username='"' + "x" * 4096 + '"'),
    "many": ", ".join(f"a{number}=b" for number in range(500)),
}


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED)
def test_what_is_not_an_answer_is_refused(text):
    with pytest.raises(AuthenticationFailed, match="malformed"):
        answer_in(text)


@given(st.text(st.characters(max_codepoint=0x17F)) | st.text(st.sampled_from("abc=\", \\*'%")))
def test_no_text_is_more_than_a_refusal(text):
    with pytest.raises(AuthenticationFailed):
        answer_in(text)
    with pytest.raises(AuthenticationFailed):
        answer_in(f"{without('response')}, {text}")
    with pytest.raises(AuthenticationFailed):
        answer_in(changed(nc=f"{text}0"))


@given(st.text(st.characters(min_codepoint=0x20, exclude_characters="\x7f", exclude_categories=["Cs", "Cc"])))
def test_any_name_that_is_quoted_comes_as_it_was(name):
    escaped = name.replace("\\", "\\\\").replace('"', '\\"').encode().decode("latin-1")

    assert answer_in(written(GOOD | {"username": f'"{escaped}"'})).username == normalize("NFC", name)


def refused(text):
    try:
        answer_in(text)
    except AuthenticationFailed:
        return


@pytest.mark.parametrize("piece", ['a="', "\\", '"\\', "a=b,", ", ,", "a =", " ", "a" * 8 + "="])
def test_time_does_not_grow_faster_than_the_text(piece, monkeypatch):
    """Also without the limit on the length, which comes first."""
    monkeypatch.setattr("piston_auth.digest.answers._LONGEST", 10**9)

    expect_linear(refused, lambda size: 'x="' * (piece == "\\") + piece * (size // len(piece)), 40_000)
