"""Reads tokens of one user model in both ways, and prints whether they are equal: ``python -m … Plain true``."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings

VALUES = {
    "Plain": {"username": "ada", "first_name": "Ädä"},
    "Bare": {"mail": "ada@example.com"},
    "Odd": {
        "login": "ada",
        "initials": ("A", "L"),
        "data": {"a": [1, None, "ß"]},
        "waited": timedelta(days=-1, microseconds=7),
        "born": date(1815, 12, 10),
        "at": time(1, 2, 3, 4),
    },
    "Heir": {"login": "ada", "full_name": "Ada Lovelace"},
    "Watched": {"username": "ada"},
    "Alias": {"username": "ada"},
}


def configure(model: str, use_tz: bool) -> None:
    import django

    settings.configure(
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "piston_core",
            "piston_auth.tokens",
            "tests.piston_auth.tokens.members",
        ],
        AUTH_USER_MODEL=f"members.{model}",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        PISTON={"PLUGINS": ["auth"]},
        SILENCED_SYSTEM_CHECKS=["piston.W002"],
        USE_TZ=use_tz,
        TIME_ZONE="Asia/Kathmandu",
    )
    django.setup()
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)


def told(instance) -> dict:
    """Return everything that an object is made of."""
    state = dict(vars(instance._state))
    cached = state.pop("fields_cache", {})
    state["fetch_mode"] = getattr(instance._state, "fetch_mode", None)  # Django 6.1; of the class or of the object
    attributes = {name: value for name, value in vars(instance).items() if name != "_state"}
    return {
        "type": type(instance),
        "attributes": attributes,
        "kinds": {name: type(value) for name, value in attributes.items()},
        "state": state,
        "cached": {name: told(value) for name, value in cached.items()},
    }


def main(model: str, use_tz: bool) -> None:
    configure(model, use_tz)
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.db.models.signals import post_init
    from django.test.utils import CaptureQueriesContext

    from piston_auth.tokens.form import digest_of
    from piston_auth.tokens.keeping import KeptRows
    from piston_auth.tokens.models import Token
    from piston_auth.tokens.reading import Reader, compiled, wanted

    user = get_user_model()(**VALUES[model])
    user.save(force_insert=True)
    moment = datetime(2026, 10, 25, 2, 30, 0, 123456, tzinfo=UTC if use_tz else None)
    _, bare = Token.objects.issue(user, "bare")
    _, full = Token.objects.issue(user, "full ß", ["a", "b"], moment)
    Token.objects.filter(name="full ß").update(last_used=moment, revoked=moment)

    made = []
    post_init.connect(lambda sender, **_: made.append(sender), weak=False)
    reader = Reader(KeptRows(0))
    results = []
    for digest in map(digest_of, (bare, full)):
        made.clear()
        slow = next(iter(wanted(Token, "default", digest)))
        slowly = made[:]
        made.clear()
        with CaptureQueriesContext(connection) as queries:
            fast = reader.find(digest)
            fast.user.get_username()
        results.append(told(fast) == told(slow) and slowly == made and len(queries) == 1)
    print(
        json.dumps(
            {
                "equal": results,
                "fast": compiled(wanted(Token, "default", "0" * 64)) is not None,
                "unknown": reader.find("f" * 64),
                "user": type(fast.user).__name__,
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] == "true")
