"""Settings of the demo: SQLite, and the plugins by name."""

from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent

SECRET_KEY = "a demo has nothing to hide"  # noqa: S105 - a real site reads it from its environment
DEBUG = True
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "piston_core",
    "piston_core.idempotency",
    "piston_auth.digest",
    "piston_auth.tokens",
    "piston_oauth",
    "blog",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

PISTON = {
    "PLUGINS": ["json", "xml", "yaml", "html", "hateoas", "auth", "oauth", "throttle", "openapi", "blog.api_hooks"],
    "AUTHENTICATORS": ["session", "oauth", "token", "digest", "basic"],
    "OPTIONS": {
        "auth": {"realm": "Blog"},
        "oauth": {"realm": "Blog"},
        "html": {"title": "Blog"},
        "openapi": {
            "title": "Blog",
            "description": "Posts, what readers say about them, and who writes here. "
            "Everybody reads; authors write, with the name and the password of their account or with a token.",
        },
    },
}
AUTH_PASSWORD_VALIDATORS = [{"NAME": "piston_auth.digest.validators.KeepDigests"}]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/api/"

ROOT_URLCONF = "blog.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "blog.sqlite3"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MEDIA_ROOT = BASE_DIR / "media"
MEDIA_URL = "/media/"
STATIC_URL = "/static/"
USE_TZ = True
TIME_ZONE = "UTC"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {"blog": {"handlers": ["console"], "level": "INFO"}},
}
