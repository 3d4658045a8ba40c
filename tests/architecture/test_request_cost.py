"""The fixed cost of a request stays near a plain Django view's, counted in bytecode, not in seconds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

COUNT = """
import json, sys
from benchmarks.serving import application, environ, send, setup

setup()


def count(contestant):
    serve = application(f"benchmarks.contestants.{contestant}")
    total = 0

    def trace(frame, event, argument):
        nonlocal total
        frame.f_trace_opcodes = True
        total += event == "opcode"
        return trace

    for _ in range(3):
        send(serve, environ("/ok/"))
    request = environ("/ok/")
    sys.settrace(trace)
    send(serve, request)
    sys.settrace(None)
    return total


print(json.dumps([count("plain_django"), count("piston")]))
"""


def test_a_request_runs_at_most_half_more_bytecode_than_a_plain_view():
    """`make bench` measures the time; this notices when a change makes it worse.

    A fifth of a plain view's bytecode is Piston's, and another one what HTTP asks of every answer: the entity tag,
    Cache-Control and Vary, of which Django checks each field as it is set and again as it is sent.
    """
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    run = subprocess.run(
        [sys.executable, "-c", COUNT], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    plain, piston = json.loads(run.stdout)

    assert piston <= 1.5 * plain
