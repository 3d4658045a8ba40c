"""Plain data of every kind, and text that is made of what means something to YAML."""

from __future__ import annotations

from hypothesis import strategies as st

INDICATORS = [*"-?:,[]{}#&*!|>'\"%@`~=<+._ \t\n\r0129xoeEyn/\\"]
SEQUENCES = [
    "no",
    "null",
    "\n\n",
    "- ",
    "? ",
    ": ",
    " #",
    "---",
    "...",
    "\n---\n",
    "\n...\n",
    "  ",
    "\t\n",
    " \n",
    "a",
]
CHARACTERS = [*"\x00\x07\x1b\x7f\x80\x85\x9f\xa0\xad\u2028\u2029\u200d\u3000\ufeff\ufffe\uffff\U0001f600\U0001fffeé"]

texts = st.text(st.characters(exclude_categories=["Cs"]))
tricky = st.lists(st.sampled_from(INDICATORS + SEQUENCES + CHARACTERS), max_size=9).map("".join)
numbers = st.integers() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
plain = st.recursive(
    st.none() | st.booleans() | numbers | texts | tricky,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(texts | tricky, inner, max_size=5),
    max_leaves=30,
)
