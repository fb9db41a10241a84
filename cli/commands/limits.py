"""`stepwell limits`: how many executions run at once."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from cli.errors import WrongUse
from cli.jsonprint import print_json
from cli.screen import open_screen
from cli.server import connect
from cli.tables import table
from cli.telling import speaks_plainly, warn

app = typer.Typer(help="Limits: how many executions run at once.", no_args_is_help=True)

NONE = "none"


@app.command("show")
@speaks_plainly
def show(json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """The limits of the workspace and of its flows."""
    found = connect(warn).limits()
    if json:
        print_json(found)
        return
    _show(found)


@app.command("set")
@speaks_plainly
def set_(
    workspace: Annotated[
        str | None, typer.Option("--workspace", "-w", metavar="N|none", help="Executions of the workspace at once.")
    ] = None,
    flow: Annotated[
        list[str] | None, typer.Option("--flow", "-f", metavar="SLUG=N|none", help="Executions of a flow at once.")
    ] = None,
) -> None:
    """Set what is named, or lift it with `none`. What runs goes on; what waits starts as places come free."""
    body: dict[str, Any] = {"flows": {}}
    if workspace is not None:
        body["workspace"] = _most("--workspace", workspace)
    for one in flow or ():
        slug, sign, most = one.partition("=")
        if not sign or not slug:
            raise WrongUse(f"--flow {one}: this needs SLUG=N.", "For example --flow check-out=2, or check-out=none.")
        body["flows"][slug] = _most("--flow", most)
    if body == {"flows": {}}:
        raise WrongUse("There is nothing to set.", "Name a limit, such as --workspace 10 or --flow check-out=2.")
    _show(connect(warn).set_limits(body))


def _most(option: str, text: str) -> int | None:
    if text == NONE:
        return None
    if not text.isdecimal() or int(text) < 1:
        raise WrongUse(f"{option}: {text!r} is no number of executions.", "Say a whole number from 1 on, or none.")
    return int(text)


def _show(limits: Mapping[str, Any]) -> None:
    rows = [[("the workspace", "bold"), (_words(limits.get("workspace")), "")]]
    rows += [[(slug, "bold"), (_words(most), "")] for slug, most in sorted(limits["flows"].items())]
    open_screen().show(table(["of", "at once"], rows))


def _words(most: int | None) -> str:
    return "as many as come" if most is None else str(most)
