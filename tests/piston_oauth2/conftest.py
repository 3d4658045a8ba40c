"""A user, applications and tokens of django-oauth-toolkit, with its safer settings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from oauth2_provider.models import AccessToken, Application

PROVIDER = {
    "SCOPES": {"read": "Read", "write": "Write", "introspection": "Introspect"},
    "DEFAULT_SCOPES": ["read"],
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
}
TOKEN = "mF_9.B5f-4.1JqM"  # the example of RFC 6750, section 2.1


@pytest.fixture(autouse=True)
def site(settings):
    """Have the plugin enabled, as a project would have it."""
    settings.PISTON = {"PLUGINS": ["json", "auth", "oauth2"], "AUTHENTICATORS": ["oauth2"]}
    settings.OAUTH2_PROVIDER = PROVIDER
    settings.LOGIN_URL = "/login/"
    return settings


@pytest.fixture
def alice(db) -> User:
    return User.objects.create_user("alice", password="wonderland")


@pytest.fixture
def phone(db) -> Application:
    """Return an application that acts for users."""
    return Application.objects.create(
        name="phone",
        client_id="phone",
        client_type=Application.CLIENT_PUBLIC,
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
        redirect_uris="https://client.example/back",
    )


@pytest.fixture
def robot(db) -> Application:
    """Return an application that acts for itself, with the secret ``of steel``."""
    return Application.objects.create(
        name="robot",
        client_id="robot",
        client_secret="of steel",
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
    )


@pytest.fixture
def issue(alice, phone) -> Callable[..., AccessToken]:
    """Return a function that keeps a token as django-oauth-toolkit does, by default alice's for her phone."""

    def issued(token: str = TOKEN, **changes) -> AccessToken:
        given = {"user": alice, "application": phone, "scope": "read", "expires": timezone.now() + timedelta(hours=1)}
        return AccessToken.objects.create(token=token, **{**given, **changes})

    return issued
