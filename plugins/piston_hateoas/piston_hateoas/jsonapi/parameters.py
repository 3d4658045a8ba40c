"""Read the parameters of JSON:API in the terms of the core: include, fields, sort, page and filter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from django.http import HttpRequest, QueryDict

from piston_core import Aim, BaseHandler, Dialect, Problem, Shape
from piston_hateoas.jsonapi.builder import attributes_of
from piston_hateoas.jsonapi.naming import member_of

Tree = dict[str, "Tree"]
Sparse = Mapping[str, frozenset[str]]

_NAME = re.compile(r"([^\[\]]*)((?:\[[^\[\]]*\])*)")
_KEYS = re.compile(r"\[([^\[\]]*)\]")
_RESERVED = re.compile(r"[a-z]*")  # names that are the specification's, now or later
_PAGE = ("limit", "offset", "cursor")
_OF_PISTON = frozenset({"format", "explain"})
_SELECTING = frozenset({"include", "fields"})


class JSONAPIDialect(Dialect):
    """Reads the parameters that JSON:API reserves, and refuses those whose names it reserves for later."""

    names = {name: f"page[{name}]" for name in ("offset", "cursor")}

    def parameters(self, aim: Aim) -> QueryDict:
        """Return the parameters in the terms of the core.

        Raises:
            Problem: 400 with the parameter that cannot be meant.
        """
        given = aim.request.GET
        found = QueryDict(mutable=True)
        for name, values in given.lists():
            own = _own_name(name)
            if own not in _SELECTING:
                _refuse_unsupported(aim, name, own)
                found.setlist(own, [*found.getlist(own), *map(_paths if own == "sort" else str, values)])
        fields = _fields(given)
        if fields or "include" in given:
            found["fields"] = _selection(aim.shape(), _tree(given), fields)
        found._mutable = False
        return found


# -- names -----------------------------------------------------------------------------------------


def _own_name(name: str) -> str:
    """Return what the core calls a parameter.

    Raises:
        Problem: 400 for a name that JSON:API keeps for itself and that means nothing.
    """
    match = _NAME.fullmatch(name)
    if match is None:
        raise refusal(name, f"{name[:80]!r} is no name of a parameter.")
    family, keys = match[1], _KEYS.findall(match[2])
    if family == "filter" and keys:
        return _paths("__".join(keys))
    if family == "page" and len(keys) == 1 and keys[0] in _PAGE:
        return str(keys[0])
    if (family == "fields" and len(keys) == 1) or (family in ("include", "sort", *_OF_PISTON) and not keys):
        return family
    if _RESERVED.fullmatch(family):
        known = "include, fields[TYPE], sort, filter[NAME], page[limit], page[offset] and page[cursor]"
        raise refusal(name, f"{name[:80]!r} means nothing in JSON:API. Known are: {known}.")
    return name


def _paths(names: str) -> str:
    """Return names with the core's mark between the steps of a path."""
    return names.replace(".", "__")


def _refuse_unsupported(aim: Aim, name: str, own: str) -> None:
    """Refuse what a list of the model's own reading cannot do; a handler's own method may read what it likes."""
    handler = aim.handler
    if handler.model is None or type(handler).read is not BaseHandler.read or aim.action != "read":
        return
    if name == "sort" and not handler.sorting:
        raise refusal(name, "This list cannot be sorted.")
    if name.startswith("filter[") and own not in handler.filters:
        known = ", ".join(handler.filters) or "nothing"
        raise refusal(name, f"{name[:80]!r} cannot be filtered by. Known is: {known}.")


def refusal(parameter: str, detail: str) -> Problem:
    """Return the problem for a parameter that cannot be followed."""
    return Problem(400, detail, type="invalid-parameter", parameter=parameter)


# -- what a request says ---------------------------------------------------------------------------


def _given(request: HttpRequest) -> QueryDict:
    """Return the parameters as they were sent; the core has its own in ``request.GET``."""
    return QueryDict(request.META.get("QUERY_STRING", ""))


def sparse(request: HttpRequest) -> Sparse:
    """Return by type the members that a request wants of its objects."""
    return _fields(_given(request)) if "fields" in request.META.get("QUERY_STRING", "") else {}


def asks_to_include(request: HttpRequest) -> bool:
    """Return whether a request says which related objects it wants."""
    return "include" in request.META.get("QUERY_STRING", "") and "include" in _given(request)


def as_sent(request: HttpRequest, parameter: str) -> str:
    """Return the name by which a request has sent what the core calls otherwise."""
    for name in _given(request):
        try:
            if _own_name(name) == parameter:
                return name
        except Problem:
            continue
    return parameter


def _fields(given: QueryDict) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for name in given:
        if name.startswith("fields["):
            names = ",".join(given.getlist(name)).split(",")
            found[name[len("fields[") : -1]] = frozenset(each.strip() for each in names) - {""}
    return found


def _tree(given: QueryDict) -> Tree | None:
    """Return the paths of ``include`` as a tree, ``None`` if the request leaves it open."""
    if "include" not in given:
        return None
    tree: Tree = {}
    for path in ",".join(given.getlist("include")).split(","):
        branch = tree
        for step in path.strip().split(".") if path.strip() else ():
            branch = branch.setdefault(step, {})
    return tree


# -- what the core is to show ----------------------------------------------------------------------


def _selection(shape: Shape | None, tree: Tree | None, fields: Sparse) -> str:
    """Return the core's parameter ``fields`` for what is to be included and which members are wanted.

    Raises:
        Problem: 400 for what is not shown.
    """
    if shape is None:
        raise refusal(
            "include" if tree is not None else f"fields[{next(iter(fields))}]", "There is nothing to choose."
        )
    _refuse_unknown_paths(shape, tree or {}, ())
    _refuse_unknown_fields(shape, fields)
    return ",".join(_names(shape, tree, fields))


def _names(shape: Shape, tree: Tree | None, fields: Sparse) -> Iterator[str]:
    """Yield the names to show; where nothing is wanted the first one, which the emitter leaves away."""
    own = [name for name in attributes_of(shape) if _is_wanted(shape, name, fields)]
    related = {name: inner for name, inner in _related(shape) if _is_included(shape, name, tree, fields)}
    yield from own
    for name, inner in related.items():
        branch = None if tree is None else tree[member_of(shape.model, name)]
        parts = ",".join(_names(inner, branch, fields)) if _tells(inner) else ""
        yield f"{name}({parts})" if parts else name
    if not own and not related:
        yield next(iter(attributes_of(shape) or shape.names))


def _is_wanted(shape: Shape, name: str, fields: Sparse) -> bool:
    return shape.kind not in fields or member_of(shape.model, name) in fields[shape.kind]


def _is_included(shape: Shape, name: str, tree: Tree | None, fields: Sparse) -> bool:
    """Return whether related objects are wanted: those that are named, by default all behind wanted members."""
    return _is_wanted(shape, name, fields) if tree is None else member_of(shape.model, name) in tree


def _related(shape: Shape) -> Iterator[tuple[str, Shape]]:
    return ((name, inner) for name, inner in shape.names.items() if inner is not None)


def _tells(shape: Shape) -> bool:
    """Return whether more is shown of objects than what they are known by."""
    return bool(attributes_of(shape)) or any(_related(shape))


def _refuse_unknown_paths(shape: Shape, tree: Tree, path: tuple[str, ...]) -> None:
    known = {member_of(shape.model, name): inner for name, inner in _related(shape) if _tells(inner)}
    for name, branch in tree.items():
        here = (*path, name)
        if name not in known:
            known_paths = ", ".join(".".join((*path, each)) for each in known) or "nothing"
            raise refusal("include", f"{'.'.join(here)[:80]!r} cannot be included. Here can be: {known_paths}.")
        _refuse_unknown_paths(known[name], branch, here)


def _refuse_unknown_fields(shape: Shape, fields: Sparse) -> None:
    known = _members(shape, {})
    for kind, names in fields.items():
        parameter = f"fields[{kind}]"
        if kind not in known:
            raise refusal(parameter, f"No objects of the type {kind[:80]!r} are shown here, but: {', '.join(known)}.")
        for name in sorted(names - known[kind]):
            raise refusal(parameter, f"{name[:80]!r} is not shown. Shown are: {', '.join(sorted(known[kind]))}.")


def _members(shape: Shape, known: dict[str, set[str]]) -> dict[str, set[str]]:
    """Return by type the members that are shown anywhere."""
    names = [*attributes_of(shape), *(name for name, _ in _related(shape))]
    known.setdefault(shape.kind, set()).update(member_of(shape.model, name) for name in names)
    for _, inner in _related(shape):
        _members(inner, known)
    return known
