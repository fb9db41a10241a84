"""`--json`: the report of DESIGN §7, one object for one flow, a list for several."""

from collections.abc import Sequence

from cli.gather import Gathered
from flows.language import jsontext


def json_report(runs: Sequence[Gathered], *, is_list: bool) -> bytes:
    """ASCII JSON with a newline at its end. Numbers keep every digit the server sent."""
    reports = [run.report for run in runs]
    return jsontext.dumps(reports if is_list else reports[0]).encode("ascii") + b"\n"
