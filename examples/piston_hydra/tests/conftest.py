"""The Django project of the tests: a few settings."""

import django
from django.conf import settings


def pytest_configure() -> None:
    """Set Django up before the tests are imported."""
    settings.configure(
        SECRET_KEY="of the tests",
        ALLOWED_HOSTS=["testserver"],
        INSTALLED_APPS=["piston_core"],
    )
    django.setup()
