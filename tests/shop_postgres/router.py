"""Keep the models of this app off every other database."""

from __future__ import annotations

from typing import Any

from tests.shop_postgres.service import ALIAS

APP = "shop_postgres"


class Router:
    """Sends the models of this app to PostgreSQL and says nothing about others."""

    def db_for_read(self, model: type, **hints: Any) -> str | None:
        """Return where objects are read."""
        return ALIAS if model._meta.app_label == APP else None

    def db_for_write(self, model: type, **hints: Any) -> str | None:
        """Return where objects are written."""
        return self.db_for_read(model)

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        """Return whether the app's tables are made in a database."""
        return db == ALIAS if app_label == APP else None
