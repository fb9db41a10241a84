"""The server's settings for mypy's Django plugin, which only reads them: nothing here is ever connected to."""

import os

os.environ.setdefault("STEPWELL_SECRET_KEY", "types")
os.environ.setdefault("STEPWELL_ENCRYPTION_KEYS", "types")
os.environ.setdefault("STEPWELL_DATABASE_URL", "postgresql://types@127.0.0.1/types")
os.environ.setdefault("STEPWELL_REDIS_URL", "redis://127.0.0.1/0")
# Importing the package makes the Celery app, which asks for the settings while these are still being read.
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"

from config.settings import *  # noqa: F403
