"""The fixed cost of a request: ``{"ok": true}`` from Piston beside a plain Django ``JsonResponse`` view.

``python -m benchmarks.request_cost`` measures both in one process, in turn, and prints the ratio of
the medians with its quartiles. Only the ratio means anything; docs/performance.md says what it is.
"""

from __future__ import annotations

import os
import sys
from io import BytesIO
from statistics import median, quantiles
from time import perf_counter
from typing import Any

import django
from django.core.handlers.wsgi import WSGIHandler

ROUNDS = 60
REQUESTS = 300


def setup() -> WSGIHandler:
    """Return a WSGI application without middleware that serves /plain/ and /piston/."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
    django.setup()
    return WSGIHandler()


def environ(path: str) -> dict[str, object]:
    """Return what a WSGI server hands over for a GET."""
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_ACCEPT": "*/*",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


def answer(application: WSGIHandler, path: str) -> bytes:
    """Return the body of the answer to a GET."""
    response: Any = application(environ(path), _start_response)
    body = b"".join(response)
    response.close()
    return body


def _start_response(*_: Any) -> Any:
    """Take status and header fields as a server does, and do nothing with them."""


def measure(application: WSGIHandler, path: str) -> float:
    """Return the microseconds that one request takes, over many."""
    start = perf_counter()
    for _ in range(REQUESTS):
        answer(application, path)
    return (perf_counter() - start) / REQUESTS * 1e6


def both(application: WSGIHandler) -> tuple[float, float]:
    """Return the microseconds of a request to the plain view, on average of its two places, and to Piston."""
    before, piston, after = (measure(application, path) for path in ("/plain/", "/piston/", "/plain-too/"))
    return (before + after) / 2, piston


def main() -> None:
    """Measure and print."""
    application = setup()
    assert answer(application, "/plain/").replace(b" ", b"") == answer(application, "/piston/") == b'{"ok":true}'
    rounds = [both(application) for _ in range(ROUNDS + 1)][1:]  # the first one warms up
    ratios = [piston / plain for plain, piston in rounds]
    low, _, high = quantiles(ratios, n=4)
    print(f"plain Django view  {median(plain for plain, _ in rounds):6.1f} us")
    print(f"Piston             {median(piston for _, piston in rounds):6.1f} us")
    print(f"ratio              {median(ratios):6.2f}     (quartiles {low:.2f} to {high:.2f})")


if __name__ == "__main__":
    main()
