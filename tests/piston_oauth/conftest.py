"""A consumer, a user, and what the one may do in the name of the other."""

from __future__ import annotations

import django
import pytest
from django.contrib.auth.models import User

from tests.piston_oauth.signing import Signer, key_pair
from tests.piston_oauth.site import piston


@pytest.fixture
def provider(settings) -> None:
    """Serve the site with the provider."""
    settings.PISTON = piston()
    settings.ROOT_URLCONF = "tests.piston_oauth.site"
    settings.LOGIN_URL = "/admin/login/"


def send_mails_with(settings, backend: str) -> None:
    """Set what sends mails, which Django 6.1 has another setting for."""
    if django.VERSION >= (6, 1):
        settings.MAILERS = {"default": {"BACKEND": backend}}
    else:
        settings.EMAIL_BACKEND = backend


@pytest.fixture(autouse=True)
def _mails(settings) -> None:
    send_mails_with(settings, "django.core.mail.backends.locmem.EmailBackend")


@pytest.fixture(scope="session")
def keys() -> tuple[str, str]:
    """A private key and its public key, which take a while to make."""
    return key_pair()


@pytest.fixture
def jane(db) -> User:
    return User.objects.create_user("jane", "jane@example.net", "jane", is_staff=True)


@pytest.fixture
def consumer(provider, db, keys):
    """The printing service of RFC 5849, section 1.2, which signs with secrets or with a key."""
    from piston_oauth.models import Consumer

    consumer = Consumer(name="printer", description="Prints photos.", rsa_key=keys[1], status="accepted")
    consumer.secret = "kd94hf93k423kf44"
    consumer.save()
    return consumer


@pytest.fixture
def token(consumer, jane):
    from piston_oauth.models import AccessToken

    token = AccessToken(consumer=consumer, user=jane)
    token.secret = "pfkkdhi9sl3r4s00"
    token.save()
    return token


@pytest.fixture
def signer(consumer, token, keys) -> Signer:
    """Signs as the printing service in the name of Jane."""
    return Signer(consumer.key, consumer.secret, token.key, token.secret, rsa=keys[0])


@pytest.fixture
def alone(consumer, keys) -> Signer:
    """Signs as the printing service, for nobody."""
    return Signer(consumer.key, consumer.secret, rsa=keys[0])
