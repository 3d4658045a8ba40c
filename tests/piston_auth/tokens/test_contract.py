"""The authenticator of tokens keeps every promise of an authenticator."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from piston_auth.tokens import TokenAuthenticator
from piston_auth.tokens.form import Form
from piston_auth.tokens.models import Token
from piston_core.testing import AuthenticatorContract
from tests.piston_auth.tokens.asking import bearer

EVERYTHING, SOME, EXPIRED, REVOKED, GONE, UNKNOWN = (Form().make() for _ in range(6))


@pytest.mark.django_db
class TestTokenAuthenticator(AuthenticatorContract):
    authenticator = TokenAuthenticator(realm='the "shelf"')
    good = (bearer(EVERYTHING), bearer(SOME))
    bad = (bearer(EXPIRED), bearer(REVOKED), bearer(GONE), bearer(UNKNOWN), bearer(SOME[:-1]), bearer("piston_"))

    @pytest.fixture(autouse=True)
    def tokens(self, db):
        ada = User.objects.create_user("ada")
        now = timezone.now()
        store(EVERYTHING, ada)
        store(SOME, ada, scopes="a b", expires=now + timedelta(hours=1))
        store(EXPIRED, ada, expires=now)
        store(REVOKED, ada, revoked=now)
        store(GONE, User.objects.create_user("gone", is_active=False))


def store(text, user, **values):
    token = Token(user=user, name="kit", **values)
    token.keep(text)
    token.save()
