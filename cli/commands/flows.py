"""`stepwell flows`: keep flow files and the server's flows in step."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.errors import WrongUse
from cli.screen import open_screen
from cli.server import connect
from cli.tables import table
from cli.targets import flow_files_in, read_flow_files
from cli.telling import speaks_plainly, warn

app = typer.Typer(help="Save flow files on the server, and read them back.", no_args_is_help=True)


@app.command("push")
@speaks_plainly
def push(
    files: Annotated[list[str], typer.Argument(metavar="FILE|DIR", help="Flow files, or folders of them.")],
    slug: Annotated[
        str | None, typer.Option("--slug", help="Save under this slug instead of one made of the name (one file only).")
    ] = None,
) -> None:
    """Check flow files and save them. The same text again makes no new version."""
    found = read_flow_files(list(dict.fromkeys(path for name in files for path in flow_files_in(name))))
    if slug and len(found) != 1:
        raise WrongUse(f"--slug names one flow, and there are {len(found)} files.")
    client, screen = connect(warn), open_screen()
    for file in found:
        for line in file.warnings:
            warn(line)
        saved = client.save_flow(text=file.text, filename=file.path, slug=slug, files=file.files)
        version = saved["version"]
        what = "new flow" if saved.get("created") else "new version" if version.get("created") else "unchanged"
        screen.show([[(f"{saved['slug']}", "bold"), (f"  v{version['number']}  {what}  {file.path}", "")]])


@app.command("pull")
@speaks_plainly
def pull(
    slug: Annotated[str, typer.Argument(help="The flow.")],
    version: Annotated[int | None, typer.Option("--version", min=1, help="An older version.")] = None,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="Write a file instead of stdout.")
    ] = None,
) -> None:
    """Print the text of a saved flow, exactly as it was saved."""
    client = connect(warn)
    text = str((client.flow_version(slug, version) if version else client.flow(slug))["text"])
    content = text.encode("utf-8", "surrogatepass")
    if output is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    try:
        Path(output).write_bytes(content)
    except OSError as exc:
        raise WrongUse(f"{output} cannot be written: {exc.strerror or type(exc).__name__}.") from exc


@app.command("list")
@speaks_plainly
def list_flows(
    tag: Annotated[list[str] | None, typer.Option("--tag", "-t", help="Only flows with this tag (or another).")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """The flows of the workspace."""
    found = [flow for flow in connect(warn).flows() if not tag or set(tag) & set(flow.get("tags") or ())]
    if json:
        from flows.language import jsontext

        print(jsontext.dumps(found))
        return
    rows = [
        [
            (flow["slug"], "bold"),
            (f"v{flow.get('latest_version')}", ""),
            (flow.get("name") or "", ""),
            (" ".join(flow.get("tags") or ()), "dim"),
        ]
        for flow in found
    ]
    headings = ["flow", "version", "name", "tags"]
    open_screen().show(table(headings, rows) if rows else [[("There is no such flow.", "")]])
