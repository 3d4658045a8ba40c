"""What RFC 9110 says about preconditions, written down a second time and by other means than Piston's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

# Section 5.6.7: the form to send, and two that every recipient still has to read.
_FORMS = ("%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y")
# RFC 10008 makes a conditional QUERY a matter of sending the result or not, as for GET.
READS = ("GET", "HEAD", "QUERY")


def status_for(method: str, fields: Mapping[str, str], etag: str, modified: datetime | None, good: int) -> int:
    """Return the status that section 13.2.2 leads to, by its steps.

    Args:
        method: the method.
        fields: the conditional fields that are sent.
        etag: the current entity tag, ``""`` if there is none.
        modified: the current modification date, ``None`` if there is none.
        good: the status of the same request without conditions.
    """
    if "If-Match" in fields:  # step 1, and so not step 2
        if not _lists(fields["If-Match"], etag, weak_too=False):
            return 412
    elif modified is not None and _is_later(modified, fields.get("If-Unmodified-Since")):
        return 412
    if "If-None-Match" in fields:  # step 3, and so not step 4
        if _lists(fields["If-None-Match"], etag, weak_too=True):
            return 304 if method in READS else 412
    elif method in READS and modified is not None:
        since = date_of(fields.get("If-Modified-Since"))
        if since is not None and modified <= since:
            return 304
    return good


def _is_later(modified: datetime, field: str | None) -> bool:
    since = date_of(field)
    return since is not None and modified > since


def _lists(field: str, etag: str, *, weak_too: bool) -> bool:
    """Return whether the field is ``*``, or has the tag by the comparison of section 8.8.3.2."""
    if field == "*":
        return True
    if weak_too:
        return etag.removeprefix("W/") in {each.removeprefix("W/") for each in members(field)}
    return not etag.startswith("W/") and etag in {*members(field)}


def members(field: str) -> Iterator[str]:
    """Yield the entity tags of a list, read character by character (sections 5.6.1 and 8.8.3)."""
    rest = field
    while rest := rest.lstrip(" \t,"):
        weak = "W/" if rest.startswith("W/") else ""
        opening, closing = len(weak), rest.find('"', len(weak) + 1)
        if rest[opening : opening + 1] != '"' or closing < 0:
            return  # this is no list of entity tags
        yield rest[: closing + 1]
        rest = rest[closing + 1 :]


def date_of(field: str | None) -> datetime | None:
    """Return the moment of a date in one of the three forms, ``None`` for anything else."""
    for form in _FORMS:
        try:
            return datetime.strptime(field or "", form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None
