"""What the plugin promises to Piston, by the conformance kit."""

from __future__ import annotations

import json
from typing import Any

from piston_core.testing import EmitterContract, LinkBuilderContract, PluginContract
from piston_hydra import HydraEmitter, HydraLinkBuilder


class TestPlugin(PluginContract):
    name = "hydra"


class TestHydraLinkBuilder(LinkBuilderContract):
    builder = HydraLinkBuilder()


class TestHydraEmitter(EmitterContract):
    emitter = HydraEmitter()
    lossy = frozenset({"bare"})

    def read(self, body: bytes) -> Any:
        """Read a collection's members, or a node without its context."""
        document = json.loads(body)
        del document["@context"]
        return document["hydra:member"] if document.get("@type") == "hydra:Collection" else document
