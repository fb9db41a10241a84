"""`stepwell routes`: which addresses of a service are one route, where people know better than their looks."""

from typing import Annotated, Any

import typer

from cli.errors import WrongUse
from cli.jsonprint import print_json
from cli.screen import Line, open_screen
from cli.server import connect
from cli.tables import Cell, table
from cli.telling import speaks_plainly, warn
from cli.timetext import local

app = typer.Typer(help="Routes: which addresses of a service are one.", no_args_is_help=True)

Service = Annotated[str, typer.Argument(metavar="SERVICE", help="As steps call it: shop.internal:8080.")]
Patterns = Annotated[list[str], typer.Argument(metavar="ROUTE…", help="/products/{} or /products/tea.")]
WORDS = {"one": "are one route", "apart": "are kept apart"}


@app.command("list")
@speaks_plainly
def list_routes(
    service: Annotated[str, typer.Argument(metavar="[SERVICE]", help="The routes of this one; else the rules.")] = "",
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """What people have said of routes; of one service, its routes and the addresses that come under each."""
    client = connect(warn)
    found = client.routes(service) if service else client.route_overrides()
    if json:
        print_json(found)
        return
    open_screen().show(_routes(found) if service else _rules(found))


@app.command("merge")
@speaks_plainly
def merge(service: Service, patterns: Patterns) -> None:
    """Take whatever fits together: /products/{} is every product."""
    _say(service, patterns, "one")


@app.command("split")
@speaks_plainly
def split(service: Service, patterns: Patterns) -> None:
    """Keep whatever fits as the steps wrote it: /products/iphone-15-pro, or all of /products/{}."""
    _say(service, patterns, "apart")


@app.command("reset")
@speaks_plainly
def reset(service: Service, patterns: Patterns) -> None:
    """Leave these to what their addresses look like, again."""
    client = connect(warn)
    known = {one["pattern"]: one["id"] for one in client.route_overrides() if one["service"] == service}
    for pattern in patterns:
        if pattern not in known:
            raise WrongUse(
                f"Nobody has said anything of {pattern} at {service}.", f"There are: {', '.join(known) or 'none'}."
            )
        client.forget_override(known[pattern])
        open_screen().show([[("left to its looks  ", "dim"), (f"{service} {pattern}", "bold")]])


def _say(service: str, patterns: list[str], wish: str) -> None:
    done = connect(warn).override_routes({"service": service, "patterns": patterns, "wish": wish})
    changed = done["changed"]
    words = f"  {changed} {'address is' if changed == 1 else 'addresses are'} called otherwise now"
    open_screen().show([[(f"{service} {', '.join(patterns)}", "bold"), (f" {WORDS[wish]}", ""), (words, "dim")]])


def _routes(found: list[dict[str, Any]]) -> list[Line]:
    lines: list[Line] = []
    for one in found:
        lines.append([(f"{one['operation']} {one['template']}", "bold")])
        if one["routes"] != [one["template"]]:
            more = one["count"] - len(one["routes"])
            lines += [[(f"  {route}", "dim")] for route in one["routes"]] + (
                [[(f"  … {more} more", "dim")]] if more else []
            )
    return lines


def _rules(found: list[dict[str, Any]]) -> list[Line]:
    if not found:
        return [[("Nobody has said anything of routes; they are told by their looks.", "")]]
    rows: list[list[Cell]] = [
        [(one["service"], ""), (one["pattern"], "bold"), (WORDS[one["wish"]], ""), (one["changed_by"], "dim"),
         (local(one["changed_at"]), "dim")]
        for one in found
    ]  # fmt: skip
    return table(["service", "route", "", "by", "since"], rows)
