"""What a snapshot tells of steps inside steps, and what it leaves to be asked for."""

import pytest

from executions import lookup
from tests.cast import api_of
from tests.workers.in_process import Machine, flow
from workspaces.models import Role

LOOP = (
    "{id: each, action: for_each, config: {range: {end: 8}, continue_on_error: true,"
    " steps: [{id: check, action: assert, config: {assertions: [item != 6]}}]}}"
)


def test_a_snapshot_tells_turns_and_leaves_most_of_a_long_loop_out(
    engine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = engine.run(flow(LOOP))
    bob = api_of(engine.workspace, Role.VIEWER, "bob")
    address = f"/executions/{ran.execution.pk}"
    whole = bob.get(address).body
    each, *inside = whole["steps"]
    assert (whole["is_whole"], len(inside)) == (True, 8)
    assert each["turns"] == {"total": 8, "started": 8, "running": 0, "failed": 1}
    assert [(step["index"], step["parent"]) for step in inside] == [(n, "steps/each") for n in range(8)]

    for name, value in {"MOST_NESTED": 5, "FIRST_NESTED": 2, "TROUBLED_NESTED": 3}.items():
        monkeypatch.setattr(lookup, name, value)
    short = bob.get(address).body
    paths = [step["path"] for step in short["steps"]]
    assert (short["is_whole"], paths) == (False, ["steps/each", *(f"steps/each[{n}]/check" for n in (0, 1, 5))])

    first = bob.get(f"{address}/steps?parent=steps/each&limit=5").body
    rest = bob.get(f"{address}/steps?parent=steps/each&limit=5&cursor={first['next']}").body
    found = [step["path"] for step in [*first["items"], *rest["items"]]]
    assert (found, rest["next"]) == ([f"steps/each[{n}]/check" for n in range(8)], None)
    assert bob.get(f"{address}/steps?parent=steps/nobody").status == 404


def test_error_steps_are_inside_what_holds_the_step_they_belong_to(engine: Machine) -> None:
    tell = "{id: tell, action: log, config: {message: x}}"
    inner = f"{{id: check, action: assert, config: {{assertions: [item != 2]}}, error_steps: [{tell}]}}"
    ran = engine.run(flow(f"{{id: each, action: for_each, config: {{range: {{end: 2}}, steps: [{inner}]}}}}"))
    carol = api_of(engine.workspace, Role.VIEWER, "carol")
    found = carol.get(f"/executions/{ran.execution.pk}/steps?parent=steps/each").body["items"]
    assert [one["path"] for one in found] == [
        "steps/each[0]/check",
        "steps/each[1]/check",
        "steps/each[1]/check/error_steps/tell",
    ]
