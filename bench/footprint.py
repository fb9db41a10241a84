"""What a running stack weighs: the memory of all its processes, each shared page counted once."""

from pathlib import Path

import psutil

from bench.stack import Stack

MEGABYTE = 1024 * 1024


def megabytes(stack: Stack) -> float:
    """The proportional share (PSS) of the supervisor and everything below it; resident size where there is no PSS."""
    supervisor = psutil.Process(stack.pid)
    processes = [supervisor, *supervisor.children(recursive=True)]
    return sum(_bytes(process.pid) for process in processes) / MEGABYTE


def _bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        try:
            return int(psutil.Process(pid).memory_info().rss)
        except psutil.Error:
            return 0  # it has just ended
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
