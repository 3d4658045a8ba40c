"""The ancestor's test cases; each name leads to ``piston_compat``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piston_compat.names import Name, getter

if TYPE_CHECKING:
    from piston_compat.testing import OAuthClient, OAuthTestCase, TestCase

__all__ = [
    "OAuthClient",
    "OAuthTestCase",
    "TestCase",
]

NAMES = {
    "TestCase": Name("testing", "django.test.TestCase"),
    "OAuthTestCase": Name("testing", "oauthlib.oauth1.Client with django.test.Client"),
    "OAuthClient": Name("testing", "oauthlib.oauth1.Client with django.test.Client"),
}
__getattr__ = getter(__name__, NAMES)
