"""The emitter of the example ``piston_csv``, which nobody has to install, as a module of this project offers it."""

from __future__ import annotations

from piston_csv import piston_emitters

__all__ = ["piston_emitters"]
