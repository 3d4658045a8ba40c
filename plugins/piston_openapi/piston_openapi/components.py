"""What several places of a document have in common, said once and referred to."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder


class Components:
    """Collects the components of a document under names that stay the same as long as what they name does."""

    def __init__(self) -> None:
        self.found: dict[str, dict[str, Any]] = {}
        self._names: dict[tuple[str, str], str] = {}

    def schema(self, schema: Any) -> Any:
        """Return a schema with references to the objects in it that have a title."""
        if isinstance(schema, list | tuple):
            return [self.schema(each) for each in schema]
        if not isinstance(schema, Mapping):
            return schema
        inner = {name: self.schema(each) for name, each in schema.items()}
        if inner.get("type") == "object" and "title" in inner:
            return self.component("schemas", inner["title"], inner)
        return inner

    def component(self, kind: str, wanted: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """Return a reference to a component; another one of the same name gets a number behind it.

        Args:
            kind: the kind of component, such as ``schemas``.
            wanted: what to call it.
            content: the component.
        """
        table = self.found.setdefault(kind, {})
        key = (kind, json.dumps([wanted, content], cls=DjangoJSONEncoder, sort_keys=True))
        if key not in self._names:
            name = plain = re.sub(r"[^A-Za-z0-9._-]+", "", wanted) or "Object"
            number = 2
            while name in table:
                name, number = f"{plain}{number}", number + 1
            self._names[key] = name
            table[name] = content
        return {"$ref": f"#/components/{kind}/{self._names[key]}"}


def words(name: str) -> str:
    """Return a name as one word, such as ``IfMatch`` for ``If-Match``."""
    return "".join(each[:1].upper() + each[1:] for each in re.split(r"[^A-Za-z0-9]+", name))
