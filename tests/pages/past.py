"""A made-up history in the running product."""

import os
import subprocess
import sys
from pathlib import Path

from cli.embedded.home import Home
from tests.running_stack import Stack

ROOT = Path(__file__).parents[2]


def make_history(stack: Stack, *, workspace: str, executions: int, days: int) -> None:
    """By the product's own command, in the stack's database."""
    secrets = Home(stack.home).secrets()
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("STEPWELL_", "DJANGO_"))}
    settings = {
        "STEPWELL_SECRET_KEY": secrets.secret_key,
        "STEPWELL_ENCRYPTION_KEYS": secrets.encryption_key,
        "STEPWELL_DATABASE_URL": stack.database_url,
        "STEPWELL_REDIS_URL": stack.redis_url,
    }
    words = ["seed_history", "--workspace", workspace, "--executions", str(executions), "--days", str(days)]
    # Read here, so that a failure says why.
    done = subprocess.run(
        [sys.executable, ROOT / "manage.py", *words], env=ours | settings, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
