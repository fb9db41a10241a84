"""How a command speaks when it cannot do what was asked: one sentence on stderr, an exit code, never a traceback."""

import functools
import sys
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from cli.errors import CliError, Exit, FlowRefused
from cli.screen import Line, open_screen, visible

P = ParamSpec("P")
R = TypeVar("R")


def speaks_plainly(command: Callable[P, R]) -> Callable[P, R]:
    """Turn a CliError into its sentence and its exit code. Anything else is our bug and stays visible."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except CliError as exc:
            tell(exc)
            raise SystemExit(int(exc.exit_code)) from None
        except KeyboardInterrupt:
            print("Interrupted.", file=sys.stderr)
            raise SystemExit(int(Exit.CANCELLED)) from None

    return run


def tell(problem: CliError) -> None:
    open_screen(sys.stderr).show(lines_of(problem))


def lines_of(problem: CliError) -> list[Line]:
    lines: list[Line] = []
    if isinstance(problem, FlowRefused):
        lines += [[(line, "")] for text in problem.problems for line in text.splitlines()]
    return [*lines, [(problem.message, "bold red"), (f" {problem.hint}" if problem.hint else "", "")]]


def warn(text: str) -> None:
    """A remark beside the result, on stderr."""
    print(visible(text), file=sys.stderr, flush=True)
