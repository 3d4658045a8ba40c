"""The page of the kit names what there is; the kit runs under other runners, and without one."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unittest

import pytest
from django.test import SimpleTestCase

import piston_core.testing
from piston_core import Api, BaseHandler, PluginError, Resource
from piston_core.testing import CAPABILITIES, ParserContract, serving
from piston_json import JSONParser
from tests.docs.runner import ROOT

PAGE = (ROOT / "docs" / "plugins" / "testing.md").read_text(encoding="utf-8")


def test_every_name_of_the_kit_is_explained():
    listed = re.findall(r"`(\w+)`", PAGE.partition("\n\nThe kit")[0].partition("|---|")[2])

    assert sorted(listed) == sorted(piston_core.testing.__all__)


def test_every_capability_is_explained_in_the_words_of_the_kit():
    assert dict(re.findall(r"^\| `([\w-]+)` \| (.*) \|$", PAGE, re.MULTILINE)).items() >= CAPABILITIES.items()


def test_the_kit_is_imported_without_pytest_and_without_a_project():
    code = "import sys, piston_core.testing; print(*sorted({'pytest', 'hypothesis'} & {*sys.modules}))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)

    assert (run.returncode, run.stdout, run.stderr) == (0, "\n", "")


def test_a_contract_is_a_test_case_of_unittest_as_well():
    class Tests(ParserContract, SimpleTestCase):
        parser = JSONParser()
        malformed = (b"{", b"{}")

        def write(self, data):
            return json.dumps(data).encode()

    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(Tests).run(result)

    assert result.testsRun == 14
    assert [test.id().rpartition(".")[2] for test, _ in result.failures] == [
        "test_malformed_bodies_are_refused",
        "test_no_handler_is_called_with_a_refused_body",
    ]
    assert "b'{}': it was read, as {}" in result.failures[0][1]
    assert result.errors == []


class Shelf(BaseHandler):
    def read(self, request):
        return {"shelf": "A"}


def api() -> Api:
    made = Api()
    made.route("shelf/", Shelf)
    return made


@pytest.mark.parametrize(
    ("served", "address"), [(Shelf, "/"), (Shelf(), "/"), (Resource(Shelf), "/"), (api(), "/shelf/")]
)
def test_whatever_answers_is_served(served, address):
    with serving(served, plugins=["json"]) as client:
        assert client.get(address).json() == {"shelf": "A"}


def test_only_the_plugins_that_are_named_are_served():
    with serving(Shelf, plugins=["json"]) as client:
        assert client.get("/", headers={"Accept": "application/xml"}).status_code == 406
    with serving(Shelf) as client:
        assert client.get("/").status_code == 406


def test_other_settings_hold_for_the_block():
    options = {"OPTIONS": {"json": {"indent": True}}}
    with serving(Shelf, plugins=["json"], PISTON=options, APPEND_SLASH=False) as client:
        assert client.get("/").content == b'{\n  "shelf": "A"\n}'


def test_a_part_that_cannot_be_used_says_so_before_the_first_request():
    class Odd(JSONParser):
        media_types = ("json",)

    with pytest.raises(PluginError, match="unusable media type 'json'"), serving(Shelf, parsers=[Odd()]):
        pass
