"""Limits on guessing: how many are judged, who is counted together, and that nobody learns anything by it."""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, Lock
from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.models import User
from django.core.cache import caches
from django.core.cache.backends import locmem
from django.core.cache.backends.base import BaseCache
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.http import HttpRequest
from django.test import AsyncClient, Client, RequestFactory
from django.urls import path
from django.views.debug import ExceptionReporter
from django.views.decorators.debug import sensitive_variables
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piston_auth.basic import BasicAuthenticator
from piston_auth.logins import Logins
from piston_core import AuthenticationFailed, Problem, Resource
from tests.asking import told
from tests.piston_auth.asking import AsyncWho, Who, basic, credentials

SECRET = "open-sesame-7d1f"


class Cave(BaseBackend):
    """Knows everybody by one password, thinks about it for a moment, and remembers whom it has judged."""

    judged: list[str] = []
    pause = 0.0
    lock = Lock()

    def authenticate(self, request, username=None, password=None):
        with self.lock:
            self.judged.append(username)
        time.sleep(self.pause)
        return User(username=username) if password == SECRET else None


class Failing(BaseBackend):
    @sensitive_variables()  # a backend answers for its own variables, as Django says
    def authenticate(self, request, username=None, password=None):
        raise ConnectionError("the directory is down")


class Denying(BaseBackend):
    def authenticate(self, request, username=None, password=None):
        raise PermissionDenied


@pytest.fixture
def cave(settings, monkeypatch):
    """Serve ``/who/`` and ``/async-who/`` behind the one password, with these limits and a cache of their own."""

    def serve(*, backend=Cave, **limits):
        monkeypatch.setattr(Cave, "judged", [])
        monkeypatch.setattr(Cave, "pause", 0.0)
        settings.AUTHENTICATION_BACKENDS = [f"{__name__}.{backend.__name__}"]
        settings.CACHES = {
            "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": uuid4()}
        }
        asked = [BasicAuthenticator(logins=Logins(**limits))]
        settings.ROOT_URLCONF = (
            path("who/", Resource(Who, authentication=asked)),
            path("async-who/", Resource(AsyncWho, authentication=asked)),
        )
        return Cave

    return serve


def guess(name="Ali", password="barley", address="192.0.2.1", url="/who/", **extra):
    return Client(raise_request_exception=False).get(url, headers=basic(name, password), REMOTE_ADDR=address, **extra)


def statuses(times, *args, **kwargs):
    return [guess(*args, **kwargs).status_code for _ in range(times)]


@pytest.mark.parametrize("url", ["/who/", "/async-who/"])
def test_after_so_many_failures_the_answer_is_429_and_no_backend_is_asked(cave, url):
    judge = cave(attempts=3)

    assert statuses(5, url=url) == [401, 401, 401, 429, 429]
    assert len(judge.judged) == 3


def test_the_429_says_what_kind_it_is_and_when_to_try_again_and_names_nobody(cave):
    cave(attempts=1, window=300)
    guess("Ali-Baba")
    response = guess("Ali-Baba")
    seconds = int(response.headers["Retry-After"])
    problem = told(response)

    assert 298 <= seconds <= 300
    assert response.headers["Content-Type"] == "application/problem+json"
    assert problem == {
        "type": "https://iana.org/assignments/http-problem-types#quota-exceeded",
        "title": "Quota exceeded",
        "status": 429,
        "detail": f"There were too many failed logins; try again in {seconds} seconds.",
        "violated-policies": ["login"],
    }
    assert "Ali" not in response.serialize_headers().decode() + response.text


def test_a_refused_guess_does_not_learn_that_it_was_right(cave):
    cave(attempts=2)
    statuses(2)
    right, wrong = guess(password=SECRET), guess()

    assert right.status_code == wrong.status_code == 429
    assert told(right) == told(wrong)


def test_a_name_that_does_not_exist_is_counted_like_one_that_does(aladdin, cave, settings):
    cave(attempts=3)
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    User.objects.create_user("inactive", password="x", is_active=False)

    for name in ("Aladdin", "nobody", "inactive"):
        assert statuses(5, name, address=f"192.0.2.{len(name)}") == [401, 401, 401, 429, 429]


def test_a_right_password_forgets_the_failures_of_its_name(cave):
    cave(attempts=3)

    for _ in range(3):
        assert statuses(2) == [401, 401]
        assert guess(password=SECRET).status_code == 200


def test_a_right_password_counts_for_nothing_against_the_limit(cave):
    cave(attempts=3, per_address=3)

    assert statuses(20, password=SECRET) == [200] * 20


def test_an_account_of_their_own_gives_nobody_more_guesses_at_others(cave):
    judge = cave(attempts=2, per_address=6)
    found = []
    for number in range(10):
        found += [guess("mine", SECRET).status_code, guess(f"victim-{number}").status_code]

    assert found == [200, 401] * 6 + [429, 429] * 4
    assert len(judge.judged) == 12


def test_names_at_one_address_and_addresses_of_one_name_are_counted_apart(cave):
    cave(attempts=2)

    assert statuses(3, "Ali") == [401, 401, 429]
    assert guess("Hasan").status_code == 401
    assert guess("Ali", SECRET, address="192.0.2.2").status_code == 200


def test_many_names_at_one_address_come_up_against_the_limit_of_the_address(cave):
    judge = cave(attempts=5, per_address=4)

    assert [guess(f"name-{number}").status_code for number in range(6)] == [401] * 4 + [429] * 2
    assert guess("another", SECRET).status_code == 429
    assert guess("another", SECRET, address="192.0.2.2").status_code == 200
    assert len(judge.judged) == 5


@pytest.mark.parametrize("spelt", ["ali baba", "ALI BABA", "Ali\u00a0Baba", "Ａli Ｂaba", "ali BaBA"])
def test_another_spelling_of_a_name_is_not_worth_more_guesses(cave, spelt):
    cave(attempts=2)
    statuses(2, "Ali Baba")

    assert guess(spelt).status_code == 429


SAME = [("2001:db8::1", "2001:db8::ffff:1"), ("2001:db8:0:0:1::", "2001:db8::"), ("::ffff:192.0.2.1", "192.0.2.1")]
OTHER = [("2001:db8::1", "2001:db8:0:1::1"), ("192.0.2.1", "192.0.2.2"), ("::1", "127.0.0.1")]


@pytest.mark.parametrize(("first", "second"), SAME)
def test_addresses_of_one_owner_are_counted_together(cave, first, second):
    cave(attempts=1)
    guess(address=first)

    assert guess(address=second).status_code == 429


@pytest.mark.parametrize(("first", "second"), OTHER)
def test_addresses_of_several_owners_are_counted_apart(cave, first, second):
    cave(attempts=1)
    guess(address=first)

    assert guess(address=second).status_code == 401


def test_behind_a_socket_of_the_file_system_only_names_are_counted(cave):
    """There everybody has the same address, which is none: one guesser would lock out all others."""
    cave(attempts=2, per_address=3)

    assert [guess(f"name-{number}", address="").status_code for number in range(5)] == [401] * 5
    assert statuses(3, "Ali", address="") == [401, 401, 429]


def test_nobody_gets_around_it_by_a_field_that_anybody_can_write(cave):
    judge = cave(attempts=2, per_address=4)
    for number in range(20):
        guess(HTTP_X_FORWARDED_FOR=f"198.51.100.{number}", HTTP_FORWARDED=f"for=198.51.100.{number}")

    assert len(judge.judged) == 2


def test_behind_proxies_of_the_project_the_address_is_the_client_s(cave, settings):
    cave(attempts=2)
    settings.PISTON = {**settings.PISTON, "PROXIES": 1}

    assert statuses(3, HTTP_X_FORWARDED_FOR="203.0.113.9, 198.51.100.1") == [401, 401, 429]
    assert guess(HTTP_X_FORWARDED_FOR="203.0.113.9, 198.51.100.2").status_code == 401


def test_it_is_worth_trying_again_when_it_is_said_to_be(cave):
    cave(attempts=2, window=1)
    statuses(2)
    refused = guess(password=SECRET)
    time.sleep(int(refused.headers["Retry-After"]) + 0.05)

    assert refused.headers["Retry-After"] == "1"
    assert guess(password=SECRET).status_code == 200


CACHE = ("django.core.cache.backends.base", "django.core.cache.backends.locmem")


class Clock:
    """A clock that is set; the cache goes by it, too."""

    def __init__(self, monkeypatch, *modules):
        self.now = 1_800_000_000.0
        for module in modules:
            monkeypatch.setattr(f"{module}.time", self)

    def time(self):
        return self.now


ATTEMPTS, WINDOW, PER_ADDRESS = 3, 10, 5


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from("ab"), st.booleans()), max_size=60))
def test_a_window_holds_as_many_failures_as_it_may_and_no_fewer(cave, monkeypatch, steps):
    """What is refused, and for how long, is what a list of all failures says, at every moment."""
    clock = Clock(monkeypatch, *CACHE, "piston_auth.logins")
    cave()
    request = RequestFactory().get("/")
    logins = Logins(attempts=ATTEMPTS, window=WINDOW, per_address=PER_ADDRESS)
    by_name, together = {"a": [], "b": []}, []
    for seconds, name, right in steps:
        clock.now += seconds
        by_name, together = {each: recent(by_name[each], clock.now) for each in by_name}, recent(together, clock.now)
        full = [
            failures[0] + WINDOW - clock.now
            for failures, limit in ((by_name[name], ATTEMPTS), (together, PER_ADDRESS))
            if len(failures) >= limit
        ]
        refusal = refused(logins, request, name)
        assert (refusal in full) if full else (refusal is None)
        if refusal is None:
            judged(logins, request, name, right=right)
            by_name[name] = [] if right else [*by_name[name], clock.now]
            together = together if right else [*together, clock.now]


class Unjudged(Exception):
    """Leaves a guess without a judgement."""


def refused(logins, request, name):
    """Return for how many seconds somebody is refused, ``None`` for not at all."""
    try:
        with logins.attempt(request, name):
            raise Unjudged
    except Unjudged:
        return None
    except Problem as problem:
        return int(problem.headers["Retry-After"])


def judged(logins, request, name, *, right):
    with suppress(AuthenticationFailed), logins.attempt(request, name):
        if not right:
            raise AuthenticationFailed


def recent(failures, now):
    return [moment for moment in failures if now < moment + WINDOW]


def at_once(asks):
    """Return the status codes of requests that are sent at the same moment."""
    barrier = Barrier(len(asks))

    def send(ask):
        barrier.wait()
        return guess(*ask).status_code

    with ThreadPoolExecutor(len(asks)) as pool:
        return sorted(pool.map(send, asks))


@pytest.mark.parametrize("attempts", [1, 3, 5])
def test_guesses_at_once_are_not_judged_more_often_than_guesses_in_turn(cave, attempts):
    judge = cave(attempts=attempts)
    judge.pause = 0.05
    found = at_once([("Ali", f"guess-{number}") for number in range(8)])
    found += at_once([("Ali", f"another-{number}") for number in range(8)])

    assert len(judge.judged) == attempts
    assert sorted(found) == [401] * attempts + [429] * (16 - attempts)


def test_guesses_at_once_with_many_names_are_not_judged_more_often_either(cave):
    judge = cave(attempts=5, per_address=4)
    judge.pause = 0.05

    assert at_once([(f"name-{number}", "x") for number in range(8)]) == [401] * 4 + [429] * 4
    assert len(judge.judged) == 4


def test_a_right_password_among_guesses_at_once_is_judged_only_in_its_turn(cave):
    """Some may be refused; but no more wrong ones are judged than there may be, before the right one and after it."""
    judge = cave(attempts=2)
    judge.pause = 0.02
    found = at_once([("Ali", SECRET)] + [("Ali", f"guess-{number}") for number in range(7)])

    assert found.count(401) <= 4
    assert len(judge.judged) <= 5
    assert set(found) <= {200, 401, 429}


@pytest.mark.parametrize(("attempts", "per_address"), [(5, 50), (1, 50), (1, 1), (5, 2)])
def test_a_client_that_sends_many_requests_at_once_gets_all_its_answers(cave, attempts, per_address):
    judge = cave(attempts=attempts, per_address=per_address)
    judge.pause = 0.01

    assert at_once([("Ali", SECRET)] * 12) == [200] * 12


def test_who_waits_for_others_at_the_address_keeps_no_place_from_themselves(cave):
    judge = cave(attempts=1, per_address=1)
    judge.pause = 0.05

    assert at_once([(f"name-{number}", SECRET) for number in range(4)]) == [200] * 4


@pytest.mark.parametrize(("behind", "seconds"), [(1000, "1"), (-1000, "300"), (0, "300")])
def test_the_clocks_of_two_servers_may_differ(cave, monkeypatch, behind, seconds):
    cave(attempts=1, window=300)
    guess()
    clock = Clock(monkeypatch, "piston_auth.logins")
    clock.now = time.time() + behind

    assert guess().headers["Retry-After"] == seconds


def test_who_waits_for_a_judge_that_takes_too_long_is_told_to_come_again(cave, monkeypatch):
    monkeypatch.setattr("piston_auth.logins._LOOKS", 3)
    judge = cave(attempts=1)
    judge.pause = 1.0
    assert at_once([("Ali", SECRET)] * 2) == [200, 429]


def test_the_place_of_a_judge_that_has_died_is_free_again(cave, monkeypatch):
    monkeypatch.setattr("piston_auth.logins._LOOKS", 2)
    cave(attempts=1, window=1)
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1")
    died = Logins(attempts=1, window=1).attempt(request, "Ali")
    died.__enter__()

    assert guess(password=SECRET).status_code == 429
    time.sleep(1.05)
    assert guess(password=SECRET).status_code == 200


def test_what_is_no_guess_is_not_counted(cave):
    judge = cave(attempts=1)
    for headers in ({}, {"Authorization": "Basic"}, credentials(b"no colon"), {"Authorization": "Bearer x"}):
        for _ in range(3):
            assert Client().get("/who/", headers=headers, REMOTE_ADDR="192.0.2.1").status_code == 401

    assert judge.judged == []
    assert guess(password=SECRET).status_code == 200


def test_a_backend_that_fails_has_not_judged(cave, settings):
    cave(backend=Failing, attempts=2)
    assert statuses(5) == [500] * 5
    settings.AUTHENTICATION_BACKENDS = [f"{__name__}.Cave"]

    assert guess(password=SECRET).status_code == 200


def test_a_backend_that_denies_has_judged(cave):
    cave(backend=Denying, attempts=2)

    assert statuses(4) == [401, 401, 429, 429]


def test_no_attempts_switch_it_off_and_leave_the_cache_alone(cave, settings):
    cave(attempts=0, per_address=1)
    settings.CACHES = {"default": {"BACKEND": f"{__name__}.Down"}}

    assert statuses(60) == [401] * 60


def test_an_address_may_be_left_uncounted(cave):
    cave(attempts=2, per_address=0)

    assert [guess(f"name-{number}").status_code for number in range(60)] == [401] * 60
    assert statuses(3) == [401, 401, 429]


class Down(BaseCache):
    """A cache whose server cannot be reached."""

    def __init__(self, *_):
        super().__init__({})

    def get(self, *_args, **_kwargs):
        raise ConnectionError("refused")

    add = set = delete = touch = get


class Dumb(Down):
    """One that says nothing about it, as django-redis does if it is told to ignore exceptions."""

    def get(self, *_args, **_kwargs):
        return None

    add = set = delete = touch = get


class Unwritable(locmem.LocMemCache):
    """One of which only a replica is there."""

    def __init__(self, _name, params):
        super().__init__("unwritable", params)

    def add(self, *_args, **_kwargs):
        raise ConnectionError("read only")

    set = delete = add


@pytest.mark.parametrize("broken", [Down, Dumb, Unwritable])
def test_a_cache_that_does_not_work_is_logged_and_locks_nobody_out(cave, settings, caplog, broken):
    cave(attempts=1)
    settings.CACHES = {"default": {"BACKEND": f"{__name__}.{broken.__name__}"}}
    found = [guess(password=SECRET).status_code, *statuses(3)]

    assert found == [200, 401, 401, 401]
    noted = [record for record in caplog.records if record.name == "piston.auth"]
    assert noted
    assert {record.levelname for record in noted} == {"ERROR"}
    assert "CACHES" in noted[0].getMessage()
    assert SECRET not in caplog.text
    assert "Ali" not in caplog.text


def test_the_cache_is_the_one_that_is_named(cave, settings):
    cave(cache="logins", attempts=1)
    backend = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {
        "default": {"BACKEND": f"{__name__}.Down"},
        "logins": {"BACKEND": backend, "LOCATION": uuid4()},
    }

    assert statuses(2) == [401, 429]


@pytest.mark.parametrize("backend", ["filebased.FileBasedCache", "db.DatabaseCache"])
def test_any_cache_of_django_s_will_do(db, cave, settings, tmp_path, backend):
    cave(attempts=3, per_address=4)
    place = str(tmp_path) if "file" in backend else "failed_logins"
    settings.CACHES = {"default": {"BACKEND": f"django.core.cache.backends.{backend}", "LOCATION": place}}
    call_command("createcachetable")

    assert statuses(2) == [401, 401]
    assert guess(password=SECRET).status_code == 200
    assert statuses(4) == [401, 401, 429, 429]


def test_the_cache_holds_no_name_address_or_password(cave):
    cave(attempts=3)
    guess("Ali-Baba", "close-barley", address="192.0.2.77")
    stored = repr(caches["default"]._cache)

    assert stored.count("piston.login.") == 2
    for text in ("Ali-Baba", "ali-baba", "close-barley", "192.0.2.77", "192.0.2"):
        assert text not in stored


def test_keys_differ_from_site_to_site_so_that_no_dictionary_finds_a_name(cave, settings):
    def keys(secret):
        settings.SECRET_KEY = secret
        cave(attempts=1)
        guess()
        return {*caches["default"]._cache}

    assert not keys("one" * 20) & keys("two" * 20)


HOSTILE = ["", " ", "\ud800", "a" * 100_000, "\x00", "\n", "💥" * 500, "'; --", "%s{}", "\u0130\u00df"]


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize(
    "address", ["", "unix:", "fe80::1%eth0", "192.0.2.1:80", "[::1]:80", "not an address", "\x00"]
)
def test_whatever_a_name_or_an_address_holds_it_is_counted(cave, name, address):
    cave(attempts=1)
    request = RequestFactory().get("/", REMOTE_ADDR=address)
    logins = Logins(attempts=1)
    judged(logins, request, name, right=False)

    assert refused(logins, request, name)


@pytest.mark.parametrize(
    "limits",
    [
        {"attempts": -1},
        {"attempts": 1001},
        {"per_address": -1},
        {"per_address": 10**9},
        {"window": 0},
        {"window": -5},
    ],
)
def test_limits_that_cannot_be_meant_are_refused(limits):
    with pytest.raises(ValueError, match="have to be from 0 to 1000, window 1 or more"):
        Logins(**limits)


def test_an_error_report_from_within_a_guess_shows_neither_name_nor_password(cave, caplog):
    """Django mails such a report to the admins; it shows the variables of each frame."""
    cave(backend=Failing, attempts=2)
    caplog.set_level(logging.DEBUG)
    guess("Ali-Baba", SECRET)
    record = next(record for record in caplog.records if record.exc_info)
    request: HttpRequest = record.request  # type: ignore[attr-defined]  # what Django's loggers add
    reporter = ExceptionReporter(request, *record.exc_info, is_email=True)
    report = reporter.get_traceback_html() + reporter.get_traceback_text()

    assert "the directory is down" in report
    for text in ("Ali-Baba", SECRET):
        assert text not in report


def test_an_asgi_server_counts_the_same(cave):
    cave(attempts=2)

    async def ask(password):
        return (await AsyncClient().get("/async-who/", headers=basic("Ali", password))).status_code

    assert [async_to_sync(ask)(password) for password in ("x", "y", SECRET)] == [401, 401, 429]
