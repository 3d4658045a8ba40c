"""A step for parameters that do not stand in the address as the core reads them.

What stands in the body of the method QUERY (RFC 10008) counts as if it stood in the address, and what a format has
names of its own for as if it were said in the terms of the core.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest, QueryDict

from piston_core.contracts import Aim, Dialect
from piston_core.problems import Invalid, fault

_ADDRESS = "piston.address"  # where the request's META holds the parameters that the address itself has
_GIVEN = "piston.given"  # where it holds the parameters in the terms of their format
_PLACES = frozenset({"offset", "cursor"})
_LONGEST = 2000  # characters of an address that everybody between client and server still takes


def take_query(request: HttpRequest, data: Any) -> None:
    """Put the parameters of a parsed body to those of the address, where every further step looks for them.

    Where a page begins is taken from the address, if that says it: so links lead on with the same body.

    Args:
        request: the request.
        data: an object with a value, or a list of values, for each parameter; or a form.

    Raises:
        Invalid: 422 for anything else.
    """
    both = request.GET.copy()
    request.META[_ADDRESS] = request.GET
    placed = not _PLACES.isdisjoint(both)
    if isinstance(data, Mapping):
        for name in data:
            if placed and name in _PLACES:
                continue
            values = data.getlist(name) if isinstance(data, QueryDict) else _texts(name, data[name])
            if known := [*both.getlist(name), *values]:  # an empty list is no parameter, as in an address
                both.setlist(name, known)
    else:
        raise Invalid([fault("An object with named parameters is expected.", "invalid")])
    both._mutable = False
    request.GET = both  # type: ignore[assignment]  # which is what every reader of parameters asks
    request.META["QUERY_STRING"] = both.urlencode()


def translate(dialect: Dialect, aim: Aim) -> None:
    """Put the parameters of a request into the core's terms; those of the address itself stay as they are.

    Raises:
        Problem: they cannot be meant.
    """
    request = aim.request
    request.META[_GIVEN] = request.GET
    request.GET = dialect.parameters(aim)  # type: ignore[assignment]  # as above


def parameters_of(request: HttpRequest) -> QueryDict:
    """Return the parameters that links to other pages keep, of a query too long for an address only the address's own.

    Such a link is followed by the same QUERY, with the same body.
    """
    long = request.method == "QUERY" and not equivalent(request)
    kept: QueryDict = request.META[_ADDRESS] if long else request.META.get(_GIVEN, request.GET)
    return kept


def equivalent(request: HttpRequest) -> dict[str, str]:
    """Return the field with the address at which GET has the same answer, if it is not too long (section 2.3)."""
    address = request.get_full_path()
    return {"Content-Location": address} if len(address) <= _LONGEST else {}


def _texts(name: str, value: Any) -> Iterable[str]:
    """Return a parameter's values as the texts that they are in an address."""
    values = value if isinstance(value, list) else [value]
    if any(isinstance(each, Mapping | list) or each is None for each in values):
        detail = "A text, a number, true or false is expected here, or a list of such."
        raise Invalid([fault(detail, "invalid", name)])
    return [str(each).lower() if isinstance(each, bool) else str(each) for each in values]
