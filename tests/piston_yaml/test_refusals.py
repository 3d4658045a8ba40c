"""Bodies that are refused: before a handler sees them, with what is wrong and where."""

from __future__ import annotations

import contextlib
import time

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from piston_core import MalformedBody
from tests.piston_yaml.asking import read, refusal, sent, written
from tests.piston_yaml.data import CHARACTERS, INDICATORS, SEQUENCES

REFUSED = {
    "nothing": (b"", "The body is empty"),
    "blanks": (b" \n\n", "The body is empty"),
    "a comment": (b"# nothing", "The body is empty"),
    "no YAML": (b"a: b: c", "is not YAML: mapping values are not allowed in this context at line 1, column 5"),
    "an open list": (b"a: [1,\n  2\n", "is not YAML: did not find expected ',' or ']' at line 3, column 1"),
    "open quotes": (b'a: "b', "is not YAML: found unexpected end of stream at line 1, column 6"),
    "a tab as indentation": (b"a:\n\tb: 1", "cannot start any token at line 2, column 1"),
    "a reserved character": (b"a: @b", "cannot start any token at line 1, column 4"),
    "a wrong escape": (rb'"\q"', "unknown escape character at line 1, column 2"),
    "half of a pair of surrogates": (rb'"\ud83d"', "invalid Unicode character escape code at line 1, column 4"),
    "two documents": (b"a: 1\n---\nb: 2", "A second document begins at line 2, column 1"),
    "a key twice": (b"a: 1\nb: 2\n'a': 3", "The key 'a' comes twice in one mapping at line 3, column 1"),
    "a key twice in two types": (b"{1: a, '1': b}", "The key '1' comes twice in one mapping at line 1, column 8"),
    "a key twice below": (b"- {a: {b: 1, b: 1}}", "The key 'b' comes twice in one mapping at line 1, column 14"),
    "a list as key": (b"a: 1\n? [b]\n: 2", "A key is a sequence or a mapping at line 2, column 3"),
    "a mapping as key": (b"{{a: 1}: 2}", "A key is a sequence or a mapping at line 1, column 2"),
    "an anchor": (b"a: &x 1", "Anchors and aliases are not read; there is one at line 1, column 4"),
    "an anchor at a list": (b"a: &x [1]", "there is one at line 1, column 4"),
    "an anchor at text": (b"a: &x 'b'", "there is one at line 1, column 4"),
    "an anchor at a key": (b"&x a: 1", "there is one at line 1, column 1"),
    "an alias": (b"- 1\n- *x", "there is one at line 2, column 3"),
    "an alias as key": (b"*x : 1", "there is one at line 1, column 1"),
    "a circle": (b"&a [*a]", "there is one at line 1, column 1"),
    "a merge": (b"a: &a {b: 1}\nc:\n  <<: *a", "there is one at line 1, column 4"),
    "a Python object": (b"!!python/name:os.system x", "The tag 'tag:yaml.org,2002:python/name:os.system'"),
    "a custom tag": (b"a: !secret b", "The tag '!secret' does not fit at line 1, column 4"),
    "a tag of the extended set": (b"!!binary aGk=", "The tag 'tag:yaml.org,2002:binary' does not fit"),
    "a set": (b"!!set {a, b}", "The tag 'tag:yaml.org,2002:set' does not fit"),
    "a tag that does not fit": (b"a: !!int b", "The tag 'tag:yaml.org,2002:int' does not fit at line 1, column 4"),
    "a list that is to be a mapping": (b"!!map [a]", "The tag 'tag:yaml.org,2002:map' does not fit"),
    "a list that is to be text": (b"!!str [a]", "The tag 'tag:yaml.org,2002:str' does not fit"),
    "another version": (b"%YAML 1.1\n---\na: no", "names another version than 1.2"),
    "a directive for tags": (b"# a\n%TAG !y! a:b\n---\n!y!int 1", "There is a directive %TAG at line 2, column 1"),
    "an unknown directive": (b"%FOO\n---\na", "unknown directive name at line 1, column 5"),
    "infinity": (b"- -.inf", "A number cannot be read at line 1, column 3: -.inf is not a finite number"),
    "not a number": (b".NaN", "A number cannot be read at line 1, column 1: .NaN is not a finite number"),
    "beyond a double": (b"a: 1e999", "A number cannot be read at line 1, column 4: 1e999 is not a finite number"),
    "too many digits": (b"9" * 4301, "more than 4300 digits"),
    "too many digits to be written": (b"0x" + b"f" * 4000, "more than 4300 digits"),
    "deep lists": (b"[" * 65, "nested more than 64 levels deep at line 1, column 65"),
    "deep lists of lines": (b"- " * 65, "nested more than 64 levels deep at line 1, column 129"),
    "deep mappings": (b"{a: " * 65, "nested more than 64 levels deep"),
    "a null character": (b"a: \x00", "There is the character U+0000 at line 1, column 4; write it as an escape"),
    "a control character": (b'- "\x1b[0m"', "There is the character U+001B"),
    "a line end of YAML 1.1": ("a: 'b\u2028c'".encode(), "There is the character U+2028"),
    "a next line": ("a\n- \u0085".encode(), "the character U+0085 at line 2, column 3; write it"),
    "a byte order mark within": ("é: \ufeff".encode(), "the character U+FEFF at line 1, column 4; write it"),
    "not UTF-8": (b"a: 1\r\n\xc3\xa9: \xff", "The YAML text is not UTF-8 at line 2, column 4"),
    "UTF-16": ("a: 1".encode("utf-16"), "The YAML text is not UTF-8 at line 1, column 1"),
    "UTF-16 without a mark": ("a: 1".encode("utf-16-be"), "There is the character U+0000"),
    "UTF-32": ("a: 1".encode("utf-32"), "The YAML text is not UTF-8 at line 1, column 1"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "words"), REFUSED.values(), ids=REFUSED)
def test_a_body_that_is_not_acceptable_is_a_400_that_says_why_and_where(body, words):
    response, received = sent(body)

    assert (response.status_code, received) == (400, [])
    assert words in response.json()["detail"]


BOMBS = {
    "aliases": b"a: &a [x,x]\n" + b"".join(b"%c: &%c [*%c,*%c]\n" % (n + 1, n + 1, n, n) for n in range(97, 121)),
    "merges": b"a: &a {x: 1}\n"
    + b"".join(b"%c: &%c {<<: [*%c,*%c]}\n" % (n + 1, n + 1, n, n) for n in range(97, 121)),
    "lists": b"[" * 1_000_000,
    "lists of lines": b"- " * 1_000_000,
    "lists on lines": b"".join(b" " * n + b"-\n" for n in range(1500)),
    "mappings": b"{a: " * 500_000,
    "mappings on lines": b"".join(b" " * n + b"a:\n" for n in range(1500)),
    "keys": b"? " * 1_000_000,
    "flow keys": b"{? " * 500_000,
    "keys of lists": b"[" * 100_000 + b"]" * 100_000 + b": a",
    "tags": b"%TAG !a! tag:a\n" + b"".join(b"%%TAG !a%d! tag:a\n" % n for n in range(100_000)) + b"---\na",
    "anchors": b"".join(b"- &a%d x\n" % n for n in range(100_000)),
    "one number": b"9" * 2_000_000,
    "one number of sixteen": b"0x" + b"f" * 2_000_000,
}


@pytest.mark.parametrize("body", BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_refused_at_once(body):
    """Half a second of the process is a hundred times of what is needed, and much less than a bomb would take."""
    started = time.process_time()
    why = refusal(body)

    assert len(why) < 200
    assert time.process_time() - started < 0.5


pieces = st.sampled_from([*INDICATORS, *SEQUENCES, *CHARACTERS, "&a ", "*a", "!!", "! ", "%YAML 1.2\n", "\r\n"])


@settings(max_examples=100)
@given(st.lists(pieces, max_size=12).map("".join))
def test_whatever_is_sent_is_read_as_libyaml_understands_it_or_refused(body):
    """The judge reads all scalars as text, so that what remains is the structure."""
    try:
        data = read(body)
    except MalformedBody:
        return

    assert as_text(data) == as_text(yaml.load(body, Loader=yaml.CBaseLoader))


def as_text(data):
    """Return only the shape of data: what is a scalar, and how many of them stand where."""
    if isinstance(data, list):
        return [as_text(item) for item in data]
    return [as_text(item) for item in data.values()] if isinstance(data, dict) else "scalar"


@settings(max_examples=70)
@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(body):
    with contextlib.suppress(MalformedBody):
        assert written(read(body))
