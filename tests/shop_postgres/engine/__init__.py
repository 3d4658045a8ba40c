"""Django's PostgreSQL, whose tables are emptied sooner between tests that commit."""
