"""What has changed between two documents, and what of it breaks the clients of the older one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from piston_openapi.covering import Around, Side, led, resolved, uncovered
from piston_openapi.document import operations_of


class Change(NamedTuple):
    """One change.

    Attributes:
        where: the operation and the part of it.
        what: what has changed.
        breaks: whether a client that does as the older document says may fail.
    """

    where: str
    what: str
    breaks: bool = True

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """Return what has changed from one document to another, what breaks first.

    Args:
        old: the document that clients were made for.
        new: the present one.
    """
    before, after = operations_of(old), operations_of(new)
    found = []
    for path, method in {**before, **after}:
        where = f"{method.upper()} {path}"
        if (path, method) not in after:
            found.append(Change(where, "is gone"))
        elif (path, method) not in before:
            found.append(Change(where, "is new", breaks=False))
        else:
            comparison = _Comparison(where, old, new)
            found += comparison.operations(_complete(old, path, method), _complete(new, path, method))
    return sorted(found, key=lambda each: not each.breaks)


def _complete(document: Mapping[str, Any], path: str, method: str) -> dict[str, Any]:
    """Return an operation with the parameters of its path, and with the security of the document."""
    item = document["paths"][path]
    operation = item[method]
    parameters = [*item.get("parameters", ()), *operation.get("parameters", ())]
    security = operation.get("security", document.get("security", []))
    return {**operation, "parameters": parameters, "security": security}


class _Comparison:
    """Compares one operation of two documents.

    Args:
        where: the operation.
        old: the older document.
        new: the newer one.
    """

    def __init__(self, where: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        self.where = where
        self.old = old
        self.new = new

    def operations(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
        """Yield the changes of the operation."""
        if new.get("deprecated") and not old.get("deprecated"):
            yield Change(self.where, "is deprecated", breaks=False)
        yield from self._security(old["security"], new["security"])
        yield from self._parameters(old["parameters"], new["parameters"])
        yield from self._bodies(old.get("requestBody"), new.get("requestBody"))
        yield from self._responses(old["responses"], new["responses"])

    def _pairs(self, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
        """Yield what stands in either of two tables, resolved, with ``None`` for what one of them lacks."""
        old, new = old or {}, new or {}
        for name in {**old, **new}:
            yield name, resolved(old.get(name), self.old), resolved(new.get(name), self.new)

    def _security(self, old: list[Any], new: list[Any]) -> Iterator[Change]:
        """Yield what credentials do no more; without any scheme, or with an empty one, none are needed."""
        if not new or {} in new:
            return
        for each in old or [{}]:
            if each not in new:
                named = " and ".join(each) or "no credentials"
                yield Change(self.where, f"is no longer served with {named}")

    def _parameters(self, old: list[Any], new: list[Any]) -> Iterator[Change]:
        before, after = _by_name(old, self.old), _by_name(new, self.new)
        for key, one, another in self._pairs(before, after):
            where = f"{self.where}, {key}"
            if another is None:
                yield Change(where, "is gone")
            elif one is None:
                required = bool(another.get("required"))
                yield Change(where, "is new and required" if required else "is new", breaks=required)
            else:
                yield from self._wanted(one, another, where)
                yield from self._read(one.get("schema", {}), another.get("schema", {}), where)

    def _wanted(self, old: Mapping[str, Any], new: Mapping[str, Any], where: str) -> Iterator[Change]:
        if new.get("required") and not old.get("required"):
            yield Change(where, "is required now")

    def _bodies(self, old: Any, new: Any) -> Iterator[Change]:
        old, new = resolved(old, self.old), resolved(new, self.new)
        where = f"{self.where}, body"
        if new is None:
            if old is not None:
                yield Change(where, "is not read any more")
            return
        yield from self._wanted(old or {}, new, where)
        yield from self._contents(old or {}, new, where, self._read)

    def _contents(
        self, old: Any, new: Any, where: str, compare: Callable[[Any, Any, str], Iterator[Change]]
    ) -> Iterator[Change]:
        for media_type, one, another in self._pairs(old.get("content"), new.get("content")):
            inner = f"{where}, {media_type}"
            if another is None:
                yield Change(inner, "is gone")
            elif one is None:
                yield Change(inner, "is new", breaks=False)
            else:
                for name in ("schema", "itemSchema"):
                    yield from compare(one.get(name, {}), another.get(name, {}), inner)

    def _responses(self, old: Any, new: Any) -> Iterator[Change]:
        for status, one, another in self._pairs(old, new):
            where = f"{self.where}, {status}"
            refusal = status == "default" or status >= "4"
            if another is None:
                yield Change(where, "is gone", breaks=not refusal)
            elif one is None:
                yield Change(where, "is new", breaks=False)
            else:
                yield from self._contents(one, another, where, self._told)
                for name, before, after in self._pairs(one.get("headers"), another.get("headers")):
                    if after is None:
                        yield Change(f"{where}, {name}", "is gone")
                    elif before is None:
                        yield Change(f"{where}, {name}", "is new", breaks=False)

    def _read(self, old: Any, new: Any, where: str) -> Iterator[Change]:
        """Yield what is not accepted any more of what clients send."""
        for inner, why in uncovered(Side(old, self.old), Side(new, self.new)):
            yield Change(_at(where, inner), f"was accepted where it {why}, and is not any more")
        yield from self._properties(old, new, where, sent=True)

    def _told(self, old: Any, new: Any, where: str) -> Iterator[Change]:
        """Yield what clients are told that they do not know."""
        for inner, why in uncovered(Side(new, self.new), Side(old, self.old)):
            yield Change(_at(where, inner), f"{why} now")
        yield from self._properties(old, new, where, sent=False)

    def _properties(
        self, old: Any, new: Any, where: str, *, sent: bool, around: Around = frozenset()
    ) -> Iterator[Change]:
        """Yield the names that are gone, are new, or are required of a client now."""
        one, another = Side(old, self.old).resolved(), Side(new, self.new).resolved()
        within = led(old, new, around)
        if within is None:
            return
        for before, after in zip(one.get("anyOf", ()), another.get("anyOf", ()), strict=False):
            yield from self._properties(before, after, where, sent=sent, around=within)
        if "items" in one and "items" in another:
            yield from self._properties(one["items"], another["items"], f"{where}[]", sent=sent, around=within)
        asked = sent and "properties" in one
        needed = set(another.get("required", ())) - set(one.get("required", ())) if asked else set()
        known, given = one.get("properties", {}), another.get("properties", {})
        for name in {**known, **given}:
            inner, before, after = _at(where, name), known.get(name), given.get(name)
            if after is None and "properties" in another:
                yield Change(inner, "is gone")
            elif before is None and "properties" in one:
                yield Change(inner, "is new and required" if name in needed else "is new", breaks=name in needed)
            else:
                if name in needed:
                    yield Change(inner, "is required now")
                yield from self._properties(before, after, inner, sent=sent, around=within)


def _at(where: str, inner: str) -> str:
    return f"{where} {inner}".rstrip() if inner else where


def _by_name(parameters: list[Any], document: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters by what they are called and where they stand."""
    found = [resolved(each, document) for each in parameters]
    return {f"{each['name']} in the {each['in']}": each for each in found}
