"""Write plain data as elements, column by column: what rows have in common is worked out once for all of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date, datetime
from functools import partial
from itertools import chain, islice, repeat
from types import NoneType
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from piston_xml.characters import as_attribute, as_name, as_texts, escaped, is_holdable, is_name, replaced

if TYPE_CHECKING:
    from piston_xml.layout import XMLLayout

_DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>\n'
_ESCAPED = b' escaped="true"'
_SAYS: dict[type, bytes] = {
    str: b"",
    bool: b' type="boolean"',
    int: b' type="integer"',
    float: b' type="number"',
    NoneType: b' type="null"',
    list: b' type="array"',
    dict: b' type="object"',
    datetime: b"",
    date: b"",
    UUID: b"",
}
_CONTAINERS = frozenset({list, dict})
# What Python's own text for a value would not do for.
_FORMS: dict[type, Callable[[Any], str]] = {bool: ("false", "true").__getitem__, datetime: datetime.isoformat}


class _Tag(NamedTuple):
    """The name of an element: as its tags have it, with its items' name, and whether it uses escapes."""

    start: bytes
    end: bytes
    item: str
    escaped: bool = False


class _Column(NamedTuple):
    """The values of one name in several objects, in UTF-8, and what comes before and after each."""

    before: bytes
    values: Sequence[bytes]
    after: bytes

    def elements(self) -> list[bytes]:
        return _joined(b"", [self], b"")


class Writer:
    """Writes documents in one layout.

    Args:
        layout: the layout.
        item: the name of the items of lists that the layout says nothing about.
    """

    def __init__(self, layout: XMLLayout, item: str = "resource") -> None:
        self.layout = layout
        self._item = item
        self._says = _SAYS if layout.types else dict.fromkeys(_SAYS, b"")
        self._shape: Callable[[dict[str, Any]], Hashable] = self._with_attributes if layout.attributes else tuple
        self._row = self._tag(layout.item)
        namespace = b' xmlns="%b"' % as_attribute(layout.namespace) if layout.namespace else b""
        root = layout.root.encode()
        self._root = _Tag(root + namespace, root, layout.item)
        self.begin = b"%b<%b%b>" % (_DECLARATION, self._root.start, self._says[list])
        self.end = b"</%b>" % root

    def document(self, data: Any) -> bytes:
        """Return a whole document whose data is no list.

        Raises:
            TypeError: something in the data is not plain.
            ValueError: a text in it is not Unicode.
            RecursionError: it is nested too deeply.
        """
        return _DECLARATION + self._column(self._root, [data]).elements()[0]

    def rows(self, rows: list[Any]) -> bytes:
        """Return rows of a list, at least one, as they stand between ``begin`` and ``end``.

        Raises:
            TypeError, ValueError, RecursionError: as for a document.
        """
        return b"".join(self._column(self._row, rows).elements())

    def _column(self, tag: _Tag, values: Sequence[Any]) -> _Column:
        """Return values, at least one, as what is in elements of one name."""
        kinds = set(map(type, values))
        if len(kinds) > 1:
            return _Column(b"", _apart(values, [*map(type, values)], partial(self._alike, tag)), b"")
        kind = kinds.pop()
        if kind is dict:
            return _Column(b"", _apart(values, [*map(self._shape, values)], partial(self._objects, tag)), b"")
        if kind is str:
            return self._texts(tag, values)
        if kind not in self._says:
            raise TypeError(f"{kind.__module__}.{kind.__qualname__} is not plain data")
        start, form = tag.start + self._says[kind], _FORMS.get(kind, str)
        if kind is NoneType:
            return _Column(b"<%b/>" % start, [b""] * len(values), b"")
        written = self._lists(tag, values) if kind is list else [form(value).encode() for value in values]
        return _Column(b"<%b>" % start, written, b"</%b>" % tag.end)

    def _alike(self, tag: _Tag, _kind: type, values: Sequence[Any]) -> list[bytes]:
        return self._column(tag, values).elements()

    def _texts(self, tag: _Tag, texts: Sequence[str]) -> _Column:
        if tag.escaped:
            texts = [escaped(text) for text in texts]
        written = as_texts(texts)
        if written is None:
            return self._unholdable(tag, texts)
        return _Column(b"<%b>" % tag.start, written, b"</%b>" % tag.end)

    def _unholdable(self, tag: _Tag, texts: Sequence[str]) -> _Column:
        """Return texts of which XML cannot hold some: these are escaped or, where nothing can say so, replaced."""
        if not self.layout.types:
            return self._texts(tag, [replaced(text) for text in texts])
        marked = tag._replace(start=tag.start + _ESCAPED, escaped=True)
        tags = [tag if is_holdable(text) else marked for text in texts]
        return _Column(b"", _apart(texts, tags, lambda each, alike: self._texts(each, alike).elements()), b"")

    def _lists(self, tag: _Tag, lists: Sequence[list[Any]]) -> list[bytes]:
        """Return what is in lists; the items of all of them are written together."""
        items = [*chain.from_iterable(lists)]
        written = iter(self._column(self._tag(tag.item), items).elements() if items else ())
        return [b"".join(islice(written, len(each))) for each in lists]

    def _objects(self, tag: _Tag, _shape: Hashable, objects: Sequence[dict[str, Any]]) -> list[bytes]:
        """Return the elements of objects with the same names."""
        attributes, elements = [], []
        for name, values in zip(objects[0], zip(*map(dict.values, objects), strict=True), strict=True):
            if name not in self.layout.attributes or type(values[0]) in _CONTAINERS:
                elements.append(self._column(self._tag(name), values))
            elif values[0] is not None:
                attributes.append(_Column(b' %b="' % name.encode(), [*map(_attribute, values)], b'"'))
        if not attributes and not elements:
            return [b"<%b%b/>" % (tag.start, self._says[dict])] * len(objects)
        content = _Column(b">", [b""] * len(objects), b"")
        return _joined(b"<" + tag.start, [*attributes, content, *elements], b"</%b>" % tag.end)

    def _with_attributes(self, row: dict[str, Any]) -> Hashable:
        """Return an object's names with the types of those values on which it depends how they are written."""
        return tuple(row), *(type(row.get(name)) for name in self.layout.attributes)

    def _tag(self, name: str) -> _Tag:
        item = self.layout.items.get(name, self._item)
        if not self.layout.types:
            name = as_name(name)
        if is_name(name):
            return _Tag(name.encode(), name.encode(), item)
        if "\\" not in name and is_holdable(name):
            return _Tag(b'member name="%b"' % as_attribute(name), b"member", item)
        return _Tag(b'member name="%b"%b' % (as_attribute(escaped(name)), _ESCAPED), b"member", item, escaped=True)


def _attribute(value: Any) -> bytes:
    return as_attribute(_FORMS.get(type(value), str)(value))


def _joined(start: bytes, columns: Iterable[_Column], end: bytes) -> list[bytes]:
    """Return what columns, at least one, have for each object, one after the other, between ``start`` and ``end``."""
    parts: list[Iterable[bytes]] = []
    for before, values, after in columns:
        parts += repeat(start + before), values
        start = after
    return [*map(b"".join, zip(*parts, repeat(start + end), strict=False))]


def _apart(
    values: Sequence[Any], keys: Sequence[Hashable], write: Callable[[Any, Sequence[Any]], list[bytes]]
) -> list[bytes]:
    """Return what ``write`` makes of values, given those with the same key together."""
    if keys.count(keys[0]) == len(keys):
        return write(keys[0], values)
    places: dict[Hashable, list[int]] = {}
    for at, key in enumerate(keys):
        places.setdefault(key, []).append(at)
    written = [b""] * len(values)
    for key, alike in places.items():
        for at, element in zip(alike, write(key, [values[at] for at in alike]), strict=True):
            written[at] = element
    return written
