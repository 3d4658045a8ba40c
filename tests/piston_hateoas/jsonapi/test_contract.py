"""The promises that every emitter, parser and plugin keeps.

An emitter of the kit is handed data that no plan shows, which JSON:API has in ``meta``. A parser of it reads JSON; how
documents become data is in ``test_parser``.
"""

from __future__ import annotations

import json
from typing import Any

from piston_core.testing import EmitterContract, ParserContract
from piston_hateoas import JSONAPIEmitter, JSONAPIParser


class TestJSONAPIEmitter(EmitterContract):
    emitter = JSONAPIEmitter()

    def read(self, body: bytes) -> Any:
        document = json.loads(body)
        if "data" in document:
            return document["data"]
        return document["meta"]["items"] if "items" in document["meta"] else document["meta"]["value"]

    def read_problem(self, body: bytes) -> Any:
        """Return the one error in the words of RFC 9457."""
        (error,) = json.loads(body)["errors"]
        error["status"] = int(error["status"])
        return {"type": error.get("links", {}).get("type", "about:blank"), **error}


class TestJSONAPIParser(ParserContract):
    parser = JSONAPIParser()
    malformed = (
        b"",
        b"{",
        b"{'a': 1}",
        b'{"a": 1,}',
        b'{"a": 1} x',
        b'{"a": NaN}',
        b'{"a": 1e999}',
        b'{"a": 1, "a": 2}',
        b'{"a": "\xff"}',
        b'{"a": "\\ud800"}',
        b'{"a": "\n"}',
        b"\xff\xfe{\x00}\x00",
    )
    bombs = (b"[" * 100_000, b'{"a":' * 100_000, b"9" * 5000, b"[" * 65 + b"]" * 65)

    def write(self, data: Any) -> bytes:
        return json.dumps(data).encode()
