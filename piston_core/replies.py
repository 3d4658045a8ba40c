"""``rc``: the answers that a handler returns when data alone does not say enough."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

from piston_core.problems import Problem


class _Nothing:
    def __repr__(self) -> str:
        return "NOTHING"


NOTHING: Final = _Nothing()


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with a status of its own; call it to add data, a detail or header fields.

    A reply of 400 or more is answered as a problem, and what the handler wrote to the database
    is rolled back with it.

    Example: ``return rc.CREATED(post, headers={"Location": url})``.

    Attributes:
        status: the HTTP status code.
        data: what to represent in the body; nothing by default.
        detail: for a problem, what is wrong and what to do next.
        headers: header fields to send.
    """

    status: int
    data: Any = NOTHING
    detail: str = ""
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def __call__(self, data: Any = NOTHING, *, detail: str = "", headers: Mapping[str, str] | None = None) -> Reply:
        """Return this reply with data, a detail or header fields."""
        return replace(self, data=data, detail=detail, headers=MappingProxyType(dict(headers or {})))

    def problem(self) -> Problem:
        """Return the problem that this reply stands for; a dictionary as data becomes its members.

        The reply's own ``status`` and ``detail`` come before those of the dictionary.
        """
        members = dict(self.data) if isinstance(self.data, dict) else {}
        standard = {name: str(members.pop(name, "") or "") for name in ("detail", "title", "type", "status")}
        problem = Problem(
            self.status,
            self.detail or standard["detail"],
            title=standard["title"],
            type=standard["type"] or "about:blank",
            headers=self.headers,
        )
        problem.members = members if isinstance(self.data, dict) or self.data is NOTHING else {"data": self.data}
        return problem


class rc:  # noqa: N801 - the ancestor's name, which handlers have used since 2009
    """The replies by name, with the status codes of today's HTTP (RFC 9110, RFC 6585)."""

    ALL_OK = Reply(200)
    CREATED = Reply(201)
    DELETED = Reply(204)
    BAD_REQUEST = Reply(400)
    FORBIDDEN = Reply(403)
    NOT_FOUND = Reply(404)
    DUPLICATE_ENTRY = Reply(409)
    NOT_HERE = Reply(410)
    BAD_RANGE = Reply(416)
    THROTTLED = Reply(429)
    INTERNAL_ERROR = Reply(500)
    NOT_IMPLEMENTED = Reply(501)
