"""A process of its own, as a server has several: it sends requests to a policy when it is told to, or serves them.

Each line of standard input is a job in JSON, and each line of standard output an answer.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from threading import Thread
from time import sleep, time
from typing import Any

LIMIT = 10


def main() -> None:
    """Do the jobs one after the other."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    answers, sys.stdout = sys.stdout, sys.stderr
    import django

    django.setup()
    print("ready", file=answers, flush=True)
    for line in sys.stdin:
        job = json.loads(line)
        print(JOBS[job.pop("do")](**job), file=answers, flush=True)


def ask(store: str, place: str, algorithm: str, sender: str, count: int, at: float) -> int:
    """Return how many of so many requests of a sender pass, from a moment on."""
    from django.test import RequestFactory

    from piston_core import BaseHandler, Operation
    from piston_throttle import Policy

    throttle = Policy(
        LIMIT, 3600, name="raced", algorithm=algorithm, key=lambda *_: sender, store=store_at(store, place)
    )
    request, operation = RequestFactory().get("/"), Operation(BaseHandler(), "read")
    sleep(max(0.0, at - time()))
    return sum(throttle.check(request, None, operation).allowed for _ in range(count))


def store_at(store: str, place: str) -> Any:
    """Return the store that all processes share."""
    from django.db import connections

    from piston_throttle.stores.database import DatabaseStore
    from piston_throttle.stores.redis import RedisStore
    from tests.piston_throttle.databases import FILE, add_database
    from tests.shop_postgres.service import ALIAS

    if store == "redis":
        return RedisStore(place, timeout=5)
    if store == "postgres":
        connections.settings[ALIAS]["NAME"] = place
        return DatabaseStore(ALIAS)
    if FILE not in connections.settings:
        add_database(Path(place))
    return DatabaseStore(FILE)


def serve(store: str, place: str, policy: str) -> int:
    """Serve a handler behind a policy of the settings, by its name, and return the port."""
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application
    from django.test import override_settings
    from django.urls import include, path

    from piston_core import Api, BaseHandler

    class Quiet(WSGIRequestHandler):
        def log_message(self, *arguments: Any) -> None:
            pass

    class Handler(BaseHandler):
        def read(self, request):
            return {"ok": True}

    options = {"store": store, "redis_url": place if store == "redis" else "redis://localhost/0", "redis_timeout": 5}
    if store == "database":
        store_at("file", place)
        options["database"] = "quotas"
    options["policies"] = {policy: {"limit": LIMIT, "window": 3600, "key": "address"}}
    api = Api(throttles=[policy])
    api.route("it/", Handler, authentication=())
    piston = {"PLUGINS": ["json", "throttle"], "OPTIONS": {"throttle": options}}
    override_settings(PISTON=piston, ROOT_URLCONF=(path("", include(api.urls)),)).enable()
    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    server.set_app(get_wsgi_application())
    Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port


JOBS = {"ask": ask, "serve": serve}

if __name__ == "__main__":
    main()
