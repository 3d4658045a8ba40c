"""Judges of documents: the formats' rules as JSON schemas, and what a schema cannot say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

_FOLDER = Path(__file__).parent / "schemas"


def _schema(name: str) -> Any:
    return json.loads((_FOLDER / name).read_text())


_FORMS = Registry().with_resource("hal-forms.json", Resource.from_contents(_schema("hal-forms.json")))
_HAL = Draft202012Validator(_schema("hal.json"), registry=_FORMS)
_SIREN = Draft202012Validator(_schema("siren.json"))


def hal(document: Any) -> Any:
    """Return a document that follows HAL and HAL-FORMS."""
    _HAL.validate(document)
    return document


def siren(document: Any) -> Any:
    """Return a document that follows Siren, in which no two actions and no two of their fields have one name."""
    _SIREN.validate(document)
    for named in (document.get("actions", []), *(each.get("fields", []) for each in document.get("actions", []))):
        names = [each["name"] for each in named]
        assert len(set(names)) == len(names), names
    return document
