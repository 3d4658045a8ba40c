"""Where Redis is, whether it answers, and what a test says that needs it and does not find it.

The address comes from the environment variable ``PISTON_TEST_REDIS``. Without the service tests that need it
are skipped; ``PISTON_REQUIRE_SERVICES=1`` makes that a failure.
"""

from __future__ import annotations

import os
from functools import cache

import redis

ADDRESS = "redis://127.0.0.1:6379/9"
_PATIENCE = 2  # seconds; a service for tests is near


def address() -> str:
    """Return the address of the database in which tests leave keys that expire."""
    return os.environ.get("PISTON_TEST_REDIS") or ADDRESS


@cache
def why_missing() -> str:
    """Return why Redis cannot be used, and what to do about it; ``""`` if it answers."""
    try:
        with redis.Redis.from_url(address(), socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE) as client:
            client.ping()
    except redis.RedisError as error:
        return f"Redis does not answer ({error}); start it, or set PISTON_TEST_REDIS"
    return ""


def required() -> bool:
    """Return whether a missing service is a failure."""
    return os.environ.get("PISTON_REQUIRE_SERVICES") == "1"
