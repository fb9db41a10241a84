"""Files that the command line writes."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from cli.errors import WrongUse

STDOUT = "-"


def write_whole(path: str, write: Callable[[BinaryIO], object]) -> None:
    """A reader of the file sees all of it or none; a pipe, a device or stdout (`-`) gets it once it is complete."""
    target = Path(path).resolve()
    if path == STDOUT or (target.exists() and not target.is_file()):
        _pass_on(path, write)
        return
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with draft.open("wb+") as file:
            write(file)
        draft.replace(target)
    except OSError as exc:
        raise WrongUse(f"{path} cannot be written: {exc.strerror or type(exc).__name__}.") from exc
    finally:
        draft.unlink(missing_ok=True)


def _pass_on(path: str, write: Callable[[BinaryIO], object]) -> None:
    with tempfile.TemporaryFile() as file:
        write(file)
        file.seek(0)
        if path == STDOUT:
            shutil.copyfileobj(file, sys.stdout.buffer)
            sys.stdout.buffer.flush()
            return
        try:
            with Path(path).open("wb") as device:
                shutil.copyfileobj(file, device)
        except OSError as exc:
            raise WrongUse(f"{path} cannot be written: {exc.strerror or type(exc).__name__}.") from exc
