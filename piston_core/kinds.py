"""The kinds of problems that the core tells apart by more than a status code, each with the text of its page.

A kind's name is the end of the URI that ``type`` has in a problem document (RFC 9457, section 3.1.1). Names are
public and stay what they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

BLANK = "about:blank"


class Kind(NamedTuple):
    """One kind of problem.

    Attributes:
        status: the status code that it comes with.
        title: what it is, in a few words that never change.
        about: what has happened and what a client does about it.
    """

    status: int
    title: str
    about: str


KINDS: Mapping[str, Kind] = {
    "malformed-body": Kind(
        400,
        "Malformed body",
        "The body is not what its Content-Type says, or is nested too deeply. detail says where. Nothing was "
        "done; correct the body and send the request again.",
    ),
    "invalid-parameter": Kind(
        400,
        "Invalid parameter",
        "A parameter of the query, such as sort, limit, cursor, fields or a filter, has a value that cannot "
        "be meant, or is not served here. detail says which, and what would do.",
    ),
    "invalid-data": Kind(
        422,
        "Invalid data",
        "The body can be read, but its data is not acceptable. errors has an entry for each fault: pointer "
        "leads to the value in the body (JSON Pointer, RFC 6901; empty for the body as a whole), detail says "
        "what is wrong, code says it to programs. Nothing was stored.",
    ),
    "already-exists": Kind(
        409,
        "Already exists",
        "A value that has to be unique is stored already. errors says which, as for invalid-data; where the "
        "database itself has refused, there are none. Nothing was stored.",
    ),
    "conflict": Kind(
        409,
        "Conflict with stored data",
        "The database has refused what the request would store or delete, because of what is stored already. "
        "Nothing was changed.",
    ),
    "still-referenced": Kind(
        409,
        "Still referenced",
        "The object cannot be deleted, because others refer to it. Delete or change those first.",
    ),
    "patch-conflict": Kind(
        409,
        "Patch does not fit",
        "An operation of a JSON Patch does not fit the present state: a test has failed, or its path leads "
        "nowhere. operation is its number from 0, pointer its path. None of the operations was carried out. "
        "Read the object again.",
    ),
    "changed-meanwhile": Kind(
        412,
        "Changed meanwhile",
        "The state that If-Match, If-None-Match or If-Unmodified-Since names is not the present one, so "
        "nothing was done. Read again, decide anew, and send the new ETag.",
    ),
    "precondition-required": Kind(
        428,
        "Precondition required",
        "This is only changed by those who say which state they know: read it, and send its ETag as If-Match.",
    ),
    "idempotency-key-missing": Kind(
        400,
        "Idempotency-Key missing",
        "This is only done for requests that can be repeated safely: send an Idempotency-Key, such as a "
        "random UUID in quotation marks, and the same one when you send the same request again.",
    ),
    "idempotency-key-malformed": Kind(
        400,
        "Idempotency-Key malformed",
        "An Idempotency-Key is one string of at most 255 printable ASCII characters, in quotation marks.",
    ),
    "idempotency-key-in-use": Kind(
        409,
        "Request still at work",
        "A request with the same Idempotency-Key has not been answered yet. Send it again in a moment to get "
        "its answer.",
    ),
    "idempotency-key-reused": Kind(
        422,
        "Idempotency-Key reused",
        "The Idempotency-Key belongs to an earlier request that was another one. A new request needs a new key.",
    ),
    "busy": Kind(
        503,
        "Busy",
        "Other writers were in the way, and nothing was done. Retry-After says when it is worth sending the "
        "request again.",
    ),
}
