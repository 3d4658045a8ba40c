"""Tests of piston_openapi."""
