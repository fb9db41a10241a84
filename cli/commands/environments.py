"""`stepwell env`: the variables and secrets a flow runs against."""

from typing import Annotated, Any

import typer

from cli.client import Client
from cli.errors import ServerRefused, WrongUse
from cli.report import value_text
from cli.screen import Line, open_screen
from cli.secrets import read_secret
from cli.server import connect
from cli.tables import table
from cli.telling import speaks_plainly, warn
from cli.variables import NAME, parse_variables

app = typer.Typer(help="Environments: named sets of variables and secrets.", no_args_is_help=True)


@app.command("list")
@speaks_plainly
def list_environments(
    json: Annotated[bool, typer.Option("--json", help="Print JSON. Secrets show their names only.")] = False,
) -> None:
    """The environments of the workspace."""
    found = connect(warn).environments()
    if json:
        from flows.language import jsontext

        print(jsontext.dumps(found))
        return
    rows = [
        [
            (one["name"], "bold"),
            (f"{len(one.get('variables') or ())}", ""),
            (f"{len(one.get('secrets') or ())}", ""),
            (one.get("description") or "", "dim"),
        ]
        for one in found
    ]
    headings = ["environment", "variables", "secrets", "description"]
    open_screen().show(table(headings, rows) if rows else [[("There is no environment yet.", "")]])


@app.command("show")
@speaks_plainly
def show(name: Annotated[str, typer.Argument(help="The environment.")]) -> None:
    """Its variables, and the names of its secrets."""
    open_screen().show(_described(connect(warn).environment(name)))


@app.command("set")
@speaks_plainly
def set_values(
    name: Annotated[str, typer.Argument(help="The environment; made when there is none.")],
    values: Annotated[list[str] | None, typer.Argument(metavar="K=V", help="Variables; K:=JSON is typed.")] = None,
    secret: Annotated[
        list[str] | None, typer.Option("--secret", "-s", metavar="K", help="Ask for a secret, or read it from stdin.")
    ] = None,
    unset: Annotated[
        list[str] | None, typer.Option("--unset", "-u", metavar="K", help="Delete a variable or a secret.")
    ] = None,
    description: Annotated[str | None, typer.Option("--description", help="What it is for.")] = None,
) -> None:
    """Set variables and secrets; what is not named stays as it is.

    Secrets never come from the command line itself: other users of the machine could read it. Piped in, each --secret
    takes one line.
    """
    parsed = parse_variables(values or (), option="the value")
    for key in [*(secret or ()), *(unset or ())]:
        if not NAME.match(key):
            raise WrongUse(f"{key.partition('=')[0]!r} is not a name.", "--secret and --unset take names only.")
    client = connect(warn)
    body: dict[str, Any] = {"variables": {**parsed.text, **parsed.typed}, "secrets": {}}
    for key in unset or ():
        body["secrets" if key in _secret_names(client, name) else "variables"][key] = None
    body["secrets"].update({key: read_secret(f"the secret {key}") for key in secret or ()})
    if description is not None:
        body["description"] = description
    if not any(body.values()) and description is None:
        raise WrongUse("There is nothing to set.", "Name variables as NAME=VALUE, or secrets with --secret NAME.")
    open_screen().show(_described(client.save_environment(name, body)))


def _secret_names(client: Client, name: str) -> set[str]:
    try:
        return {secret["name"] for secret in client.environment(name).get("secrets") or ()}
    except ServerRefused:  # it is new; anything else the request that saves it will say again
        return set()


def _described(environment: dict[str, Any]) -> list[Line]:
    lines: list[Line] = [[(environment["name"], "bold"), (f"  {environment.get('description') or ''}", "dim")]]
    variables, secrets = environment.get("variables") or {}, environment.get("secrets") or ()
    lines += [[(f"  {name} = ", ""), (value_text(value), "")] for name, value in variables.items()]
    lines += [[(f"  {one['name']} ", ""), (f"secret, version {one.get('version')}", "dim")] for one in secrets]
    return lines
