"""The ancestor's documentation of handlers; each name leads to ``piston_compat``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piston_compat.names import Name, getter

if TYPE_CHECKING:
    from piston_compat.documenting import HandlerDocumentation, HandlerMethod, documentation_view, generate_doc

__all__ = [
    "HandlerDocumentation",
    "HandlerMethod",
    "documentation_view",
    "generate_doc",
]

NAMES = {
    "generate_doc": Name("documenting", "piston_core.describe"),
    "HandlerDocumentation": Name("documenting", "piston_core.describe"),
    "HandlerMethod": Name("documenting", "piston_core.describe"),
    "documentation_view": Name("documenting", "the plugin piston-openapi"),
}
__getattr__ = getter(__name__, NAMES)
