"""Two kinds of Bearer tokens, and other schemes, at one resource."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client

from piston_core import AuthenticationFailed, Authenticator, BaseHandler, Identity, Resource
from piston_core.testing import serving
from piston_oauth.oauth2 import OAuth2Authenticator
from tests.piston_oauth2.asking import bearer
from tests.piston_oauth2.conftest import TOKEN

OWN = "piston_0123456789"


class Prefixed(Authenticator):
    """Knows Bearer tokens by what they begin with, as ``token`` of piston-auth does, and leaves all others alone."""

    name = "prefixed"
    scheme = "bearer"

    def authenticate(self, request):
        token = request.META.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")
        if not token.startswith("piston_"):
            return None
        if token != OWN:
            raise AuthenticationFailed("This key is not valid.")
        return Identity(SimpleNamespace(is_active=True, name="somebody"), self.name)

    def challenge(self, request, failure):
        return 'Bearer realm="keys"'


class By(BaseHandler):
    def read(self, request):
        return {"by": request.identity.authenticator}


@pytest.fixture
def client(issue):
    issue()
    with serving(
        Resource(By), plugins=["json"], authenticators=[Prefixed(), OAuth2Authenticator(metadata=False)]
    ) as client:
        yield client


def test_each_kind_of_token_is_known_by_its_own_authenticator(client: Client):
    assert client.get("/", headers=bearer(OWN)).json() == {"by": "prefixed"}
    assert client.get("/", headers=bearer(TOKEN)).json() == {"by": "oauth2"}


def test_a_401_has_a_challenge_of_each_and_an_error_only_of_the_one_whose_token_is_bad(client: Client):
    error = ', error="invalid_token", error_description="The access token is invalid."'

    for headers, told in (({}, ""), (bearer("piston_x"), ""), (bearer("unknown"), error)):
        response = client.get("/", headers=headers)
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"] == f'Bearer realm="keys", Bearer realm="API"{told}'


def test_in_the_other_order_the_other_kind_is_not_reached(issue):
    """So what knows its tokens by their beginning has to be named before ``oauth2``, which knows none by it."""
    with serving(Resource(By), plugins=["json"], authenticators=[OAuth2Authenticator(), Prefixed()]) as client:
        assert client.get("/", headers=bearer(OWN)).status_code == 401
