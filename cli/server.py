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
    if settings.url:
        return Client(settings.url, settings.token)
    running = _embedded(settings, say)
    return Client(running.url, running.token, token_name=f"the file cli-token in {settings.home}")


def _embedded(settings: Settings, say: Callable[[str], None]) -> "Running":
    from cli.embedded.running import find_running, start_detached

    found = find_running(settings.home)
    if found is not None:
        return found
    say("STEPWELL_URL is not set and no stack runs here. Starting one; `stepwell down` stops it.")
    return start_detached(settings.home, say=say)
