"""Settings of the benchmarks: no middleware, so that what is compared is the views."""

SECRET_KEY = "measured"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "benchmarks.urls"
INSTALLED_APPS = ["piston_core"]
MIDDLEWARE: list[str] = []
PISTON = {"PLUGINS": ["json"]}
USE_TZ = True
