"""Keep the hashes that answers are checked with, and take only those that belong to the present password."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import router, transaction
from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare
from django.views.decorators.debug import sensitive_variables

from piston_auth.digest.hashing import name_hash, secret_hash
from piston_auth.digest.models import DigestSecret
from piston_core import plugin_options

_NOTHING = "0" * 64


def configured() -> tuple[str, tuple[str, ...]]:
    """Return the realm and the algorithms of the settings."""
    from piston_auth import Options  # which imports this package in its turn

    options = plugin_options("auth", Options)
    return options.realm, tuple(options.digest_algorithms)


@sensitive_variables()
def keep(user: AbstractBaseUser, password: str, realm: str, algorithms: Iterable[str]) -> None:
    """Store the hashes for the password that a user has now, in place of all that belong to another one.

    Args:
        user: the user, as saved with this password.
        password: the password itself.
        realm: the realm that is asked for.
        algorithms: the algorithms that are offered.
    """
    name, state = user.get_username(), password_state(user)
    rows = _rows(user)
    with transaction.atomic(using=rows.db):
        rows.filter(user_id=user.pk).exclude(password_state=state).delete()
        for algorithm in algorithms:
            userhash = name_hash(algorithm, name, realm)
            rows.filter(userhash=userhash).exclude(user_id=user.pk).delete()  # of somebody who had this name before
            ha1 = secret_hash(algorithm, name, realm, password)
            content = {"ha1": ha1, "userhash": userhash, "password_state": state}
            rows.update_or_create(user_id=user.pk, realm=realm, algorithm=algorithm, defaults=content)


@sensitive_variables()
def keep_missing(user: AbstractBaseUser, password: str, realm: str, algorithms: Sequence[str]) -> None:
    """Store the hashes for a password that has just been found to be right, unless they are there."""
    rows = _rows(user).filter(user_id=user.pk, realm=realm, algorithm__in=algorithms)
    there = {each.algorithm for each in rows.select_related("user") if is_current(each)}
    if there != {*algorithms}:
        keep(user, password, realm, algorithms)


def found(userhash: str, realm: str, algorithm: str) -> DigestSecret | None:
    """Return what the answers of a user are checked with; ``None`` for nobody, after as much work.

    A user whom the model's default manager hides is nobody, as for Django's own backend.
    """
    rows = DigestSecret._default_manager.select_related("user")
    rows = rows.filter(userhash=userhash, realm=realm, algorithm=algorithm)
    same = list(rows.filter(user__in=get_user_model()._default_manager.all())) or [_nobodys(realm, algorithm)]
    return next((each for each in same if is_current(each)), None)


def is_current(secret: DigestSecret) -> bool:
    """Return whether the user has still the password and the name that were hashed.

    However they were changed: what is not known to belong to the present ones is not taken.
    """
    name = name_hash(secret.algorithm, secret.user.get_username(), secret.realm)
    same_password = constant_time_compare(secret.password_state, password_state(secret.user))
    return constant_time_compare(secret.userhash, name) and same_password


def password_state(user: Any) -> str:
    """Return a hash of what Django stores of a password, which has a salt, so that it changes with each new one."""
    return hashlib.sha256(f"piston_auth.digest:{user.password}".encode()).hexdigest()


def _nobodys(realm: str, algorithm: str) -> DigestSecret:
    user = get_user_model()()
    return DigestSecret(
        user=user, realm=realm, algorithm=algorithm, ha1=_NOTHING, userhash=_NOTHING, password_state=_NOTHING
    )


def _rows(user: AbstractBaseUser) -> QuerySet[DigestSecret]:
    using = router.db_for_write(DigestSecret, instance=user)  # the user's own, where no router says otherwise
    return DigestSecret._default_manager.using(using)
