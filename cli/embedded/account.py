"""Who the database servers run as: PostgreSQL refuses to be root, so root hands them to an ordinary account."""

import contextlib
import hashlib
import os
import pwd
import secrets
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from cli.embedded.errors import DataFolderUnusable

# Where root keeps what the servers' account must reach when the folder that was asked for is private.
OPEN_ROOT = Path("/var/lib/stepwell")


@dataclass(frozen=True)
class Account:
    name: str
    uid: int
    gid: int

    @property
    def is_me(self) -> bool:
        return self.uid == os.geteuid()

    def popen_options(self) -> dict[str, int | list[int]]:
        """What `subprocess` needs to start a program as this account."""
        return {} if self.is_me else {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        if not self.is_me:
            os.chown(path, self.uid, self.gid)

    def can_reach(self, path: Path) -> bool:
        """Whether every folder above `path` lets this account through."""
        return all(self._may(folder, stat.S_IXUSR) for folder in path.resolve().parents)

    def can_read(self, path: Path) -> bool:
        return self._may(path, stat.S_IRUSR) and self.can_reach(path)

    def _may(self, path: Path, owner_bit: int) -> bool:
        found = path.stat()
        if self.is_me:
            return os.access(path, os.X_OK if owner_bit == stat.S_IXUSR else os.R_OK)
        shift = 0 if found.st_uid == self.uid else 3 if found.st_gid == self.gid else 6
        return bool(found.st_mode & (owner_bit >> shift))


def server_account() -> Account:
    """Ourselves; for root, the account named by STEPWELL_SERVER_USER, else `nobody`."""
    if os.geteuid() != 0:
        uid = os.geteuid()
        try:
            name = pwd.getpwuid(uid).pw_name
        except KeyError:  # containers run as numbers that nobody named
            name = str(uid)
        return Account(name, uid, os.getegid())
    name = os.environ.get("STEPWELL_SERVER_USER", "nobody")
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise DataFolderUnusable(
            f"There is no account {name} to run PostgreSQL as. Name one with STEPWELL_SERVER_USER, or do not be root."
        ) from None
    if entry.pw_uid == 0:
        raise DataFolderUnusable(
            f"PostgreSQL cannot run as {name}. Name an ordinary account with STEPWELL_SERVER_USER."
        )
    return Account(name, entry.pw_uid, entry.pw_gid)


def private_folder(path: Path, account: Account) -> Path:
    """
    A folder at `path` that belongs to `account` alone, and the place where it really is.

    Where the account cannot reach `path` (root's home is closed to others), the folder is made under OPEN_ROOT and
    `path` links to it.
    """
    if path.is_symlink() and not path.exists():
        raise DataFolderUnusable(f"{path} points to {path.readlink()}, which is gone. Remove the link to start afresh.")
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            if account.can_reach(path):
                path.mkdir(mode=0o700)
            else:
                path.symlink_to(_open_folder(f"{path.name}-{secrets.token_hex(6)}"))
        found = path.resolve()
        if found.stat().st_uid != account.uid:
            account.own(found)
        found.chmod(0o700)
    except OSError as exc:
        raise DataFolderUnusable(f"{path} cannot be used as a data folder: {exc.strerror}.") from exc
    if not account.can_reach(found):
        raise DataFolderUnusable(
            f"{found} lies in a folder closed to {account.name}, who runs the database. "
            "Name another data folder with STEPWELL_HOME."
        )
    return found


def socket_folder(wanted: Path, account: Account, *, longest_name: int) -> Path:
    """`wanted`, or a short folder of the same owner where a socket's path in it would pass the system's 107 bytes."""
    if len(os.fsencode(wanted)) + 1 + longest_name <= 107:
        wanted.mkdir(mode=0o700, exist_ok=True)
        account.own(wanted)
        return wanted
    name = hashlib.sha256(os.fsencode(wanted)).hexdigest()[:12]
    short = Path("/tmp") / f"stepwell-{account.uid}-{name}"  # noqa: S108 - its owner and mode are checked below
    with contextlib.suppress(FileExistsError):
        short.mkdir(mode=0o700)
    found = short.lstat()
    if stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() != account.uid:
        account.own(short)
        found = short.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid or found.st_mode & 0o077:
        raise DataFolderUnusable(f"{short} belongs to somebody else. Name a data folder with a shorter path.")
    return short


def leave_socket_folder(sockets: Path, home: Path) -> None:
    """Remove a short folder made by `socket_folder`; one inside `home` stays."""
    if home not in (sockets, *sockets.parents):
        shutil.rmtree(sockets, ignore_errors=True)


def _open_folder(name: str) -> Path:
    OPEN_ROOT.mkdir(mode=0o755, parents=True, exist_ok=True)
    folder = OPEN_ROOT / name
    folder.mkdir(mode=0o700)
    return folder
