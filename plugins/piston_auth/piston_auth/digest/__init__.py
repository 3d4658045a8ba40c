"""Digest authentication (RFC 7616), and the Django app that keeps what it needs."""
