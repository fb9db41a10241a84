"""Installs peers into a cache folder outside the repository, each by its lock file. What cannot be had is said."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

PEERS = Path(__file__).with_name("peers")
SECONDS = 600


class NotToBeHad(Exception):
    """The peer could not be installed; the message says why, in one line."""


def cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "stepwell-bench"


def python_peer(name: str) -> Path:
    """The `bin` folder of a virtual environment that holds exactly the locked packages. Raises NotToBeHad."""
    lock = PEERS / name / "requirements.txt"
    folder = cache() / f"{name}-{_fingerprint(lock)}"
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        _run([sys.executable, "-m", "venv", str(folder)])
        _run([str(folder / "bin" / "pip"), "install", "-q", "--require-hashes", "-r", str(lock)])
        (folder / "complete").touch()
    return folder / "bin"


def node_peer(name: str) -> Path:
    """The `node_modules/.bin` folder of exactly the locked packages. Raises NotToBeHad."""
    source = PEERS / name
    folder = cache() / f"{name}-{_fingerprint(source / 'package-lock.json')}"
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for part in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(source / part, folder)
        _run(["npm", "ci", "--silent"], cwd=folder)
        (folder / "complete").touch()
    return folder / "node_modules" / ".bin"


def _fingerprint(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()[:12]


def _run(words: list[str], *, cwd: Path | None = None) -> None:
    try:
        subprocess.run(words, cwd=cwd, check=True, capture_output=True, timeout=SECONDS)
    except FileNotFoundError as exc:
        raise NotToBeHad(f"there is no {words[0]} here") from exc
    except subprocess.TimeoutExpired as exc:
        raise NotToBeHad(f"it could not be installed within {SECONDS} s") from exc
    except subprocess.CalledProcessError as exc:
        lines = exc.stderr.decode(errors="replace").strip().splitlines() or ["no reason was given"]
        raise NotToBeHad(f"it could not be installed ({lines[-1][:120]})") from exc
