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

STREAMS = frozenset({"stream-jsonl", "stream-xml", "stream-yaml", "stream-csv"})
NOT_JSON = frozenset({"xml", "yaml", "stream-xml", "stream-yaml", "stream-csv"})
LISTS = frozenset({"flat", "nested", "naive", "one", "stream"})

# What has one format only, or holds all rows at once, does not take part in what is about the others.
CONTESTANTS = (
    Contestant(PISTON, "benchmarks.contestants.piston"),
    Contestant(
        DRF,
        "benchmarks.contestants.drf",
        needs=["rest_framework", "rest_framework_xml", "rest_framework_yaml"],
        writes="zulu",
        cannot=STREAMS,
    ),
    Contestant(
        NINJA,
        "benchmarks.contestants.ninja_plain",
        needs=["ninja"],
        writes="milliseconds",
        cannot=NOT_JSON | {"stream"},
    ),
    Contestant(
        NINJA_ORJSON,
        "benchmarks.contestants.ninja_orjson",
        needs=["ninja"],
        cannot=NOT_JSON | STREAMS | {"stream"},
    ),
    Contestant(
        MODERN_REST,
        "benchmarks.contestants.modern_rest",
        needs=["dmr", "msgspec", "pydantic"],
        writes="zulu",
        cannot=NOT_JSON | {"stream"},
    ),
    Contestant(DJANGO, "benchmarks.contestants.plain_django", cannot=LISTS | NOT_JSON | STREAMS),
    Contestant(VALUES, "benchmarks.contestants.orm_values", cannot=frozenset({"ok"})),
    Contestant(CURSOR, "benchmarks.contestants.raw_cursor", cannot=frozenset({"ok"})),
)
