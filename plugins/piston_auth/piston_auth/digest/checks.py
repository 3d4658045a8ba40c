"""The system checks of Digest authentication, for projects that use it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage
from django.core.checks import Error as CheckError
from django.core.checks import Warning as CheckWarning
from django.utils.module_loading import import_string

_APP = "piston_auth.digest"
_KEEPER = f"{_APP}.validators.KeepDigests"


def checks(algorithms: Collection[str], realm: str) -> list[CheckMessage]:
    """Return what a project that uses Digest authentication has forgotten.

    Args:
        algorithms: the algorithms that are offered.
        realm: the realm.
    """
    named = "digest" in getattr(settings, "PISTON", {}).get("AUTHENTICATORS", ())
    if not named and not apps.is_installed(_APP) and _KEEPER not in _validators():
        return []
    if not apps.is_installed(_APP):
        return [_not_installed()]
    return [*_stored(), *_weak(algorithms), *_misread(realm)] if named else []


def _not_installed() -> CheckMessage:
    return CheckError(
        "The authenticator 'digest' has no tables to keep its hashes and nonces in.",
        hint=f"Add '{_APP}' to INSTALLED_APPS, and migrate.",
        id="piston_auth.E002",
    )


def _stored() -> list[CheckMessage]:
    from piston_auth.digest.validators import KeepDigests  # which needs the app

    if any(_is_a(each, KeepDigests) for each in _validators()):
        return []
    return [
        CheckWarning(
            "Nothing stores the digests of new passwords, so whoever changes theirs cannot use Digest any more.",
            hint=f"Add {{'NAME': '{_KEEPER}'}} to AUTH_PASSWORD_VALIDATORS.",
            id="piston_auth.W002",
        )
    ]


def _weak(algorithms: Collection[str]) -> list[CheckMessage]:
    if "MD5" not in algorithms:
        return []
    return [
        CheckWarning(
            "Digest authentication takes MD5, and who can change a challenge on its way can have clients use it.",
            hint="Remove 'MD5' from digest_algorithms as soon as all clients know SHA-256 (RFC 7616, section 5.1).",
            id="piston_auth.W003",
        )
    ]


def _misread(realm: str) -> list[CheckMessage]:
    if '"' not in realm and "\\" not in realm:
        return []
    return [
        CheckWarning(
            f"The realm {realm!r} has a quote or a backslash, which clients of Digest hash in different ways.",
            hint='Choose another PISTON["OPTIONS"]["auth"]["realm"]; then the passwords have to be set anew.',
            id="piston_auth.W005",
        )
    ]


def _validators() -> list[str]:
    return [str(each.get("NAME", "")) for each in settings.AUTH_PASSWORD_VALIDATORS]


def _is_a(name: str, kind: type[Any]) -> bool:
    """Return whether a dotted name is that of a class or of one that inherits from it."""
    try:
        found = import_string(name)
    except ImportError:  # Django says so where it needs it
        return False
    return isinstance(found, type) and issubclass(found, kind)
