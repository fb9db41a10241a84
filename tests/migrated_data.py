"""PostgreSQL's data with the schema in it, made once and copied to every server of the tests.

Making it costs ten seconds of a processor, a copy half a second. It is kept beside the system's other temporary files,
for a day and for as long as the code it is made of is the same: a clean machine makes it from the migrations.
"""

import datetime as dt
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path

from cli.embedded.account import private_folder, server_account
from cli.embedded.binaries import postgres_folder, postgres_version
from cli.embedded.home import Home, Secrets
from cli.embedded.postgres import EmbeddedPostgres
from tests.environment import PASSWORD

ROOT = Path(__file__).resolve().parents[1]
MADE_OF = ("*/migrations/*.py", "*/models.py", "*/models/*.py", "*/fields.py", "config/*.py", "cli/embedded/*.py")
FOLDER = Path(tempfile.gettempdir())
PREFIX = f"stepwell-tests-{os.getuid()}-data-"


def lay_out_postgres(folder: Path) -> None:
    """Put the data where an EmbeddedPostgres of this folder and PASSWORD will find it."""
    copy_data(_made() / "postgres" / "data", folder)


def copy_data(data: Path, folder: Path) -> None:
    """What a stopped PostgreSQL has left, for one in another folder."""
    subprocess.run(["cp", "-a", data, private_folder(folder, server_account()) / "data"], check=True)


def lay_out_home(home: Path) -> None:
    """A data folder as its first start leaves it when the schema is there and nothing else yet."""
    lay_out_postgres(home / "postgres")
    secrets = replace(Secrets.new(), postgres_password=PASSWORD)
    Home(home)._write(home / "secrets.json", json.dumps(asdict(secrets)))


def _made() -> Path:
    """The folder that holds it, made by whichever process comes first."""
    made = FOLDER / f"{PREFIX}{_fingerprint()}"
    with (FOLDER / f"{PREFIX}lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            _make(made)
    return made


def _make(made: Path) -> None:
    for old in FOLDER.glob(f"{PREFIX}*"):
        if old.suffix == ".partial" or (old.is_dir() and time.time() - old.stat().st_mtime > 2 * 86400):
            shutil.rmtree(old)
    partial = made.with_name(f"{made.name}.partial")
    partial.mkdir(mode=0o755)
    with EmbeddedPostgres(partial / "postgres", password=PASSWORD) as server:
        server.ensure_database()
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0", "--no-input"],
            cwd=ROOT,
            env=os.environ | {"STEPWELL_DATABASE_URL": server.url()},
            check=True,
        )
    partial.rename(made)


def _fingerprint() -> str:
    """Of what the data depends on: our code, who made it, and the day, because partitions are of days."""
    binaries = postgres_folder(server_account())
    digest = hashlib.sha256(
        f"{version('django')} {postgres_version(binaries)} {dt.datetime.now(dt.UTC).date()}".encode()
    )
    for path in sorted(path for pattern in MADE_OF for path in ROOT.glob(pattern)):
        digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]
