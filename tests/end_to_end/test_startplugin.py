"""What ``piston startplugin`` writes: built, installed, enabled as the READMEs say, and used over HTTP."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.core.management import call_command

from piston_core.management.scaffold import KINDS
from tests.end_to_end.installing import PROJECTS, build, install, make_environment, run, write

KEY = {"X-Api-Key": "a key of bob's"}

# -- the project that uses them -----------------------------------------------------------------

PROJECT = {
    "settings.py": """
        import json, os

        SECRET_KEY = "of a test"
        ALLOWED_HOSTS = ["127.0.0.1"]
        INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "piston_core"]
        DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}}
        ROOT_URLCONF = "urls"
        PISTON = json.loads(os.environ["PISTON"])
        """,
    "urls.py": """
        from django.urls import include, path
        from piston_core import Api, BaseHandler


        class EchoHandler(BaseHandler):
            def read(self, request):
                return {"user": request.user.get_username()}

            def create(self, request):
                return {"received": request.data}


        api = Api()
        api.route("", EchoHandler)
        urlpatterns = [path("", include(api.urls))]
        """,
    "ask.py": """
        import json, sys
        from http.client import HTTPConnection
        from threading import Thread
        from wsgiref.simple_server import make_server

        from django.core.wsgi import get_wsgi_application

        server = make_server("127.0.0.1", 0, get_wsgi_application())

        from django.contrib.auth.models import User
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        User.objects.get_or_create(username="bob")
        Thread(target=server.serve_forever, daemon=True).start()
        answers = []
        for method, headers, body in json.loads(sys.argv[1]):
            connection = HTTPConnection(*server.server_address, timeout=10)
            connection.request(method, "/", body, headers)
            answer = connection.getresponse()
            answers.append((answer.status, dict(answer.headers), answer.read().decode()))
            connection.close()
        print(json.dumps(answers))
        """,
}


class Site(NamedTuple):
    """The project, in an environment where one plugin of every kind is installed and enabled."""

    python: Path
    folder: Path
    plugins: dict[str, Path]
    piston: dict[str, Any]

    def run(self, *arguments: str) -> str:
        """Return what Python prints, which must not fail."""
        settings = {"DJANGO_SETTINGS_MODULE": "settings", "PISTON": json.dumps(self.piston)}
        ran = run(self.python, self.folder, *arguments, **settings)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def ask(self, *requests: tuple[str, dict[str, str], str | None]) -> list[Any]:
        """Return status, header fields and body of each answer of a server of its own."""
        return json.loads(self.run("ask.py", json.dumps(requests)))


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Site:
    """Write a plugin of every kind, build them all, and install them into one environment."""
    written, wheels = tmp_path_factory.mktemp("written"), tmp_path_factory.mktemp("wheels")
    for kind in KINDS:
        call_command("piston", "startplugin", kind, f"my-{kind}", "--directory", str(written), verbosity=0)
    plugins = {kind: written / f"piston-my-{kind}" for kind in KINDS}
    projects = [PROJECTS["piston_core"], PROJECTS["piston_json"], *plugins.values()]
    python = make_environment(tmp_path_factory.mktemp("environment"))
    install(python, *[build(project, wheels) for project in projects], "pytest")
    piston = merged([settings_in(each / "README.md") for each in plugins.values()])
    return Site(python, write(tmp_path_factory.mktemp("site"), PROJECT), plugins, piston)


def settings_in(readme: Path) -> dict[str, Any]:
    """Return the settings that a README tells its reader to write."""
    [code] = re.findall(r"^```python\n(.*?)^```", readme.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    namespace: dict[str, Any] = {}
    exec(code.replace("the digest", sha256(KEY["X-Api-Key"].encode()).hexdigest()), namespace)
    return namespace["PISTON"]


def merged(several: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the settings of a project that follows several READMEs."""
    result: dict[str, Any] = {}
    for name, value in (item for each in several for item in each.items()):
        if isinstance(value, dict):
            result[name] = result.get(name, {}) | value
        else:
            result[name] = [*dict.fromkeys([*result.get(name, []), *value])]
    return result


def test_the_installed_command_writes_plugins(site, tmp_path):
    """What it copies comes with the wheel."""
    site.run("-m", "django", "piston", "startplugin", "emitter", "another", "--directory", str(tmp_path))

    assert "AnotherEmitter" in (tmp_path / "piston-another" / "piston_another" / "__init__.py").read_text()


# -- what they do -------------------------------------------------------------------------------


def test_every_plugin_is_enabled_and_the_checks_find_nothing(site):
    rows = {row["name"]: row for row in json.loads(site.run("-m", "django", "piston", "plugins", "--json"))}

    for kind in KINDS:
        row = rows[f"my-{kind}"]
        assert (row["distribution"], row["version"], row["status"]) == (f"piston-my-{kind}", "0.1.0", "enabled")
        assert row["offers"] == [f"{kind.replace('-', ' ')} my-{kind}"]
    assert site.run("-m", "django", "check") == "System check identified no issues (0 silenced).\n"


def test_the_authenticator_lets_in_who_has_a_key(site):
    [good, bad, none] = site.ask(("GET", KEY, None), ("GET", {"X-Api-Key": "a guess"}, None), ("GET", {}, None))

    assert (good[0], json.loads(good[2])) == (200, {"user": "bob"})
    assert (bad[0], none[0]) == (401, 401)
    assert none[1]["WWW-Authenticate"] == 'Key header="X-Api-Key"'


def test_the_emitter_writes_answers(site):
    [(status, headers, body)] = site.ask(("GET", KEY | {"Accept": "application/x-my-emitter"}, None))

    assert (status, headers["Content-Type"]) == (200, "application/x-my-emitter")
    assert json.loads(body) == {"user": "bob"}


def test_the_parser_reads_bodies(site):
    headers = KEY | {"Content-Type": "application/x-my-parser"}
    [good, bad, deep] = site.ask(
        *(("POST", headers, body) for body in ('{"a": [1]}', '{"a": ', "[" * 5000 + "]" * 5000))
    )

    assert json.loads(good[2]) == {"received": {"a": [1]}}
    assert (bad[0], deep[0]) == (400, 400)
    assert "line 1 column 7" in json.loads(bad[2])["detail"]


def test_the_throttle_counts_requests(site):
    options = {"limit": 3, "window": 10**6}  # so long that none ends in the midst of this
    piston = merged([site.piston, {"OPTIONS": {"my-throttle": options}}])
    answers = site._replace(piston=piston).ask(*[("GET", KEY, None)] * 4)

    assert [status for status, _, _ in answers] == [200, 200, 200, 429]
    assert answers[0][1]["RateLimit-Policy"] == '"my-throttle";q=3;w=1000000'
    assert answers[-1][1]["RateLimit"].startswith('"my-throttle";r=0;t=')


def test_the_link_builder_leads_to_the_documentation(site):
    [(_, headers, _)] = site.ask(("GET", KEY, None))

    assert headers["Link"] == '</docs/>; rel="service-doc"'


@pytest.mark.parametrize("kind", KINDS)
def test_the_tests_of_a_plugin_pass(site, kind):
    """They run as its author runs them, but against the package that is installed."""
    ran = run(site.python, site.plugins[kind], "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider")

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert re.search(r"^\d\d passed in", ran.stdout, re.MULTILINE)
