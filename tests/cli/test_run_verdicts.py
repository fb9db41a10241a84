"""What `stepwell run` says and exits with, against a server that answers as told."""

import json
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest

from tests.cli.conftest import Stepwell
from tests.cli.records import assertion, attempt, counts, execution, failure, queued, script_run, snapshot, step
from tests.cli.scripted_server import Answer, ScriptedServer, problem


@pytest.mark.parametrize(
    ("status", "code"), [("passed", 0), ("failed", 1), ("timed_out", 3), ("cancelled", 4)], ids=str
)
def test_the_exit_code_is_the_verdict(stepwell: Stepwell, server: ScriptedServer, status: str, code: int) -> None:
    script_run(server, execution(status=status), step())
    done = stepwell("run", "checkout")
    assert (done.returncode, done.stderr) == (code, "")
    assert f"Checkout: 1 passed in 1.2 s  {server.url}/executions/7/" in done.stdout.splitlines()[-1]


def test_a_failure_in_quarantine_lets_the_pipeline_pass_and_says_so(
    stepwell: Stepwell, server: ScriptedServer, tmp_path: Path
) -> None:
    failed = step(status="failed", failure=failure())
    script_run(
        server, execution(status="failed", quarantined="Known: ORD-12"), failed, details={"steps/pay": [attempt()]}
    )
    report = tmp_path / "report.xml"
    done = stepwell("run", "checkout", "--junit", str(report))
    assert done.returncode == 0
    assert "passed with quarantined failure: Known: ORD-12" in done.stdout
    assert 'failures="0" errors="0" skipped="1"' in report.read_text()
    assert "quarantined failure, assertion" in report.read_text()


def test_a_failed_assertion_shows_what_it_saw_and_wanted(stepwell: Stepwell, server: ScriptedServer) -> None:
    failed = step(status="failed", failure=failure())
    ended = execution(status="failed", counts=counts(total=2, passed=1, failed=1), failed_step="steps/pay")
    script_run(server, ended, step("steps/login"), failed, details={"steps/pay": [attempt(assertions=[assertion()])]})
    lines = stepwell("run", "checkout").stdout.splitlines()
    assert lines[1:] == [
        "  ✓ steps/login  http_request  100 ms",
        "  ✗ steps/pay  http_request  100 ms",
        '      assertion: body.state is "pending", expected "paid"',
        '        expression  body.state == "paid"',
        '        actual      "pending"',
        '        expected    "paid"',
        '        body.state  "pending"',
        f"✗ failed  Checkout: 1 passed, 1 failed in 1.2 s  {server.url}/executions/7/",
    ]


def test_other_failures_show_kind_code_and_message(stepwell: Stepwell, server: ScriptedServer) -> None:
    refused = failure("unreachable", "refused", "127.0.0.1:1 refused the connection.")
    failed = step(status="failed", attempts=3, failure=refused, may_have_taken_effect=True)
    script_run(server, execution(status="failed"), failed, details={"steps/pay": [attempt()]})
    said = stepwell("run", "checkout").stdout
    assert "✗ steps/pay  http_request  100 ms  all 3 attempts failed  it may have taken effect" in said
    assert "unreachable (refused): 127.0.0.1:1 refused the connection." in said


def test_steps_are_shown_as_they_finish_and_once(stepwell: Stepwell, server: ScriptedServer) -> None:
    running = execution(status="running", finished_at=None, duration_ms=None, event_number=1)
    later = step("steps/ship", finished_at="2026-03-01T12:00:00.900000Z", position=1)
    server.on("POST /executions", Answer(201, queued()))
    server.on(
        "GET /executions/7",
        Answer(json=snapshot(running, step(), step("steps/ship", status="running"))),
        Answer(json=snapshot(execution(), later, step())),
    )
    said = stepwell("run", "checkout").stdout
    assert said.index("✓ steps/pay") < said.index("✓ steps/ship")
    assert (said.count("steps/pay"), said.count("steps/ship")) == (1, 1)


def test_steps_inside_steps_are_told_under_them_and_reported_where_they_ran(
    stepwell: Stepwell, server: ScriptedServer, tmp_path: Path
) -> None:
    turns = {"total": 2, "started": 2, "running": 0, "failed": 1}
    loop = step("steps/each", action="for_each", status="failed", turns=turns, failure=failure("action", "", "Inside."))
    first = step("steps/each[0]/a", position=1, parent="steps/each", index=0)
    second = step("steps/each[1]/a", position=1, parent="steps/each", index=1, status="failed", failure=failure())
    text = (
        "flow: {name: Checkout, steps: [{id: each, action: for_each, config: {range: {end: 2},"
        " steps: [{id: a, action: log, config: {message: x}}]}}, {id: after, action: log, config: {message: x}}]}"
    )
    details = {"steps/each": [attempt()], "steps/each[1]/a": [attempt(assertions=[assertion()])]}
    script_run(server, execution(status="failed", failed_step="steps/each"), loop, second, first, details=details)
    server.on("GET /flows/checkout/versions/3", Answer(json={"number": 3, "text": text}))
    file = tmp_path / "report.xml"
    said = stepwell("run", "checkout", "--junit", str(file)).stdout
    assert "  ✗ steps/each  for_each  100 ms  2 turns, 1 failed" in said.splitlines()
    assert "    ✓ steps/each[0]/a  http_request  100 ms" in said.splitlines()
    assert 'assertion: body.state is "pending"' in said
    names = [case.attrib["name"] for case in fromstring(file.read_bytes()).iter("testcase")]
    assert names == ["steps/each", "steps/each[0]/a", "steps/each[1]/a", "steps/after"]
    assert "never reached" in file.read_text()


def test_what_the_options_say_is_sent(stepwell: Stepwell, server: ScriptedServer) -> None:
    script_run(server, execution())
    stepwell(
        "run", "checkout", "--env", "staging", "--var", "A=1", "--var", "B:=[1.10]", "--label", "commit=abc",
        "--timeout", "5m",
    )  # fmt: skip
    (asked,) = [one for one in server.asked if one.method == "POST"]
    assert asked.body == {
        "flow": "checkout",
        "environment": "staging",
        "text_variables": {"A": "1"},
        "variables": {"B": [1.10]},
        "labels": {"commit": "abc"},
        "timeout": 300,
        "trigger": "cli",
    }
    assert asked.headers["Authorization"] == "Bearer stw_test"
    assert len(asked.headers["Idempotency-Key"]) == 36


def test_a_start_whose_answer_was_lost_is_asked_again_under_the_same_key(
    stepwell: Stepwell, server: ScriptedServer
) -> None:
    server.on("POST /executions", Answer(None), Answer(201, queued()))
    server.on("GET /executions/7", Answer(json=snapshot(execution(), step())))
    assert stepwell("run", "checkout").returncode == 0
    first, second = [one.headers["Idempotency-Key"] for one in server.asked if one.method == "POST"]
    assert first == second


def test_a_server_that_restarts_meanwhile_loses_nobody(stepwell: Stepwell, server: ScriptedServer) -> None:
    server.on("POST /executions", Answer(201, queued()))
    gone = (Answer(None), Answer(None), problem(503, "It starts."))
    server.on("GET /executions/7", *gone, Answer(json=snapshot(execution(), step())))
    done = stepwell("run", "checkout")
    assert done.returncode == 0
    assert "Waiting for it; the run goes on." in done.stdout
    assert "The server answers again." in done.stdout


def test_several_runs_are_shown_one_after_another_and_the_worst_counts(
    stepwell: Stepwell, server: ScriptedServer
) -> None:
    by_flow = {"good": 1, "slow": 2, "bad": 3}

    def start(asked: Any) -> Answer:
        return Answer(201, queued(id=by_flow[asked.body["flow"]], flow_name=asked.body["flow"]))

    server.on("POST /executions", start)
    for (name, number), status in zip(by_flow.items(), ("passed", "timed_out", "failed"), strict=True):
        ended = execution(id=number, flow_name=name, status=status)
        server.on(f"GET /executions/{number}", Answer(json=snapshot(ended, step("steps/a"), step("steps/b"))))
    done = stepwell("run", *by_flow)
    blocks = [block.splitlines() for block in done.stdout.split("\n\n")]
    assert [len(block) for block in blocks] == [4, 4, 4, 1]
    assert all(block[0].split()[0] == block[-1].split(":")[0].split()[-1] for block in blocks[:3])
    assert blocks[-1][0].startswith("3 flows: 1 passed, 1 failed, 1 timed out in ")
    assert done.returncode == 3


def test_json_on_stdout_stands_alone(stepwell: Stepwell, server: ScriptedServer) -> None:
    script_run(server, execution(), step())
    done = stepwell("run", "checkout", "--json", "-")
    found = json.loads(done.stdout)
    assert set(found["execution"]) == {"id", "status", "flow", "environment", "duration_ms", "url"}
    assert found["execution"]["url"] == f"{server.url}/executions/7/"
    assert found["steps"][0]["path"] == "steps/pay"
    assert "✓ passed" in done.stderr


def test_json_of_several_is_a_list_and_names_what_did_not_start(stepwell: Stepwell, server: ScriptedServer) -> None:
    script_run(server, execution(), step())
    server._answers["POST /executions"][:0] = [Answer(201, queued()), problem(404, "There is no flow 'nowhere'.")]
    done = stepwell("run", "checkout", "nowhere", "--json", "-", "--parallel", "1")
    first, second = json.loads(done.stdout)
    assert first["execution"]["status"] == "passed"
    assert second["execution"] | {"error": ""} == {
        "id": None, "status": "not_started", "flow": "nowhere", "environment": None, "duration_ms": None, "url": None,
        "error": "",
    }  # fmt: skip
    assert second["execution"]["error"] == "There is no flow 'nowhere'."
    assert done.returncode == 2


def test_no_wait_only_starts(stepwell: Stepwell, server: ScriptedServer) -> None:
    server.on("POST /executions", Answer(201, queued()))
    done = stepwell("run", "checkout", "--no-wait")
    assert (done.returncode, done.stdout) == (0, f"7  checkout  {server.url}/executions/7/\n")


def test_text_of_a_target_cannot_steer_the_terminal(stepwell: Stepwell, server: ScriptedServer) -> None:
    evil = failure("action", "http_500", "\x1b[2J\x1b]0;owned\x07 and \u202eesrever\nnext line")
    script_run(server, execution(status="failed"), step(status="failed", failure=evil))
    said = stepwell("run", "checkout").stdout
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "\\x1b[2J" in said
    assert "next line" in said.splitlines()[3]


def test_a_pipe_that_closes_early_does_not_stop_the_run(stepwell: Stepwell, server: ScriptedServer) -> None:
    script_run(server, execution(), step())
    process = stepwell.start("run", "checkout")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert (process.wait(30), process.stderr.read()) == (0, "")
    process.stderr.close()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["run"], "Missing argument"),
        (["run", "x", "--var", "novalue"], "--var 'novalue' is not NAME=VALUE."),
        (["run", "x", "--var", "a:={"], "--var a:= wants JSON"),
        (["run", "x", "--label", "=v"], "is not NAME=VALUE"),
        (["run", "x", "--timeout", "soon"], "--timeout: "),
        (["run", "x", "--json", "-", "--junit", "-"], "Only one of --junit and --json"),
        (["run", "x", "--junit", "nowhere/report.xml"], "nowhere/report.xml cannot be written."),
        (["run", "x", "--no-wait", "--json", "-"], "--no-wait"),
        (["run", "no/such.yaml"], "There is no file no/such.yaml."),
        (["run", "flow.yml"], "There is no file flow.yml."),
        (["run", "x", "--parallel", "0"], "parallel"),
        (["walk"], "No such command"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_wrong_use_is_told_before_anything_starts(
    stepwell: Stepwell, server: ScriptedServer, words: list[str], sentence: str
) -> None:
    done = stepwell(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert server.asked == []
