"""``python -m benchmarks``: load the data, prove that all answers are the same, measure, print the table."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.contestants import CONTESTANTS
from benchmarks.database import database
from benchmarks.records import Contestant, Figures, Work
from benchmarks.serving import setup

QUICK_POSTS, QUICK_ROUNDS, QUICK_REPEAT = 200, 2, 2
STREAM, MILLION = 200_000, 1_000_000


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure Piston beside its peers.")
    parser.add_argument("work", nargs="*", help="the names of some work, such as flat (default: all)")
    parser.add_argument("--rounds", type=int, help="how many rounds, instead of what is usual for each")
    parser.add_argument("--quick", action="store_true", help="little data and few rounds: does it work?")
    parser.add_argument("--rows", type=int, help=f"how many posts are streamed (default: {STREAM})")
    parser.add_argument("--million", dest="rows", action="store_const", const=MILLION, help="stream a million posts")
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="put the table into this page, too")
    options = parser.parse_args(given)
    if options.write and (options.work or options.quick):
        parser.error("--write is for a whole run: without names of work and without --quick")
    options.rows = options.rows or (2 * QUICK_POSTS if options.quick else STREAM)
    return options


def main() -> int:
    """Run what is asked for; return the exit status."""
    options = arguments()
    with database(options.database) as address:
        os.environ["BENCHMARK_DATABASE"] = address
        setup()
        try:
            return run(options)
        finally:
            from django.db import connections

            connections.close_all()


def run(options: argparse.Namespace) -> int:
    """Load the data, measure, and print; refuse to measure what is not the same."""
    from benchmarks import data, report
    from benchmarks.equivalence import Different
    from benchmarks.items import every

    data.load(QUICK_POSTS if options.quick else data.POSTS)
    taking_part = [each for each in CONTESTANTS if not each.missing]
    missing = [each for each in CONTESTANTS if each.missing]
    try:
        work = chosen(every(), options.work)
        prove(work, taking_part)
        figures = [measured(each, taking_part, options) for each in work]
    except Different as error:
        print(f"Nothing is measured, because the answers differ.\n{error}", file=sys.stderr)
        return 1
    text = f"{report.table(figures, CONTESTANTS)}\n\n{report.facts(missing)}"
    print(text)
    if options.quick:
        print("A quick run, with fewer posts than the titles say: its figures mean nothing.")
    if options.write:
        report.write(options.write, text)
    return 0


def chosen(every: list[Work], names: Sequence[str]) -> list[Work]:
    """Return the work with these names, all of it if there are none."""
    unknown = {*names} - {work.name for work in every}
    if unknown:
        known = ", ".join(work.name for work in every)
        raise SystemExit(f"There is no work named {', '.join(sorted(unknown))}; there is {known}.")
    return [work for work in every if not names or work.name in names]


def prove(work: list[Work], taking_part: list[Contestant]) -> None:
    """Prove that the answers are the same, before a stream raises the number of the posts."""
    from benchmarks import measuring

    for each in work:
        measuring.prove(each, taking_part)
        print(f"{each.name}: all answers are the same", file=sys.stderr)


def measured(work: Work, taking_part: list[Contestant], options: argparse.Namespace) -> Figures:
    """Measure one piece of work."""
    from benchmarks import data, measuring, streaming

    if options.quick:
        work = replace(work, repeat=min(work.repeat, QUICK_REPEAT))
    rounds = options.rounds or (QUICK_ROUNDS if options.quick else work.rounds)
    if work.is_stream:
        data.extend(options.rows)
        work = replace(work, title=f"{options.rows:,} {work.title}")
        return streaming.measure(work, taking_part, 1 if options.quick or options.rows >= MILLION else rounds)
    return measuring.measure(work, taking_part, rounds)


if __name__ == "__main__":
    sys.exit(main())
