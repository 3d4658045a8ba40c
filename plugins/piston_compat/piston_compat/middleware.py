"""The ancestor's middleware: Django's own, which leaves streams alone by itself today."""

from __future__ import annotations

from django.middleware.common import CommonMiddleware
from django.middleware.http import ConditionalGetMiddleware


class ConditionalMiddlewareCompatProxy(ConditionalGetMiddleware):
    """``ConditionalGetMiddleware``, under the name that old settings have."""


class CommonMiddlewareCompatProxy(CommonMiddleware):
    """``CommonMiddleware``, under the name that old settings have."""
