"""Two hundred requests come to eight processes at the same moment, and exactly ten pass: in every shared store."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from time import time
from uuid import uuid4

import pytest
from django.db import connections

from tests.docs.runner import ROOT
from tests.piston_throttle import service
from tests.piston_throttle.databases import IN_POSTGRES
from tests.piston_throttle.worker import LIMIT
from tests.shop_postgres.service import ALIAS

PROCESSES = 8
EACH = 25
TIMES = 3
SERVERS = 4


class Worker:
    """A process of its own."""

    def __init__(self) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "examples" / "blog")))}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.piston_throttle.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=environment,
        )

    def tell(self, **job: object) -> None:
        print(json.dumps(job), file=self.process.stdin, flush=True)

    def answer(self) -> int:
        return int(self.process.stdout.readline())

    def stop(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=20)
        self.process.stdout.close()


@pytest.fixture(scope="module")
def workers() -> Iterator[list[Worker]]:
    started = [Worker() for _ in range(PROCESSES)]
    try:
        for each in started:
            assert each.process.stdout.readline() == "ready\n"
        yield started
    finally:
        for each in started:
            each.stop()


@pytest.fixture(
    params=[
        "file",
        pytest.param("postgres", marks=IN_POSTGRES),
        pytest.param("redis", marks=pytest.mark.redis),
    ],
)
def place(request) -> tuple[str, str]:
    """Return the kind of a store, and where it is for every process."""
    if request.param == "redis":
        return "redis", service.address()
    alias = request.getfixturevalue("file") if request.param == "file" else ALIAS
    return request.param, str(connections[alias].settings_dict["NAME"])


@pytest.mark.parametrize("algorithm", ["bucket", "fixed", "sliding"])
def test_exactly_as_many_requests_pass_as_the_limit_says(workers, place, algorithm):
    store, where = place
    passed = []
    for _ in range(TIMES):
        job = {"do": "ask", "store": store, "place": where, "algorithm": algorithm, "count": EACH}
        job |= {"sender": uuid4().hex, "at": time() + 0.1}
        for worker in workers:
            worker.tell(**job)
        passed.append(sum(worker.answer() for worker in workers))

    assert passed == [LIMIT] * TIMES


def get(port: int) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", "/it/")
        response = connection.getresponse()
        response.read()
        return response.status, response.headers["RateLimit"]
    finally:
        connection.close()


@pytest.mark.parametrize("store", ["database", pytest.param("redis", marks=pytest.mark.redis)])
def test_the_processes_of_a_server_count_together_over_http(workers, file, store):
    places = {"database": str(connections[file].settings_dict["NAME"]), "redis": service.address()}
    policy = f"raced-{uuid4().hex}"
    for worker in workers[:SERVERS]:
        worker.tell(do="serve", store=store, place=places[store], policy=policy)
    servers = [worker.answer() for worker in workers[:SERVERS]]

    ports = [servers[number % SERVERS] for number in range(PROCESSES * EACH)]
    with ThreadPoolExecutor(PROCESSES) as threads:
        answers = list(threads.map(get, ports))

    assert Counter(status for status, _ in answers) == {200: LIMIT, 429: len(ports) - LIMIT}
    told = sorted(limit.partition(";t=")[0] for status, limit in answers if status == 200)
    assert told == [f'"{policy}";r={left}' for left in range(LIMIT)]
