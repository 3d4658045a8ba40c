"""Django's asynchronous authentication: backends that are awaited, handlers that await their user."""

from __future__ import annotations

import logging

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.backends import BaseBackend, ModelBackend
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import PermissionDenied
from django.test import AsyncClient, Client
from django.urls import path
from django.views.debug import ExceptionReporter
from django.views.decorators.debug import sensitive_variables

from piston_core import BaseHandler, Resource
from tests.piston_auth.asking import AsyncWho, Who, basic

pytestmark = pytest.mark.urls(__name__)

SECRET = "open-sesame-7d1f"
MODEL = "django.contrib.auth.backends.ModelBackend"


class AskingAgain(BaseHandler):
    """Asks Django who it is, as code does that knows nothing of Piston."""

    async def read(self, request):
        user = await request.auser()
        permitted = user.pk is not None and await user.ahas_perm("blog.view_post")
        return {"user": user.get_username(), "permitted": permitted, "backend": user.backend}


urlpatterns = [
    path("who/", Resource(Who)),
    path("async-who/", Resource(AsyncWho)),
    path("asking-again/", Resource(AskingAgain)),
]


class Awaited(BaseBackend):
    """Is written for ``aauthenticate`` only, as for a directory that is asked over the network."""

    async def aauthenticate(self, request, username=None, password=None):
        return User(username=f"{username} of the cave") if password == SECRET else None


class AwaitedAlone:
    """So is this, and it inherits nothing."""

    async def aauthenticate(self, request, username=None, password=None):
        return User(username=f"{username} alone") if password == SECRET else None


class AwaitedDenying(BaseBackend):
    async def aauthenticate(self, request, username=None, password=None):
        raise PermissionDenied


class AwaitedFailing(BaseBackend):
    @sensitive_variables()  # a backend answers for its own variables, as Django says
    async def aauthenticate(self, request, username=None, password=None):
        raise ConnectionError("the directory is down")


class AwaitedToken(BaseBackend):
    async def aauthenticate(self, request, token):
        raise AssertionError


class Strict(ModelBackend):
    """Refuses somebody in the synchronous way only; Django's ``aauthenticate`` would let them in."""

    def authenticate(self, request, username=None, password=None, **kwargs):
        return None if username == "Aladdin" else super().authenticate(request, username, password, **kwargs)


ADDRESSES = ["/who/", "/async-who/"]


def ask(url, headers):
    """Return what a WSGI server and what an ASGI server answers, which is the same."""

    async def send():
        return await AsyncClient().get(url, headers=headers)

    answers = [Client().get(url, headers=headers), async_to_sync(send)()]
    assert answers[0].status_code == answers[1].status_code
    return answers[1]


def test_a_handler_awaits_the_user_and_what_they_may(aladdin):
    known = ask("/asking-again/", basic("Aladdin", "open sesame"))

    assert known.json() == {"user": "Aladdin", "permitted": False, "backend": MODEL}
    assert ask("/asking-again/", basic("Aladdin", "open barley")).status_code == 401


@pytest.mark.parametrize("url", ADDRESSES)
@pytest.mark.parametrize(("backend", "name"), [(Awaited, "Ali of the cave"), (AwaitedAlone, "Ali alone")])
def test_a_backend_that_is_only_awaited_is_awaited(db, backends, url, backend, name):
    backends(backend)

    assert ask(url, basic("Ali", SECRET)).json()["user"] == name
    assert ask(url, basic("Ali", "barley")).status_code == 401


@pytest.mark.parametrize("url", ADDRESSES)
def test_each_backend_is_asked_in_its_turn_and_in_its_way(aladdin, backends, url):
    backends(AwaitedToken, Awaited, MODEL)

    assert ask(url, basic("Aladdin", "open sesame")).json()["user"] == "Aladdin"
    assert ask(url, basic("Aladdin", SECRET)).json()["user"] == "Aladdin of the cave"


@pytest.mark.parametrize("url", ADDRESSES)
def test_an_awaited_backend_that_denies_is_the_last_to_be_asked(aladdin, backends, url):
    backends(AwaitedDenying, MODEL)
    assert ask(url, basic("Aladdin", "open sesame")).status_code == 401
    backends(MODEL, AwaitedDenying)
    assert ask(url, basic("Aladdin", "open sesame")).status_code == 200


@pytest.mark.parametrize("others", [(), (AwaitedToken,)])
@pytest.mark.parametrize("url", ADDRESSES)
def test_what_the_synchronous_way_refuses_the_asynchronous_one_does_not_let_in(aladdin, backends, url, others):
    backends(Strict, *others)
    User.objects.create_user("Ali", password="open sesame")

    assert ask(url, basic("Aladdin", "open sesame")).status_code == 401
    assert ask(url, basic("Ali", "open sesame")).status_code == 200


@pytest.mark.parametrize(("password", "backend"), [("open sesame", MODEL), (SECRET, f"{__name__}.Awaited")])
def test_the_user_knows_the_backend_that_has_let_them_in(aladdin, backends, password, backend):
    """Code that logs them in asks for it."""
    backends(Awaited, MODEL)

    assert ask("/asking-again/", basic("Aladdin", password)).json()["backend"] == backend


@pytest.mark.parametrize("url", ADDRESSES)
def test_a_failed_login_is_signalled_as_django_does_it(db, backends, url):
    backends(Awaited)
    seen = []

    def listen(sender, credentials, request, **_kwargs):
        seen.append((sender, credentials, request.path))

    user_login_failed.connect(listen)
    try:
        Client().get(url, headers=basic("Ali", "barley"))
    finally:
        user_login_failed.disconnect(listen)

    assert [(sender, credentials["username"], path) for sender, credentials, path in seen] == [
        ("django.contrib.auth", "Ali", url)
    ]
    assert "barley" not in str(seen)


@pytest.mark.parametrize("url", ADDRESSES)
def test_an_awaited_backend_that_fails_does_not_bring_the_password_into_reports(db, backends, caplog, url):
    backends(AwaitedFailing)
    caplog.set_level(logging.DEBUG)
    response = Client(raise_request_exception=False).get(url, headers=basic("Ali", SECRET))
    record = next(record for record in caplog.records if record.exc_info)
    reporter = ExceptionReporter(record.request, *record.exc_info, is_email=True)
    report = reporter.get_traceback_html() + reporter.get_traceback_text()

    assert response.status_code == 500
    assert "the directory is down" in report
    assert SECRET not in report + caplog.text + response.text
