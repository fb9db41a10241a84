"""
Loaded by pytest before anything else: says where the servers of this test session will be.

Django reads its settings before any fixture runs, so the addresses are chosen here; tests/conftest.py starts the
servers there, once a test asks for them. A run that touches no database starts nothing.
"""

import atexit
import os
import shutil
import socket
import tempfile
from pathlib import Path
from urllib.parse import quote

PASSWORD = "only-for-tests"


def _free_ports(count: int) -> list[int]:
    held = [socket.socket() for _ in range(count)]
    try:
        for one in held:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in held]
    finally:
        for one in held:
            one.close()


def _folder() -> Path:
    """Short, because a socket's path may have 107 bytes; open, because root's servers run as somebody else."""
    folder = Path(tempfile.mkdtemp(prefix="stepwell-tests-", dir="/tmp"))
    folder.chmod(0o755)
    return folder


SESSION_FOLDER = _folder()
atexit.register(shutil.rmtree, SESSION_FOLDER, ignore_errors=True)
POSTGRES_PORT, VALKEY_PORT = _free_ports(2)

os.environ.update(
    {
        "STEPWELL_SECRET_KEY": "tests-sign-with-this-and-nothing-else-does-0123456789",
        "STEPWELL_ENCRYPTION_KEYS": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        "STEPWELL_DATABASE_URL": (
            f"postgresql://stepwell:{PASSWORD}@/stepwell"
            f"?host={quote(str(SESSION_FOLDER / 'postgres' / 'socket'), safe='')}&port={POSTGRES_PORT}"
        ),
        "STEPWELL_REDIS_URL": f"unix://{SESSION_FOLDER / 'valkey' / 'valkey.sock'}?db=0",
        "STEPWELL_LOCAL_FILES": "1",
    }
)
# A developer's own stack stays out of it, and so does a key that costs money.
for _name in ("STEPWELL_HOME", "STEPWELL_URL", "STEPWELL_TOKEN", "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"):
    os.environ.pop(_name, None)
