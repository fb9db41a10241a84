"""The server's settings for mypy's Django plugin, which only reads them: nothing here is ever connected to."""

import os

os.environ.setdefault("STEPWELL_SECRET_KEY", "types")
os.environ.setdefault("STEPWELL_ENCRYPTION_KEYS", "types")
os.environ.setdefault("STEPWELL_DATABASE_URL", "postgresql://types@127.0.0.1/types")
os.environ.setdefault("STEPWELL_REDIS_URL", "redis://127.0.0.1/0")

from config.settings import *  # noqa: F403
