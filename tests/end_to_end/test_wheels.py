"""What pip installs: the wheels, and a third party's plugin that a clean environment finds, lists and uses."""

from __future__ import annotations

import json
import subprocess
import sys
from email.message import Message
from email.parser import Parser
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import ZipFile

import pytest

from tests.end_to_end.installing import PROJECTS, ROOT, build, install, make_environment, run, write

# -- a third party's plugin, as somebody else would write it ------------------------------------

SHOUT = {
    "pyproject.toml": """
        [build-system]
        requires = ["hatchling"]
        build-backend = "hatchling.build"

        [project]
        name = "shouting-api"
        version = "3.2.1"
        requires-python = ">=3.11"
        dependencies = ["piston-core"]

        [project.entry-points."piston.plugins"]
        shout = "shouting_api.plugin"

        [tool.hatch.build.targets.wheel]
        packages = ["shouting_api"]
        """,
    "shouting_api/__init__.py": "",
    "shouting_api/plugin.py": """
        from piston_core import Emitter, hookimpl


        class ShoutEmitter(Emitter):
            name = "shout"
            media_types = ("text/x-shout",)

            def emit(self, document, request):
                return f"{document.data}!".upper().encode()

            def stream(self, document, request):
                for row in document.data:
                    yield f"{row}!".upper().encode()


        @hookimpl
        def piston_emitters():
            return [ShoutEmitter()]
        """,
}

# -- the project that uses it -------------------------------------------------------------------

PROJECT = {
    "settings.py": """
        import json, os

        SECRET_KEY = "of a test"
        ALLOWED_HOSTS = ["*"]
        INSTALLED_APPS = ["piston_core"]
        ROOT_URLCONF = "urls"
        PISTON = json.loads(os.environ["PISTON"])
        """,
    "urls.py": """
        from django.urls import include, path
        from piston_core import Api, BaseHandler


        class WordHandler(BaseHandler):
            def read(self, request, word):
                return {"word": word}


        api = Api(authentication=())
        api.route("<slug:word>/", WordHandler)
        urlpatterns = [path("api/", include(api.urls))]
        """,
    "ask.py": """
        import json, sys

        import django
        from django.test import Client

        django.setup()
        import piston_core

        response = Client(raise_request_exception=False).get(sys.argv[1], headers=json.loads(sys.argv[2]))
        answer = {
            "status": response.status_code,
            "type": response.headers["Content-Type"],
            "body": response.content.decode(),
            "modules": [*sys.modules],
            "core": piston_core.__file__,
        }
        print(json.dumps(answer))
        """,
}


@pytest.fixture(scope="module")
def wheels(tmp_path_factory) -> dict[str, Path]:
    """Build every distribution of this repository, and the third party's."""
    target = tmp_path_factory.mktemp("wheels")
    projects = {**PROJECTS, "shouting_api": write(tmp_path_factory.mktemp("shouting"), SHOUT)}
    return {name: build(project, target) for name, project in projects.items()}


class Site(NamedTuple):
    """A project in an environment of its own."""

    python: Path
    folder: Path
    alone: dict[str, Any]

    def run(self, *arguments: str, piston: object = None) -> subprocess.CompletedProcess[str]:
        """Run Python in the project's folder."""
        settings = {"DJANGO_SETTINGS_MODULE": "settings", "PISTON": json.dumps(piston or {})}
        return run(self.python, self.folder, *arguments, **settings)

    def get(self, address: str, piston: object = None, **headers: str) -> dict[str, Any]:
        ran = self.run("ask.py", address, json.dumps(headers), piston=piston)
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)

    def plugins(self, piston: object = None) -> dict[str, dict[str, Any]]:
        ran = self.run("-m", "django", "piston", "plugins", "--json", piston=piston)
        assert (ran.returncode, ran.stderr) == (0, "")
        return {row["name"]: row for row in json.loads(ran.stdout)}


@pytest.fixture(scope="module")
def site(wheels, tmp_path_factory) -> Site:
    """Make a clean environment: first the core alone, which is asked at once, then everything else."""
    python = make_environment(tmp_path_factory.mktemp("environment"))
    site = Site(python, write(tmp_path_factory.mktemp("site"), PROJECT), {})
    install(python, wheels["piston_core"])
    site.alone.update(
        answer=site.get("/api/hello/"),
        plugins=site.plugins(),
        check=site.run("-m", "django", "check"),
    )
    install(python, *(wheel for name, wheel in wheels.items() if name != "piston_core"))
    return site


# -- the wheels ---------------------------------------------------------------------------------


def metadata(wheel: Path) -> Message:
    with ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return Parser().parsestr(archive.read(name).decode())


def test_every_distribution_of_the_repository_is_built(wheels):
    assert {*wheels} == {*PROJECTS, "shouting_api"}


# The one distribution that brings two packages.
BESIDE = {"piston_compat": ("piston",)}


def test_a_wheel_holds_its_package_with_types_and_nothing_else(wheels):
    for name, wheel in wheels.items():
        source = PROJECTS.get(name, ROOT)
        with ZipFile(wheel) as archive:
            files = {file for file in archive.namelist() if ".dist-info/" not in file}
        if name != "shouting_api":
            expected = {
                path.relative_to(source).as_posix()
                for package in (name, *BESIDE.get(name, ()))
                for path in (source / package).rglob("*")
                if path.is_file() and "__pycache__" not in path.parts
            }

            assert files == expected
            assert {f"{each}/py.typed" for each in (name, *BESIDE.get(name, ()))} <= files


def test_no_wheel_holds_tests_or_what_the_machine_left(wheels):
    for wheel in wheels.values():
        with ZipFile(wheel) as archive:
            names = archive.namelist()

        for unwanted in (
            "tests",
            "test_",
            "__pycache__",
            ".pyc",
            "benchmarks",
            "examples",
            "docs/",
            ".sqlite3",
            "conftest",
        ):
            assert [name for name in names if unwanted in name] == []


@pytest.mark.parametrize(
    ("name", "requirements"),
    [
        ("piston_core", {"django>=5.2", "importlib-metadata>=8", "pluggy<2,>=1.7"}),
        ("piston_json", {"orjson>=3.10", "piston-core<0.2,>=0.1"}),
        ("piston_xml", {"defusedxml>=0.7.1", "piston-core<0.2,>=0.1"}),
        ("piston_yaml", {"piston-core<0.2,>=0.1", "pyyaml>=6.0.1"}),
        ("piston_html", {"piston-core<0.2,>=0.1"}),
        ("piston_pickle", {"piston-core<0.2,>=0.1"}),
        (
            "piston_compat",
            {
                "piston-core<0.2,>=0.1",
                "piston-json<0.2,>=0.1",
                "piston-throttle<0.2,>=0.1",
                "piston-yaml<0.2,>=0.1",
                "pyyaml>=6.0.1",
                "piston-oauth<0.2,>=0.1; extra == 'oauth'",
                "oauthlib>=3.2",
            },
        ),
        ("piston_csv", {"piston-core<0.2,>=0.1"}),
        ("piston_hydra", {"piston-core<0.2,>=0.1"}),
        ("piston_auth", {"piston-core<0.2,>=0.1"}),
        (
            "piston_oauth",
            {
                "piston-core<0.2,>=0.1",
                "oauthlib>=3.2",
                "cryptography>=42",
                "django-oauth-toolkit>=3.4; extra == 'oauth2'",
            },
        ),
        (
            "piston_openapi",
            {
                "piston-core<0.2,>=0.1",
                "drf-spectacular-sidecar>=2025.1; extra == 'swagger'",
                "drf-spectacular-sidecar>=2025.1; extra == 'redoc'",
            },
        ),
        ("piston_throttle", {"piston-core<0.2,>=0.1", "redis>=5; extra == 'redis'"}),
    ],
)
def test_a_wheel_says_what_it_is_and_what_it_needs(wheels, name, requirements):
    found = metadata(wheels[name])

    assert found["Name"] == name.replace("_", "-")
    assert found["Version"] == wheels[name].name.split("-")[1]
    assert found["Requires-Python"] == ">=3.11"
    assert {requirement.lower() for requirement in found.get_all("Requires-Dist", [])} == requirements
    assert "Typing :: Typed" in found.get_all("Classifier", [])
    assert found["Description-Content-Type"] == "text/markdown"
    assert found["Summary"]


@pytest.mark.parametrize("name", PROJECTS)
def test_a_plugins_wheel_declares_its_entry_point_and_the_core_none(wheels, name):
    group = "piston.plugins.named" if name == "piston_pickle" else "piston.plugins"
    more = "\n[piston.plugins.named]\noauth2 = piston_oauth.oauth2\n" if name == "piston_oauth" else ""
    with ZipFile(wheels[name]) as archive:
        found = [archive.read(file).decode() for file in archive.namelist() if file.endswith("/entry_points.txt")]

    point = f"[{group}]\n{name.removeprefix('piston_')} = {name}\n{more}"
    assert found == ([point] if name != "piston_core" else [])


# -- the core alone -----------------------------------------------------------------------------


def test_the_core_alone_answers_that_it_has_no_format(site):
    answer = site.alone["answer"]

    assert (answer["status"], answer["type"]) == (406, "text/plain; charset=utf-8")
    assert "no emitter plugin is enabled" in answer["body"]
    assert not {"orjson", "piston_json", "piston_auth"} & {*answer["modules"]}


def test_the_core_alone_lists_no_plugin_and_says_what_is_missing(site):
    check = site.alone["check"]

    assert site.alone["plugins"] == {}
    assert check.returncode == 0
    assert "(piston.W002) No emitter is enabled" in check.stderr
    assert "pip install piston-json" in check.stderr


# -- with plugins -------------------------------------------------------------------------------


def test_the_environment_is_complete_and_its_own(site):
    command = [sys.executable, "-m", "pip", "--python", site.python, "--disable-pip-version-check", "check"]
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)

    assert ran.stdout.strip() == "No broken requirements found."
    assert Path(site.get("/api/hello/")["core"]).is_relative_to(site.python.parents[1])


def test_a_third_partys_plugin_is_found_and_listed(site):
    assert site.plugins()["shout"] == {
        "name": "shout",
        "distribution": "shouting-api",
        "version": "3.2.1",
        "status": "enabled",
        "hooks": ["piston_emitters"],
        "offers": ["emitter shout"],
        "failure": "",
        "fix": "",
    }


def test_without_settings_every_installed_plugin_is_enabled_but_those_that_have_to_be_named(site):
    found = site.plugins()
    enabled = [name for name, row in found.items() if row["status"] == "enabled"]

    assert enabled == sorted({*found} - {"oauth2", "pickle"})
    assert {"auth", "json", "shout", "xml", "yaml"} <= {*enabled}
    assert found["pickle"]["status"] == found["oauth2"]["status"] == "installed"


@pytest.mark.parametrize(
    ("address", "headers"), [("/api/hello/?format=shout", {}), ("/api/hello/", {"Accept": "text/x-shout"})]
)
def test_a_third_partys_plugin_is_used_over_http(site, address, headers):
    answer = site.get(address, {"PLUGINS": ["json", "shout"]}, **headers)

    assert (answer["status"], answer["type"]) == (200, "text/x-shout")
    assert answer["body"] == "{'WORD': 'HELLO'}!"


def test_a_plugin_that_is_not_enabled_is_not_imported_and_not_served(site):
    only_json = {"PLUGINS": ["json"]}
    answer = site.get("/api/hello/?format=shout", only_json)

    assert answer["status"] == 406
    assert not [name for name in answer["modules"] if name.startswith(("shouting_api", "piston_auth"))]
    assert site.plugins(only_json)["shout"]["status"] == "installed"
    assert site.plugins(only_json)["shout"]["fix"] == 'add "shout" to PISTON["PLUGINS"] to enable it'


def test_the_order_of_the_settings_decides_what_a_client_gets_that_takes_anything(site):
    first_json, first_shout = (
        site.get("/api/hello/", {"PLUGINS": plugins})["type"] for plugins in (["json", "shout"], ["shout", "json"])
    )

    assert (first_json, first_shout) == ("application/json", "text/x-shout")
