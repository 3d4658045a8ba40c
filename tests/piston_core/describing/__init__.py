"""Tests of piston_core.describing."""
