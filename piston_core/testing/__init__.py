"""What the tests of a project that uses Piston may use; nothing here is for a running server."""

from piston_core.queries import TooManyQueries
from piston_core.testing.queries import assert_max_queries

__all__ = ["TooManyQueries", "assert_max_queries"]
