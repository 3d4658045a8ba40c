"""Bearer tokens (RFC 6750) for programs: hashed, named, scoped, expiring, and revoked one by one.

The app ``piston_auth.tokens`` brings their table (``models``), their pages of Django's admin and the command
``piston_tokens``. Nothing of it is imported before it is used.
"""

from __future__ import annotations

from piston_auth.tokens.authenticator import TokenAuthenticator

__all__ = ["TokenAuthenticator"]
