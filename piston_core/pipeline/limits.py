"""The very first step: refuse what is longer than anybody needs, before it is read."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest

from piston_core.headers import CONDITIONS
from piston_core.problems import Problem

# The fields that Piston reads; what else a request holds is its server's business.
_SPECIAL = frozenset({*CONDITIONS, "HTTP_IDEMPOTENCY_KEY", "HTTP_PREFER", "HTTP_RANGE"})


def limit(request: HttpRequest, usual: Sequence[str], max_query_size: int, max_field_size: int) -> bool:
    """Let a request of a reasonable size pass.

    Args:
        request: the request.
        usual: the fields that most requests have and that are read: ``Accept`` and the credentials.
        max_query_size: the longest query string in bytes.
        max_field_size: the longest header field in bytes.

    Returns:
        whether it has any condition, range, preference or key; most requests have none, and one question tells.

    Raises:
        Problem: 414 for the query string (RFC 9110, section 15.5.15), 431 for a field (RFC 6585, section 5).
    """
    fields = request.META
    if len(fields.get("QUERY_STRING", "")) > max_query_size:
        raise Problem(414, f"The query is longer than {max_query_size} bytes; a QUERY takes it as its body.")
    special = not fields.keys().isdisjoint(_SPECIAL)
    for name in (*usual, *_SPECIAL) if special else usual:
        if name in fields and len(fields[name]) > max_field_size:
            told = name.removeprefix("HTTP_").replace("_", "-").title()
            raise Problem(431, f"The field {told} is longer than {max_field_size} bytes.")
    return special
