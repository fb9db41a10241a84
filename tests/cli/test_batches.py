"""`stepwell run FILE --data rows.csv`, and schedules that fire, against the whole product."""

import json
from pathlib import Path
from xml.etree.ElementTree import parse

import pytest

from tests.cli.conftest import Stepwell, shell_environment
from tests.running_stack import Stack, wait_until

pytestmark = pytest.mark.stack
FLOW = """
flow:
  name: {name}
  env: {{SKU: none, COUNT: 1}}
  steps:
    - id: look
      action: set
      config: {{count: "${{COUNT}}"}}
      assert: ["count < 3"]
"""


@pytest.fixture
def stepwell(stack: Stack, tmp_path: Path) -> Stepwell:
    (tmp_path / "rows.csv").write_text("SKU,COUNT\nmug,1\npan,3\npot,2\n")
    return Stepwell(tmp_path, shell_environment(tmp_path) | {"STEPWELL_HOME": str(stack.home)})


def test_a_run_for_each_row_with_the_verdict_of_the_worst(stepwell: Stepwell, tmp_path: Path) -> None:
    (tmp_path / "flow.yaml").write_text(FLOW.format(name="Counted"))
    done = stepwell(
        "run", "flow.yaml", "--data", "rows.csv", "--row-label", "SKU", "--junit", "j.xml", "--json", "j.json"
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "✗ failed  row 2 (pan)" in done.stdout
    assert "✗ failed  Counted: 2 passed, 1 failed" in done.stdout
    report = json.loads((tmp_path / "j.json").read_text())
    assert [one["execution"]["status"] for one in report] == ["passed", "failed", "passed"]
    suites = [suite.attrib["name"] for suite in parse(tmp_path / "j.xml").getroot()]
    assert suites == ["Counted row 1 (mug)", "Counted row 2 (pan)", "Counted row 3 (pot)"]
    listed = stepwell("batches", "list", "--limit", "1").stdout
    batch = listed.splitlines()[-1].split()[0]
    again = stepwell("batches", "rerun", batch)
    assert (again.returncode, "row 1" in again.stdout, "row 2 (pan)" in again.stdout) == (1, False, True)


def test_rows_that_cannot_be_run_start_nothing(stepwell: Stepwell, tmp_path: Path) -> None:
    (tmp_path / "flow.yaml").write_text(FLOW.format(name="Miscounted"))
    (tmp_path / "rows.csv").write_text("SKU,COUNT\nmug,1\npan,many\n")
    done = stepwell("run", "flow.yaml", "--data", "rows.csv")
    assert done.returncode == 2
    assert "rows.csv: row 2, column COUNT: " in done.stderr
    assert stepwell("run", "flow.yaml", "--data", "rows.txt").returncode == 2


def test_a_schedule_starts_its_flow_by_itself(stepwell: Stepwell, tmp_path: Path) -> None:
    (tmp_path / "flow.yaml").write_text(FLOW.format(name="By itself"))
    assert stepwell("flows", "push", "flow.yaml").returncode == 0
    made = stepwell("schedules", "create", "every ten seconds", "--flow", "by-itself", "--every", "10s")
    assert made.returncode == 0, made.stderr
    try:
        wait_until(
            lambda: '"passed"' in stepwell("schedules", "slots", "every ten seconds", "--json").stdout,
            90,
            "a slot of the schedule has passed",
            pause=1,
        )
        assert "schedule every ten seconds" in stepwell("executions", "list", "--flow", "by-itself").stdout
    finally:
        assert stepwell("schedules", "delete", "every ten seconds").returncode == 0
