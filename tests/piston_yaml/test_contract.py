"""The promises that every emitter and every parser keeps."""

from __future__ import annotations

from typing import Any

import yaml

from piston_core.testing import EmitterContract, ParserContract
from piston_yaml import YAMLEmitter, YAMLParser
from tests.piston_yaml.judges import END


class TestYAMLEmitter(EmitterContract):
    emitter = YAMLEmitter()

    def read(self, body: bytes) -> Any:
        if not body.endswith(END):
            raise EOFError("the document has no end marker")
        return yaml.load(body, Loader=yaml.CSafeLoader)


class TestYAMLParser(ParserContract):
    parser = YAMLParser()
    malformed = (
        b"a: b: c",
        b"[1, 2",
        b'"open',
        b"a: 1\n b: 2",
        b"a: 1\na: 2",
        b"\xff",
        b"a\x00",
        b"- a\n---\n- b",
        b"",
    )
    bombs = (b"[" * 100_000, b"- " * 100_000, b"a: &a [x]\nb: [*a, *a]", b"&a [*a]", b"9" * 5000)

    def write(self, data: Any) -> bytes:
        """Write everything in quotes and with tags: PyYAML means YAML 1.1, where ``1e3`` is text."""
        return yaml.dump(data, Dumper=NoAliases, default_style='"').encode()


class NoAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True
