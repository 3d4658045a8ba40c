"""JSON-LD with the Hydra vocabulary for Piston: what a handler leads to, and what may be done there.

The entry point ``hydra`` in the group ``piston.plugins`` leads here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from piston_core import Emitter, LinkBuilder, hookimpl, plugin_options
from piston_hydra.emitter import HydraEmitter
from piston_hydra.rows import HydraLinkBuilder

__version__ = "0.1.0"

__all__ = ["HydraEmitter", "HydraLinkBuilder", "Options", "piston_emitters", "piston_link_builders"]


@dataclass(frozen=True, slots=True)
class Options:
    """``PISTON["OPTIONS"]["hydra"]``.

    Attributes:
        vocabulary: the IRI that the names of documents are looked up in.
    """

    vocabulary: Any = "https://example.org/vocabulary#"

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            ValueError: a value is of the wrong kind.
        """
        if not isinstance(self.vocabulary, str) or not self.vocabulary:
            raise ValueError(f"vocabulary is {self.vocabulary!r}; it has to be an IRI, such as 'https://schema.org/'")


@hookimpl
def piston_emitters() -> list[Emitter]:
    """Offer ``hydra``."""
    return [HydraEmitter(plugin_options("hydra", Options).vocabulary)]


@hookimpl
def piston_link_builders() -> list[LinkBuilder]:
    """Offer the rows of ``hydra``."""
    return [HydraLinkBuilder()]
