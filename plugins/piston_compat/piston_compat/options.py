"""What the layer is told by the settings: its own options, and those that still have the ancestor's names."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from django.conf import settings

from piston_core import plugin_options

_STATUSES = {"forbidden_status": (401, 403), "throttled_status": (503, 429)}


@dataclass(frozen=True, slots=True)
class Options:
    """``PISTON["OPTIONS"]["compat"]``.

    Attributes:
        forbidden_status: what ``rc.FORBIDDEN`` answers: 401 as it always did, or 403.
        throttled_status: what ``rc.THROTTLED`` and ``@throttle`` answer: 503 as they always did, or 429.
        automatic_methods: whether HEAD, OPTIONS and PATCH are answered by the core instead of with 404.
        all_columns: whether a model that no handler names is shown with all columns, passwords among them.
        old_datetimes: whether JSON has moments as ``2009-04-27 04:55:23`` instead of ISO 8601.
        oauth_without_callback: whether a request token may be asked for without a callback, as OAuth 1.0 allowed.
        plaintext_anywhere: whether OAuth's PLAINTEXT is accepted without TLS.
    """

    forbidden_status: Any = 401
    throttled_status: Any = 503
    automatic_methods: Any = False
    all_columns: Any = False
    old_datetimes: Any = False
    oauth_without_callback: Any = False
    plaintext_anywhere: Any = False

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            ValueError: a value is of the wrong kind.
        """
        for name in (each.name for each in fields(self)):
            value = getattr(self, name)
            if name in _STATUSES:
                if type(value) is not int or value not in _STATUSES[name]:
                    old, new = _STATUSES[name]
                    raise ValueError(f"{name} is {value!r}; it has to be {old} or {new}")
            elif not isinstance(value, bool):
                raise ValueError(f"{name} is {value!r}; it has to be True or False")


def options() -> Options:
    """Return the project's options."""
    return plugin_options("compat", Options)


def setting(name: str, default: Any) -> Any:
    """Return a setting of the project that has the ancestor's name, such as ``PISTON_DISPLAY_ERRORS``."""
    return getattr(settings, name, default)
