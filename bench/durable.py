"""Starts DBOS beside the stack, on the same PostgreSQL, and has it run workflows."""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from bench.install import PEERS, python_peer
from bench.stack import Stack

PROCESSES = 2  # as many as the stack has workers


@dataclass(frozen=True)
class Dbos:
    processes: Sequence["subprocess.Popen[str]"]
    steps: int

    def run(self, count: int) -> float:
        """Seconds until `count` workflows that were begun at once are over, shared out among the processes."""
        used = self.processes[: min(count, len(self.processes))]
        shares = [count // len(used) + (number < count % len(used)) for number in range(len(used))]
        for process, share in zip(used, shares, strict=True):
            _write(process, f"{share} {self.steps}")
        return max(float(_read(process)) for process in used)


@contextmanager
def running_dbos(stack: Stack, *, steps: int) -> Iterator[Dbos]:
    """Raises bench.install.NotToBeHad."""
    python = python_peer("dbos") / "python"
    with psycopg.connect(stack.database("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE bench_dbos")
    processes: list[subprocess.Popen[str]] = []
    try:
        for _ in range(PROCESSES):
            process = subprocess.Popen(
                [str(python), str(PEERS / "dbos" / "serve.py"), stack.database("bench_dbos")],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            processes.append(process)
            _read(process)  # `ready`; the first also makes the tables
        yield Dbos(processes, steps)
    finally:
        for process in processes:
            assert process.stdin is not None
            process.stdin.close()
        for process in processes:
            process.wait(30)


def _write(process: "subprocess.Popen[str]", line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{line}\n")
    process.stdin.flush()


def _read(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, "DBOS ended without an answer"
    return line.strip()
