"""The fixed cost of a request stays near a plain Django view's, counted in bytecode, not in seconds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

COUNTING = """
import json, os, sys
from benchmarks.database import database
from benchmarks.serving import application, environ, send, setup


def count(serve, path, known):
    total = 0

    def trace(frame, event, argument):
        nonlocal total
        frame.f_trace_opcodes = True
        total += event == "opcode"
        return trace

    for _ in range(3):
        send(serve, environ(path) | known)
    request = environ(path) | known
    sys.settrace(trace)
    send(serve, request)
    sys.settrace(None)
    return total


"""
COUNT = """
setup()
served = [application(f"benchmarks.contestants.{name}") for name in ("plain_django", "piston")]
print(json.dumps([count(each, "/ok/", {}) for each in served]))
"""
GUARDED = """
with database("sqlite") as address:
    os.environ["BENCHMARK_DATABASE"] = address
    setup()
    from django.db import connections
    from benchmarks import data, guards

    data.load(100)
    known = {"HTTP_AUTHORIZATION": guards.issued()}
    given = {"anonymous": {}, "known": known, "reading": known}
    for path in ("/ok/", "/details/77/"):
        print(json.dumps([count(guards.serve(name), path, given[name]) for name in guards.NAMES]))
    connections.close_all()
"""


def test_a_token_and_a_quota_cost_at_most_half_of_what_any_request_costs():
    """`python -m benchmarks.guards` measures the time of it.

    A client's first request in a second reads its token: one query beside the three of a post.
    """
    (anonymous, known, _), (anonymous_to_post, _, reading_for_post) = counted(GUARDED)

    assert known <= 1.5 * anonymous
    assert reading_for_post <= 1.5 * anonymous_to_post


def test_a_request_runs_at_most_half_more_bytecode_than_a_plain_view():
    """`make bench` measures the time; this notices when a change makes it worse.

    A fifth of a plain view's bytecode is Piston's, and another one what HTTP asks of every answer: the entity tag,
    Cache-Control and Vary, of which Django checks each field as it is set and again as it is sent.
    """
    [(plain, piston)] = counted(COUNT)

    assert piston <= 1.5 * plain


def counted(script: str) -> list[list[int]]:
    """Return the numbers on each line that a script prints, which runs with the settings of the benchmarks."""
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    run = subprocess.run(
        [sys.executable, "-c", COUNTING + script],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in run.stdout.splitlines()]
