"""What a handler may declare about its documents in XML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from piston_xml.characters import LONGEST_NAMESPACE, is_holdable, is_name
from piston_xml.writer import Writer

_OURS = ("type", "name", "escaped")


@dataclass(frozen=True)
class XMLLayout:
    """How a handler's documents look: ``layouts = {"xml": XMLLayout(root="posts", item="post")}``.

    Attributes:
        root: the name of the root element.
        item: the name of a row where the answer is a list.
        items: the names of the items of other lists, by the name of the list's element; those
            of all others are ``resource``.
        attributes: the members of objects that are written as attributes, unless they are lists
            or objects; one that is null is left out.
        namespace: the default namespace of the document, if any.
        types: whether elements say their type. Without, documents have a form that somebody
            else's schema may demand, but types cannot be read back from them.

    Raises:
        ValueError: a name is none in XML, or something else cannot be meant.
    """

    root: str = "response"
    item: str = "resource"
    items: Mapping[str, str] = field(default_factory=dict)
    attributes: tuple[str, ...] = ()
    namespace: str = ""
    types: bool = True

    def __post_init__(self) -> None:
        """Refuse what would not be XML, or not be read back as what it was."""
        if not isinstance(self.items, Mapping):
            raise ValueError(f'items is {self.items!r}; it has to be a dictionary, such as {{"tags": "tag"}}')
        if not isinstance(self.attributes, tuple | list):
            raise ValueError(f'attributes is {self.attributes!r}; it has to be a tuple of names, such as ("id",)')
        names = {"root": self.root, "item": self.item}
        names |= {f"items[{name!r}]": item for name, item in self.items.items()}
        names |= {f"attributes[{at}]": name for at, name in enumerate(self.attributes)}
        for place, name in names.items():
            _refuse_unless_name(place, name)
        if self.types and not set(_OURS).isdisjoint(self.attributes):
            raise ValueError(f"attributes has one of {', '.join(_OURS)}, which have a meaning here; add types=False")
        if not _is_namespace(self.namespace):
            raise ValueError(f"namespace is {self.namespace!r}; it has to be a URI, such as 'urn:example:posts'")
        if not isinstance(self.types, bool):
            raise ValueError(f"types is {self.types!r}; it has to be True or False")

    @cached_property
    def writer(self) -> Writer:
        """What writes documents in this layout."""
        return Writer(self)


def _refuse_unless_name(place: str, name: Any) -> None:
    if not isinstance(name, str) or not is_name(name):
        raise ValueError(f"{place} is {name!r}; it has to be a name in XML, such as 'post'")


def _is_namespace(uri: Any) -> bool:
    return isinstance(uri, str) and len(uri) <= LONGEST_NAMESPACE and is_holdable(uri) and uri == "".join(uri.split())
