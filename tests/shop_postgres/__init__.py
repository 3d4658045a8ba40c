"""A second shop on PostgreSQL: columns that no other database has, and what tests need to use the service."""
