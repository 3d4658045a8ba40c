"""Write plain data as elements, column by column: what rows have in common is worked out once for all of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date, datetime
from functools import partial
from itertools import chain, islice
from types import NoneType
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from piston_xml.characters import as_attribute, as_name, as_text, escaped, is_holdable, is_literal, is_name, replaced

if TYPE_CHECKING:
    from piston_xml.layout import XMLLayout

_DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>\n'
_ESCAPED = ' escaped="true"'
_SAYS: dict[type, str] = {
    str: "",
    bool: ' type="boolean"',
    int: ' type="integer"',
    float: ' type="number"',
    NoneType: ' type="null"',
    list: ' type="array"',
    dict: ' type="object"',
    datetime: "",
    date: "",
    UUID: "",
}
_CONTAINERS = frozenset({list, dict})
# What Python's own text for a value would not do for.
_FORMS: dict[type, Callable[[Any], str]] = {bool: ("false", "true").__getitem__, datetime: datetime.isoformat}


class _Tag(NamedTuple):
    """The name of an element: as its tags have it, with its items' name, and whether it uses escapes."""

    start: str
    end: str
    item: str
    escaped: bool = False


class _Column(NamedTuple):
    """The values of the elements of one name in several objects, and what comes before and after each."""

    before: str
    values: Sequence[Any]
    after: str

    def elements(self) -> list[str]:
        before, values, after = self
        return [f"{before}{value}{after}" for value in values]

    def slot(self) -> str:
        """Return a template for one of the elements."""
        return f"{self.before.replace('%', '%%')}%s{self.after}"


class Writer:
    """Writes documents in one layout.

    Args:
        layout: the layout.
        item: the name of the items of lists that the layout says nothing about.
    """

    def __init__(self, layout: XMLLayout, item: str = "resource") -> None:
        self.layout = layout
        self._item = item
        self._says = _SAYS if layout.types else dict.fromkeys(_SAYS, "")
        self._shape: Callable[[dict[str, Any]], Hashable] = self._with_attributes if layout.attributes else tuple
        self._row = self._tag(layout.item)
        namespace = f' xmlns="{as_attribute(layout.namespace)}"' if layout.namespace else ""
        self._root = _Tag(layout.root + namespace, layout.root, layout.item)
        self.begin = _DECLARATION + f"<{self._root.start}{self._says[list]}>".encode()
        self.end = f"</{self._root.end}>".encode()

    def document(self, data: Any) -> bytes:
        """Return a whole document whose data is no list.

        Raises:
            TypeError: something in the data is not plain.
            ValueError: a text in it is not Unicode.
            RecursionError: it is nested too deeply.
        """
        return _DECLARATION + self._column(self._root, [data]).elements()[0].encode()

    def rows(self, rows: list[Any]) -> bytes:
        """Return rows of a list, at least one, as they stand between ``begin`` and ``end``.

        Raises:
            TypeError, ValueError, RecursionError: as for a document.
        """
        return "".join(self._column(self._row, rows).elements()).encode()

    def _column(self, tag: _Tag, values: Sequence[Any]) -> _Column:
        """Return values, at least one, as what is in elements of one name."""
        kinds = set(map(type, values))
        if len(kinds) > 1:
            return _Column("", _apart(values, map(type, values), partial(self._alike, tag)), "")
        kind = kinds.pop()
        if kind is dict:
            return _Column("", _apart(values, map(self._shape, values), partial(self._objects, tag)), "")
        if kind is str:
            return self._texts(tag, values)
        if kind not in self._says:
            raise TypeError(f"{kind.__module__}.{kind.__qualname__} is not plain data")
        start = tag.start + self._says[kind]
        if kind is NoneType:
            return _Column(f"<{start}/>", [""] * len(values), "")
        if kind is list:
            values = self._lists(tag, values)
        elif kind in _FORMS:
            values = [*map(_FORMS[kind], values)]
        return _Column(f"<{start}>", values, f"</{tag.end}>")

    def _alike(self, tag: _Tag, _kind: type, values: Sequence[Any]) -> list[str]:
        return self._column(tag, values).elements()

    def _texts(self, tag: _Tag, texts: Sequence[str]) -> _Column:
        if tag.escaped:
            texts = [escaped(text) for text in texts]
        joined = "".join(texts)
        if not is_holdable(joined):
            return self._unholdable(tag, texts)
        if not is_literal(joined):
            texts = [as_text(text) for text in texts]
        return _Column(f"<{tag.start}>", texts, f"</{tag.end}>")

    def _unholdable(self, tag: _Tag, texts: Sequence[str]) -> _Column:
        """Return texts of which XML cannot hold some: these are escaped or, where nothing can say so, replaced."""
        if not self.layout.types:
            return self._texts(tag, [replaced(text) for text in texts])
        marked = tag._replace(start=tag.start + _ESCAPED, escaped=True)
        tags = (tag if is_holdable(text) else marked for text in texts)
        return _Column("", _apart(texts, tags, lambda each, alike: self._texts(each, alike).elements()), "")

    def _lists(self, tag: _Tag, lists: Sequence[list[Any]]) -> list[str]:
        """Return what is in lists; the items of all of them are written together."""
        items = [*chain.from_iterable(lists)]
        written = iter(self._column(self._tag(tag.item), items).elements() if items else ())
        return ["".join(islice(written, len(each))) for each in lists]

    def _objects(self, tag: _Tag, _shape: Hashable, objects: Sequence[dict[str, Any]]) -> list[str]:
        """Return the elements of objects with the same names."""
        attributes, elements = [], []
        for name, values in zip(objects[0], zip(*map(dict.values, objects), strict=True), strict=True):
            if name not in self.layout.attributes or type(values[0]) in _CONTAINERS:
                elements.append(self._column(self._tag(name), values))
            elif values[0] is not None:
                attributes.append(_Column(f' {name}="', [*map(_attribute, values)], '"'))
        if not attributes and not elements:
            return [f"<{tag.start}{self._says[dict]}/>"] * len(objects)
        start = tag.start.replace("%", "%%") + "".join([each.slot() for each in attributes])
        template = f"<{start}>{''.join([each.slot() for each in elements])}</{tag.end}>"
        return [template % row for row in zip(*(each.values for each in attributes + elements), strict=True)]

    def _with_attributes(self, row: dict[str, Any]) -> Hashable:
        """Return an object's names with the types of those values on which it depends how they are written."""
        return tuple(row), *(type(row.get(name)) for name in self.layout.attributes)

    def _tag(self, name: str) -> _Tag:
        item = self.layout.items.get(name, self._item)
        if not self.layout.types:
            name = as_name(name)
        if is_name(name):
            return _Tag(name, name, item)
        if "\\" not in name and is_holdable(name):
            return _Tag(f'member name="{as_attribute(name)}"', "member", item)
        return _Tag(f'member name="{as_attribute(escaped(name))}"{_ESCAPED}', "member", item, escaped=True)


def _attribute(value: Any) -> str:
    return as_attribute(_FORMS.get(type(value), str)(value))


def _apart(
    values: Sequence[Any], keys: Iterable[Hashable], write: Callable[[Any, Sequence[Any]], list[str]]
) -> list[str]:
    """Return what ``write`` makes of values, given those with the same key together."""
    places: dict[Hashable, list[int]] = {}
    for at, key in enumerate(keys):
        places.setdefault(key, []).append(at)
    if len(places) == 1:
        return write(next(iter(places)), values)
    written = [""] * len(values)
    for key, alike in places.items():
        for at, element in zip(alike, write(key, [values[at] for at in alike]), strict=True):
            written[at] = element
    return written
