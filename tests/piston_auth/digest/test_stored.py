"""What is stored is kept in step with the password: stored when Django tells of it, void however else it changes."""

from __future__ import annotations

import re
from io import StringIO
from unittest.mock import patch

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import aauthenticate, authenticate, password_validation
from django.contrib.auth.forms import AdminUserCreationForm, SetPasswordForm
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings

from piston_auth.digest.models import DigestSecret
from tests.piston_auth.asking import basic
from tests.piston_auth.digest.asking import EVERY, REALM, digest, fresh_nonce, hash_of, user
from tests.piston_auth.digest.conftest import KEEPER

pytestmark = pytest.mark.urls("tests.piston_auth.digest.asking")

BACKEND = "piston_auth.digest.backends.StoreDigests"


def status(username="Aladdin", password="open sesame"):
    return Client().get("/who/", headers=digest(fresh_nonce(), username=username, password=password)).status_code


def test_neither_the_password_nor_the_name_is_stored(aladdin):
    rows = DigestSecret.objects.order_by("pk").values_list("algorithm", "realm", "ha1", "userhash")

    assert list(rows) == [
        (each, REALM, hash_of(each, "Aladdin", REALM, "open sesame"), hash_of(each, "Aladdin", REALM))
        for each in EVERY
    ]
    text = repr(list(DigestSecret.objects.values()))
    assert "open sesame" not in text
    assert "Aladdin" not in text
    assert User.objects.get().password not in text
    assert str(DigestSecret.objects.first()) == "SHA-512-256 in Cave"


def by_set_password(person):
    person.set_password("close sesame")
    person.save()


def by_a_form(person):
    form = SetPasswordForm(person, {"new_password1": "close sesame", "new_password2": "close sesame"})
    assert form.is_valid(), form.errors
    form.save()


def by_the_command(person):
    with patch("getpass.getpass", return_value="close sesame"):
        call_command("changepassword", "Aladdin", stdout=StringIO())


def by_update_fields(person):
    person.set_password("close sesame")
    person.save(update_fields=["password"])


def by_the_admin(person):
    boss = User.objects.create_superuser("boss", password="boss")
    client = Client()
    client.force_login(boss)
    data = {"password1": "close sesame", "password2": "close sesame", "usable_password": "true"}
    with override_settings(ROOT_URLCONF="blog.urls"):
        response = client.post(f"/admin/auth/user/{person.pk}/password/", data)
    assert response.status_code == 302, response.content


TOLD = [by_set_password, by_a_form, by_the_command, by_update_fields, by_the_admin]


@pytest.mark.parametrize("change", TOLD)
def test_a_new_password_is_the_one_that_is_known(aladdin, change):
    change(aladdin)

    assert status(password="close sesame") == 200
    assert status() == 401
    assert DigestSecret.objects.count() == len(EVERY)


def test_a_user_whom_a_form_makes_is_known(db):
    data = {"username": "Sindbad", "password1": "seven seas", "password2": "seven seas", "usable_password": "true"}
    form = AdminUserCreationForm(data)
    assert form.is_valid(), form.errors
    form.save()

    assert status("Sindbad", "seven seas") == 200


def behind_its_back(person):
    User.objects.update(password=make_password("close sesame"))


def by_an_attribute(person):
    person.password = make_password("close sesame")
    person.save()


def to_the_same_one_with_another_salt(person):
    User.objects.update(password=make_password("open sesame"))


def to_none(person):
    person.set_unusable_password()
    person.save()


def the_name(person):
    person.username = "Cassim"
    person.save()


def the_name_behind_its_back(person):
    User.objects.update(username="Cassim")


NOT_TOLD = [
    behind_its_back,
    by_an_attribute,
    to_the_same_one_with_another_salt,
    to_none,
    the_name,
    the_name_behind_its_back,
]


@pytest.mark.parametrize("change", NOT_TOLD)
def test_a_change_that_nobody_tells_of_voids_what_is_stored(aladdin, change):
    change(aladdin)

    assert {status(name, word) for name in ("Aladdin", "Cassim") for word in ("open sesame", "close sesame")} == {401}


@pytest.mark.parametrize("change", [by_set_password, *NOT_TOLD])
def test_after_any_change_a_password_can_be_set_again(aladdin, change):
    change(aladdin)
    aladdin.refresh_from_db()
    aladdin.set_password("third")
    aladdin.save()

    assert status(aladdin.username, "third") == 200
    assert DigestSecret.objects.count() == len(EVERY)


def test_who_takes_a_name_that_somebody_else_had_is_known_by_it(aladdin):
    the_name(aladdin)
    user("Aladdin", "second")

    assert status("Aladdin", "second") == 200
    assert status("Aladdin", "open sesame") == 401
    assert DigestSecret.objects.filter(user=aladdin).count() == 0


def test_a_password_whose_change_is_rolled_back_is_not_stored(aladdin):
    with transaction.atomic():
        by_set_password(aladdin)
        transaction.set_rollback(True)

    assert status() == 200
    assert status(password="close sesame") == 401


def test_who_is_deleted_leaves_nothing(aladdin):
    aladdin.delete()

    assert DigestSecret.objects.count() == 0
    assert status() == 401


def test_two_realms_are_kept_side_by_side(db, settings):
    realms = [{"NAME": KEEPER, "OPTIONS": {"realm": realm, "algorithms": ["SHA-256"]}} for realm in (REALM, "Other")]
    settings.AUTH_PASSWORD_VALIDATORS = realms
    person = user("Aladdin", "first")
    person.set_password("open sesame")
    person.save()

    assert sorted(DigestSecret.objects.values_list("realm", flat=True)) == [REALM, "Other"]
    assert status() == 200


def test_a_new_password_takes_along_what_is_stored_for_a_realm_that_is_not_used_any_more(aladdin, settings):
    settings.AUTH_PASSWORD_VALIDATORS = [{"NAME": KEEPER, "OPTIONS": {"realm": "New", "algorithms": ["SHA-256"]}}]
    by_set_password(aladdin)

    assert list(DigestSecret.objects.values_list("realm", flat=True)) == ["New"]


def test_without_options_the_validator_keeps_what_the_settings_offer(db, settings):
    settings.PISTON = {"PLUGINS": ["json", "auth"], "OPTIONS": {"auth": {"realm": "From the settings"}}}
    settings.AUTH_PASSWORD_VALIDATORS = [{"NAME": KEEPER}]
    user("Aladdin", "open sesame")

    assert list(DigestSecret.objects.values_list("realm", "algorithm")) == [("From the settings", "SHA-256")]


def test_the_validator_refuses_no_password_and_has_no_rule_to_tell():
    password_validation.validate_password("")
    password_validation.password_changed("a password of nobody's")

    assert password_validation.password_validators_help_texts() == [""]


@pytest.fixture
def storing(settings):
    settings.AUTHENTICATION_BACKENDS = [BACKEND]
    settings.PISTON = {"PLUGINS": ["json", "auth"], "OPTIONS": {"auth": {"realm": REALM}}}


def synchronously(name, password):
    return authenticate(username=name, password=password)


def asynchronously(name, password):
    return async_to_sync(aauthenticate)(username=name, password=password)


def by_a_login_form(name, password):
    with override_settings(ROOT_URLCONF="blog.urls"):
        response = Client().post("/admin/login/", {"username": name, "password": password})
    return response.status_code == 302


def by_basic(name, password):
    return Client().get("/mixed/", headers=basic(name, password)).status_code == 200


LOGINS = [synchronously, asynchronously, by_a_login_form, by_basic]


@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize("before", [lambda person: None, behind_its_back, the_name])
def test_who_logs_in_with_a_password_that_was_there_before_is_known_from_then_on(db, storing, login, before):
    """``create_user`` and ``createsuperuser`` tell nobody of the password."""
    person = User.objects.create_superuser("Aladdin", password="open sesame")
    before(person)
    person.refresh_from_db()
    password = "close sesame" if before is behind_its_back else "open sesame"
    assert status(person.username, password) == 401
    assert not login(person.username, "wrong")
    assert DigestSecret.objects.count() == 0
    assert login(person.username, password)

    assert status(person.username, password) == 200


class Slower(PBKDF2PasswordHasher):
    iterations = 2


class Slow(PBKDF2PasswordHasher):
    iterations = 1


def test_a_password_that_django_hashes_anew_at_a_login_is_stored_anew(storing, settings, aladdin):
    """Without the backend it would be void, since nobody tells of this change."""
    settings.PASSWORD_HASHERS = [f"{__name__}.Slow"]
    by_set_password(aladdin)
    before = User.objects.get().password
    settings.PASSWORD_HASHERS = [f"{__name__}.Slower"]
    assert authenticate(username="Aladdin", password="close sesame")

    assert User.objects.get().password != before
    assert status(password="close sesame") == 200


def test_a_login_writes_nothing_that_is_there(aladdin, storing, django_assert_num_queries):
    with django_assert_num_queries(2) as queries:
        assert authenticate(username="Aladdin", password="open sesame")

    assert not re.search("INSERT|UPDATE|DELETE", repr(queries.captured_queries))


def test_an_inactive_user_is_not_stored(db, storing):
    User.objects.create_user("Aladdin", password="open sesame", is_active=False)

    assert authenticate(username="Aladdin", password="open sesame") is None
    assert DigestSecret.objects.count() == 0
