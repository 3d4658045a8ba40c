"""Pickle for Piston: answers for Python programs that trust the server, and signed bodies."""

__version__ = "0.1.0"
