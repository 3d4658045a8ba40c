"""The process of one document: it executes the blocks that come through standard input and serves the project."""

from __future__ import annotations

import doctest
import faulthandler
import json
import os
import sys
import traceback
import warnings
from pathlib import Path
from threading import Thread
from types import ModuleType
from typing import Any

LONGEST = 30  # seconds that a block may take


def main(document: str) -> None:
    """Answer each line of standard input, a block, with what was wrong with it."""
    answers = sys.stdout
    sys.stdout = sys.stderr  # where a block prints to is nobody's answer
    sys.path.insert(0, str(Path.cwd()))
    warnings.filterwarnings("ignore", r"piston[.\w]+ is of django-piston")  # as Python does
    os.environ["DJANGO_SETTINGS_MODULE"] = "library.settings"
    print(start_server(), file=answers, flush=True)
    page = ModuleType("page")
    sys.modules["page"] = page
    for line in sys.stdin:
        faulthandler.dump_traceback_later(LONGEST, exit=True)
        block = json.loads(line)
        wrong = execute(block["code"], block["line"], document, {} if block["apart"] else page.__dict__)
        print(json.dumps(wrong), file=answers, flush=True)
        faulthandler.cancel_dump_traceback_later()


def start_server() -> int:
    """Serve the project with Django's development server and return the port; the tables are there."""
    from django.core.management import call_command
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()
    call_command("migrate", run_syncdb=True, verbosity=0)
    server = ThreadedWSGIServer(("127.0.0.1", 0), WSGIRequestHandler)
    server.set_app(application)
    Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port


def execute(code: str, line: int, document: str, namespace: dict[str, Any]) -> str:
    """Execute a block, serve the ``api`` or ``urlpatterns`` that it defines, and return what was wrong."""
    before = namespace.get("api"), namespace.get("urlpatterns")
    if ">>>" in code:
        return check(code, line, document, namespace)
    try:
        exec(compile("\n" * (line - 1) + code, document, "exec"), namespace)
        serve(namespace, *before)
    except Exception:  # noqa: BLE001 - whatever it is, the test reports it
        return traceback.format_exc()
    return ""


def check(code: str, line: int, document: str, namespace: dict[str, Any]) -> str:
    """Run a block as doctest, and return the report if it fails."""
    test = doctest.DocTestParser().get_doctest(code, namespace, document, document, line - 1)
    report: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    runner.run(test, out=report.append, clear_globs=False)
    namespace.update(test.globs)
    return "".join(report)


def serve(namespace: dict[str, Any], api: Any, urlpatterns: Any) -> None:
    """Serve what a block has defined anew."""
    from django.conf import settings
    from django.urls import clear_url_caches, include, path

    if namespace.get("urlpatterns") is urlpatterns and namespace.get("api") is not api:
        namespace["urlpatterns"] = [path("api/", include(namespace["api"].urls))]
    if namespace.get("urlpatterns") is not urlpatterns:
        settings.ROOT_URLCONF = "page"
        clear_url_caches()


if __name__ == "__main__":
    main(*sys.argv[1:])
