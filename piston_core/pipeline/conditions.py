"""A step before and after the act: the preconditions of a request, in the order of RFC 9110, section 13.2.2."""

from __future__ import annotations

import re
from datetime import UTC
from hashlib import sha256
from time import time
from typing import NamedTuple

from django.http import HttpRequest
from django.utils.http import http_date, parse_http_date_safe

from piston_core.declarations import Validators
from piston_core.handler import BaseHandler
from piston_core.headers import CONDITIONS
from piston_core.problems import Problem

# A member of a list (section 8.8.3), and not the end of something else; WSGI hands over bytes as Latin-1.
_TAG = re.compile(r'(?<![^\s,])(W/)?"([\x21\x23-\x7e\x80-\U0010ffff]*)"')


class Conditions(NamedTuple):
    """The fields of ``CONDITIONS``, in their order, as a request has them; ``None`` for one that was not sent."""

    match: str | None
    none_match: str | None
    modified_since: str | None
    unmodified_since: str | None
    range: str | None


class State(NamedTuple):
    """The validators of what is at an address.

    Attributes:
        etag: the strong entity tag with its quotation marks, ``""`` if there is none.
        modified: the moment of the last change in whole seconds since 1970, ``None`` if that is not known.
    """

    etag: str = ""
    modified: int | None = None

    def fields(self) -> dict[str, str]:
        """Return the header fields that tell them."""
        told = {"ETag": self.etag} if self.etag else {}
        return told if self.modified is None else {**told, "Last-Modified": http_date(self.modified)}


def conditions_of(request: HttpRequest) -> Conditions | None:
    """Return the conditions of a request, ``None`` for a request without any."""
    sent = request.META
    if sent.keys().isdisjoint(CONDITIONS):
        return None
    return Conditions(*map(sent.get, CONDITIONS))


def refuse_unconditional(handler: BaseHandler, conditions: Conditions | None) -> None:
    """Refuse a write that does not say which state it is about, where the handler wants to know (RFC 6585, section 3).

    Raises:
        Problem: 428.
    """
    matched = conditions is not None and conditions.match is not None
    since = parse_http_date_safe(conditions.unmodified_since or "") if conditions is not None else None
    if not (matched or (since is not None and handler.modified_field)):
        raise Problem(
            428,
            "Say which state you change: read it, and send its ETag as If-Match.",
            type="precondition-required",
        )


def state_of(validators: Validators, *salt: str) -> State:
    """Return the state that declared validators stand for.

    Args:
        validators: what the handler declares.
        salt: what else tells one representation of the same thing from another, such as its format.
    """
    modified = None
    if validators.modified is not None:  # never later than now (section 8.8.2.1)
        modified = min(int(validators.modified.astimezone(UTC).timestamp()), int(time()))
    if validators.version is None:
        return State("", modified)
    version = validators.version.isoformat() if hasattr(validators.version, "isoformat") else str(validators.version)
    return State(_tag("\0".join((version, *salt)).encode(), b""), modified)


def tag_of(body: bytes, content_type: str) -> str:
    """Return the entity tag of a representation: two of them with the same bytes differ by their type."""
    return _tag(body, content_type.encode())


def _tag(body: bytes, more: bytes) -> str:
    digest = sha256(body)
    digest.update(more)
    return f'"{digest.hexdigest()[:32]}"'


def unmodified(conditions: Conditions, state: State) -> bool:
    """Return whether a client that reads has what it would be sent: 304.

    Raises:
        Problem: 412, if it asks for a state that is not there any more.
    """
    _refuse_changed(conditions, state)
    if conditions.none_match is not None:
        return _matches(conditions.none_match, state, weakly=True)
    since = parse_http_date_safe(conditions.modified_since or "")
    return since is not None and state.modified is not None and state.modified <= since


def refuse_other_state(conditions: Conditions, state: State) -> None:
    """Refuse a write that is about another state than the present one.

    Raises:
        Problem: 412.
    """
    _refuse_changed(conditions, state)
    if conditions.none_match is not None and _matches(conditions.none_match, state, weakly=True):
        raise _failed("If-None-Match")


def _refuse_changed(conditions: Conditions, state: State) -> None:
    if conditions.match is not None:
        if not _matches(conditions.match, state, weakly=False):
            raise _failed("If-Match", weak="W/" in conditions.match)
        return
    since = parse_http_date_safe(conditions.unmodified_since or "")
    if since is not None and state.modified is not None and state.modified > since:
        raise _failed("If-Unmodified-Since")


def _matches(field: str, state: State, *, weakly: bool) -> bool:
    """Return whether a list of entity tags has the present one; weak ones never match strongly (section 8.8.3.2)."""
    if field.strip() == "*":
        return True
    present = state.etag.removeprefix("W/") if weakly else state.etag  # a handler may have told a weak one
    return any(present == f'"{tag}"' for weak, tag in _TAG.findall(field) if weakly or not weak)


def range_holds(conditions: Conditions, state: State) -> bool:
    """Return whether a part may be sent: without ``If-Range``, or of the state that it names (section 13.1.5)."""
    if conditions.range is None:
        return True
    tag = _TAG.fullmatch(conditions.range.strip())
    # A date is no strong validator here, since an object may change twice in a second.
    return tag is not None and not tag[1] and state.etag == tag[0]


def _failed(field: str, *, weak: bool = False) -> Problem:
    detail = f"{field} does not hold: this has changed since you have read it. Read it again, and decide anew."
    if weak:
        detail += (
            " Weak entity tags (W/…) never match; something between us that compresses answers makes them. "
            "Read with Accept-Encoding: identity to get a strong one."
        )
    return Problem(412, detail, type="changed-meanwhile")
