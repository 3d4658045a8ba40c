"""Settings of the test suite: the blog's, so that tests run against a real project."""

from blog.settings import *  # noqa: F403 - all of it is meant

DEBUG = False
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the suite logs in a thousand times
