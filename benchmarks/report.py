"""The table: a row for each piece of work, a column for each contestant, and whether Piston reaches its marks."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import django
from django.db import connection

from benchmarks.contestants import PISTON
from benchmarks.records import Contestant, Figures, Mark, Ratio

BEGIN = "<!-- benchmarks: begin; python -m benchmarks --write docs/performance.md makes this part -->"
END = "<!-- benchmarks: end -->"

_PACKAGES = (
    "djangorestframework",
    "djangorestframework-xml",
    "djangorestframework-yaml",
    "django-ninja",
    "django-modern-rest",
    "msgspec",
    "pydantic",
    "orjson",
    "PyYAML",
)


def table(figures: Sequence[Figures], contestants: Sequence[Contestant]) -> str:
    """Return the figures as a Markdown table that a terminal shows well, too."""
    rows = [["work", *(each.name for each in contestants), "mark"]]
    rows += [[each.work.title, *_cells(each, contestants), "; ".join(marks(each))] for each in figures]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    rows.insert(1, ["-" * width for width in widths])
    return "\n".join(f"| {' | '.join(map(str.ljust, row, widths))} |" for row in rows)


def _cells(figures: Figures, contestants: Sequence[Contestant]) -> Iterator[str]:
    for each in contestants:
        if each.name in figures.seconds:
            yield ", ".join(_parts(figures, each.name))
        else:
            yield "-"


def _parts(figures: Figures, name: str) -> Iterator[str]:
    """Yield a contestant's time, its queries, what else there is, and Piston's time as a multiple of its time."""
    yield duration(figures.middle(name))
    if figures.queries.get(name):
        yield f"{figures.queries[name]} q"
    if name in figures.notes:
        yield figures.notes[name]
    if name != PISTON:
        yield f"**{_ratio(figures.ratio(PISTON, name))}**"


def _ratio(ratio: Ratio) -> str:
    return f"{ratio.middle:.2g} ({ratio.low:.2g} to {ratio.high:.2g})" if ratio.middle < 0.1 else _plain(ratio)


def _plain(ratio: Ratio) -> str:
    return f"{ratio.middle:.2f} ({ratio.low:.2f} to {ratio.high:.2f})"


def duration(seconds: float) -> str:
    """Return a time in the unit that suits it."""
    if seconds >= 1:
        return f"{seconds:.2f} s"
    return f"{seconds * 1e3:.1f} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.0f} us"


def marks(figures: Figures) -> Iterator[str]:
    """Yield each mark of a piece of work and whether it is reached."""
    for mark in figures.work.marks:
        yield f"{mark.text}: {_reached(figures, mark)}"
    most = figures.work.most_queries
    if most is not None:
        count = figures.queries[PISTON]
        yield f"<= {most} queries: {count} {_verdict(count <= most)}"
    for text, (value, reached) in figures.facts.items():
        yield f"{text}: {value} {_verdict(reached)}"


def _reached(figures: Figures, mark: Mark) -> str:
    if mark.other not in figures.seconds:
        return "not measured"
    ratio = figures.ratio(PISTON, mark.other).middle
    value = f"{ratio:.2f}" if mark.limit >= 0.5 else f"{1 / ratio:.1f}"
    return f"{value} {_verdict(ratio <= mark.limit)}"


def _verdict(reached: bool) -> str:
    return "reached" if reached else "missed"


def facts(missing: Sequence[Contestant]) -> str:
    """Return what the figures depend on: versions, cores, the day; and who did not take part."""
    versions = [f"{name} {found}" for name in _PACKAGES if (found := _version(name))]
    machine = f"{os.cpu_count()} cores ({platform.machine()}, {platform.system()})"
    software = [f"Python {platform.python_version()}", f"Django {django.__version__}", _database(), *versions]
    measured = f"Measured on {datetime.now(UTC):%d %B %Y} on {machine} with {', '.join(software)}."
    absent = [f"Not installed: {each.name} (needs {', '.join(each.missing)})." for each in missing]
    return "\n".join([measured, *absent])


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _database() -> str:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sqlite_version()")
            return f"SQLite {cursor.fetchone()[0]}"
        cursor.execute("SHOW server_version")
        return f"PostgreSQL {cursor.fetchone()[0].split()[0]}, psycopg {_version('psycopg')}"


def write(path: Path, text: str) -> None:
    """Put a new text between the two markers of a document.

    Raises:
        ValueError: the document does not have them.
    """
    document = path.read_text(encoding="utf-8")
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{path} lacks the lines {BEGIN!r} and {END!r}, between which the table belongs; add them.")
    path.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")
