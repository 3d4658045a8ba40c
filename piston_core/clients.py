"""Where a request comes from, behind as many proxies as the settings declare."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address

from django.http import HttpRequest

from piston_core.registry import get_registry


def client_address(request: HttpRequest) -> str:
    """Return the address of the client.

    Whoever sends a request can write ``X-Forwarded-For``, so it counts only as far as proxies of the project's own
    have written it: ``PISTON["PROXIES"]`` says how many there are, each of which adds the address that it was asked
    from. Without it the field is not looked at.

    Returns:
        an IPv4 or IPv6 address in its usual form; ``""`` where the server does not know one, as behind a socket
        of the file system.
    """
    proxies = get_registry().settings.proxies
    if proxies:
        chain = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        found = _address(chain[-min(proxies, len(chain))].strip())
        if found:
            return found
    return _address(request.META.get("REMOTE_ADDR", ""))


@lru_cache(maxsize=1024)  # the same clients ask again and again, and so does the same proxy
def _address(text: str) -> str:
    """Return an address without its port, ``""`` for what is none."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return ""
    return str(getattr(address, "ipv4_mapped", None) or address)
