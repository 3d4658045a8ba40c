"""The steps of ``piston_throttle.algorithms`` in SQL, each of which SQLite and PostgreSQL run as one statement.

The row's lock keeps others out, and what comes after ``DO UPDATE`` is judged by what the row holds then. It changes
nothing where the request is refused. What was written more than two windows ahead is forgotten, as in the algorithms.
"""

from __future__ import annotations

from collections.abc import Mapping

# How much a bucket holds depends on every millisecond, so it is filled up to the moment after the wait for the lock.
_BUCKET = """
INSERT INTO {table} AS held (key, moment, used, log, expires)
VALUES (%(key)s, {now} + %(takes)s, 0, %(nothing)s, {now} + %(takes)s)
ON CONFLICT (key) DO UPDATE SET moment = {after}, expires = {after}
WHERE {after} <= {now} + %(burst)s
RETURNING moment, used, {now}
"""
_AFTER = "(CASE WHEN held.moment BETWEEN {now} AND {now} + %(ahead)s THEN held.moment ELSE {now} END + %(takes)s)"

# Whether a window is over is asked in several places, which have to get one answer: EXCLUDED is the row of somebody
# who has used nothing before, whose window begins now.
_FIXED = """
INSERT INTO {table} AS held (key, moment, used, log, expires)
VALUES (%(key)s, {now}, %(cost)s, %(nothing)s, {now} + %(span)s)
ON CONFLICT (key) DO UPDATE SET
  moment = CASE WHEN {over} THEN EXCLUDED.moment ELSE held.moment END,
  used = CASE WHEN {over} THEN EXCLUDED.used ELSE held.used + EXCLUDED.used END,
  expires = CASE WHEN {over} THEN EXCLUDED.expires ELSE held.expires END
WHERE {over} OR held.used + EXCLUDED.used <= %(limit)s
RETURNING moment, used, {now}
"""
_OVER = "(EXCLUDED.moment NOT BETWEEN held.moment - %(ahead)s AND held.moment + %(span)s - 1)"

STATEMENTS: Mapping[str, str] = {
    "bucket": _BUCKET.replace("{after}", _AFTER),
    "fixed": _FIXED.replace("{over}", _OVER),
    "look": "SELECT moment, used, {now} FROM {table} WHERE key = %(key)s",
}

# The clock of the database, which is one for all hosts; SQLite has one host, and milliseconds.
NOW: Mapping[str, str] = {
    "sqlite": "(CAST(ROUND((julianday('now') - 2440587.5) * 86400000) AS INTEGER) * 1000)",
    "postgresql": "((extract(epoch FROM clock_timestamp()) * 1000000)::bigint)",
}
