"""JSON and JSON Lines keep every promise of an emitter and of a parser; the standard library is the judge."""

from __future__ import annotations

import json

from piston_core.testing import EmitterContract, ParserContract, PluginContract
from piston_json import JSONEmitter, JSONLinesEmitter, JSONParser


class TestJSONEmitter(EmitterContract):
    emitter = JSONEmitter()

    def read(self, body):
        return json.loads(body)


class TestIndentedJSONEmitter(TestJSONEmitter):
    emitter = JSONEmitter(indent=True)


class TestJSONLinesEmitter(EmitterContract):
    emitter = JSONLinesEmitter()
    lossy = frozenset({"single", "breaks"})

    def read(self, body):
        return [json.loads(line) for line in body.splitlines()]


class TestJSONParser(ParserContract):
    parser = JSONParser()
    malformed = (b"", b"{", b"[1,]", b'{"a" 1}', b"NaN", b'{"a": 1, "a": 2}', b'"\\ud800"', b"1e999")
    bombs = (b"[" * 100_000, b'{"a":' * 100_000, b"9" * 100_000)

    def write(self, data):
        return json.dumps(data).encode()


class TestJSONParserOfUTF8(TestJSONParser):
    def write(self, data):
        return json.dumps(data, ensure_ascii=False, indent=2).encode()


class TestPlugin(PluginContract):
    name = "json"
    wrong_options = ({"max_depth": 0}, {"max_depth": 501}, {"max_depth": True}, {"indent": 2})
