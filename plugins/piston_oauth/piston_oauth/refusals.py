"""How a signed request is refused: 400 for what cannot be read, 401 for what is not good (RFC 5849, section 3.2)."""

from __future__ import annotations

from piston_core import AuthenticationFailed, Problem


class Malformed(Problem):
    """Parameters that are missing, duplicated, not supported or cannot be read: 400.

    Args:
        detail: which of them, and what is wrong with it; never its value.
    """

    def __init__(self, detail: str) -> None:
        super().__init__(400, detail)


class Refused(AuthenticationFailed):
    """Credentials, a signature, a timestamp or a nonce that are not good: 401."""


class Insecure(Problem):
    """A request for tokens that does not come over TLS: 403 (RFC 5849, sections 2.1 and 2.3)."""

    def __init__(self) -> None:
        super().__init__(403, "Tokens are handed out over TLS only; use https.")
