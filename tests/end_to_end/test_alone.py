"""Each distribution alone with the core: what it needs comes with it, and no package reaches into another."""

from __future__ import annotations

import json
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.installing import PROJECTS, build, install, make_environment, run, write

ALONE = [name for name in PROJECTS if name != "piston_core"]
# The one that holds others together, and these others.
NEEDS = {"piston_compat": ("piston_json", "piston_throttle", "piston_yaml")}

PROJECT = {
    "settings.py": """
        import json, os

        SECRET_KEY = "of a test"
        ALLOWED_HOSTS = ["*"]
        INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "piston_core"]
        ROOT_URLCONF = "project.urls"
        PISTON = json.loads(os.environ["PISTON"])
        """,
    "project/__init__.py": "",
    "project/urls.py": """
        import warnings
        from importlib.util import find_spec

        from django.urls import include, path
        from piston_core import Api, BaseHandler, Emitter, hookimpl


        class ReprEmitter(Emitter):
            name = "repr"
            media_types = ("text/x-repr",)
            problem_type = "text/x-repr"

            def emit(self, document, request):
                return repr(document.data).encode()

            def stream(self, document, request):
                yield repr(list(document.data)).encode()


        @hookimpl
        def piston_emitters():
            return [ReprEmitter()]


        class EchoHandler(BaseHandler):
            atomic = False

            def read(self, request):
                return [{"name": "Übung", "price": 1.5}]

            def create(self, request):
                return {"received": request.data}


        api = Api()
        api.route("echo/", EchoHandler)
        urlpatterns = [path("api/", include(api.urls))]
        if find_spec("piston_compat"):
            warnings.filterwarnings("ignore", "piston.+ is of django-piston")  # as Python itself does
            from piston.handler import BaseHandler as OldHandler
            from piston.resource import Resource as OldResource
            from piston.utils import throttle

            class OldEchoHandler(OldHandler):
                @throttle(100, 60)
                def read(self, request, name):
                    return {"name": name}

                def create(self, request, name):
                    return request.data

            urlpatterns.append(path("old/<name>", OldResource(OldEchoHandler)))
        if find_spec("piston_openapi"):
            urlpatterns.append(path("", include("piston_openapi.urls")))
        """,
    "ask.py": """
        import importlib_metadata, json, sys, base64

        import django
        from django.test import Client

        django.setup()
        client = Client(raise_request_exception=False)
        answers = []
        for method, address, body, content_type, headers in json.loads(sys.argv[1]):
            body = base64.b64decode(body)
            answers.append(client.generic(method, address, body, content_type, headers=headers))
        print(json.dumps({
            "answers": [[each.status_code, each.headers.get("Content-Type", ""), each.getvalue().decode("latin-1"),
                         each.headers.get("WWW-Authenticate", "")] for each in answers],
            "modules": sorted(name for name in sys.modules if name.startswith("piston_")),
            "installed": sorted(each.name for each in importlib_metadata.distributions()),
        }))
        """,
}

# What is asked of each package: method, address, body, content type, header fields; and how the answers begin.
USES: dict[str, tuple[list[Any], list[tuple[int, str, str]]]] = {
    "piston_json": (
        [("GET", "/api/echo.json", "", "", {}), ("POST", "/api/echo.json", '{"a": 1}', "application/json", {})],
        [(200, "application/json", '[{"name":'), (201, "application/json", '{"received":{"a":1}}')],
    ),
    "piston_xml": (
        [("GET", "/api/echo.xml", "", "", {}), ("POST", "/api/echo.xml", "<a><b>1</b></a>", "application/xml", {})],
        [(200, "application/xml", "<?xml"), (201, "application/xml", "<?xml")],
    ),
    "piston_yaml": (
        [("GET", "/api/echo.yaml", "", "", {}), ("POST", "/api/echo.yaml", "a: 1", "application/yaml", {})],
        [(200, "application/yaml", "- name: "), (201, "application/yaml", "received:\n  a: 1\n")],
    ),
    "piston_html": (
        [("GET", "/api/echo.html", "", "", {}), ("GET", "/api/echo.repr", "", "", {})],
        [(200, "text/html", "<!DOCTYPE html>"), (200, "text/x-repr", "[{'name':")],
    ),
    "piston_compat": (
        [
            ("GET", "/api/echo.repr", "", "", {}),
            ("GET", "/old/a", "", "", {}),
            ("GET", "/old/a?format=xml", "", "", {}),
            ("POST", "/old/a?format=yaml", '{"a": 1}', "application/json", {}),
            ("PATCH", "/old/a", "", "", {}),
        ],
        [
            (200, "text/x-repr", "[{'name':"),
            (200, "application/json", '{\n    "name": "a"\n}'),
            (200, "text/xml", "<?xml"),
            (200, "application/x-yaml", "a: 1\n"),
            (405, "text/html", ""),
        ],
    ),
    "piston_pickle": (
        [("GET", "/api/echo.pickle", "", "", {}), ("POST", "/api/echo.repr", "", "application/python-pickle", {})],
        [(200, "application/python-pickle", "\x80"), (201, "text/x-repr", "{'received': {}}")],
    ),
    "piston_csv": (
        [("GET", "/api/echo.csv", "", "", {}), ("POST", "/api/echo.repr", "a,b\r\n1,2\r\n", "text/csv", {})],
        [(200, "text/csv", "name,price\r\n"), (201, "text/x-repr", "{'received': [{'a': '1', 'b': '2'}]}")],
    ),
    "piston_hateoas": (
        [("GET", "/api/echo.hal", "", "", {}), ("GET", "/api/echo.siren", "", "", {})],
        [
            (200, "application/hal+json", '{"_links":{"self"'),
            (200, "application/vnd.siren+json", '{"class":["data","collection"]'),
        ],
    ),
    "piston_hydra": (
        [("GET", "/api/echo.hydra", "", "", {})],
        [(200, "application/ld+json", '{"@context":')],
    ),
    "piston_auth": (
        [("GET", "/api/echo.repr", "", "", {})],
        [(401, "text/x-repr", "{'type':")],
    ),
    "piston_oauth": (
        [("GET", "/api/echo.repr", "", "", {})],
        [(401, "text/x-repr", "{'type':")],
    ),
    "piston_openapi": (
        [
            ("GET", "/openapi.json", "", "", {}),
            ("GET", "/docs/", "", "", {}),
            ("GET", "/api/echo.repr", "", "", {}),
        ],
        [
            (200, "application/json", '{\n  "openapi": "3.1.1"'),
            (200, "text/html", "<!DOCTYPE html>"),
            (200, "text/x-repr", "[{'name':"),
        ],
    ),
    "piston_throttle": (
        [("GET", "/api/echo.repr", "", "", {}), ("GET", "/api/echo.repr", "", "", {})],
        [(200, "text/x-repr", "[{'name':"), (429, "text/x-repr", "{'type':")],
    ),
}
# What is said in the settings beside the plugins.
SAID: dict[str, dict[str, Any]] = {
    "piston_auth": {"AUTHENTICATORS": ["basic"]},
    "piston_oauth": {"AUTHENTICATORS": ["oauth"]},
    "piston_throttle": {
        "THROTTLES": ["once"],
        "OPTIONS": {"throttle": {"policies": {"once": {"limit": 1, "window": 60}}}},
    },
}


@pytest.fixture(scope="module")
def pythons(tmp_path_factory) -> dict[str, Path]:
    """Make an environment with the core, and on top of it one for each distribution, with what its wheel asks for."""
    target = tmp_path_factory.mktemp("wheels")
    wheels = {name: build(project, target) for name, project in PROJECTS.items()}
    core = make_environment(tmp_path_factory.mktemp("core"))
    install(core, wheels["piston_core"])
    made = {name: make_environment(tmp_path_factory.mktemp(name), core) for name in ALONE}
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda name: install(made[name], *(wheels[each] for each in (name, *_needs(name)))), ALONE))
    return made


def _needs(name: str) -> tuple[str, ...]:
    return NEEDS.get(name, ())


def test_every_distribution_is_tried():
    assert {*USES} == {*ALONE}


@pytest.mark.parametrize("name", ALONE)
def test_a_distribution_works_with_the_core_alone(pythons, tmp_path, name):
    requests, expected = USES[name]
    asked = [
        (method, at, b64encode(body.encode()).decode(), kind, headers) for method, at, body, kind, headers in requests
    ]
    said = SAID.get(name, {})
    piston = {"PLUGINS": [name.removeprefix("piston_"), "project.urls"], **said}
    folder = write(tmp_path, PROJECT)
    settings = {"DJANGO_SETTINGS_MODULE": "settings", "PISTON": json.dumps(piston)}
    ran = run(pythons[name], folder, "ask.py", json.dumps(asked), **settings)

    assert (ran.returncode, ran.stderr) == (0, "")
    told = json.loads(ran.stdout)
    assert {each.partition(".")[0] for each in told["modules"]} == {"piston_core", name, *_needs(name)}
    ours = {each.replace("_", "-") for each in ("piston_core", name, *_needs(name))}
    assert {each for each in told["installed"] if each.startswith("piston")} == ours
    for answer, (status, media_type, beginning) in zip(told["answers"], expected, strict=True):
        assert (answer[0], answer[1].partition(";")[0]) == (status, media_type), answer
        assert answer[2].startswith(beginning), answer
    assert ("AUTHENTICATORS" in said) == bool(told["answers"][0][3])
