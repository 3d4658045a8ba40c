"""Answers kept under the ``Idempotency-Key`` of their requests: a write that is sent twice is done once."""
