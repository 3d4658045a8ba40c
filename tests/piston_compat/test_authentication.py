"""Who is asked, and which handler answers."""

from __future__ import annotations

from base64 import b64encode

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse

from piston.authentication import HttpBasicAuthentication, NoAuthentication
from piston.handler import AnonymousBaseHandler, BaseHandler
from piston.resource import CHALLENGE, Resource
from piston.utils import throttle
from piston_core.testing import serving
from tests.piston_compat.old import basic, old, returning

pytestmark = pytest.mark.django_db

WHO = returning(lambda request: {"user": str(request.user)})


@pytest.fixture(autouse=True)
def alice():
    return User.objects.create_user("alice", password="al:ice")


def who(**attributes):
    return returning(lambda request: {"user": str(request.user)}, **attributes)


def anonymous(**attributes):
    read = {"read": lambda self, request: {"nobody": str(request.user)}}
    return type("Anonymous", (AnonymousBaseHandler,), read | attributes)


class Saying:
    """An authenticator as projects wrote them."""

    def __init__(self, answer, challenge="who?", user=None):
        self.answer, self.text, self.user = answer, challenge, user

    def is_authenticated(self, request):
        if self.user:
            request.user = self.user
        return self.answer

    def challenge(self):
        return HttpResponse(self.text, status=401, headers={"WWW-Authenticate": f"Own realm={self.text}"})


def token(text: bytes, scheme="Basic") -> dict[str, str]:
    return {"Authorization": f"{scheme} {b64encode(text).decode()}"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (token(b"alice:al:ice"), 200),
        (token(b"alice:al:ice", "bAsIc"), 200),
        (token(b"alice:"), 401),
        (token(b"alice"), 401),
        (token(b"\xff:\xff"), 401),
        (token(b"alice:al:ice\0"), 401),
        (token(b"alice:al:ice", "Bearer"), 401),
        ({"Authorization": "Basic"}, 401),
        ({"Authorization": "Basic ====="}, 401),
        ({"Authorization": "Basic " + "YTph" * 1500}, 401),
        ({"Authorization": "Basic " + "YTph" * 5000}, 431),
        ({}, 401),
    ],
)
def test_basic_takes_the_right_name_and_password_and_nothing_else(headers, status):
    with old(who(), authentication=HttpBasicAuthentication(realm='A "realm"')) as client:
        response = client.get("/", headers=headers)

    assert response.status_code == status
    if status == 401:
        assert response.content == b"Authorization Required"
        assert response.headers["WWW-Authenticate"] == r'Basic realm="A \"realm\""'


def test_a_function_may_decide_about_name_and_password():
    asked = []

    def check(username, password):
        asked.append((username, password))
        return User(username="made")

    with old(who(), authentication=HttpBasicAuthentication(auth_func=check)) as client:
        assert client.get("/", headers=basic("n", "p")).json() == {"user": "made"}

    assert asked == [("n", "p")]


def test_without_authentication_the_user_is_that_of_the_session(client, alice):
    with old(who()) as served:
        served.force_login(alice)
        assert served.get("/").json() == {"user": "alice"}


def test_without_a_header_the_anonymous_handler_has_the_user_of_the_session(alice):
    with old(who(anonymous=anonymous()), authentication=HttpBasicAuthentication()) as client:
        client.force_login(alice)
        assert client.get("/").json() == {"nobody": "alice"}
        assert client.get("/", headers=basic("alice", "wrong")).json() == {"nobody": "AnonymousUser"}


def test_without_authentication_the_anonymous_handler_is_never_used():
    with old(who(anonymous=anonymous())) as client:
        assert client.get("/").json().keys() == {"user"}


@pytest.mark.parametrize("authentication", [None, False, (), [], NoAuthentication()])
def test_nothing_means_no_authentication(authentication):
    with old(who(), authentication=authentication) as client:
        assert client.get("/").status_code == 200


def test_each_is_asked_in_turn_and_the_last_one_challenges(alice):
    several = (Saying(False, "first"), Saying(True, "second", alice), Saying(False, "third"))
    resource = Resource(who(), several)

    with old(resource, Resource(who(), several[::2])) as client:
        assert client.get("/").json() == {"user": "alice"}
        refused = client.get("/1/")

    assert resource.authentication is not None
    assert (refused.content, refused.headers["WWW-Authenticate"]) == (b"third", "Own realm=third")


def test_the_anonymous_handler_may_be_named_before_it_is_defined_and_inherit_from_the_one_it_serves():
    handler = who(anonymous="Later")
    resource = Resource(handler, HttpBasicAuthentication())
    later = type("Later", (handler, AnonymousBaseHandler), {"allowed_methods": ("GET",)})

    assert resource.anonymous is later
    with old(resource) as client:
        assert client.get("/").status_code == 200
        assert client.post("/").status_code == 401


def test_a_name_that_nothing_has_is_as_if_there_were_none():
    with old(who(anonymous="Nobody"), authentication=HttpBasicAuthentication()) as client:
        assert client.get("/").status_code == 401


def test_the_core_s_authenticators_may_be_named(alice):
    resource = Resource(who(), authentication="basic")

    with serving(resource, plugins=["compat", "auth", "json"]) as client:
        assert client.get("/", headers=basic("alice", "al:ice")).json() == {"user": "alice"}
        refused = client.get("/")

    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"].startswith("Basic")


def test_old_and_new_authenticators_may_stand_side_by_side(alice):
    with old(Resource(who(), [Saying(False), "basic"])) as client:
        assert client.get("/", headers=basic("alice", "al:ice")).json() == {"user": "alice"}
        assert client.get("/").status_code == 401


def test_a_subclass_may_authenticate_in_its_own_way():
    class Own(Resource):
        def authenticate(self, request, rm):
            if request.GET.get("key") == "right":
                return self.handler, False
            return (lambda: HttpResponse("no key", status=401)), CHALLENGE

    with old(Own(who())) as client:
        assert client.get("/?key=right").status_code == 200
        assert client.get("/").content == b"no key"


def test_an_anonymous_base_handler_reads_only():
    class Anonymous(AnonymousBaseHandler):
        pass

    assert (Anonymous.is_anonymous, Anonymous.allowed_methods) == (True, ("GET",))
    assert BaseHandler.allowed_methods == ("GET", "POST", "PUT", "DELETE")


def test_a_function_may_answer_with_anything_that_is_true():
    class Limited(BaseHandler):
        @throttle(1, 60)
        def read(self, request):
            return {"user": request.user}

    with old(Limited, authentication=HttpBasicAuthentication(auth_func=lambda username, password: True)) as client:
        assert client.get("/", headers=basic("any")).json() == {"user": True}
        assert client.get("/", headers=basic("any")).status_code == 503
