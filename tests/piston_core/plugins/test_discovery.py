"""Plugins are found by their entry points, enabled and ordered by the settings, and imported only then."""

from __future__ import annotations

import json
import sys
from itertools import permutations

import pytest

from piston_core.discovery import GROUP, NAMED_GROUP, Discovery, PluginError, discover, installed
from tests.piston_core.plugins.conftest import EMPTY


def imported() -> set[str]:
    """Return the fake plugins that have been imported."""
    return {name for name in sys.modules if name.startswith("fake_")}


def fakes(found: Discovery) -> list[str]:
    """Return the enabled plugins in their order without those that this environment has anyway."""
    return [name for name in found.order if name in {"xa", "xb", "xc"}]


# -- finding ------------------------------------------------------------------------------------


@pytest.mark.parametrize("group", [GROUP, NAMED_GROUP])
def test_a_plugin_is_found_by_its_entry_point_with_its_distribution_and_version(install, group):
    install("xa", distribution="fake-one", version="2.5", group=group)

    found = installed()["xa"]

    assert (found.name, found.distribution, found.version) == ("xa", "fake-one", "2.5")
    assert found.must_be_named == (group == NAMED_GROUP)
    assert str(found) == "plugin 'xa' (fake-one 2.5)"


def test_finding_imports_nothing(install):
    install("xa")
    install("xb", "raise RuntimeError('imported')")

    assert {"xa", "xb"} <= installed().keys()
    assert imported() == set()


def test_entry_points_of_other_groups_are_not_plugins(install):
    install("xa", group="pytest11")
    install("xb", group="piston")
    install("xc", group="piston.plugins.other")

    assert not {"xa", "xb", "xc"} & installed().keys()


def test_one_distribution_may_bring_several_plugins(install, project):
    project("fake_second", EMPTY)
    install("xa", points="xa = MODULE\nxb = fake_second")

    assert fakes(discover(["xb", "xa"])) == ["xb", "xa"]
    assert installed()["xa"].distribution == installed()["xb"].distribution == "fake-xa"


def test_an_entry_point_may_name_an_object_in_a_module(install):
    code = """
    class Plugin:
        @hookimpl
        def piston_emitters(self):
            return []


    class holder:
        plugin = Plugin()
    """
    install("xa", code, points="xa = MODULE:holder.plugin")

    found = discover(["xa"])

    assert type(found.manager.get_plugin("xa")).__name__ == "Plugin"


def test_a_distribution_whose_metadata_is_gone_breaks_nothing(install):
    """A broken-off installation leaves a folder with entry points and without METADATA."""
    install("xa", metadata=False)
    install("xb")

    found = discover(["xb", "xa"])

    assert fakes(found) == ["xb", "xa"]
    assert str(found.sources["xa"]) == "plugin 'xa' (an unknown distribution)"


# -- enabling -----------------------------------------------------------------------------------


def test_only_enabled_plugins_are_imported(install):
    for name in ("xa", "xb", "xc"):
        install(name)

    discover(["xb"])

    assert imported() == {"fake_xb"}


def test_only_enabled_plugins_are_imported_by_a_fresh_process(install, run):
    for name in ("xa", "xb", "xc"):
        install(name)

    code = "import django, json, sys; django.setup(); print(json.dumps([*sys.modules]))"
    modules = json.loads(run("-c", code, piston={"PLUGINS": ["xb"]}).stdout)

    assert {name for name in modules if name.startswith("fake_x")} == {"fake_xb"}
    assert not {"piston_json", "piston_auth", "orjson"} & {*modules}


def test_importing_the_core_imports_no_plugin(install, run):
    install("xa")

    code = "import piston_core, piston_core.registry, json, sys; print(json.dumps([*sys.modules]))"
    modules = json.loads(run("-c", code).stdout)

    assert "piston_core.registry" in modules
    assert not {"fake_xa", "piston_json", "piston_auth", "orjson"} & {*modules}


def test_an_empty_list_enables_nothing(install):
    install("xa")

    assert discover([]).order == ()
    assert imported() == set()


def test_without_a_list_every_installed_plugin_is_enabled_by_name(install):
    for name in ("xc", "xa", "xb"):
        install(name)

    found = discover(None)

    assert fakes(found) == ["xa", "xb", "xc"]
    assert list(found.order) == sorted(found.order)
    assert {"json", "auth"} <= {*found.order}


def test_a_plugin_that_must_be_named_is_not_enabled_by_being_installed(install):
    install("xa")
    install("xb", group=NAMED_GROUP)

    assert fakes(discover(None)) == ["xa"]
    assert imported() == {"fake_xa"}
    assert fakes(discover(["xb", "xa"])) == ["xb", "xa"]


def test_a_dotted_name_is_a_module_of_the_project(install, project):
    install("xa")
    project("fake_shop.api.hooks", EMPTY)

    found = discover(["fake_shop.api.hooks", "xa"])

    assert found.order == ("fake_shop.api.hooks", "xa")
    assert str(found.sources["fake_shop.api.hooks"]) == ("plugin 'fake_shop.api.hooks' (a module of this project)")


def test_an_entry_point_with_a_dotted_name_comes_before_a_module(install, project):
    install("fake_shop.hooks", distribution="fake-one")
    project("fake_shop.hooks", "raise RuntimeError('imported')")

    found = discover(["fake_shop.hooks"])

    assert found.sources["fake_shop.hooks"].distribution == "fake-one"


def test_a_name_that_comes_twice_counts_once(install):
    install("xa")
    install("xb")

    assert discover(["xb", "xa", "xb"]).order == ("xb", "xa")


# -- ordering -----------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [*permutations(["xa", "xb", "xc"])], ids="-".join)
@pytest.mark.parametrize("installation", [("xa", "xb", "xc"), ("xc", "xb", "xa")], ids="-".join)
def test_the_order_is_that_of_the_settings_and_never_of_the_installation(install, installation, order):
    for name in installation:
        install(name, "@hookimpl\ndef piston_checks():\n    return [__name__]")

    found = discover(list(order))

    asked = [name for [name] in found.manager.hook.piston_checks(app_configs=None)]
    assert found.order == order
    assert asked == [f"fake_{name}" for name in order]


def test_the_core_is_asked_last_even_by_a_plugin_that_wants_to_be_last(install):
    code = """
    from piston_core import defaults

    @hookimpl(trylast=True)
    def piston_call_handler(request):
        return "asked before the core"
    """
    install("xa", code)

    arguments = dict.fromkeys(("request", "resource", "handler", "method", "data", "kwargs"))
    answer = discover(["xa"]).manager.hook.piston_call_handler(**arguments)

    assert answer == "asked before the core"


# -- names that nobody has ----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["xz", "", "JSON", "json ", "piston-json", "piston_json"])
def test_a_name_that_nobody_has_is_refused_with_what_is_installed(install, name):
    install("xa")

    with pytest.raises(PluginError) as caught:
        discover(["xa", name])

    message = str(caught.value)
    assert caught.value.plugin == name
    assert f"No plugin named {name!r} is installed" in message
    assert 'PISTON["PLUGINS"]' in message
    assert "json, oauth" in message
    assert "xa" in message
    assert "Install the package" in message


@pytest.mark.parametrize("name", ["fake_shop.nothing", ".hooks", "fake..hooks", "fake.", ".", "a.\x00", "a.\ud800"])
def test_a_module_that_is_not_there_is_refused_by_its_name(install, name):
    with pytest.raises(PluginError) as caught:
        discover([name])

    assert caught.value.plugin == name
    assert f"plugin {name!r} (a module of this project) failed to import" in str(caught.value)


# -- one name, several claims -------------------------------------------------------------------


def test_a_name_that_two_distributions_claim_is_refused_with_both(install):
    install("xa", distribution="fake-two", version="2.0")
    install("xa", distribution="fake-one", version="1.0")

    with pytest.raises(PluginError) as caught:
        discover(["xa"])

    assert caught.value.plugin == "xa"
    assert str(caught.value) == (
        "The plugin name 'xa' is claimed by fake-one 1.0 and fake-two 2.0; uninstall all but one of them."
    )
    assert imported() == set()


@pytest.mark.parametrize("group", [GROUP, NAMED_GROUP])
def test_a_claimed_name_that_nobody_names_is_skipped_and_the_others_work(install, group):
    """Also where the other one stands in the group of those that must be named: nobody switches a plugin off so."""
    install("xa", distribution="fake-one")
    install("xa", distribution="fake-two", group=group)
    install("xb")

    found = discover(None)

    assert fakes(found) == ["xb"]
    assert {*found.failures} == {"xa"}
    assert "fake-one 1.0 and fake-two 1.0" in str(found.failures["xa"])


def test_a_claimed_name_that_is_not_enabled_harms_nobody(install):
    install("xa", distribution="fake-one")
    install("xa", distribution="fake-two")
    install("xb")

    found = discover(["xb"])

    assert (fakes(found), dict(found.failures)) == (["xb"], {})


def test_one_distribution_that_is_installed_twice_is_no_conflict(install, tmp_path, monkeypatch):
    """As an editable installation over a wheel is: the first on the path counts."""
    install("xa", version="1.0")
    second = tmp_path / "second"
    (second / "fake_xa-2.0.dist-info").mkdir(parents=True)
    info = second / "fake_xa-2.0.dist-info"
    info.joinpath("METADATA").write_text("Metadata-Version: 2.1\nName: fake-xa\nVersion: 2.0\n")
    info.joinpath("entry_points.txt").write_text("[piston.plugins]\nxa = fake_xa\n")
    monkeypatch.syspath_prepend(second)

    found = discover(["xa"])

    assert found.sources["xa"].version == "2.0"


def test_two_names_of_one_module_are_refused(install):
    install("xa", points="xa = MODULE\nxb = MODULE")

    with pytest.raises(PluginError) as caught:
        discover(["xa", "xb"])

    assert caught.value.plugin == "xb"
    assert "plugin 'xb' (fake-xa 1.0) has the name or the module of the plugin 'xa'" in str(caught.value)
    assert fakes(discover(None)) == ["xa"]


@pytest.mark.parametrize("name", ["core", "piston_core.defaults"])
def test_nobody_takes_the_place_of_the_core(install, name):
    install("core", distribution="fake-one")

    with pytest.raises(PluginError) as caught:
        discover([name])

    assert caught.value.plugin == name
    assert "of the plugin 'core', which is there already" in str(caught.value)


# -- read-only ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda found: found.sources.clear(),
        lambda found: found.failures.clear(),
        lambda found: setattr(found, "order", ("xa",)),
        lambda found: setattr(found.sources["json"], "name", "xa"),
    ],
)
def test_what_was_found_cannot_be_changed(change):
    found = discover([])

    with pytest.raises((AttributeError, TypeError)):
        change(found)
