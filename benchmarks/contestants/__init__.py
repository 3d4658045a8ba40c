"""Who takes part: one module each, with the urlconf of a project that has nothing else in it.

The paths stand in one order everywhere, since Django tries them from the top: ``ok/``, ``posts/``, and the others.
"""

from __future__ import annotations

from benchmarks.records import Contestant

PISTON = "Piston"
DRF = "DRF"
NINJA = "ninja"
NINJA_ORJSON = "ninja+orjson"
MODERN_REST = "modern-rest"
DJANGO = "plain Django"
VALUES = "values()"
CURSOR = "cursor"

LISTS = frozenset({"flat", "nested", "naive", "one", "stream"})

CONTESTANTS = (
    Contestant(PISTON, "benchmarks.contestants.piston"),
    Contestant(DRF, "benchmarks.contestants.drf", needs=["rest_framework"], writes="zulu"),
    Contestant(NINJA, "benchmarks.contestants.ninja_plain", needs=["ninja"], writes="milliseconds"),
    Contestant(NINJA_ORJSON, "benchmarks.contestants.ninja_orjson", needs=["ninja"], cannot=frozenset({"stream"})),
    Contestant(MODERN_REST, "benchmarks.contestants.modern_rest", needs=["dmr", "msgspec", "pydantic"], writes="zulu"),
    Contestant(DJANGO, "benchmarks.contestants.plain_django", cannot=LISTS),
    Contestant(VALUES, "benchmarks.contestants.orm_values", cannot=frozenset({"ok"})),
    Contestant(CURSOR, "benchmarks.contestants.raw_cursor", cannot=frozenset({"ok"})),
)
