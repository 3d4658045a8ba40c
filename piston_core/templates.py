"""What the addresses of a URL pattern look like, as a URI template (RFC 6570)."""

from __future__ import annotations

import re
from typing import Any

from django.utils.regex_helper import normalize

_PLACE = re.compile(r"%\((\w+)\)s")  # where Django's normalize leaves room for an argument


def template_of(pattern: Any) -> str:
    """Return a pattern of Django's as a template with its arguments, such as ``posts/{slug}/``.

    An expression with alternatives, of which Django makes nothing, is returned as it stands.
    """
    template = normalize(pattern.regex.pattern)[0][0]
    return _PLACE.sub(r"{\1}", template) if template else str(pattern)
