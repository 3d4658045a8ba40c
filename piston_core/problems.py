"""Problem details (RFC 9457): how every refusal is said, inside the core and to the client."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from piston_core.kinds import BLANK, KINDS

# Names that changed with RFC 9110; Python before 3.13 still has the older ones.
_CURRENT_PHRASES = {413: "Content Too Large", 416: "Range Not Satisfiable", 422: "Unprocessable Content"}
_CLASHES = frozenset({"unique", "unique_together"})  # Django's codes


def phrase(status: int) -> str:
    """Return the reason phrase that RFC 9110 gives a status code, or ``"Unknown"``."""
    if status in _CURRENT_PHRASES:
        return _CURRENT_PHRASES[status]
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


class Problem(Exception):
    """A request that is refused, and what to tell the client about it.

    Raise it anywhere in a handler or a plugin; it is answered in the negotiated format.

    Args:
        status: the HTTP status code, 400 or more.
        detail: what is wrong with this request and what to do next, in a sentence that a
            client's developer may read. Nothing of the server belongs in it.
        title: the kind of problem in a few words; by default the kind's own, or the status code's phrase.
        type: a URI that names the kind of problem, or the name of one of the core's own kinds, such as
            ``invalid-data``; ``about:blank`` says that the status code is all there is to it
            (RFC 9457, section 4.2.1).
        headers: header fields that the answer must carry, such as ``Allow``.
        members: extension members of the problem document (RFC 9457, section 3.2).
    """

    def __init__(
        self,
        status: int,
        detail: str = "",
        *,
        title: str = "",
        type: str = BLANK,  # noqa: A002 - the member's name in RFC 9457
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(status, detail)
        self.status = status
        self.detail = detail
        self.title = title or (KINDS[type].title if type in KINDS else phrase(status))
        self.type = type
        self.headers = dict(headers or {})
        self.members = members

    def __str__(self) -> str:
        return f"{self.status} {self.title}: {self.detail}" if self.detail else f"{self.status} {self.title}"

    def document(self) -> dict[str, Any]:
        """Return the problem document's members, the standard ones first."""
        standard: dict[str, Any] = {"type": self.type, "title": self.title, "status": self.status}
        if self.detail:
            standard["detail"] = self.detail
        return standard | self.members


class MalformedBody(Problem):
    """What a parser raises for a body that is not what its content type says: 400.

    Args:
        detail: what is wrong with the body and, where it is known, at which position.
    """

    def __init__(self, detail: str, **members: Any) -> None:
        super().__init__(400, detail, type="malformed-body", **members)


class AuthenticationFailed(Problem):
    """What an authenticator raises for credentials that are its own but not good: 401.

    The core adds the challenges of every authenticator of the resource.
    """

    def __init__(self, detail: str = "The credentials were not accepted.") -> None:
        super().__init__(401, detail)


class InsufficientScope(Problem):
    """Credentials that are good, but not for this: 403.

    The core adds the challenge of the authenticator that vouches for them (RFC 6750, section 3.1).

    Args:
        scopes: what the credentials have to be good for.
    """

    def __init__(self, scopes: Sequence[str]) -> None:
        super().__init__(403, f"The credentials are not good for this; it takes the scopes: {' '.join(scopes)}.")
        self.scopes = tuple(scopes)


class Invalid(Problem):
    """Data that is well-formed but not acceptable: 422, with one entry for each fault.

    Where all that is wrong is that a value has to be unique and is stored already, it is 409: the same data would
    have done before, and may do again.

    Args:
        errors: records with ``pointer`` (JSON Pointer, RFC 6901, into the data that was sent),
            ``detail`` and ``code``.
    """

    def __init__(self, errors: list[dict[str, str]]) -> None:
        detail = f"{len(errors)} {'value was' if len(errors) == 1 else 'values were'} refused; see errors."
        clash = bool(errors) and all(error.get("code") in _CLASHES for error in errors)
        super().__init__(
            409 if clash else 422, detail, type="already-exists" if clash else "invalid-data", errors=errors
        )

    @classmethod
    def of(cls, error: ValidationError) -> Invalid:
        """Return the problem for what a validator of Django refused.

        Each message gets the pointer of its field; a message about the whole has the empty pointer.
        """
        faults = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
        return cls(faults_of(faults.items()))


def faults_of(refused: Iterable[tuple[str, Iterable[ValidationError]]]) -> list[dict[str, str]]:
    """Return an entry for each message of Django's validators, which come with the names of their fields."""
    return [
        fault(" ".join(each.messages), each.code or "invalid", *(() if name == NON_FIELD_ERRORS else (name,)))
        for name, faults in refused
        for each in faults
    ]


def fault(detail: str, code: str, *steps: str | int) -> dict[str, str]:
    """Return the entry for what is wrong with a value; without steps that lead to it, with all that was sent."""
    return {"pointer": pointer(*steps), "detail": detail, "code": code}


def pointer(*steps: str | int) -> str:
    """Return the JSON Pointer (RFC 6901) that leads through ``steps``.

    Example: ``pointer("tags", 0) == "/tags/0"``.
    """
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)
