"""Fake distributions, as in the tests of discovery."""

from tests.piston_core.plugins.conftest import install, project

__all__ = ["install", "project"]
