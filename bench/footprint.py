"""What a running stack weighs: the memory of all its processes, each shared page counted once."""

from pathlib import Path

import psutil

from bench.stack import Stack
from cli.embedded.home import Home

MEGABYTE = 1024 * 1024


def megabytes(stack: Stack) -> tuple[float, float]:
    """Of the product, and of the demo shop beside it (0 where there is none).

    The proportional share (PSS) of the supervisor and everything below it; resident size where there is no PSS.
    """
    supervisor = psutil.Process(stack.pid)
    everything = {process.pid for process in (supervisor, *supervisor.children(recursive=True))}
    shop = _shop_of(stack)
    ours, theirs = everything - shop, everything & shop
    return sum(map(_bytes, ours)) / MEGABYTE, sum(map(_bytes, theirs)) / MEGABYTE


def _shop_of(stack: Stack) -> set[int]:
    state = Home(stack.home).state()
    found = state.processes.get("shop") if state else None
    if found is None:
        return set()
    shop = psutil.Process(found.pid)
    return {process.pid for process in (shop, *shop.children(recursive=True))}


def _bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        try:
            return int(psutil.Process(pid).memory_info().rss)
        except psutil.Error:
            return 0  # it has just ended
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
