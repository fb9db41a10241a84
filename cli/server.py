"""Which server the commands talk to: the one STEPWELL_URL names, else the embedded stack, started when none runs."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from cli.client import Client
from cli.settings import Settings, read_settings

if TYPE_CHECKING:
    from cli.embedded.running import Running


def connect(say: Callable[[str], None], settings: Settings | None = None) -> Client:
    """`say` hears what is done about starting a stack. Raises CliError; that a named server is up shows only in use."""
    settings = settings or read_settings()
    found = find_server(settings)
    if found is not None:
        return found
    from cli.embedded.running import start_detached

    say("STEPWELL_URL is not set and no stack runs here. Starting one; `stepwell down` stops it.")
    return _client_of(start_detached(settings.home, say=say), settings)


def find_server(settings: Settings | None = None) -> Client | None:
    """The server that is named, or the stack that runs here already; nothing is started."""
    settings = settings or read_settings()
    if settings.url:
        return Client(settings.url, settings.token)
    from cli.embedded.running import find_running

    running = find_running(settings.home)
    return _client_of(running, settings) if running is not None else None


def _client_of(running: "Running", settings: Settings) -> Client:
    return Client(running.url, running.token, token_name=f"the file cli-token in {settings.home}")
