"""Policies on resources, APIs and in the settings: what is counted together, whose, and for how much."""

from __future__ import annotations

import pytest
from django.urls import path

from piston_core import Api, Resource
from piston_core.registry import get_registry
from piston_throttle import Policy
from tests.piston_throttle.asking import Known, Named, Open, serving, statuses


class Other(Open):
    pass


def behind(*policies, **options):
    return serving(Resource(Known, throttles=policies, authentication=[Named()]), **options)


def test_a_policy_of_the_settings_is_one_quota_for_everything_that_names_it():
    policies = {"burst": {"limit": 3, "window": 60}}
    api = Api(throttles=["burst"])
    api.route("one/", Open)
    api.route("two/", Other)
    api.route("free/", Open, throttles=[])
    with serving(api, options={"policies": policies}) as client:
        assert statuses(client, 1, "/one/") + statuses(client, 1, "/two/", "POST") == [200, 201]
        assert statuses(client, 2, "/one/") + statuses(client, 2, "/free/") == [200, 429, 200, 200]


def test_settings_may_throttle_everything():
    policies = {"burst": {"limit": 1, "window": 60}}
    with serving([path("", Resource(Open))], options={"policies": policies}, THROTTLES=["burst"]) as client:
        assert statuses(client, 2) == [200, 429]


def test_policies_of_the_settings_are_offered_by_their_names():
    policies = {"burst": {"limit": 3, "window": 60}, "daily": {"limit": 9, "window": 86400, "algorithm": "fixed"}}
    with serving(Open, options={"policies": policies}):
        assert list(get_registry().throttles) == ["burst", "daily"]


def test_a_named_policy_is_one_quota_wherever_it_stands():
    first, second = Policy(2, 60, name="same"), Policy(2, 60, name="same")
    routes = [path("one/", Resource(Open, throttles=[first])), path("two/", Resource(Other, throttles=[second]))]
    with serving(routes) as client:
        assert statuses(client, 1, "/one/") + statuses(client, 2, "/two/") == [200, 200, 429]


def test_a_policy_without_a_name_counts_each_handler_and_method_apart():
    policy = Policy(1, 60)
    routes = [path("one/", Resource(Open, throttles=[policy])), path("two/", Resource(Other, throttles=[policy]))]
    with serving(routes) as client:
        assert statuses(client, 2, "/one/") + statuses(client, 2, "/two/") == [200, 429, 200, 429]
        assert statuses(client, 2, "/one/", "DELETE") == [204, 429]
        assert client.get("/one/").headers["RateLimit-Policy"] == '"max-1-in-60s";q=1;w=60'


def test_several_policies_are_told_and_the_first_that_refuses_ends_it():
    with behind(Policy(1, 60, name="burst"), Policy(5, 3600, name="daily")) as client:
        assert client.get("/").headers["RateLimit"] == '"burst";r=0;t=60, "daily";r=4;t=720'
        refused = client.get("/")
        assert refused.headers["RateLimit"] == '"burst";r=0;t=60'
        assert refused.json()["violated-policies"] == ["burst"]


SENDERS = {
    "user": [{"X_User": "1", "at": "192.0.2.1"}, {"X_User": "1", "at": "192.0.2.2", "X_Client": "app"}],
    "client": [{"X_User": "1", "X_Client": "app"}, {"X_User": "2", "X_Client": "app", "at": "192.0.2.2"}],
    "address": [{"X_User": "1"}, {}],
}


@pytest.mark.parametrize("key", SENDERS)
def test_a_key_says_who_is_counted_together(key):
    first, second = SENDERS[key]
    with behind(Policy(2, 60, name="mine", key=key)) as client:
        assert statuses(client, 1, **first) + statuses(client, 2, **second) == [200, 200, 429]


OTHERS = [
    ("user", {"X_User": "1"}, {"X_User": "2"}),
    ("user", {"X_User": "1"}, {}),
    ("user", {}, {"at": "192.0.2.2"}),
    ("user", {"X_Client": "1"}, {"X_User": "1"}),
    ("client", {"X_User": "1", "X_Client": "app"}, {"X_User": "1", "X_Client": "other"}),
    ("client", {"X_User": "1", "X_Client": "app"}, {"X_User": "1"}),
    ("client", {"X_User": "1"}, {"X_User": "2"}),
    ("address", {"X_User": "1"}, {"X_User": "1", "at": "192.0.2.2"}),
    ("address", {"at": "2001:db8:0:1::1"}, {"at": "2001:db8:0:2::1"}),
    ("address", {"at": "192.0.2.1"}, {"at": ""}),
]


@pytest.mark.parametrize(("key", "someone", "other"), OTHERS)
def test_others_are_counted_apart(key, someone, other):
    with behind(Policy(1, 60, name="mine", key=key)) as client:
        assert statuses(client, 2, **someone) + statuses(client, 2, **other) == [200, 429, 200, 429]


SAME_ADDRESS = [
    ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2"),  # one customer has a whole network
    ("::ffff:192.0.2.1", "192.0.2.1"),
    ("2001:DB8:0:1::1", "2001:db8:0:1::1"),
    ("", "nonsense"),  # a socket of the file system has no address
]


@pytest.mark.parametrize(("one", "same"), SAME_ADDRESS)
def test_one_address_is_one_sender_however_it_is_written(one, same):
    with behind(Policy(1, 60, name="mine", key="address")) as client:
        assert statuses(client, 1, at=one) + statuses(client, 1, at=same) == [200, 429]


def test_a_client_cannot_choose_its_address():
    with behind(Policy(1, 60, name="mine", key="address")) as client:
        sent = [statuses(client, 1, X_Forwarded_For=f"198.51.100.{number}") for number in range(3)]

    assert sent == [[200], [429], [429]]


def test_behind_a_declared_proxy_its_last_word_counts():
    with behind(Policy(1, 60, name="mine", key="address"), PROXIES=1) as client:
        assert statuses(client, 1, X_Forwarded_For="198.51.100.1") == [200]
        assert statuses(client, 1, X_Forwarded_For="203.0.113.9, 198.51.100.1") == [429]
        assert statuses(client, 1, X_Forwarded_For="198.51.100.1, 203.0.113.9") == [200]


def test_a_function_says_whose_request_it_is_or_that_it_is_not_counted():
    def by_plan(request, identity):
        return request.headers.get("X-Plan")

    with behind(Policy(1, 60, name="mine", key=by_plan)) as client:
        assert statuses(client, 2, X_Plan="gold") + statuses(client, 2, X_Plan="silver") == [200, 429, 200, 429]
        assert statuses(client, 3) == [200, 200, 200]
        assert "RateLimit" not in client.get("/").headers


@pytest.mark.parametrize("text", ["", "\0", "a\0b", "ü\udc80", "x" * 100_000, "%s'\";--"])
def test_any_text_is_a_key(text):
    with behind(Policy(1, 60, name="mine", key=lambda *_: text)) as client:
        assert statuses(client, 2) == [200, 429]


def test_somebody_unknown_may_have_another_limit():
    with behind(Policy(3, 60, anonymous=1, name="mine")) as client:
        assert statuses(client, 2) == [200, 429]
        assert client.get("/").headers["RateLimit-Policy"] == '"mine";q=1;w=60'
        assert statuses(client, 4, X_User="1") == [200, 200, 200, 429]


def test_somebody_unknown_may_be_let_in_not_at_all():
    with behind(Policy(3, 60, name="mine", anonymous=0)) as client:
        assert statuses(client, 2) == [429, 429]
        assert statuses(client, 1, X_User="1") == [200]


def test_a_request_may_cost_more_or_nothing():
    def by_method(request, identity):
        return {"GET": 0, "POST": 3}.get(request.method, 1)

    with behind(Policy(5, 60, cost=by_method, name="units")) as client:
        assert statuses(client, 1, method="POST") + statuses(client, 1, method="POST") == [201, 429]
        assert client.get("/").headers["RateLimit"].startswith('"units";r=2;')
        assert statuses(client, 3, method="DELETE") == [204, 204, 429]
        assert statuses(client, 2) == [200, 200]


def test_what_costs_more_than_there_is_never_passes():
    with behind(Policy(5, 60, name="mine", cost=lambda *_: 6)) as client:
        assert statuses(client, 2) == [429, 429]
        assert client.get("/").headers["Retry-After"] == "60"


WRONG = [
    ({"limit": 0}, "limit is 0"),
    ({"limit": True}, "limit is True"),
    ({"limit": 5.0}, "limit is 5.0"),
    ({"limit": 1_000_001}, "from 1 to 1000000"),
    ({"limit": 10_001, "algorithm": "sliding"}, "from 1 to 10000"),
    ({"window": 0}, "window is 0"),
    ({"window": "60"}, "window is '60'"),
    ({"window": 366 * 86400 + 1}, "window is"),
    ({"name": "zürich"}, "printable ASCII"),
    ({"name": "a\nb"}, "printable ASCII"),
    ({"name": "x" * 65}, "64 characters"),
    ({"group": "a\0"}, "group is"),
    ({"key": "users"}, "user, client, address, or a function"),
    ({"cost": -1}, "cost is -1"),
    ({"cost": 6}, "from 0 to 5"),
    ({"cost": 3, "anonymous": 2}, "from 0 to 2"),
    ({"anonymous": -1}, "anonymous is -1"),
    ({"algorithm": "leaky"}, "bucket, fixed, sliding"),
    ({"store": "memcached"}, "memory, database, redis, or a Store"),
    ({"store": 5}, "store is 5"),
]


@pytest.mark.parametrize(("given", "words"), WRONG, ids=[repr(given)[:60] for given, _ in WRONG])
def test_what_cannot_be_meant_is_refused_where_it_is_written(given, words):
    with pytest.raises(ValueError, match=words):
        Policy(**{"limit": 5, "window": 60, **given})
