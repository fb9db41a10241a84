"""`stepwell validate`: every problem of flow files, found without a server."""

from typing import Annotated, Any

import typer

from cli.errors import Exit
from cli.screen import Line, open_screen
from cli.targets import flow_files_in, read_bytes
from cli.telling import speaks_plainly


@speaks_plainly
def validate(
    files: Annotated[list[str], typer.Argument(metavar="FILE|DIR", help="Flow files, or folders of them.")],
    json: Annotated[bool, typer.Option("--json", help="Print the problems as JSON.")] = False,
) -> None:
    """Check flow files and say every problem with its place.

    Exit code: 0 when no flow has an error (warnings are allowed), 2 otherwise.
    """
    from flows.language.check import check  # slow to import

    paths = list(dict.fromkeys(path for name in files for path in flow_files_in(name)))
    checked = {path: check(read_bytes(path), filename=path) for path in paths}
    if json:
        _print_json({path: one.problems for path, one in checked.items()})
    else:
        open_screen().show(_lines(checked))
    if any(one.flow is None for one in checked.values()):
        raise SystemExit(int(Exit.WRONG_USE))


def _lines(checked: dict[str, Any]) -> list[Line]:
    lines: list[Line] = []
    for path, one in checked.items():
        for problem in one.problems:
            style = "bold red" if problem.severity == "error" else "yellow"
            lines += [[(text, style)] for text in problem.format(path).splitlines()]
    wrong = sum(one.flow is None for one in checked.values())
    warned = sum(one.flow is not None and bool(one.problems) for one in checked.values())
    total = "1 flow" if len(checked) == 1 else f"{len(checked)} flows"
    said = f"{wrong} with errors" if wrong else f"valid, {warned} with warnings" if warned else "valid"
    return [*lines, [(f"{total}: {said}", "bold red" if wrong else "bold green")]]


def _print_json(problems: dict[str, Any]) -> None:
    from dataclasses import asdict

    from flows.language import jsontext

    print(jsontext.dumps([{"file": path, **asdict(one)} for path, found in problems.items() for one in found]))
