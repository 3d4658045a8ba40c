"""Settings of the test suite: the blog's, so that tests run against a real project, and a shop of odd models."""

from blog.settings import *  # noqa: F403 - all of it is meant
from blog.settings import INSTALLED_APPS as BLOG_APPS
from tests.shop_postgres import service

DEBUG = False
INSTALLED_APPS = [
    *BLOG_APPS,
    "oauth2_provider",
    "piston_throttle",
    "piston",  # the ancestor's tables
    "tests.shop",
]
PISTON = {  # tests of other formats and credentials name them
    "PLUGINS": ["json", "auth", "blog.api_hooks"],
    "AUTHENTICATORS": ["basic"],
    "OPTIONS": {"auth": {"realm": "Blog", "login_attempts": 0}},  # the suite is wrong a thousand times
}
AUTH_PASSWORD_VALIDATORS = []  # tests of digests name the one that keeps them
LOGIN_URL = "/accounts/login/"  # Django's default
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
DATABASE_ROUTERS = ["tests.shop_postgres.router.Router"]

_POSTGRES = service.database(service.address())
POSTGRES_MISSING = service.why_missing(_POSTGRES)
if not POSTGRES_MISSING:
    DATABASES[service.ALIAS] = _POSTGRES
    INSTALLED_APPS += ["django.contrib.postgres", "tests.shop_postgres"]

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the suite logs in a thousand times
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # an uploaded file ends with the process
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
