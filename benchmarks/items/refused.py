"""A post that is refused: its title is missing and its price is no number.

Each has its own way of saying so; what is compared is that the answer is a refusal and names both.
"""

from __future__ import annotations

import orjson

from benchmarks.contestants import DJANGO, MODERN_REST
from benchmarks.items.create import VALID
from benchmarks.records import Work, at_most
from benchmarks.serving import Answer

FAULTY = {name: value for name, value in VALID.items() if name != "title"} | {"price": "a lot"}


def named(answer: Answer) -> list[str]:
    """Return the fields that a refusal names."""
    return [name for name in VALID if f'"{name}"'.encode() in answer.body or f"/{name}".encode() in answer.body]


def work() -> Work:
    """Return the work."""
    return Work(
        name="refused",
        title="create, refused",
        path="/posts/",
        expected=lambda: ["title", "price"],
        read=named,
        status=0,
        method="POST",
        body=orjson.dumps(FAULTY),
        repeat=50,
        marks=[at_most(1.5, MODERN_REST), at_most(0.8, DJANGO)],
    )
