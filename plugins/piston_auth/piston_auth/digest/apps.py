"""The Django app of the digests: put ``piston_auth.digest`` into ``INSTALLED_APPS``, and migrate."""

from __future__ import annotations

from django.apps import AppConfig


class DigestConfig(AppConfig):
    """Brings the tables of the digests."""

    name = "piston_auth.digest"
    label = "piston_digest"
    verbose_name = "Piston: digests"
    default_auto_field = "django.db.models.BigAutoField"
