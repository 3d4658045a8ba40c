"""The address of a client: what the connection says, or what as many proxies say as are declared."""

from __future__ import annotations

import pytest
from django.test import RequestFactory, override_settings

from piston_core import client_address
from piston_core.conf import SettingsError, read_settings


def seen(proxies, forwarded=None, remote="10.0.0.1"):
    """Return the address of a request that came through these proxies."""
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    with override_settings(PISTON={"PLUGINS": [], "PROXIES": proxies}):
        return client_address(RequestFactory().get("/", headers=headers, REMOTE_ADDR=remote))


@pytest.mark.parametrize("forwarded", [None, "1.1.1.1", "1.1.1.1, 2.2.2.2", "x" * 9000, ""])
def test_the_field_is_not_looked_at_without_declared_proxies(forwarded):
    assert seen(0, forwarded) == "10.0.0.1"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (1, "1.1.1.1", "1.1.1.1"),
        (1, "6.6.6.6, 1.1.1.1", "1.1.1.1"),  # what the client wrote itself stands before
        (2, "6.6.6.6, 1.1.1.1, 10.0.0.2", "1.1.1.1"),
        (2, "1.1.1.1", "1.1.1.1"),
        (1, None, "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "1.1.1.1,", "10.0.0.1"),
        (1, "nobody", "10.0.0.1"),
        (1, "1.1.1.1\x00", "10.0.0.1"),
        (1, "1.1.1.1:4711", "1.1.1.1"),
        (1, "[2001:db8::1]:4711", "2001:db8::1"),
        (1, "[2001:db8::1]", "2001:db8::1"),
        (1, "2001:DB8:0:0::1", "2001:db8::1"),
        (1, "::ffff:1.1.1.1", "1.1.1.1"),
        (1, "unknown", "10.0.0.1"),
        (1, "," * 8000, "10.0.0.1"),
    ],
)
def test_the_last_that_the_declared_proxies_wrote_counts(proxies, forwarded, expected):
    assert seen(proxies, forwarded) == expected


def test_a_socket_of_the_file_system_has_no_address():
    assert seen(0, remote="") == ""
    assert seen(1, remote="") == ""
    assert seen(1, "1.1.1.1", remote="") == "1.1.1.1"


@pytest.mark.parametrize("value", [-1, True, "1", None, 1.0])
def test_a_wrong_number_of_proxies_is_an_error(value):
    with override_settings(PISTON={"PROXIES": value}), pytest.raises(SettingsError, match="PROXIES"):
        read_settings()
