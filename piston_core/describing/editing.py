"""Let the plugins edit a document that is made of a description."""

from __future__ import annotations

from typing import Any

from piston_core.describing.records import Description
from piston_core.registry import get_registry


def edit_openapi(document: dict[str, Any], description: Description) -> None:
    """Let the plugins edit an OpenAPI document, through the hook ``piston_openapi``.

    Args:
        document: the document.
        description: what it was made from.
    """
    get_registry().moments.edit_document(document, description)
