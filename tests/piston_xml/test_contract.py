"""The promises that every emitter and every parser keeps, judged by readers and writers on the standard library."""

from __future__ import annotations

from typing import Any

from piston_core.testing import EmitterContract, ParserContract
from piston_xml import XMLEmitter, XMLParser
from tests.piston_xml import judges

LAUGHS = b"<!DOCTYPE a [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'><!ENTITY c '&b;&b;'>]><a>&c;</a>"


class TestXMLEmitter(EmitterContract):
    emitter = XMLEmitter()

    def read(self, body: bytes) -> Any:
        return judges.read(body)

    def read_problem(self, body: bytes) -> Any:
        return judges.problem(body)


class TestXMLParser(ParserContract):
    parser = XMLParser()
    malformed = (
        b"",
        b"<a>",
        b"a",
        b"<a/><b/>",
        b"<a>&b;</a>",
        b"<a><b/><b/></a>",
        b"<a>t<b/></a>",
        b"<a>\x00</a>",
        b"\xff",
    )
    bombs = (LAUGHS, b"<a>" * 100_000, b"<a type='integer'>" + b"9" * 5000 + b"</a>", b"<a " + b"b='' " * 9 + b"/>")

    def write(self, data: Any) -> bytes:
        return judges.write(data)
