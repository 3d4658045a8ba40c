"""A step before anything is done: ask the throttles whether a request may pass, and tell its sender what is left."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import ceil

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from piston_core.access import Identity, Operation, Throttle, Verdict
from piston_core.headers import quoted
from piston_core.problems import Problem

_LIMITS = "piston.limits"  # where the request's META holds the fields for its answer
_QUOTA_EXCEEDED = "https://iana.org/assignments/http-problem-types#quota-exceeded"


def throttle(
    request: HttpRequest, identity: Identity | None, operation: Operation, throttles: Sequence[Throttle]
) -> None:
    """Ask the throttles in their order; whoever is refused by one has not used up those after it.

    Raises:
        Problem: 429 (RFC 6585, section 4), which says when it is worth trying again.
    """
    verdicts: list[Verdict] = []
    for each in throttles:
        verdict = each.check(request, identity, operation)
        if verdict is not None:
            verdicts.append(verdict)
            if not verdict.allowed:
                break
    if verdicts:
        request.META[_LIMITS] = {
            "RateLimit-Policy": ", ".join([_policy(each.policy, each.limit, each.window) for each in verdicts]),
            "RateLimit": ", ".join([_left(each) for each in verdicts]),
        }
        if not verdicts[-1].allowed:
            raise _exceeded(verdicts[-1])


def _exceeded(verdict: Verdict) -> Problem:
    seconds = ceil(verdict.reset)
    return Problem(
        429,
        f"The quota {verdict.policy!r} of {verdict.limit} requests in {verdict.window} seconds is used up; "
        f"try again in {seconds} seconds.",
        title="Quota exceeded",
        type=_QUOTA_EXCEEDED,
        headers={"Retry-After": str(seconds)},
        **{"violated-policies": [verdict.policy]},
    )


def tell_limits(request: HttpRequest, response: HttpResponseBase) -> None:
    """Tell the client its quotas and what is left of them (draft-ietf-httpapi-ratelimit-headers-11)."""
    for name, value in request.META.get(_LIMITS, {}).items():
        response.headers[name] = value


def _left(verdict: Verdict) -> str:
    return f"{_string(verdict.policy)};r={verdict.remaining};t={ceil(verdict.reset)}"


# A project has a few policies, which every request tells.
@lru_cache(maxsize=256)
def _policy(name: str, limit: int, window: int) -> str:
    return f"{_string(name)};q={limit};w={window}"


@lru_cache(maxsize=256)
def _string(text: str) -> str:
    """Return a String of a structured field (RFC 9651, section 4.1.6).

    Raises:
        ValueError: it is not printable ASCII.
    """
    if not (text.isascii() and text.isprintable()):
        raise ValueError(f"the policy {text!r} has to be printable ASCII")
    return quoted(text)
