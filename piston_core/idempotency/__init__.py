"""Answers kept under the ``Idempotency-Key`` of their requests: a write that is sent twice is done once."""

from piston_core.idempotency.claims import claim_for, installed

__all__ = ["claim_for", "installed"]
