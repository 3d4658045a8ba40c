"""Hostile bodies take time and memory in proportion to their length."""

from __future__ import annotations

import contextlib
import tracemalloc

import pytest
from django.http import HttpRequest

from piston_core import MalformedBody
from piston_xml import XMLParser
from tests.linear import expect_linear

parser = XMLParser()
URI = "u" * 100


def numbered(piece: str, count: int) -> str:
    """Return a piece as often as that, with a number of its own each time."""
    return "".join(piece.replace("#", str(number)) for number in range(count))


# What makes a body of about n bytes.
HOSTILE = {
    "a-long-text": lambda n: "<a>" + "b" * n + "</a>",
    "references": lambda n: "<a>" + "&#38;" * (n // 5) + "</a>",
    "cdata-sections": lambda n: "<a>" + "<![CDATA[]]>b" * (n // 13) + "</a>",
    "comments-in-text": lambda n: "<a>" + "b<!---->" * (n // 8) + "</a>",
    "instructions": lambda n: "<a>" + "<?b?>" * (n // 5) + "</a>",
    "an-open-comment": lambda n: "<a><!--" + "b" * n,
    "an-open-cdata-section": lambda n: "<a><![CDATA[" + "]" * n,
    "an-open-attribute": lambda n: '<a b="' + "c" * n,
    "an-open-tag": lambda n: "<" + "a" * n,
    "a-long-name": lambda n: "<" + "a" * n + "/>",
    "a-long-attribute": lambda n: '<a b="' + "c" * n + '"/>',
    "many-attributes": lambda n: "<a " + numbered("b#='' ", n // 11) + "/>",
    "many-elements-with-attributes": lambda n: "<a type='array'>" + "<b c=''/>" * (n // 9) + "</a>",
    "many-names": lambda n: "<a>" + numbered("<b#/>", n // 10) + "</a>",
    "one-name-twice-at-the-end": lambda n: "<a>" + numbered("<b#/>", n // 10) + "<b1/></a>",
    "many-namespaces": lambda n: "<a " + numbered("xmlns:b#='c' ", n // 18) + "/>",
    "namespaces-again-and-again": lambda n: "<a type='array'>" + "<b xmlns='c'/>" * (n // 14) + "</a>",
    "a-long-namespace": lambda n: "<a xmlns='" + "u" * n + "'/>",
    "a-namespace-in-every-name": lambda n: f"<a type='array' xmlns='{URI}'>" + "<b/>" * (n // 4) + "</a>",
    "a-namespace-in-many-names": lambda n: f"<a xmlns='{URI}'>" + numbered("<b#/>", n // 10) + "</a>",
    "many-items": lambda n: "<a type='array'>" + "<b/>" * (n // 4) + "</a>",
    "blanks-between": lambda n: "<a>" + " " * n + "<b/></a>",
    "blanks-around-a-number": lambda n: "<a type='number'>" + " " * n + "1</a>",
    "one-integer": lambda n: "<a type='integer'>" + "9" * n + "</a>",
    "one-number": lambda n: "<a type='number'>0." + "9" * n + "</a>",
    "long-integers": lambda n: "<a type='array'>" + f"<b type='integer'>{'9' * 4300}</b>" * (n // 4330) + "</a>",
    "escapes": lambda n: "<a escaped='true'>" + "\\\\" * (n // 2) + "</a>",
    "deep": lambda n: "<a>" * (n // 3),
    "blanks-before": lambda n: " " * n + "<a/>",
    "blanks-in-the-declaration": lambda n: "<?xml " + " " * n + "?><a/>",
    "encodings-in-the-declaration": lambda n: "<?xml " + "encoding= " * (n // 10) + "?><a/>",
    "line-ends": lambda n: "<a>" + "\n" * n + "<b>",
    "a-doctype": lambda n: "<!DOCTYPE a [" + "<!ENTITY a 'b'>" * (n // 15) + "]><a/>",
}


def parse(body: bytes) -> None:
    with contextlib.suppress(MalformedBody):
        parser.parse(body, HttpRequest())


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_eight_times_the_body_does_not_take_much_more_than_eight_times_the_time(make):
    expect_linear(parse, lambda n: make(n).encode(), 10_000)


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_memory_is_in_proportion_to_the_body(make):
    body = make(20_000).encode()
    tracemalloc.start()
    try:
        parse(body)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < 100 * len(body)
