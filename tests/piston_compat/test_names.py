"""The ancestor's import paths, and what is told of their use."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

import piston
from piston_compat import OldName

# Every module and name that projects import, as the ancestor's code bases did.
PATHS = {
    "handler": "BaseHandler AnonymousBaseHandler HandlerMetaClass typemapper handler_tracker",
    "resource": "Resource CHALLENGE",
    "emitters": "Emitter XMLEmitter JSONEmitter YAMLEmitter PickleEmitter DjangoEmitter Mimer",
    "utils": "rc throttle validate require_mime require_extended Mimer translate_mime coerce_put_post HttpStatusCode "
    "FormValidationError format_error MimerDataException send_consumer_mail rc_factory HttpResponseWrapper",
    "authentication": "NoAuthentication HttpBasicAuthentication HttpBasicSimple OAuthAuthentication "
    "initialize_server_request send_oauth_error oauth_request_token oauth_user_auth oauth_access_token",
    "oauth": "OAuthServer OAuthRequest OAuthConsumer OAuthToken OAuthError OAuthMissingParam OAuthDataStore "
    "OAuthSignatureMethod OAuthSignatureMethod_HMAC_SHA1 OAuthSignatureMethod_PLAINTEXT build_authenticate_header "
    "escape generate_timestamp generate_nonce generate_verifier",
    "models": "Consumer Token Nonce KEY_SIZE SECRET_SIZE VERIFIER_SIZE ConsumerManager TokenManager KeyManager",
    "doc": "generate_doc HandlerDocumentation HandlerMethod documentation_view",
    "forms": "ModelForm OAuthAuthenticationForm",
    "middleware": "ConditionalMiddlewareCompatProxy CommonMiddlewareCompatProxy",
    "signals": "consumer_post_save consumer_post_delete send_consumer_mail",
    "test": "TestCase OAuthTestCase OAuthClient",
    "decorator": "decorator",
    "store": "DataStore",
}
NAMES = [(f"piston.{module}", name) for module, names in PATHS.items() for name in names.split()]


@pytest.mark.parametrize(("module", "name"), NAMES)
def test_an_old_name_is_there_and_says_what_one_writes_today(module, name):
    imported = importlib.import_module(module)

    with pytest.warns(OldName, match=rf"^{module}\.{name} is of django-piston; today: \S") as told:
        found = getattr(imported, name)
    assert found is not None
    assert told[0].filename == __file__
    assert name in imported.__all__


def test_no_module_is_forgotten():
    modules = {each.name for each in pkgutil.iter_modules(piston.__path__)}

    assert modules - set(PATHS) == {"apps", "management", "migrations"}


@pytest.mark.parametrize("module", PATHS)
def test_what_a_module_says_that_it_has_is_all_that_it_has(module):
    imported = importlib.import_module(f"piston.{module}")

    assert {*imported.NAMES} == {*imported.__all__}
    with pytest.raises(AttributeError, match=f"module 'piston.{module}' has no attribute 'nonsense'"):
        _ = imported.nonsense


def run(tmp_path: Path, *options: str) -> str:
    """Return what Python prints that imports an old name."""
    (tmp_path / "old.py").write_text("from piston.utils import rc, throttle\n")
    command = [sys.executable, *options, str(tmp_path / "old.py")]
    return subprocess.run(command, capture_output=True, text=True, check=True).stderr


def test_nothing_is_told_by_default(tmp_path):
    assert run(tmp_path) == ""


@pytest.mark.parametrize("asked", ["default:piston.", "default::PendingDeprecationWarning"])
def test_each_use_is_told_if_somebody_asks(tmp_path, asked):
    told = run(tmp_path, "-W", asked)

    assert "old.py:1: OldName: piston.utils.rc is of django-piston; today: piston_core.rc" in told
    assert "old.py:1: OldName: piston.utils.throttle is of django-piston; today: piston_throttle.throttle" in told


def test_a_filter_may_name_this_warning_alone():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", OldName)
        with pytest.raises(OldName):
            _ = importlib.import_module("piston.utils").rc
