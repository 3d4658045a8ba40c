"""Who sends the request: an identity, nobody, or somebody whose credentials are wrong."""

from __future__ import annotations

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.test import AsyncClient
from django.urls import path

from piston_core import (
    AnonymousBaseHandler,
    AuthenticationFailed,
    Authenticator,
    BaseHandler,
    Problem,
    Resource,
    SettingsError,
    rc,
)
from tests.piston_core.pipeline.asking import BAD, GOOD, Cookie, Key, Recording, ask, data_of, problem_of, serving


class Who(BaseHandler):
    def read(self, request):
        return {"user": str(request.user), "identity": request.identity and request.identity.authenticator}


class AsyncWho(BaseHandler):
    async def read(self, request):
        return {"user": str(request.user), "awaited": str(await request.auser())}


class Public(AnonymousBaseHandler):
    def read(self, request):
        return {"public": True, "user": str(request.user)}


class ByClass(Who):
    anonymous = Public


class ByName(Who):
    anonymous = "DefinedLater"


class ByUnknownName(Who):
    anonymous = "NobodyOfThatName"


class DefinedLater(Public):
    """An anonymous handler may come after the handler that names it."""


class Everything(Recording):
    anonymous = Public


class Second(Key):
    name = "second"

    def challenge(self, request, failure):
        return 'Second realm="others", charset="UTF-8"'


def test_credentials_make_an_identity_and_its_user():
    assert data_of(ask(Who, headers=GOOD, authentication=[Key("kim")])) == {"user": "kim", "identity": "key"}


def test_the_first_authenticator_that_knows_the_request_decides():
    both = [Cookie(), Key("kim")]

    assert data_of(ask(Who, headers={"Cookie": "known=1", **GOOD}, authentication=both))["user"] == "cookie monster"
    assert data_of(ask(Who, headers=GOOD, authentication=both))["user"] == "kim"
    assert ask(Who, headers={"Cookie": "known=1", **BAD}, authentication=both).status_code == 200
    assert ask(Who, headers={"Cookie": "known=1", **BAD}, authentication=both[::-1]).status_code == 401


@pytest.mark.parametrize("headers", [{}, BAD], ids=["none", "wrong"])
def test_no_or_wrong_credentials_are_401_with_one_challenge_of_each_authenticator(headers):
    response = ask(Who, headers=headers, authentication=[Key(), Cookie(), Second()])

    assert problem_of(response)["title"] == "Unauthorized"
    assert response.headers["WWW-Authenticate"] == 'Key realm="keys", Second realm="others", charset="UTF-8"'


def test_a_refusal_says_why_the_credentials_were_not_taken():
    assert problem_of(ask(Who, headers=BAD, authentication=[Key()]))["detail"] == "The key is not good."
    assert "WWW-Authenticate" in problem_of(ask(Who, authentication=[Key()]))["detail"]


def test_a_scheme_without_a_challenge_is_named_where_it_is_alone():
    """A 401 without ``WWW-Authenticate`` would break RFC 9110, section 15.5.2."""
    response = ask(Who, authentication=[Cookie()])

    problem_of(response)
    assert response.headers["WWW-Authenticate"] == "Cookie"


@pytest.mark.parametrize("handler", [ByClass, ByName], ids=["class", "name"])
def test_an_anonymous_handler_answers_requests_without_credentials(handler):
    assert data_of(ask(handler, authentication=[Key()])) == {"public": True, "user": "AnonymousUser"}
    assert data_of(ask(handler, headers=GOOD, authentication=[Key("kim")]))["user"] == "kim"


def test_wrong_credentials_are_never_answered_anonymously():
    """The ancestor did; a client whose password has changed must hear of it."""
    problem_of(ask(ByClass, headers=BAD, authentication=[Key()]))


def test_an_anonymous_handler_that_does_not_exist_is_as_none():
    assert ask(ByUnknownName, authentication=[Key()]).status_code == 401
    assert ask(ByUnknownName, headers=GOOD, authentication=[Key()]).status_code == 200


def test_a_method_that_the_anonymous_handler_does_not_serve_needs_credentials():
    handler = Everything()

    for method in ("POST", "PUT", "PATCH", "DELETE", "TRACE"):
        assert ask(handler, method, authentication=[Key()]).status_code == 401
    assert handler.calls == []


@pytest.mark.parametrize(
    "refusal",
    [PermissionDenied("Not you."), Problem(403, "Not you."), rc.FORBIDDEN, rc.FORBIDDEN(detail="Not you.")],
    ids=["exception", "problem", "reply", "reply with a detail"],
)
def test_somebody_unknown_who_may_not_is_asked_for_credentials(refusal):
    """They might help, which a 403 would deny (RFC 9110, sections 15.5.2 and 15.5.4)."""

    def read(self, request):
        if isinstance(refusal, Exception):
            raise refusal
        return refusal

    closed = type("Closed", (AnonymousBaseHandler,), {"read": read})
    handler = type("Half", (BaseHandler,), {"read": read, "anonymous": closed})
    unknown = ask(handler, authentication=[Key()])

    assert problem_of(unknown)["status"] == 401
    assert unknown.headers["WWW-Authenticate"] == 'Key realm="keys"'
    assert problem_of(ask(handler, authentication=[Key()], headers=GOOD))["status"] == 403
    assert problem_of(ask(handler))["status"] == 403  # nobody could make themselves known


def test_without_authenticators_everybody_is_let_in_and_the_anonymous_handler_is_not_used():
    assert data_of(ask(ByClass)) == {"user": "AnonymousUser", "identity": None}


def test_a_session_that_no_authenticator_has_looked_at_counts_for_nothing(db, client, django_assert_num_queries):
    """Nobody has checked its CSRF token, so it must not make a user of a forged request."""
    client.force_login(User.objects.create_user("eve"))
    with serving(
        path("who/", Resource(Who, authentication=())), path("async/", Resource(AsyncWho, authentication=()))
    ):
        with django_assert_num_queries(0):
            assert client.get("/who/").json()["user"] == "AnonymousUser"
        assert client.get("/async/").json() == {"user": "AnonymousUser", "awaited": "AnonymousUser"}


def test_an_identity_comes_before_the_session_also_for_asynchronous_code(db):
    eve = User.objects.create_user("eve")

    async def ask_as_eve():
        client = AsyncClient()
        await client.aforce_login(eve)
        return await client.get("/who/", headers=GOOD)

    with serving(path("who/", Resource(AsyncWho, authentication=[Key("kim")]))):
        response = async_to_sync(ask_as_eve)()

    assert response.json() == {"user": "kim", "awaited": "kim"}


def test_the_user_is_anonymous_also_without_djangos_middleware():
    assert data_of(ask(Who, MIDDLEWARE=[]))["user"] == "AnonymousUser"


def test_an_unknown_authenticator_never_passes_for_none():
    with pytest.raises(SettingsError, match=r"bassic.*did you mean 'basic'"):
        Resource(Who, authentication=["bassic"]).bound()


def test_one_authenticator_may_be_given_without_a_list():
    resource = Resource(Who, authentication="basic")

    assert [each.name for each in resource.bound().authenticators] == ["basic"]


def test_an_authenticator_that_fails_lets_nobody_in():
    class Broken(Key):
        def authenticate(self, request):
            raise ConnectionError("the directory server is down: ldap://internal.example")

    handler = Recording()
    response = ask(handler, headers=GOOD, authentication=[Broken()])

    assert problem_of(response)["status"] == 500
    assert "ldap" not in response.content.decode()
    assert handler.calls == []


def test_what_authenticators_read_is_in_vary():
    class Tokens(Authenticator):
        name = "tokens"

        def authenticate(self, request):
            return None

        def challenge(self, request, failure):
            return "Bearer"

    for headers in ({}, GOOD, BAD):
        response = ask(ByClass, headers=headers, authentication=[Key(), Tokens(), Cookie()])

        assert response.headers["Vary"] == "Accept, X-Key, Authorization, Cookie"


class Named(Authenticator):
    """Knows nobody, and reads a scheme of ``Authorization``."""

    def __init__(self, scheme, strength):
        self.name = self.scheme = scheme
        self.strength = strength

    def authenticate(self, request):
        return None

    def challenge(self, request, failure):
        return f'{self.scheme.title()} told="{type(failure).__name__}"'


def test_the_strongest_challenge_comes_first_and_equal_ones_in_their_order():
    asked_in_order = [Named("weak", 10), Named("other", 20), Named("same", 20), Named("strong", 30)]
    response = ask(Recording(), authentication=asked_in_order)

    schemes = [each.partition(" ")[0] for each in response.headers["WWW-Authenticate"].split(", ")]
    assert schemes == ["Strong", "Other", "Same", "Weak"]


def test_challenges_know_why_a_request_is_refused():
    class Stale(AuthenticationFailed):
        pass

    class Refusing(Key):
        def authenticate(self, request):
            raise Stale

    without = ask(Recording(), authentication=[Named("a", 1)])
    refused = ask(Recording(), authentication=[Refusing(), Named("a", 1)])

    assert without.headers["WWW-Authenticate"] == 'A told="NoneType"'
    assert refused.headers["WWW-Authenticate"] == 'Key realm="keys", A told="Stale"'


@pytest.mark.parametrize(("field", "status"), [("Token x", 401), ("TOKEN", 401), ("Other x", 200), ("", 200)])
def test_credentials_of_a_known_scheme_that_nobody_claims_are_refused(field, status):
    class Open(BaseHandler):
        permissions = ()

        def read(self, request):
            return {}

    response = ask(Open, headers={"Authorization": field}, authentication=[Named("token", 1)])

    assert response.status_code == status


def test_what_an_authenticator_forbids_itself_stays_as_it_is():
    class Forged(Key):
        def authenticate(self, request):
            raise Problem(403, "Nobody asked for this.")

    response = ask(ByClass, authentication=[Forged()])

    assert problem_of(response)["detail"] == "Nobody asked for this."
    assert response.status_code == 403
