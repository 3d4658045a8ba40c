"""A part of a QuerySet, by ``Range`` or by ``offset`` and ``limit``, in the ancestor's way of asking."""

from __future__ import annotations

import re
from typing import Any

from piston_compat.failures import Refusal
from piston_compat.options import setting
from piston_core import Outcome

_SPEC = re.compile(r"([0-9]{0,18})-([0-9]{0,18})")
_NUMBER = re.compile(r"-?[0-9]{1,18}")


def part(request: Any, objects: Any) -> Outcome:
    """Return the part of a QuerySet that a request wants, or all of it.

    Raises:
        Refusal: 400 for a range that cannot be read, 416 for one that the list does not have.
    """
    given = request.META.get("HTTP_RANGE", "").strip()
    unit, equals, spec = given.partition("=")
    if given and not (equals and unit.strip().lower() == "items"):
        return Outcome(200, objects)
    if given:
        return _ranged(objects, spec.strip())
    names = setting("PISTON_PAGINATION_PARAMS", ("offset", "limit"))
    offset, limit = (request.GET.get(name) for name in names)
    if offset is None or limit is None or not (_is_number(offset) or _is_number(limit)):
        return Outcome(200, objects)
    return _paged(objects, offset, limit)


def _is_number(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text))


def _ranged(objects: Any, spec: str) -> Outcome:
    found = _SPEC.fullmatch(spec)
    if found is None:
        raise Refusal(400, "Bad Request malformed range header")
    first, last = found[1], found[2]
    if not first and not last:
        raise _unsatisfiable("a range needs a first or a last position", objects)
    if not first:
        return _last(objects, int(last))
    return _between(objects, int(first), int(last) if last else None)


def _paged(objects: Any, offset: str, limit: str) -> Outcome:
    numbers = [int(each) for each in (offset, limit) if _is_number(each)]
    if len(numbers) < len([each for each in (offset, limit) if each]):  # one of them is neither empty nor a number
        return Outcome(200, objects)
    if min(numbers) < 0:
        raise _unsatisfiable("offset and limit cannot be negative", objects)
    if not offset:
        return _last(objects, numbers[0]) if numbers[0] else Outcome(200, objects.none())
    if not limit:
        return _between(objects, numbers[0], None)
    if not numbers[1]:
        return Outcome(200, objects.none())
    return _between(objects, numbers[0], numbers[0] + numbers[1] - 1)


def _last(objects: Any, number: int) -> Outcome:
    total = objects.count()
    if not number:
        raise _unsatisfiable("the last none of a list is nothing", objects, total)
    return _between(objects, max(0, total - number), None, total)


def _between(objects: Any, first: int, last: int | None, total: int | None = None) -> Outcome:
    """Return the objects from one position to another; an empty list has no positions and is answered whole."""
    total = objects.count() if total is None else total
    if not total and not first:
        return Outcome(200, objects)
    if first >= total or (last is not None and first > last):
        raise _unsatisfiable(f"there are no objects from {first} to {last}", objects, total)
    end = total - 1 if last is None else min(last, total - 1)
    return Outcome(206, objects[first : end + 1], {"Content-Range": f"items {first}-{end}/{total}"})


def _unsatisfiable(why: str, objects: Any, total: int | None = None) -> Refusal:
    known = objects.count() if total is None else total
    # Misspelt as in rc.BAD_RANGE: clients may compare it.
    return Refusal(416, f"Unsatifiable Range\n{why}", headers={"Content-Range": f"items */{known}"})
