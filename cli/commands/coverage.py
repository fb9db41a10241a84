"""`stepwell coverage`: which declared operations the flows cover, as a gate for pipelines."""

from typing import Annotated, Any

import typer

from cli.errors import Exit
from cli.screen import Line, open_screen
from cli.server import connect
from cli.tables import Cell, table
from cli.telling import speaks_plainly, warn

SIGNS = {"covered": ("✓", "green"), "exercised": ("·", "yellow"), "defined": ("…", "dim"), "none": ("✗", "red")}


@speaks_plainly
def coverage(
    fail_under: Annotated[
        float, typer.Option("--fail-under", metavar="PERCENT", min=0, max=100, help="Exit with 1 below this.")
    ] = 0,
    service: Annotated[str, typer.Option("--service", "-s", metavar="NAME", help="Of one service only.")] = "",
    env: Annotated[str, typer.Option("--env", "-e", metavar="NAME", help="As called in this environment.")] = "",
    tag: Annotated[str, typer.Option("--tag", "-t", metavar="T", help="As called by flows with this tag.")] = "",
    days: Annotated[int, typer.Option("--days", metavar="N", min=1, max=400, help="In the last so many days.")] = 30,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """How much of what your services declare is called, looked at and seen to pass."""
    found = connect(warn).coverage(service=service, environment=env, tag=tag, days=days)
    if json:
        from flows.language import jsontext

        print(jsontext.dumps(found))
    else:
        open_screen().show(_lines(found))
    if fail_under and (found["share"] is None or 100 * found["share"] < fail_under):
        if not json:
            open_screen().show([[(f"✗ below {fail_under:g} %", "bold red")]])
        raise SystemExit(int(Exit.FAILED))


def _lines(found: dict[str, Any]) -> list[Line]:
    lines: list[Line] = []
    for service in found["services"]:
        lines.append([(service["name"], "bold"), (f"  {_share(service)} covered", "")])
        lines += table(
            ["", "operation", "state", "calls", "statuses", "last"], [_row(one) for one in service["operations"]]
        )
        lines += [
            [(f"  undeclared: {one['operation']} {one['route']}", "yellow"), (f"  {one['n']} calls", "dim")]
            for one in service["undeclared"]
        ]
    if not found["services"]:
        lines.append([("No service has said what it declares: upload its OpenAPI document or descriptor set.", "")])
    lines.append([(f"{_share(found)} of all declared operations covered", "bold")])
    return lines


def _row(one: dict[str, Any]) -> list[Cell]:
    sign, style = SIGNS[one["state"]]
    word = "excluded" if one["excluded"] else "stale" if one["is_stale"] else one["state"]
    seen = " ".join(map(str, one["statuses_seen"]))
    undocumented = " ".join(f"{status}!" for status in one["statuses_undocumented"])
    return [
        (sign, style),
        (f"{one['operation']} {one['route']}", ""),
        (word, style),
        (str(one["n"]), "dim"),
        (f"{seen} {undocumented}".strip(), ""),
        (one["last_day"] or "", "dim"),
    ]


def _share(found: dict[str, Any]) -> str:
    if found["share"] is None:
        return "0 of 0"
    return f"{found['covered']} of {found['declared']} ({100 * found['share']:.0f} %)"
