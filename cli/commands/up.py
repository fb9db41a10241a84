"""`stepwell up`, `down` and `status`: the whole product on this machine."""

import sys
import time
from typing import Annotated

import typer

from cli.errors import Exit
from cli.settings import read_settings
from cli.telling import speaks_plainly


@speaks_plainly
def up(
    detach: Annotated[bool, typer.Option("--detach", "-d", help="Leave it running and come back.")] = False,
    port: Annotated[
        int | None, typer.Option("--port", min=1, max=65535, help="The port; left out, a free one.")
    ] = None,
    shop: Annotated[bool, typer.Option("--shop/--no-shop", help="Run the demo shop, too.")] = True,
) -> None:
    """Start PostgreSQL, Valkey, web, workers, beat and the demo shop; Ctrl-C stops them.

    The data is in STEPWELL_HOME. A second `up` finds the first.
    """
    from cli.embedded.running import run_in_foreground, start_detached

    home = read_settings().home
    if detach:
        start_detached(home, port=port, shop=shop, say=say)
    else:
        run_in_foreground(home, port=port, shop=shop, say=say)


@speaks_plainly
def down() -> None:
    """Stop what `up` started."""
    from cli.embedded.running import stop_running

    home = read_settings().home
    if not stop_running(home, say=say):
        say(f"Nothing is running in {home}.")


@speaks_plainly
def status() -> None:
    """Say what is running. Exit code: 0 when it answers, 5 when not."""
    from cli.embedded.home import is_alive
    from cli.embedded.running import find_running, state_of

    home = read_settings().home
    state, running = state_of(home), find_running(home)
    if state is None:
        say(f"Nothing is running in {home}. `stepwell up` starts it.")
        raise SystemExit(int(Exit.UNREACHABLE))
    if running is None:
        what = state.phase if state.is_alive else "without its supervisor, which was killed; `stepwell down` tidies up"
        say(f"Stepwell is {what} (data folder {home}).")
    else:
        say(f"Stepwell is running: {running.url} (pid {running.pid}, data folder {home}).")
    for name, process in state.processes.items():
        if is_alive(process.pid, process.born):
            hours, seconds = divmod(int(time.time() - process.born), 3600)
            again = f", started again {process.restarts} times" if process.restarts else ""
            say(f"  {name:<10} pid {process.pid:<8} up {hours}:{seconds // 60:02}:{seconds % 60:02}{again}")
        else:
            say(f"  {name:<10} not running")
    if running is None:
        raise SystemExit(int(Exit.UNREACHABLE))


def say(text: str) -> None:
    """A line on stdout; a terminal that is gone must not stop what goes on without it."""
    try:
        print(text, flush=True)
    except OSError:
        sys.stdout = sys.stderr
