"""The other commands, against a server that answers as told."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Stepwell
from tests.cli.records import assertion, attempt, execution, failure, queued, report, snapshot, step
from tests.cli.scripted_server import Answer, ScriptedServer, problem


def test_executions_are_listed_newest_first_with_what_a_person_looks_for(
    stepwell: Stepwell, server: ScriptedServer
) -> None:
    failed = execution(id=9, status="timed_out", environment="staging", failed_step="steps/pay")
    server.on("GET /executions", Answer(json={"items": [failed, execution()], "next": None}))
    done = stepwell("executions", "list", "--status", "failed,timed_out", "--flow", "checkout", "--since", "2h")
    header, first, second = done.stdout.splitlines()
    assert header.split()[:3] == ["id", "status", "flow"]
    assert first.split()[:5] == ["9", "timed", "out", "checkout", "v3"]
    assert first.endswith("1.2 s     steps/pay")
    assert second.startswith("7   passed")
    assert "status=failed%2Ctimed_out" in server.asked[0].path
    assert "flow=checkout" in server.asked[0].path
    assert "since=20" in server.asked[0].path


def test_an_empty_list_says_so(stepwell: Stepwell, server: ScriptedServer) -> None:
    server.on("GET /executions", Answer(json={"items": [], "next": None}))
    assert stepwell("executions", "list").stdout == "There is no such execution.\n"
    assert json.loads(stepwell("executions", "list", "--json").stdout) == []


def test_show_tells_why_it_failed(stepwell: Stepwell, server: ScriptedServer) -> None:
    failed = step(status="failed", failure=failure())
    ended = execution(status="failed", failed_step="steps/pay", rerun_of=3, labels={"commit": "abc"})
    server.on("GET /executions/7", Answer(json=snapshot(ended, failed)))
    server.on(
        "GET /executions/7/steps/steps/pay", Answer(json=failed | {"attempts": [attempt(assertions=[assertion()])]})
    )
    done = stepwell("executions", "show", "7")
    assert done.returncode == 0
    assert "re-run of 3 (today)  commit=abc" in done.stdout
    assert 'assertion: body.state is "pending", expected "paid"' in done.stdout


def test_analyse_waits_for_the_model_and_tells_what_was_proved(stepwell: Stepwell, server: ScriptedServer) -> None:
    cause = {
        "category": "service",
        "likelihood": "high",
        "statement": "It answered 503.",
        "evidence": ["E1"],
        "check": "",
    }
    answer: dict[str, Any] = {
        "summary": "", "causes": [cause], "patterns": [], "next_action": None, "left_out": [{}],
        "injection_suspected": False,
    }  # fmt: skip
    asked = {"id": 3, "status": "running", "answer": None, "error": "", "model": "m", "execution": 7, "cost": "0.02"}
    done = asked | {"status": "done", "answer": answer, "input_tokens": 4000, "output_tokens": 200}
    server.on("POST /analytics/executions/7/analysis", Answer(202, asked))
    failed = asked | {"status": "failed", "error": "It declined."}
    server.on("GET /analytics/analyses/3", Answer(json=done), Answer(json=failed))
    shown = stepwell("executions", "analyse", "7")
    assert shown.returncode == 0
    assert "service, high: It answered 503. [E1]" in shown.stdout
    assert "4,200 tokens · $0.02 · about #7 · 1 not proved and left out" in shown.stdout
    again = stepwell("executions", "analyse", "7", "--anew")
    assert (again.returncode, again.stdout) == (1, "✗ It declined.\n")
    assert server.bodies("POST /analytics/executions/7/analysis") == [{"anew": False}, {"anew": True}]


def test_show_puts_turns_in_their_order_and_says_what_it_leaves_out(stepwell: Stepwell, server: ScriptedServer) -> None:
    def loop(name: str, position: int, total: int) -> dict[str, Any]:
        turns = {"total": total, "started": total, "running": 0, "failed": 1}
        return step(f"steps/{name}", position=position, turns=turns, action="for_each")

    def inside(name: str, turn: int, **known: Any) -> dict[str, Any]:
        return step(f"steps/{name}[{turn}]/a", position=1, parent=f"steps/{name}", index=turn, **known)

    failed = inside("long", 900, status="failed", failure=failure("action", "", "No."))
    steps = [
        loop("short", 0, 2),
        inside("short", 1),
        inside("short", 0),
        loop("long", 2, 1000),
        inside("long", 0),
        failed,
    ]
    ended = execution(called_by={"execution": 3, "step": "steps/call"})
    server.on("GET /executions/7", Answer(json={**snapshot(ended, *steps), "is_whole": False}))
    server.on("GET /executions/7/steps/steps/long%5B900%5D/a", Answer(json=failed | {"attempts": [attempt()]}))
    lines = stepwell("executions", "show", "7").stdout.splitlines()
    assert "run by steps/call of 3" in lines[1]
    assert [line.split()[1] for line in lines[2:]][:5] == [
        "steps/short",
        "steps/short[0]/a",
        "steps/short[1]/a",
        "steps/long",
        "steps/long[900]/a",
    ]
    assert "1000 turns, 1 failed" in lines[5]
    assert lines[-2].strip().startswith("… of the steps inside loops")


def test_show_as_json_is_the_report_and_a_step_is_all_of_it(stepwell: Stepwell, server: ScriptedServer) -> None:
    server.on("GET /executions/7/report", Answer(json=report(execution(), step())))
    server.on("GET /executions/7/steps/steps/pay", Answer(json=step() | {"attempts": [attempt()]}))
    assert json.loads(stepwell("executions", "show", "7", "--json").stdout)["execution"]["id"] == 7
    shown = json.loads(stepwell("executions", "show", "7", "--step", "steps/pay").stdout)
    assert shown["attempts"][0]["number"] == 1


@pytest.mark.parametrize(
    ("words", "mode"),
    [
        ([], {"mode": "today"}),
        (["--as-it-was"], {"mode": "as_it_was"}),
        (["--from-step", "steps/pay"], {"mode": "from_step", "from_step": "steps/pay"}),
    ],
)
def test_a_rerun_is_awaited_like_a_run(
    stepwell: Stepwell, server: ScriptedServer, words: list[str], mode: dict[str, str]
) -> None:
    server.on("POST /executions/3/rerun", Answer(201, queued(rerun_of=3)))
    server.on("GET /executions/7", Answer(json=snapshot(execution(status="failed"), step())))
    done = stepwell("executions", "rerun", "3", "--var", "A:=1", *words)
    assert done.returncode == 1
    (sent,) = server.bodies("POST /executions/3/rerun")
    assert sent == {**mode, "variables": {"A": 1}, "trigger": "cli"}


def test_an_export_is_a_file_or_all_that_stdout_says(
    stepwell: Stepwell, server: ScriptedServer, tmp_path: Path
) -> None:
    page = "<!doctype html><p>#7 – passed</p>".encode()
    server.on(
        "GET /executions/7/export", Answer(raw=page, headers={"Content-Disposition": 'attachment; filename="7.html"'})
    )
    file = tmp_path / "seven.html"
    assert stepwell("executions", "export", "7", "-o", str(file)).returncode == 0
    assert file.read_bytes() == page
    # Without a file it is on stdout alone, in the form asked for
    assert stepwell("executions", "export", "7", "--format", "json").stdout.strip() == page.decode()
    assert [asked.path.partition("?")[2] for asked in server.asked] == ["format=html", "format=json"]


def test_an_export_that_is_refused_leaves_no_file(stepwell: Stepwell, server: ScriptedServer, tmp_path: Path) -> None:
    server.on("GET /executions/7/export", problem(404, "There is no execution #7 in this workspace."))
    done = stepwell("executions", "export", "7", "-o", str(tmp_path / "seven.html"))
    assert done.returncode != 0
    assert "There is no execution #7 in this workspace." in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_cancel_says_what_happens_now(stepwell: Stepwell, server: ScriptedServer) -> None:
    answers = (Answer(json=execution(status="running")), problem(409, "Execution #7 is passed already."))
    server.on("POST /executions/7/cancel", *answers)
    assert "Execution 7 is being cancelled; its teardown still runs." in stepwell("executions", "cancel", "7").stdout
    late = stepwell("executions", "cancel", "7")
    assert (late.returncode, late.stderr) == (2, "Execution #7 is passed already.\n")


def test_a_flow_comes_back_as_it_was_pushed(stepwell: Stepwell, server: ScriptedServer, tmp_path: Path) -> None:
    text = "name: Zoë\r\nsteps: []\n\n"
    server.on("GET /flows/zoe", Answer(json={"slug": "zoe", "text": text}))
    server.on("GET /flows/zoe/versions/2", Answer(json={"number": 2, "text": "old"}))
    stepwell("flows", "pull", "zoe", "--output", "zoe.yaml")
    assert (tmp_path / "zoe.yaml").read_bytes() == text.encode()
    assert stepwell("flows", "pull", "zoe", "--version", "2").stdout == "old"
    nowhere = stepwell("flows", "pull", "zoe", "--output", "no/zoe.yaml")
    assert (nowhere.returncode, nowhere.stderr) == (2, "no/zoe.yaml cannot be written: No such file or directory.\n")


def test_flows_are_listed_and_narrowed_by_tag(stepwell: Stepwell, server: ScriptedServer) -> None:
    rows = [{"slug": slug, "name": slug, "tags": [slug], "latest_version": 2} for slug in ("a", "b", "c")]
    server.on("GET /flows", Answer(json={"items": rows, "next": None}))
    lines = stepwell("flows", "list", "--tag", "a", "--tag", "c").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["flow", "a", "c"]


STAGING = {
    "name": "staging",
    "description": "",
    "variables": {"URL": "http://x", "TRIES": 3},
    "secrets": [{"name": "PASSWORD", "version": 2}],
}


def test_an_environment_is_shown_without_its_secrets(stepwell: Stepwell, server: ScriptedServer) -> None:
    server.on("GET /environments", Answer(json={"items": [STAGING], "next": None}))
    server.on("GET /environments/staging", Answer(json=STAGING))
    assert stepwell("env", "list").stdout.splitlines()[1].split() == ["staging", "2", "1"]
    shown = stepwell("env", "show", "staging").stdout.splitlines()
    assert shown[1:] == ['  URL = "http://x"', "  TRIES = 3", "  PASSWORD secret, version 2"]


def test_secrets_are_read_from_stdin_and_never_from_the_command_line(
    stepwell: Stepwell, server: ScriptedServer
) -> None:
    server.on("PUT /environments/staging", Answer(json=STAGING))
    server.on("GET /environments/staging", Answer(json=STAGING))
    done = stepwell(
        "env", "set", "staging", "A=1", "B:=[2]", "--secret", "TOKEN", "--unset", "PASSWORD", "--unset", "URL",
        stdin="s3cret value\n",
    )  # fmt: skip
    assert done.returncode == 0
    assert server.bodies("PUT /environments/staging") == [
        {"variables": {"A": "1", "B": [2], "URL": None}, "secrets": {"PASSWORD": None, "TOKEN": "s3cret value"}}
    ]
    refused = stepwell("env", "set", "staging", "--secret", "TOKEN=hunter2")
    assert refused.returncode == 2
    assert "hunter2" not in refused.stderr


def test_nothing_to_set_and_no_secret_to_read_are_told(stepwell: Stepwell, server: ScriptedServer) -> None:
    server.on("GET /environments/staging", Answer(json=STAGING))
    assert "There is nothing to set." in stepwell("env", "set", "staging").stderr
    assert "There is no line on stdin for the secret X." in stepwell("env", "set", "staging", "--secret", "X").stderr
    assert server.bodies("PUT /environments/staging") == []
