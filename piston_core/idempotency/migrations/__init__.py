"""The migrations of the kept answers, one a module."""
