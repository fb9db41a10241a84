"""The `stepwell` command. Only the module of the command that was asked for is loaded, which keeps each one quick."""

import importlib
import sys
from collections.abc import Mapping, Sequence

import typer

# command -> its module and its name there: a function is a command, a Typer is a group of them.
COMMANDS: Mapping[str, tuple[str, str]] = {
    "up": ("cli.commands.up", "up"),
    "down": ("cli.commands.up", "down"),
    "status": ("cli.commands.up", "status"),
    "run": ("cli.commands.run", "run"),
    "validate": ("cli.commands.validate", "validate"),
    "executions": ("cli.commands.executions", "app"),
    "coverage": ("cli.commands.coverage", "coverage"),
    "routes": ("cli.commands.routes", "app"),
    "flows": ("cli.commands.flows", "app"),
    "batches": ("cli.commands.batches", "app"),
    "schedules": ("cli.commands.schedules", "app"),
    "limits": ("cli.commands.limits", "app"),
    "hooks": ("cli.commands.hooks", "app"),
    "notifications": ("cli.commands.notifications", "app"),
    "env": ("cli.commands.environments", "app"),
}


def main(arguments: Sequence[str] | None = None) -> None:
    words = list(sys.argv[1:] if arguments is None else arguments)
    build(words)(words, prog_name="stepwell")


def build(words: Sequence[str]) -> typer.Typer:
    """The command line for these words: one command if they name it, else all (for help and for suggestions)."""
    asked = next((word for word in words if not word.startswith("-")), "")
    names = [asked] if asked in COMMANDS else list(COMMANDS)
    app = typer.Typer(
        name="stepwell",
        help="Run integration flows, and see exactly what happened.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    app.callback()(_options)
    for name in names:
        module, attribute = COMMANDS[name]
        found = getattr(importlib.import_module(module), attribute)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name)
        else:
            app.command(name)(found)
    return app


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"stepwell {version('stepwell')}")
        raise typer.Exit


def _options(
    _version: bool = typer.Option(
        False, "--version", help="Print the version and leave.", is_eager=True, callback=_print_version
    ),
) -> None:
    """Before any command."""


if __name__ == "__main__":
    main()
