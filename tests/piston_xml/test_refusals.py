"""Bodies that are refused: always a 400 problem that says why and where, never a guess and never a 500."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from piston_core import MalformedBody
from tests.piston_xml.asking import read, refusal, sent
from tests.piston_xml.judges import write
from tests.piston_xml.test_documents import plain

XSI = 'xmlns:x="http://www.w3.org/2001/XMLSchema-instance"'
MANY = " ".join(f"b{number}=''" for number in range(101))
LONG = "a" * 251
BEFORE = "The document cannot be read at "
TWICE = "the name 'b' comes twice in <a>; a list says type=\"array\"."
TYPES = "array, boolean, integer, null, number, object, string"

REFUSED = [
    # Mixed content, and names that come twice.
    ("<a>b<c/></a>", "line 1, column 9: <a> has text beside its elements or attributes."),
    ("<a>\n<b/> c</a>", "line 2, column 7: <a> has text beside its elements or attributes."),
    ('<a b="c">d</a>', "line 1, column 11: <a> has text beside its elements or attributes."),
    ("<é>\n <b>ü</b><b/>\n</é>", "line 2, column 14: the name 'b' comes twice in <é>; a list says type=\"array\"."),
    ('<a b=""><b/></a>', "line 1, column 13: " + TWICE),
    ('<a xmlns:c="d" c:b="" b=""/>', "line 1, column 1: " + TWICE),
    (
        '<a><b/><member name="b"/></a>',
        "line 1, column 26: " + TWICE,
    ),
    # Types that are not known, and values that are not of their type.
    ('<a type="date"/>', f"line 1, column 1: <a> says type='date'; known are: {TYPES}."),
    ('<a type="Integer">1</a>', f"line 1, column 1: <a> says type='Integer'; known are: {TYPES}."),
    ('<a type="integer">x</a>', "line 1, column 20: in <a>, 'x' is no integer."),
    ('<a type="integer"/>', "line 1, column 20: in <a>, '' is no integer."),
    ('<a type="integer">1.0</a>', "line 1, column 22: in <a>, '1.0' is no integer."),
    ('<a type="integer">1_0</a>', "line 1, column 22: in <a>, '1_0' is no integer."),
    ('<a type="integer">٣</a>', "line 1, column 20: in <a>, '٣' is no integer."),
    ('<a type="integer">\u00a01</a>', "line 1, column 21: in <a>, '\\xa01' is no integer."),
    ('<a type="number">NaN</a>', "line 1, column 21: in <a>, 'NaN' is no number."),
    ('<a type="number">INF</a>', "line 1, column 21: in <a>, 'INF' is no number."),
    ('<a type="number">.</a>', "line 1, column 19: in <a>, '.' is no number."),
    ('<a type="number">1e999</a>', "line 1, column 23: in <a>, '1e999' is too large."),
    ('<a type="boolean">1</a>', "line 1, column 20: in <a>, '1' is neither true nor false."),
    ('<a type="null">b</a>', "line 1, column 17: in <a>, 'b' is not null."),
    (f'<a {XSI} x:nil="true">b</a>', "line 1, column 70: in <a>, 'b' is not null."),
    ('<a type="integer"><b/></a>', 'line 1, column 23: <a> says type="integer", but has members as an object has.'),
    ('<a type="string" b=""/>', 'line 1, column 24: <a> says type="string", but has members as an object has.'),
    ('<a type="array" b=""/>', 'line 1, column 23: <a> says type="array", but has members as an object has.'),
    ('<a type="array">b</a>', "line 1, column 18: <a> has text beside its elements or attributes."),
    ('<a type="object">b</a>', "line 1, column 19: <a> has text beside its elements or attributes."),
    # Escapes.
    ('<a escaped="true">\\</a>', "line 1, column 20: in <a>, '\\\\' is no escape."),
    ('<a escaped="true">\\n</a>', "line 1, column 21: in <a>, '\\\\' is no escape."),
    ('<a escaped="true">\\u12g4</a>', "line 1, column 25: in <a>, '\\\\' is no escape."),
    ('<a escaped="true">\\ud83d\\ude00</a>', "line 1, column 31: in <a>, '\\\\ud83d' is no escape."),
    ('<a><member name="\\x" escaped="true"/></a>', "line 1, column 4: '\\\\' is no escape."),
    ('<a escaped="1">b</a>', "line 1, column 1: <a> says escaped='1'; known are: false, true."),
    # Limits.
    ("<a>" * 65, "line 1, column 193: the elements are nested more than 64 levels deep."),
    (f"<a xmlns='{'u' * 101}'/>", "line 1, column 1: a namespace has 101 characters, and 100 are read at most."),
    (f"<{LONG}/>", f"line 1, column 1: the name '{LONG[:40]}'… has 251 characters, and 250 are read at most."),
    (f"<a {LONG}=''/>", f"line 1, column 1: the name '{LONG[:40]}'… has 251 characters, and 250 are read at most."),
    (f"<a {MANY}/>", "line 1, column 1: <a> has 101 attributes, and 100 are read at most."),
    (
        f'<a type="integer">{"9" * 4301}</a>',
        f"line 1, column 4320: in <a>, {'9' * 40}… has 4301 characters, and 4300 are read of one number.",
    ),
]


@pytest.mark.parametrize(("body", "words"), REFUSED, ids=[body[:50] for body, _ in REFUSED])
def test_a_document_with_more_than_one_meaning_is_refused_with_its_place(body, words):
    assert refusal(body) == BEFORE + words


NOT_XML = [
    ("a", "syntax error at line 1, column 1."),
    ("{}", "not well-formed (invalid token) at line 1, column 1."),
    ("<a>", "no element found at line 1, column 4."),
    ("<a>\n<b></a>", "mismatched tag at line 2, column 6."),
    ("<a/>\n<b/>", "junk after document element at line 2, column 1."),
    ("<a/>b", "junk after document element at line 1, column 5."),
    ('<a b="" b=""/>', "duplicate attribute at line 1, column 9."),
    ("<b:a/>", "unbound prefix at line 1, column 1."),
    ("<a>&nbsp;</a>", "undefined entity at line 1, column 4."),
    ("<a>&#0;</a>", "reference to invalid character number at line 1, column 4."),
    ("<a>&#xD800;</a>", "reference to invalid character number at line 1, column 4."),
    ("<a>&#xFFFF;</a>", "reference to invalid character number at line 1, column 4."),
    ("<a>\x00</a>", "not well-formed (invalid token) at line 1, column 4."),
    ("<a>\uffff</a>", "not well-formed (invalid token) at line 1, column 4."),
    ("<a>]]></a>", "not well-formed (invalid token) at line 1, column 6."),
    ("<a><!-- -- --></a>", "not well-formed (invalid token) at line 1, column 11."),
    ("\n<?xml version='1.0'?><a/>", "XML or text declaration not at start of entity at line 2, column 1."),
]


@pytest.mark.parametrize(("body", "words"), NOT_XML)
def test_what_is_not_well_formed_is_refused_with_its_place(body, words):
    assert refusal(body) == f"The body is not XML: {words}"


@pytest.mark.parametrize("body", [b"", b" \n\t ", b"\xef\xbb\xbf", b"\xff\xfe \x00"])
def test_an_empty_body_is_told_from_a_wrong_one(body):
    assert refusal(body) == "The body is empty; an XML document is expected."


DTDS = {
    "a name": "<!DOCTYPE a><a/>",
    "a billion laughs": (
        "<!DOCTYPE a [<!ENTITY a 'ha'>"
        + "".join(f"<!ENTITY {new} '{f'&{old};' * 10}'>" for old, new in zip("abcdefgh", "bcdefghi", strict=True))
        + "]><a>&i;</a>"
    ),
    "quadratic": f"<!DOCTYPE a [<!ENTITY a '{'a' * 50_000}'>]><a>{'&a;' * 50_000}</a>",
    "a file": '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]><a>&a;</a>',
    "a parameter entity": '<!DOCTYPE a [<!ENTITY % a SYSTEM "http://localhost:1/a.dtd"> %a;]><a/>',
    "another document": '<!DOCTYPE a SYSTEM "http://localhost:1/a.dtd"><a/>',
    "a public one": '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://localhost:1/"><html/>',
    "attributes": '<!DOCTYPE a [<!ATTLIST a b CDATA "c">]><a/>',
    "open": "<!DOCTYPE a [",
}


@pytest.mark.parametrize("body", DTDS.values(), ids=DTDS)
def test_a_dtd_is_refused_whatever_it_says(body):
    response, received = sent(body.encode())

    assert (response.status_code, received) == (400, [])
    assert response.json()["detail"] == "The document has a DTD, which is not read; send it without."


UNREADABLE = ["rot13", "utf-7", "idna", "punycode", "cp500", "hex", "zlib", "unicode_escape", "utf-32", ""]


@pytest.mark.parametrize("encoding", UNREADABLE)
def test_an_encoding_that_few_readers_know_is_refused(encoding):
    declared = f'<?xml version="1.0" encoding="{encoding}"?><a/>'

    assert refusal(declared) == f"The encoding {encoding!r} is not read here; send the document in UTF-8."


WRONG_BYTES = [
    (b"<a>\xe9</a>", "utf-8", 3),
    (b"<a>\xc0\xaf</a>", "utf-8", 3),
    (b"<a>\xed\xa0\x80</a>", "utf-8", 3),
    (b'<?xml version="1.0" encoding="us-ascii"?><a>\xc3\xa9</a>', "us-ascii", 44),
    (b"\xff\xfe<\x00a\x00/\x00>", "utf-16-le", 6),
    (b"\xfe\xff\x00<\xd8\x00\x00>", "utf-16-be", 2),
]


@pytest.mark.parametrize(("body", "encoding", "byte"), WRONG_BYTES)
def test_bytes_that_are_not_in_their_encoding_are_refused(body, encoding, byte):
    assert refusal(body) == f"The XML text is not {encoding}, which it is said to be, at byte {byte}."


CHARSETS = ["utf-8", "utf-16", "utf-16le", "utf-32", "iso-8859-1", "us-ascii", "utf-7", "idna", "rot13", "é"]


@pytest.mark.parametrize("charset", CHARSETS, ids=ascii)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "utf-32", "utf-7", "cp500"])
def test_a_lying_charset_is_never_a_500(charset, encoding):
    body = '<?xml version="1.0" encoding="utf-8"?><a>é</a>'.encode(encoding)
    response, received = sent(body, f"application/xml; charset={charset}")

    assert response.status_code == (204 if received else 400)


def well_formed_or_refused(body: bytes) -> bool:
    """Return whether a body is refused, or is XML to the standard library as well."""
    try:
        read(body)
    except MalformedBody as refused:
        return 10 < len(refused.detail) < 400
    return ET.fromstring(body) is not None


tokens = st.sampled_from(
    ["<a>", "</a>", "<b/>", "<!--", "-->", "<?", "?>", "&amp;", "&x;", "]]>", "<![CDATA[", "xmlns="]
)
tokens |= st.sampled_from([*"\"'=x:\\é\0 ", "<!DOCTYPE", "<a type='integer'>", "<a escaped='true'>"])


@given(st.binary(max_size=40) | st.lists(tokens, max_size=12).map("".join).map(str.encode))
@example(b"\xef\xbb\xbf\xff\xfe")
def test_any_bytes_are_read_or_refused(body):
    assert well_formed_or_refused(body)


@given(plain, st.data())
def test_a_document_with_one_wrong_byte_is_read_or_refused(data, draw):
    body = bytearray(write(data))
    body[draw.draw(st.integers(0, len(body) - 1))] = draw.draw(st.integers(0, 255))

    assert well_formed_or_refused(bytes(body))


@pytest.mark.parametrize(
    "body", [f"<{'a' * 200}>b<c/></{'a' * 200}>", f"<a type='{'b' * 9999}'/>", f"<a {MANY * 9}/>"]
)
def test_a_refusal_does_not_send_the_body_back(body):
    assert len(refusal(body)) < 250
