"""The command line called in the process of the tests: what it says and its exit code, without a Python of its own."""

import http.client
import io
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from subprocess import CompletedProcess
from unittest import mock

from cli.main import main
from cli.transport import Transport


def call_here(
    words: Sequence[str], *, cwd: Path, environ: Mapping[str, str], stdin: str = ""
) -> "CompletedProcess[str]":
    """What a process of these words would have answered: its pipes, its folder and its environment are its own."""
    out, err = _pipe(errors="strict"), _pipe(errors="backslashreplace")
    with _as_if_started(cwd, environ, stdin), _hung_up(), redirect_stdout(out), redirect_stderr(err):
        code = _exit_code(words)
    return CompletedProcess(["stepwell", *words], code, _said(out), _said(err))


@contextmanager
def _as_if_started(cwd: Path, environ: Mapping[str, str], stdin: str) -> Iterator[None]:
    before = Path.cwd()
    given = io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8")
    with mock.patch.dict(os.environ, environ, clear=True), mock.patch.object(sys, "stdin", given):
        os.chdir(cwd)
        try:
            yield
        finally:
            os.chdir(before)


@contextmanager
def _hung_up() -> Iterator[None]:
    """The end of a process closes the connections of its commands; here they are closed for it."""
    made: list[Transport] = []
    connect = Transport._connect

    def noted(transport: Transport) -> http.client.HTTPConnection:
        made.append(transport)
        return connect(transport)

    with mock.patch.object(Transport, "_connect", noted):
        try:
            yield
        finally:
            for transport in made:
                transport.close()


def _exit_code(words: Sequence[str]) -> int:
    """Any exception but SystemExit is a bug of ours, and the test shows it with its traceback."""
    try:
        main(words)
    except SystemExit as exc:
        return exc.code if isinstance(exc.code, int) else int(exc.code is not None)
    return 0


def _pipe(*, errors: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors=errors, write_through=True)


def _said(pipe: io.TextIOWrapper) -> str:
    pipe.seek(0)
    return pipe.read()
