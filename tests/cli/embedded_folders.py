"""Folders in which servers can run, whoever runs the tests."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def open_folder() -> Iterator[Path]:
    """A short folder that others may enter: pytest's own are closed, and root's servers run as somebody else."""
    folder = Path(tempfile.mkdtemp(prefix="stepwell-one-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        for link in [path for path in folder.rglob("*") if path.is_symlink()]:
            if link.is_dir() and str(link.resolve()).startswith("/var/lib/stepwell/"):
                shutil.rmtree(link.resolve())
        shutil.rmtree(folder, ignore_errors=True)
