"""The HTML emitter keeps the contract of emitters: a page shows all of the data, so that it can be read back."""

from __future__ import annotations

from piston_core.testing import EmitterContract, PluginContract
from piston_html import HTMLEmitter
from tests.piston_html import reading


class TestHTMLEmitter(EmitterContract):
    emitter = HTMLEmitter()

    def read(self, body):
        return reading.data(body)

    def read_problem(self, body):
        return reading.problem(body)


class TestFolded(TestHTMLEmitter):
    """What is folded is all there as well."""

    emitter = HTMLEmitter(max_rows=0)


class TestPlugin(PluginContract):
    name = "html"
