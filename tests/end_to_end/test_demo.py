"""``make demo`` as a newcomer meets it: every command that it prints works, twice, and Ctrl-C ends it all."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.error import URLError
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).resolve().parents[2]

EXPECTED = {  # what each printed command is answered, in their order
    "curl {}/api/": 200,
    "curl {}/api/posts/": 200,
    "curl {}/api/posts/hello-piston/": 200,
    "curl -H 'Accept: application/jsonl' {}/api/posts/": 200,
    "curl {}/api/posts.xml": 200,
    "curl {}/api/posts/hello-piston.yaml": 200,
    "curl {}/api/statistics/": 200,
    "curl {}/api/openapi.json": 200,
    "?limit=2&sort=-title": 200,
    "?author__username=alice": 200,
    "Range: items=0-1": 206,
    "-X QUERY --json": 200,
    "If-None-Match: *": 304,
    '--json \'{"title": "Mine"': 201,
    "-X PATCH --json": 200,
    "-X PUT": 200,
    "application/yaml": 200,
    "application/json-patch+json": 200,
    "If-Match:": 412,
    "Idempotency-Key:": 201,
    "alice:alice -X DELETE": 204,
    "/api/other/bob/any/text/": 200,
    "--digest -u alice:alice": 200,
    "Authorization: Bearer piston_": 200,
    "curl -i -X DELETE": 401,
    "-u bob:bob -X DELETE": 403,
    "/api/posts/nothing-here/": 404,
    '"title": "LOUD"': 422,
}


class Demo(NamedTuple):
    """A demo that is being served."""

    address: str
    printed: str
    process: subprocess.Popen[bytes]


def manage(folder: Path, *arguments: str) -> str:
    """Run a command of the blog's, as the Makefile does, and return what it prints."""
    command = [sys.executable, "manage.py", *arguments]
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Iterator[Demo]:
    """Serve a copy of the blog, set up as ``make demo`` does it."""
    folder = tmp_path_factory.mktemp("demo") / "blog"
    shutil.copytree(ROOT / "examples" / "blog", folder, ignore=shutil.ignore_patterns("*.sqlite3", "media"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    for _ in range(2):  # a second `make demo` finds everything there
        manage(folder, "migrate", "--verbosity", "0")
        loaded = manage(folder, "load_blog", "--posts", "60")
    assert loaded.startswith("60 posts")
    printed = manage(folder, "show_commands", "--port", port)
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    # As a terminal starts it: where a signal is ignored, as in what runs in the background, it is by its children too.
    ctrl_c = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        [sys.executable, "manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    signal.signal(signal.SIGINT, ctrl_c)
    try:
        wait(f"http://127.0.0.1:{port}/api/")
        yield Demo(f"http://127.0.0.1:{port}", printed, process)
    finally:
        process.kill()
        process.wait()


def wait(address: str) -> None:
    """Wait until something answers at an address."""
    for _ in range(300):
        try:
            urlopen(address).close()
        except URLError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"nothing answers at {address}")


def curl(command: str) -> int:
    """Run a printed command and return the status of the answer."""
    bare = re.sub(r" +#.*", "", command.strip()).replace("curl -i ", "curl ", 1)
    run = subprocess.run(
        ["bash", "-c", bare.replace("curl ", "curl -s -o /dev/null -w '%{http_code}' ", 1)],
        capture_output=True,
        text=True,
        check=True,
    )
    return int(run.stdout)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_every_printed_command_is_answered_as_it_says(demo):
    commands = [line for line in demo.printed.splitlines() if line.strip().startswith("curl")]
    assert len(commands) == len(EXPECTED)

    for command, (part, status) in zip(commands, EXPECTED.items(), strict=True):
        assert part.replace("{}", demo.address) in command
        assert (command, curl(command)) == (command, status)


def test_the_demo_speaks_the_languages_of_its_authors(demo):
    with urlopen(f"{demo.address}/api/posts/") as answer:
        posts = json.load(answer)

    assert len(posts) > 50
    assert {"Ольга", "Alice"} <= {post["author"]["first_name"] for post in posts}


def test_ctrl_c_ends_the_demo(demo):
    demo.process.send_signal(signal.SIGINT)

    assert demo.process.wait(timeout=20) == 0
