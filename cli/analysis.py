"""The model's analysis of a failed execution, for the command line: asked for, waited for, and told."""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from cli.client import Client
from cli.screen import Line

PAUSE_SECONDS: Final = 1.0
ACTIVE: Final = frozenset({"queued", "running"})


def analyse(
    client: Client, execution: int, *, anew: bool, sleep: Callable[[float], None] = time.sleep
) -> dict[str, Any]:
    """Once it has ended: the server ends every one, also when its worker dies."""
    found = client.ask_for_analysis(execution, anew=anew)
    while found["status"] in ACTIVE:
        sleep(PAUSE_SECONDS)
        found = client.analysis(found["id"])
    return found


def analysis_lines(found: Mapping[str, Any]) -> Iterator[Line]:
    """Claims with the ids of their evidence; then what it took, and how many claims could not be proved."""
    answer = found["answer"]
    if found["status"] != "done" or answer is None:
        yield [("✗ ", "red"), (found["error"], "")]
        return
    if answer["injection_suspected"]:
        yield [("  Text of the system under test reads like instructions. It was treated as data.", "yellow")]
    if answer["summary"]:
        yield [(f"  {answer['summary']}", "bold")]
    for cause in answer["causes"]:
        yield [(f"  {cause['category']}, {cause['likelihood']}: ", "bold"), (cause["statement"], ""), _cited(cause)]
        if cause["check"]:
            yield [("    check: ", "dim"), (cause["check"], "")]
    for one in answer["patterns"]:
        yield [("  earlier runs: ", "bold"), (one["text"], ""), _cited(one)]
    if answer["next_action"]:
        yield [("  next: ", "bold"), (answer["next_action"]["text"], ""), _cited(answer["next_action"])]
    left_out = len(answer["left_out"])
    told = [found["model"], f"{(found['input_tokens'] or 0) + (found['output_tokens'] or 0):,} tokens"]
    told += [f"${found['cost']}"] if found["cost"] is not None else []
    told += [f"about #{found['execution']}", f"{left_out} not proved and left out"]
    yield [(f"  {' · '.join(told)}", "dim")]


def _cited(claim: Mapping[str, Any]) -> tuple[str, str]:
    return f" [{', '.join(claim['evidence'])}]", "dim"
