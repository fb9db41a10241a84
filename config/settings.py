"""Every setting of the server, in one place and one order. docs/settings.md lists the variables."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from psycopg_pool import ConnectionPool

from config import env

BASE_DIR = Path(__file__).resolve().parent.parent

# --- Who we are -------------------------------------------------------------------------------------------------------
SECRET_KEY = env.text("STEPWELL_SECRET_KEY")  # no default: without it nothing that is signed can be trusted
ENCRYPTION_KEYS = env.words("STEPWELL_ENCRYPTION_KEYS") or [env.text("STEPWELL_ENCRYPTION_KEYS")]  # newest first
DEBUG = env.flag("STEPWELL_DEBUG")
PUBLIC_URL = env.text("STEPWELL_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
IS_PUBLIC_OVER_TLS = PUBLIC_URL.startswith("https://")  # then a proxy ends TLS in front of us
ALLOWED_HOSTS = [
    *env.words("STEPWELL_ALLOWED_HOSTS", "localhost 127.0.0.1 [::1]"),
    *filter(None, [urlsplit(PUBLIC_URL).hostname]),
]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL, *env.words("STEPWELL_TRUSTED_ORIGINS")]

# --- Django -----------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "workspaces",
    "flows",
    "executions",
    "analytics",
    "notifications",
    "workers",
]
MIDDLEWARE = [  # those of config.middleware are Django's own, and need no threads for a call of the API
    "config.headers.security_headers",
    "config.middleware.Security",
    "config.middleware.static_files",
    "config.middleware.Session",
    "config.middleware.Common",
    "config.middleware.Csrf",
    "config.middleware.Authentication",
    "config.middleware.Messages",
    "config.middleware.XFrameOptions",
]
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False
FORMAT_MODULE_PATH = ["config.formats"]
STATIC_URL = "/static/"
STATIC_ROOT = env.text("STEPWELL_STATIC_ROOT", "") or None
PAGES_DIR = BASE_DIR / "frontend" / "dist"  # what `npm run build` leaves
STATICFILES_DIRS = [("pages", PAGES_DIR / "pages")] if (PAGES_DIR / "pages").is_dir() else []
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/pages/.+-[\w-]{8}\.\w+$"  # their names change with what is in them
WHITENOISE_USE_FINDERS = True  # static files are served even where nobody ran collectstatic
LOGIN_URL = "/login/"
CSRF_FAILURE_VIEW = "workspaces.views.form_too_old"
PROXIES = int(env.number("STEPWELL_PROXIES", 0))  # in front of us, each adding to X-Forwarded-For
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_PUBLIC_OVER_TLS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_HSTS_SECONDS = 30 * 24 * 3600 if IS_PUBLIC_OVER_TLS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_PUBLIC_OVER_TLS else None
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# --- The record: PostgreSQL -------------------------------------------------------------------------------------------
DATABASES: dict[str, dict[str, Any]] = {"default": env.postgres("STEPWELL_DATABASE_URL")}
DATABASES["default"]["OPTIONS"] |= {
    # A pool of a few connections a process; threads borrow one for a transaction (DESIGN §5.9).
    "pool": {
        "min_size": 1,
        "max_size": int(env.number("STEPWELL_DATABASE_CONNECTIONS", 8, at_least=2)),
        "timeout": 30,
        # While the server is away it is asked about every second; by itself the pool would wait longer and longer.
        "reconnect_timeout": 1,
        "reconnect_failed": ConnectionPool.check,
    },
    "prepare_threshold": 5,
}

# --- The broker and the stream: Redis or Valkey -----------------------------------------------------------------------
REDIS_URL = env.text("STEPWELL_REDIS_URL")
BROKER_URL = env.text("STEPWELL_BROKER_URL", REDIS_URL)

# --- Running flows ----------------------------------------------------------------------------------------------------
MAX_BODY = int(env.number("STEPWELL_MAX_BODY", 10 * 1024 * 1024, at_least=1024))  # bytes of a payload kept in full
MAX_STEP_RUNS = int(env.number("STEPWELL_MAX_STEP_RUNS", 10_000, at_least=1))  # of one execution, loops included
LOCAL_FILES = env.flag("STEPWELL_LOCAL_FILES")
LEASE_SECONDS = env.number("STEPWELL_LEASE_SECONDS", 30, at_least=2)
RESEND_SECONDS = env.number("STEPWELL_RESEND_SECONDS", 5, at_least=0.2)
RETENTION_DAYS = env.number("STEPWELL_RETENTION_DAYS", 0)  # 0: executions are kept until somebody prunes them
LIVE_VALUE_DAYS = env.number("STEPWELL_LIVE_VALUE_DAYS", 7)
EGRESS_ALLOW = env.words("STEPWELL_EGRESS_ALLOW")
EGRESS_DENY = env.words("STEPWELL_EGRESS_DENY")

# --- Asking a model why something failed (docs/ai-analysis.md): off without a key, and until a workspace says yes -----
ANTHROPIC_API_KEY = env.text("ANTHROPIC_API_KEY", "")
ANTHROPIC_BASE_URL = env.text("ANTHROPIC_BASE_URL", "")
AI = env.flag("STEPWELL_AI", default=True)  # the kill switch
AI_MODEL = env.text("STEPWELL_AI_MODEL", "claude-sonnet-5-5")
AI_EFFORT = os.environ.get("STEPWELL_AI_EFFORT", "medium").strip()  # empty: as the model has it
AI_SECONDS = env.number("STEPWELL_AI_SECONDS", 60, at_least=5)  # for one analysis, with everything tried again
AI_PER_MINUTE = int(env.number("STEPWELL_AI_PER_MINUTE", 10))  # of one user
AI_AT_ONCE = int(env.number("STEPWELL_AI_AT_ONCE", 2, at_least=1))
AI_DAY_BUDGET = env.number("STEPWELL_AI_DAY_BUDGET", 5)  # US dollars a day (UTC), of all workspaces

# --- Telling people ---------------------------------------------------------------------------------------------------
SMTP_URL = env.text("STEPWELL_SMTP_URL", "")  # smtp:, smtp+starttls: or smtps://user:password@host:port
MAIL_FROM = env.text("STEPWELL_MAIL_FROM", "stepwell@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    # Celery notes every message and every tick at INFO, which costs time and says nothing the record does not.
    "loggers": {name: {"level": "WARNING"} for name in ("celery.app.trace", "celery.worker.strategy", "celery.beat")},
    "root": {"handlers": ["stderr"], "level": env.text("STEPWELL_LOG_LEVEL", "INFO")},
}
