"""The plugin: its options, what it offers, and what the system checks say of stores that cannot be exact."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import sleep

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import connections
from django.test import override_settings

from piston_core import SettingsError
from piston_core.registry import get_registry
from piston_throttle import Options, Policy, Store, Taken
from piston_throttle.counting import counting
from piston_throttle.stores.memory import MemoryStore


def piston(**options):
    return {"PLUGINS": ["json", "throttle"], "OPTIONS": {"throttle": options}}


class Exact(Store):
    exact = True

    def take(self, key, quota, cost):
        return Taken(True, 1, 0)


class Guessing(Exact):
    exact = False


@pytest.fixture
def ids():
    """Return what tells the codes that a project's checks find with some options."""

    def found(deploy=False, **options):
        with override_settings(PISTON=piston(**options), ROOT_URLCONF=()):
            messages = run_checks(include_deployment_checks=deploy)
        return sorted(each.id for each in messages if each.id.startswith("piston"))

    return found


def test_without_options_the_documented_defaults_hold():
    assert Options() == Options(
        store="memory",
        database="default",
        redis_url="redis://localhost:6379/0",
        redis_timeout=0.25,
        max_keys=100_000,
        when_down="open",
        policies=None,
    )


BURST = {"limit": 5, "window": 60}
WRONG = [
    ({"store": "memcached"}, "store is 'memcached'; it has to be one of: memory, database, redis"),
    ({"store": None}, "store is None"),
    ({"store": "nowhere.Store"}, "has the store 'nowhere.Store'"),
    ({"store": "django.http.HttpRequest"}, "has to be a subclass of piston_throttle.Store"),
    ({"database": ""}, "database is ''"),
    ({"redis_url": "http://localhost"}, "redis_url is no address"),
    ({"redis_url": "redis://:hunter2@host:port/0"}, "redis_url is no address"),
    ({"redis_url": b"redis://localhost"}, "redis_url is no address"),
    ({"redis_timeout": 0}, "redis_timeout is 0"),
    ({"redis_timeout": True}, "redis_timeout is True"),
    ({"redis_timeout": float("nan")}, "redis_timeout is nan"),
    ({"max_keys": 10}, "max_keys is 10"),
    ({"when_down": "ajar"}, "when_down is 'ajar'"),
    ({"when_dwon": "open"}, "did you mean 'when_down'?"),
    ({"policies": ["burst"]}, "policies has to be a dictionary"),
    ({"policies": {"Burst": BURST}}, "policies has the name 'Burst'"),
    ({"policies": {"burst": 5}}, "policies['burst'] is 5"),
    ({"policies": {"burst": {"limit": 5}}}, "policies['burst'] has no window"),
    (
        {"policies": {"burst": {**BURST, "limits": 5}}},
        "policies['burst'] has the unknown key 'limits'; known are: limit",
    ),
    ({"policies": {"burst": {**BURST, "limit": 0}}}, "policies['burst']: limit is 0"),
]


@pytest.mark.parametrize(("options", "words"), WRONG, ids=[words for _, words in WRONG])
def test_a_wrong_option_is_refused_with_its_place(options, words):
    with override_settings(PISTON=piston(**options)), pytest.raises(SettingsError) as refusal:
        get_registry()

    assert 'PISTON["OPTIONS"]["throttle"]' in str(refusal.value)
    assert words in str(refusal.value)
    assert "hunter2" not in str(refusal.value)


@override_settings(PISTON=piston(policies={"burst": BURST}))
def test_the_plugin_is_found_by_its_entry_point_and_offers_its_policies(capsys):
    call_command("piston", "plugins", "--json")
    listed = next(plugin for plugin in json.loads(capsys.readouterr().out) if plugin["name"] == "throttle")

    assert (listed["distribution"], listed["status"]) == ("piston-throttle", "enabled")
    assert listed["offers"] == ["throttle burst"]


def test_a_name_that_is_misspelt_is_an_error_and_never_no_quota():
    misspelt = {**piston(policies={"burst": BURST}), "THROTTLES": ["bursts"]}
    with override_settings(PISTON=misspelt), pytest.raises(SettingsError, match="did you mean 'burst'"):
        get_registry()


def test_stores_live_as_long_as_the_settings():
    with override_settings(PISTON=piston()):
        first = counting().store()
        assert counting().store("memory") is first
    with override_settings(PISTON=piston()):
        assert counting().store() is not first


class Slow(Exact):
    def __init__(self):
        sleep(0.05)


@pytest.mark.parametrize("name", ["memory", f"{__name__}.Slow"])
def test_a_store_is_made_once_however_many_requests_come_first(name):
    """Two stores in memory would let twice as many pass."""
    with override_settings(PISTON=piston(store=name)), ThreadPoolExecutor(8) as threads:
        together = Barrier(8)
        found = set(threads.map(lambda _: together.wait() + 1 and counting().store(name), range(8)))

        assert len(found) == 1
        assert found == {counting().store()}


def test_what_is_fine_is_not_reported(ids):
    assert ids() == ids(store="database") == ids(store="redis") == ids(store=f"{__name__}.Exact") == []


def test_a_store_that_cannot_be_exact_is_an_error(ids):
    assert ids(store=f"{__name__}.Guessing") == ["piston_throttle.E001"]
    with pytest.raises(ValueError, match="does not promise to be exact"):
        Policy(5, 60, store=Guessing())


def test_a_store_says_itself_that_it_is_exact():
    assert not Store.exact
    assert MemoryStore.exact


@pytest.mark.parametrize("options", [{"store": "database"}, {"policies": {"burst": {**BURST, "store": "database"}}}])
def test_a_database_without_the_table_is_an_error(ids, options, settings):
    assert ids(database="quotas-elsewhere", **options) == ["piston_throttle.E002"]
    settings.INSTALLED_APPS = [each for each in settings.INSTALLED_APPS if each != "piston_throttle"]
    assert ids(**options) == ["piston_throttle.E002"]


@pytest.mark.parametrize("lacks", ["supports_ignore_conflicts", "has_select_for_update"])
def test_a_database_that_cannot_keep_others_out_is_an_error(ids, monkeypatch, lacks):
    connection = connections["default"]
    monkeypatch.setattr(connection, "vendor", "oracle")
    for name in ("supports_ignore_conflicts", "has_select_for_update"):
        monkeypatch.setitem(vars(connection.features), name, name != lacks)
    assert ids(store="database") == ["piston_throttle.E001"]


def test_redis_without_its_client_is_an_error(ids, monkeypatch):
    monkeypatch.setattr("piston_throttle.checks.find_spec", lambda name: None)
    assert ids(store="redis") == ["piston_throttle.E003"]
    assert ids() == []


def test_counting_in_the_transaction_of_the_request_is_a_warning(ids, settings):
    connections["default"].settings_dict["ATOMIC_REQUESTS"] = True
    try:
        assert ids(store="database") == ["piston_throttle.W001"]
        assert ids(store="memory") == []
    finally:
        connections["default"].settings_dict["ATOMIC_REQUESTS"] = False


def test_memory_is_a_warning_where_it_is_deployed(ids):
    assert ids(deploy=True) == ["piston_throttle.W002"]
    assert ids(deploy=True, store="redis") == []
    assert ids(deploy=True, store="redis", policies={"burst": {**BURST, "store": "memory"}}) == [
        "piston_throttle.W002"
    ]
    with override_settings(PISTON={"PLUGINS": ["json"]}, ROOT_URLCONF=()):
        assert not any(each.id == "piston_throttle.W002" for each in run_checks(include_deployment_checks=True))
