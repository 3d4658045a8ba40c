"""Settings of the benchmarks: no middleware and no authentication, so that what is compared is the views.

``BENCHMARK_DATABASE`` says where the data is: ``sqlite:PATH`` or ``postgres://USER:PASSWORD@HOST:PORT/NAME``.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from benchmarks.database import configuration

SECRET_KEY = "measured"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "benchmarks.contestants.piston"  # each contestant's own urlconf takes its place, see serving.py
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "piston_core",
    "piston_auth.tokens",
    "benchmarks",
]
MIGRATION_MODULES = {
    "contenttypes": None,
    "auth": None,
    "piston_tokens": None,
}  # all tables are made at once, from the models
MIDDLEWARE: list[str] = []
DATABASES = {"default": configuration(os.environ.get("BENCHMARK_DATABASE", "sqlite::memory:"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"

# For csv_plugin.py.
sys.path.append(str(Path(__file__).parents[1] / "examples" / "piston_csv"))
PISTON = {"PLUGINS": ["json", "xml", "yaml", "benchmarks.csv_plugin"]}
if "BENCHMARK_LINKS" in os.environ:  # what links cost is a measurement of its own
    PISTON["PLUGINS"].append("hateoas")

# What each peer's own documentation advises for speed.
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
}
DMR_SETTINGS = {"validate_responses": False}

# A contestant that fails says why.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler", "level": "ERROR"}},
    "root": {"handlers": ["console"]},
}
