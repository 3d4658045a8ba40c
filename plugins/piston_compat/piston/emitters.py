"""The ancestor's emitters; each name leads to ``piston_compat``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piston_compat.names import Name, getter

if TYPE_CHECKING:
    from piston_compat.emitters import DjangoEmitter, Emitter, JSONEmitter, PickleEmitter, XMLEmitter, YAMLEmitter
    from piston_compat.mimer import Mimer
    from piston_compat.reversing import reverser

__all__ = [
    "DjangoEmitter",
    "Emitter",
    "JSONEmitter",
    "Mimer",
    "PickleEmitter",
    "XMLEmitter",
    "YAMLEmitter",
    "reverser",
]

NAMES = {
    "Emitter": Name("emitters", "piston_core.Emitter in a plugin"),
    "XMLEmitter": Name("emitters", "the plugin piston-xml"),
    "JSONEmitter": Name("emitters", "the plugin piston-json"),
    "YAMLEmitter": Name("emitters", "the plugin piston-yaml"),
    "PickleEmitter": Name("emitters", "the plugin piston-pickle"),
    "DjangoEmitter": Name("emitters", "the plugin piston-xml"),
    "reverser": Name("reversing", "django.urls.reverse, or Scope.reverse"),
    "Mimer": Name("mimer", "piston_core.Parser in a plugin"),
}
__getattr__ = getter(__name__, NAMES)
