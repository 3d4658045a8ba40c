"""JSON, JSON Lines and patches keep every promise of an emitter and of a parser; the standard library is the judge."""

from __future__ import annotations

import json

from piston_core.testing import EmitterContract, ParserContract, PatchContract, PluginContract
from piston_json import JSONEmitter, JSONLinesEmitter, JSONParser, JSONPatchParser, MergePatchParser


class TestJSONEmitter(EmitterContract):
    emitter = JSONEmitter()

    def read(self, body):
        return json.loads(body)


class TestIndentedJSONEmitter(TestJSONEmitter):
    emitter = JSONEmitter(indent=True)


class TestJSONLinesEmitter(EmitterContract):
    emitter = JSONLinesEmitter()
    lossy = frozenset({"single"})

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


class TestMergePatchParser(PatchContract):
    parser = MergePatchParser()
    lossy = frozenset({"null"})
    malformed = TestJSONParser.malformed
    bombs = TestJSONParser.bombs
    changes = (
        ({"a": 1, "b": 2}, b'{"a": null, "c": null}', {"b": 2}),
        ({"a": {"b": [1], "c": 2}}, b'{"a": {"b": [], "d": {"e": null}}}', {"a": {"b": [], "c": 2, "d": {}}}),
        ({"a": 1}, b"[null]", [None]),
    )

    def write(self, data):
        return json.dumps(data).encode()


def operation(op, path, **members):
    return {"op": op, "path": path, **members}


class TestJSONPatchParser(PatchContract):
    parser = JSONPatchParser()
    malformed = (
        *TestJSONParser.malformed,
        b'{"op": "remove", "path": "/a"}',
        b"[1]",
        b'[{"op": "add", "path": "/a"}]',
        b'[{"op": "remove", "path": "a"}]',
    )
    bombs = (
        *TestJSONParser.bombs,
        json.dumps(
            [operation("add", "", value={"a": [0]}), *[operation("copy", "/a/-", **{"from": "/a"})] * 99]
        ).encode(),
        json.dumps([operation("add", "/a", value=1)] * 1001).encode(),
    )
    changes = (
        ({"a": [1, 2]}, b'[{"op": "add", "path": "/a/1", "value": {"b": []}}]', {"a": [1, {"b": []}, 2]}),
        ({"a": {"b": 1}}, b'[{"op": "move", "from": "/a/b", "path": "/c"}]', {"a": {}, "c": 1}),
        ({"a": [[]]}, b'[{"op": "copy", "from": "/a", "path": "/a/0/0"}]', {"a": [[[[]]]]}),
        ({"a": 1}, b'[{"op": "test", "path": "/a", "value": 1.0}, {"op": "remove", "path": "/a"}]', {}),
    )
    conflicts = (
        ({"a": [1]}, b'[{"op": "remove", "path": "/a/0"}, {"op": "test", "path": "/a", "value": [1]}]'),
        ({"a": [1]}, b'[{"op": "add", "path": "/b", "value": {}}, {"op": "replace", "path": "/a/1", "value": 2}]'),
    )

    def write(self, data):
        return json.dumps([operation("add", "", value=data)]).encode()


class TestPlugin(PluginContract):
    name = "json"
    wrong_options = (
        {"max_depth": 0},
        {"max_depth": 501},
        {"max_depth": True},
        {"indent": 2},
        {"max_operations": 0},
        {"max_operations": 10_001},
    )
