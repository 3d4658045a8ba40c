"""Bodies that are read: the emitter's convention, and the XML of others as far as it says only one thing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ids import stable
from tests.piston_xml.asking import read, sent

XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'

READ = [
    # Text, and what is no text.
    ("<a/>", ""),
    ("<a></a>", ""),
    ("<a> b\n </a>", " b\n "),
    ("<a> </a>", " "),
    ("<a>&lt;&amp;&gt;&quot;&apos;&#233;&#x1F600;</a>", "<&>\"'é\U0001f600"),
    ("<a>b<![CDATA[<c>&amp;]]>d</a>", "b<c>&amp;d"),
    ("<a>b<!-- c -->d<?e f?>g</a>", "bdg"),
    ("<a>b\r\nc\rd&#13;e</a>", "b\nc\nd\re"),
    ("<a>1</a>", "1"),
    ("<a>null</a>", "null"),
    ('<a type="string">b</a>', "b"),
    ('<a type="string"/>', ""),
    ('<a type=""/>', ""),
    # Numbers and the like.
    ('<a type="integer">7</a>', 7),
    ('<a type="integer">\n +007 </a>', 7),
    ('<a type="integer">-0</a>', 0),
    (f'<a type="integer">{"9" * 4300}</a>', int("9" * 4300)),
    ('<a type="number">7</a>', 7.0),
    ('<a type="number"> -1.50E+3 </a>', -1500.0),
    ('<a type="number">.5</a>', 0.5),
    ('<a type="number">5.</a>', 5.0),
    ('<a type="number">1e-999</a>', 0.0),
    ('<a type="boolean">true</a>', True),
    ('<a type="boolean"> false\n</a>', False),
    ('<a type="null"/>', None),
    ('<a type="null"> <!-- nothing --> </a>', None),
    (f'<a {XSI} xsi:nil="true"/>', None),
    (f'<a {XSI} xsi:nil="1" type="integer"/>', None),
    (f'<a {XSI} xsi:nil="false">b</a>', "b"),
    (f'<a {XSI.replace("xsi", "i")}><b i:nil="true"/></a>', {"b": None}),
    # Objects and lists.
    ("<a><b>c</b></a>", {"b": "c"}),
    ("<a>\n  <b/>\n  <c/>\n</a>", {"b": "", "c": ""}),
    ('<a type="object"/>', {}),
    ('<a type="object"> <b/> </a>', {"b": ""}),
    ('<a type="array"/>', []),
    ('<a type="array"><b/><b/><c>1</c></a>', ["", "", "1"]),
    ('<a type="array"><b type="array"/><b type="object"/></a>', [[], {}]),
    ("<a><a><a/></a></a>", {"a": {"a": ""}}),
    ("<größe><名/></größe>", {"名": ""}),
    # Attributes.
    ('<a b="c"/>', {"b": "c"}),
    ('<a b="c"> <d/> </a>', {"b": "c", "d": ""}),
    ('<a><b name="c"/></a>', {"b": {"name": "c"}}),
    ('<a b="1&#10;&#9;&#13; &quot;&lt;"/>', {"b": '1\n\t\r "<'}),
    ('<a xml:lang="en" xml:space="preserve"> b</a>', " b"),
    (f'<a {XSI} xsi:schemaLocation="urn:a a.xsd" xsi:type="b">c</a>', "c"),
    # Names that are none in XML, and escapes.
    ('<a><member name="">b</member></a>', {"": "b"}),
    ('<a><member name="b c"><d/></member></a>', {"b c": {"d": ""}}),
    ('<a><member name="b" c="d"/></a>', {"b": {"c": "d"}}),
    ("<a><member/></a>", {"member": ""}),
    ('<member name="b"/>', {"name": "b"}),
    ('<a type="array"><member name="b"/></a>', [{"name": "b"}]),
    ('<a escaped="true">b\\u0000\\\\u0000\\u00e9</a>', "b\0\\u0000é"),
    ("<a>\\u0000</a>", "\\u0000"),
    ('<a><member name="\\u0000\\\\" escaped="true">\\uFFFF</member></a>', {"\0\\": "\uffff"}),
    ('<a><member name="b\\c"/></a>', {"b\\c": ""}),
    # Namespaces.
    ('<a xmlns="urn:b"><c/></a>', {"c": ""}),
    ('<b:a xmlns:b="urn:b" xmlns:c="urn:c"><c:d b:e="f"/></b:a>', {"d": {"e": "f"}}),
    ('<a xmlns:b="urn:b" b:type="c"/>', {"type": "c"}),
    (f'<a xmlns="{"u" * 100}"/>', ""),
    # What comes before and after.
    (' \n<?xml-stylesheet href="a"?><!-- b --><a/>\n<!-- c -->\n', ""),
    ('<?xml version="1.0"?><a/>', ""),
    ("<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n<a>é</a>", "é"),
]


@pytest.mark.parametrize(("body", "data"), READ, ids=[stable(body)[:60] for body, _ in READ])
def test_a_document_has_one_meaning(body, data):
    assert repr(read(body)) == repr(data)


DECLARED = '<?xml version="1.0" encoding="{}"?><a>é</a>'
ENCODED = [
    # Nothing but the bytes, then the declaration, the charset, and the mark, each stronger than all before it.
    ("<a>é</a>", "utf-8", ""),
    (DECLARED.format("UTF-8"), "utf-8", ""),
    (DECLARED.format("iso-8859-1"), "latin-1", ""),
    (DECLARED.format("ISO-8859-1").replace('"', "'"), "latin-1", ""),
    (DECLARED.format("us-ascii").replace("é", "&#233;"), "ascii", ""),
    ("<a>é</a>", "latin-1", "iso-8859-1"),
    (DECLARED.format("utf-8"), "latin-1", "ISO-8859-1"),
    (DECLARED.format("iso-8859-1"), "utf-8", '"utf-8"'),
    (DECLARED.format("rot13"), "utf-8", "utf-8"),
    (DECLARED.format("utf-16"), "utf-16-be", "utf-16"),
    ("<a>é</a>", "utf-16-le", "utf-16le"),
    ("<a>é</a>", "utf-16", ""),
    ("\ufeff<a>é</a>", "utf-16-be", ""),
    ("\ufeff<a>é</a>", "utf-8", ""),
    ("\ufeff" + DECLARED.format("iso-8859-1"), "utf-8", "iso-8859-1"),
    ("\ufeff" + DECLARED.format("utf-8"), "utf-16-le", "nonsense"),
]


@pytest.mark.parametrize(("text", "encoding", "charset"), ENCODED)
def test_a_mark_comes_before_the_charset_and_that_before_the_declaration(text, encoding, charset):
    content_type = f"application/xml; charset={charset}" if charset else "text/xml"
    response, received = sent(text.encode(encoding), content_type)

    assert (response.status_code, received) == (204, ["é"]), response.content


@pytest.mark.parametrize("content_type", ["application/xml", "text/xml", "Application/XML ; x=y"])
def test_both_types_of_xml_are_read(content_type):
    assert sent(b"<a><b type='integer'>1</b></a>", content_type)[1] == [{"b": 1}]


@pytest.mark.parametrize("content_type", ["application/xhtml+xml", "application/xml-dtd", "text/html"])
def test_other_types_are_a_415_that_names_both(content_type):
    response, received = sent(b"<a/>", content_type)

    assert (response.status_code, received) == (415, [])
    assert "application/xml, text/xml" in response.headers["Accept"]


@given(st.from_regex(r"[+-]?([0-9]{1,20}(\.[0-9]{0,20})?|\.[0-9]{1,20})([eE][+-]?[0-9]{1,2})?", fullmatch=True))
def test_a_number_is_the_nearest_double(text):
    assert repr(read(f'<a type="number">{text}</a>')) == repr(float(text))
