"""YAML for Piston, in block style that people like to read and every reader understands alike."""

__version__ = "0.1.0"
