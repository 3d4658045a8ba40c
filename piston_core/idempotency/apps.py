"""The Django app of the kept answers: put ``piston_core.idempotency`` into ``INSTALLED_APPS``, and migrate."""

from __future__ import annotations

from django.apps import AppConfig


class IdempotencyConfig(AppConfig):
    """Brings the table of the kept answers; a project that wants no keys does without it."""

    name = "piston_core.idempotency"
    label = "piston_idempotency"
    verbose_name = "Piston: kept answers"
