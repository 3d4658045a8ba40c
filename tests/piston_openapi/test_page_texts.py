"""Docstrings as HTML: what the marks mean, and that nothing else means anything."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piston_openapi.pages import texts

ALLOWED = {"p", "ul", "ol", "li", "pre", "code", "strong", "a"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("One\nparagraph.\n\nAnother.", "<p>One paragraph.</p><p>Another.</p>"),
        ("* one\n* two\n  goes on\n", "<ul><li>one</li><li>two goes on</li></ul>"),
        ("Such as:\n- one\n- two", "<p>Such as:</p><ul><li>one</li><li>two</li></ul>"),
        ("1. one\n2) two", "<ol><li>one</li><li>two</li></ol>"),
        ("Example::\n\n    a = 1\n\n      b = 2\n", "<p>Example:</p><pre><code>a = 1\n\n  b = 2</code></pre>"),
        ("```python\n<b>`x`\n```\nafter", "<pre><code>&lt;b&gt;`x`</code></pre><p>after</p>"),
        ("~~~\nwithout an end", "<pre><code>without an end</code></pre>"),
        (">>> 1 + 1\n2\n\nThat.", "<pre><code>&gt;&gt;&gt; 1 + 1\n2</code></pre><p>That.</p>"),
        ("`code` and ``rest``", "<p><code>code</code> and <code>rest</code></p>"),
        ("**strong** * not", "<p><strong>strong</strong> * not</p>"),
        ("# A heading", '<p class="heading">A heading</p>'),
        ("[us](https://a.b/c)", '<p><a href="https://a.b/c" rel="noreferrer">us</a></p>'),
        (
            "See https://a.b/?c=1&d=2.",
            '<p>See <a href="https://a.b/?c=1&amp;d=2" rel="noreferrer">https://a.b/?c=1&amp;d=2</a>.</p>',
        ),
        ("[us](javascript:alert(1))", "<p>[us](javascript:alert(1))</p>"),
        ("[us](//evil.example)", "<p>[us](//evil.example)</p>"),
        (
            '[us](https://a.b/"onclick=)',
            '<p>[us](<a href="https://a.b/" rel="noreferrer">https://a.b/</a>&quot;onclick=)</p>',
        ),
        ("a < b & c", "<p>a &lt; b &amp; c</p>"),
    ],
)
def test_what_the_marks_mean(text, expected):
    assert texts.html(text) == expected


class Judge(HTMLParser):
    """Reads HTML, and refuses what the renderer has no business to write."""

    def __init__(self, text):
        super().__init__()
        self.open, self.said = [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        assert tag in ALLOWED
        assert {name for name, _ in attrs} <= ({"href", "rel"} if tag == "a" else {"class"})
        assert all(re.match(r"https?://|mailto:|/(?!/)|#", value) for name, value in attrs if name == "href")
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.said.append(data)


PIECES = st.sampled_from([
    "*", "**", "`", "``", "```", "~~~", "\n", "\n\n", "    ", " ", "- ", "1. ", "# ", "[", "](", ")", "https://a.b/",
    "/", "javascript:", "<", ">", "&", "&lt;", '"', "'", "</p>", "<script>", "\\", "\t", "\x00", "é", "a", "::",
    ">>> ", "{{",
])  # fmt: skip


@given(st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=80))
def test_nothing_but_a_few_tags_ever_comes_of_a_text(text):
    """And it says nothing that the text does not say, in its order."""
    said = "".join("".join(Judge(texts.html(text)).said).split())
    left = iter("".join(text.split()))

    assert all(each in left for each in said)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_a_line_stays_a_line(text):
    assert not re.search(r"</?(p|ul|ol|li|pre)\b", texts.line(text))
