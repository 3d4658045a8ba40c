"""Starting up: a server stops with the reason, a management command runs so that it can tell the reason."""

from __future__ import annotations

import json

import pytest

from tests.piston_core.plugins.conftest import emitter

SETUP = "import django; django.setup(); print('started')"
WSGI = "from django.core.wsgi import get_wsgi_application; get_wsgi_application(); print('started')"
ASGI = "from django.core.asgi import get_asgi_application; get_asgi_application(); print('started')"


@pytest.mark.parametrize("server", [SETUP, WSGI, ASGI], ids=["setup", "wsgi", "asgi"])
def test_a_server_whose_named_plugin_is_broken_does_not_start(install, run, server):
    install("xa", "import no_such_module_xyz", version="2.3")

    ran = run("-c", server, piston={"PLUGINS": ["json", "xa"]})

    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.splitlines()[-1].startswith(
        "piston_core.discovery.PluginError: plugin 'xa' (fake-xa 2.3) failed to import: ModuleNotFoundError"
    )


@pytest.mark.parametrize(
    ("piston", "error"),
    [
        ({"PLUGINS": ["nowhere"]}, "PluginError: No plugin named 'nowhere' is installed"),
        ({"PLUGIN": []}, "SettingsError: PISTON has the unknown key 'PLUGIN'; did you mean 'PLUGINS'?"),
        (
            {"PLUGINS": ["json"], "AUTHENTICATORS": ["basic"]},
            'SettingsError: PISTON["AUTHENTICATORS"] has the unknown',
        ),
    ],
)
def test_a_server_whose_settings_cannot_be_followed_does_not_start(run, piston, error):
    ran = run("-c", SETUP, piston=piston)

    assert (ran.returncode, ran.stdout) == (1, "")
    assert error in ran.stderr.splitlines()[-1]


def test_a_server_starts_without_a_broken_guest(install, run):
    install("xa", "import no_such_module_xyz")
    install("xb", emitter("xb"))

    code = f"{SETUP}; from piston_core.registry import get_registry; print(*get_registry().emitters)"
    ran = run("-c", code)

    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.split()[0] == "started"
    assert {"json", "xb"} <= {*ran.stdout.split()}


def test_a_server_has_its_plugins_before_the_first_request(install, run):
    install("xa")

    ran = run("-c", f"{SETUP}; import sys; print('fake_xa' in sys.modules)", piston={"PLUGINS": ["xa"]})

    assert ran.stdout.split() == ["started", "True"]


@pytest.mark.parametrize(
    ("plugins", "code"),
    [({"PLUGINS": ["xa"]}, "piston.E001"), ({"PLUGIN": ["xa"]}, "piston.E002")],
)
def test_the_check_command_says_it_without_a_traceback_and_fails(install, run, plugins, code):
    install("xa", "import no_such_module_xyz")

    ran = run("-m", "django", "check", piston=plugins)

    assert ran.returncode == 1
    assert f"({code})" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_the_check_command_warns_of_a_broken_guest_and_succeeds(install, run):
    install("xa", "import no_such_module_xyz")

    ran = run(
        "-m", "django", "check", piston={"OPTIONS": {"json": {}}}, more="SILENCED_SYSTEM_CHECKS = ['piston_auth.W001']"
    )

    assert ran.returncode == 0
    assert "(piston.W001) plugin 'xa' (fake-xa 1.0) failed to import" in ran.stderr


@pytest.mark.parametrize("command", [["-m", "django"], ["manage.py"]], ids=["django", "manage.py"])
def test_the_list_of_plugins_works_when_a_plugin_does_not(install, run, tmp_path, command):
    install("xa", "import no_such_module_xyz")
    (tmp_path / "manage.py").write_text(
        "import sys\nfrom django.core.management import execute_from_command_line as go\ngo(sys.argv)\n"
    )

    ran = run(*command, "piston", "plugins", "--json", piston={"PLUGINS": ["json", "xa"]})

    statuses = {row["name"]: row["status"] for row in json.loads(ran.stdout)}
    assert ran.returncode == 1
    assert (statuses["json"], statuses["xa"], statuses["auth"]) == ("enabled", "broken", "installed")
    assert ran.stderr.startswith("CommandError: plugin 'xa' (fake-xa 1.0) failed to import")
    assert len(ran.stderr.splitlines()) == 1


def test_the_list_of_plugins_succeeds_where_all_is_well(install, run):
    install("xa")

    ran = run("-m", "django", "piston", "plugins", "--json", piston={"PLUGINS": ["xa"]})

    assert (ran.returncode, ran.stderr) == (0, "")
    assert json.loads(ran.stdout)[0]["status"] == "enabled"


def test_djangos_own_server_does_not_start_with_a_broken_plugin(install, run):
    install("xa", "import no_such_module_xyz")

    ran = run(
        "-m", "django", "runserver", "--noreload", "127.0.0.1:0", piston={"PLUGINS": ["xa"]}, more="DEBUG = True"
    )

    assert ran.returncode == 1
    assert "(piston.E001) plugin 'xa' (fake-xa 1.0)" in ran.stderr
    assert "Starting development server" not in ran.stdout
