"""``manage.py piston openapi``."""

from __future__ import annotations

import json
import sys
from io import StringIO
from types import ModuleType

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings
from openapi_spec_validator import validate

from blog.handlers import TagHandler
from piston_core import PluginError, hookimpl
from piston_core.management.commands.piston import Command
from piston_core.registry import get_registry
from piston_openapi import OpenAPICommand

OPENAPI = {"PLUGINS": ["json", "auth", "openapi", "blog.api_hooks"], "AUTHENTICATORS": ["basic"]}


@pytest.fixture(autouse=True)
def _enabled():
    with override_settings(PISTON=OPENAPI):
        yield


def run(*arguments):
    out = StringIO()
    call_command("piston", "openapi", *arguments, stdout=out)
    return out.getvalue()


def test_it_prints_the_document():
    assert json.loads(run())["openapi"] == "3.1.1"
    assert json.loads(run("--openapi-version", "3.2"))["openapi"] == "3.2.0"
    assert json.loads(run("--api", "blog.urls.api"))["info"]["title"] == "Blog"


def test_what_was_saved_is_what_there_is(tmp_path):
    saved = tmp_path / "openapi.json"
    run("--output", str(saved))

    assert "Nothing breaks" in run("--check", str(saved))


def test_what_breaks_is_told_and_ends_in_failure(tmp_path):
    saved = tmp_path / "openapi.json"
    run("--output", str(saved))
    old = json.loads(saved.read_text())
    old["paths"]["/api/gone/"] = {"get": {"responses": {"200": {"description": "It was there."}}}}
    del old["paths"]["/api/tags/"]
    saved.write_text(json.dumps(old))
    out = StringIO()

    with pytest.raises(CommandError, match="1 of 2 changes break"):
        call_command("piston", "openapi", "--check", str(saved), stdout=out)

    assert out.getvalue().splitlines() == ["breaks  GET /api/gone/: is gone", "new     GET /api/tags/: is new"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--check", "nowhere.json"], "no OpenAPI document"),
        (["--api", "blog.urls.nothing"], "dotted name of an Api"),
        (["--api", "blog.urls.urlpatterns"], "has to be an Api"),
        (["--openapi-version", "2.0"], r"3\.1 or 3\.2"),
    ],
)
def test_what_cannot_be_done_is_said(arguments, told):
    with pytest.raises(CommandError, match=told):
        run(*arguments)


@pytest.mark.parametrize("content", ["", "[]", "{", '{"paths": []}', '{"paths": {"/": {"get": {"responses": 1}}}}'])
def test_a_file_that_is_no_document_is_told_as_such(tmp_path, content):
    saved = tmp_path / "openapi.json"
    saved.write_text(content)

    with pytest.raises(CommandError):
        run("--check", str(saved))


def test_examples_are_what_everybody_reads(blog):
    found = json.loads(run("--examples"))

    def example(path):
        return found["paths"][path]["get"]["responses"]["200"]["content"]["application/json"].get("example")

    assert [list(each) for each in example("/api/tags/")] == [["name", "slug"]]
    assert len(example("/api/posts/")) == 1
    assert example("/api/posts/{slug}/")["title"]
    assert example("/api/statistics/")["posts"] == 37
    assert example("/api/other/{username}/{data}/") is None
    validate(found)


def test_what_fails_has_no_example(db, monkeypatch):
    def fail(*arguments):
        raise RuntimeError

    monkeypatch.setattr(TagHandler, "read", fail)
    found = json.loads(run("--examples"))

    assert "example" not in str(found["paths"]["/api/tags/"])


def test_it_is_a_command_only_where_the_plugin_is_enabled():
    """The hook piston_commands adds it."""
    parser = Command().create_parser("manage.py", "piston")
    assert "openapi" in parser.format_help()

    with override_settings(PISTON={"PLUGINS": ["json"]}):
        assert "openapi" not in Command().create_parser("manage.py", "piston").format_help()
    with override_settings(PISTON={"PLUGINS": ["nothing-of-this-name"]}):
        assert "openapi" not in Command().create_parser("manage.py", "piston").format_help()


@pytest.mark.parametrize("name", ["routes", "plugins", "plan", "startplugin"])
def test_a_plugin_cannot_take_the_place_of_a_command_of_the_core(monkeypatch, name):
    module = ModuleType("fake_commands")
    module.piston_commands = hookimpl(lambda: [type("Own", (OpenAPICommand,), {"name": name})()])
    monkeypatch.setitem(sys.modules, "fake.commands", module)

    with override_settings(PISTON={"PLUGINS": ["fake.commands"]}), pytest.raises(PluginError, match=name):
        get_registry()
