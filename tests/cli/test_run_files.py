"""What `stepwell run FILE|DIR` reads, checks, saves and sends."""

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Stepwell
from tests.cli.records import execution, queued, snapshot, step
from tests.cli.scripted_server import Answer, Asked, ScriptedServer, problem

GOOD = """\
flow:
  name: {name}
  tags: [{tag}]
  env: {{URL: "http://from-env", MINE: own}}
  steps:
    - action: log
      config: {{message: "hello"}}
"""
BAD = """\
flow:
  name: Bad
  steps:
    - action: logg
    - action: log
      config: {message: hello, levle: info}
"""


def write(folder: Path, name: str, *, tag: str = "smoke", extra: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.yaml"
    path.write_text(GOOD.format(name=name, tag=tag).replace("  steps:\n", f"{extra}  steps:\n"))
    return path


@pytest.fixture
def saving(server: ScriptedServer) -> ScriptedServer:
    """A server that saves every flow as version 3 and runs it to `passed` at once."""

    def save(asked: Asked) -> Answer:
        name = asked.body["text"].split("name: ", 1)[1].split("\n", 1)[0]
        saved: dict[str, Any] = {"slug": name.lower(), "name": name, "version": {"number": 3, "created": True}}
        return Answer(201, saved | {"created": True, "problems": []})

    def start(asked: Asked) -> Answer:
        return Answer(201, queued(flow_name=asked.body["flow"]))

    server.on("POST /flows", save)
    server.on("POST /executions", start)
    server.on("GET /executions/7", Answer(json=snapshot(execution(), step())))
    return server


def started(server: ScriptedServer) -> list[str]:
    return sorted(body["flow"] for body in server.bodies("POST /executions"))


def test_a_file_is_saved_and_that_version_runs(stepwell: Stepwell, saving: ScriptedServer, tmp_path: Path) -> None:
    path = write(tmp_path, "Checkout")
    done = stepwell("run", "Checkout.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    assert saving.bodies("POST /flows") == [{"text": path.read_text(), "filename": "Checkout.yaml"}]
    (body,) = saving.bodies("POST /executions")
    assert (body["flow"], body["version"]) == ("checkout", 3)


def test_a_folder_is_every_flow_below_it_that_is_not_hidden(
    stepwell: Stepwell, saving: ScriptedServer, tmp_path: Path
) -> None:
    write(tmp_path / "flows", "A")
    write(tmp_path / "flows/deep/er", "B").rename(tmp_path / "flows/deep/er/B.yml")
    write(tmp_path / "flows/.git", "Hidden")
    (tmp_path / "flows/notes.txt").write_text("no flow")
    assert stepwell("run", "flows", "flows/A.yaml").returncode == 0
    assert started(saving) == ["a", "b"]


def test_tags_narrow_the_files(stepwell: Stepwell, saving: ScriptedServer, tmp_path: Path) -> None:
    for name, tag in (("A", "smoke"), ("B", "slow"), ("C", "nightly")):
        write(tmp_path / "flows", name, tag=tag)
    assert stepwell("run", "flows", "--tag", "smoke", "--tag", "nightly").returncode == 0
    assert started(saving) == ["a", "c"]
    none = stepwell("run", "flows", "--tag", "other")
    assert (none.returncode, none.stderr) == (2, "None of the 3 flows has the tag 'other'.\n")


def test_one_bad_file_stops_all_before_anything_starts(
    stepwell: Stepwell, saving: ScriptedServer, tmp_path: Path
) -> None:
    write(tmp_path / "flows", "A")
    (tmp_path / "flows/bad.yaml").write_text(BAD)
    done = stepwell("run", "flows")
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "flows/bad.yaml:4:15: error: There is no action logg. Did you mean log?",
        "flows/bad.yaml:6:32: error: log has no key levle. Did you mean level?",
        "1 of 2 flows have errors.",
    ]
    assert saving.asked == []


def test_the_errors_of_a_lone_file_read_the_same_whoever_found_them(
    stepwell: Stepwell, server: ScriptedServer, tmp_path: Path
) -> None:
    (tmp_path / "bad.yaml").write_text(BAD)
    wrong = {"severity": "error", "message": "There is no action logg.", "suggestion": "log", "line": 4, "column": 15}
    server.on("POST /flows", problem(422, "The flow has 2 errors.", problems=[wrong]))
    by_server = stepwell("run", "bad.yaml")
    by_us = stepwell("run", "bad.yaml", STEPWELL_URL="http://127.0.0.1:1")
    assert (by_server.returncode, by_us.returncode) == (2, 2)
    assert by_server.stderr.splitlines()[0] == by_us.stderr.splitlines()[0]
    assert by_server.stderr.splitlines()[-1] == by_us.stderr.splitlines()[-1] == "The flow has errors."


def test_a_good_file_and_no_server_is_the_servers_fault(stepwell: Stepwell, tmp_path: Path) -> None:
    write(tmp_path, "A")
    done = stepwell("run", "A.yaml", STEPWELL_URL="http://127.0.0.1:1")
    assert done.returncode == 5
    assert "refused the connection" in done.stderr


def test_warnings_are_shown_and_stop_nothing(stepwell: Stepwell, saving: ScriptedServer, tmp_path: Path) -> None:
    for name in ("A", "B"):
        write(tmp_path, name, extra="  graph: {}\n")
    done = stepwell("run", "A.yaml", "B.yaml")
    assert done.returncode == 0
    assert [line.split(" ")[0] for line in done.stderr.splitlines()] == ["A.yaml:5:3:", "B.yaml:5:3:"]
    assert "warning" in done.stderr


def test_the_env_file_stands_below_the_flow_the_environment_and_the_overrides(
    stepwell: Stepwell, saving: ScriptedServer, tmp_path: Path
) -> None:
    write(tmp_path / "flows", "A", extra="  env_file: ../.env.test\n")
    (tmp_path / ".env.test").write_text("URL=1\nBASE=2\nSTAGE=3\nTYPED=4\nTOLD=5\nHIDDEN=6\n")
    known = {"name": "staging", "variables": {"STAGE": "x"}, "secrets": [{"name": "HIDDEN", "version": 1}]}
    saving.on("GET /environments/staging", Answer(json=known))
    done = stepwell("run", "flows/A.yaml", "--env", "staging", "--var", "TYPED:=1", "--var", "TOLD=told")
    assert done.returncode == 0
    (body,) = saving.bodies("POST /executions")
    assert body["text_variables"] == {"BASE": "2", "TOLD": "told"}
    assert body["variables"] == {"TYPED": 1}


def test_an_env_file_that_is_not_there_starts_nothing(
    stepwell: Stepwell, saving: ScriptedServer, tmp_path: Path
) -> None:
    write(tmp_path, "A", extra="  env_file: .env.nowhere\n")
    done = stepwell("run", "A.yaml")
    assert done.returncode == 2
    assert done.stderr == "A.yaml names the env_file .env.nowhere, which cannot be read: No such file or directory.\n"
    assert saving.asked == []


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"- a\n- b\n", b"x: *a\n", b"name: [", b"\x00" * 10])
def test_what_is_no_flow_is_told_by_line(
    stepwell: Stepwell, server: ScriptedServer, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "x.yaml").write_bytes(content)
    done = stepwell("run", "x.yaml", STEPWELL_URL="http://127.0.0.1:1")
    assert done.returncode == 2
    assert done.stderr.startswith("x.yaml:1:")
    assert "Traceback" not in done.stderr


def test_unreadable_files_and_empty_folders_are_told(stepwell: Stepwell, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert stepwell("run", "empty").stderr == "The folder empty holds no .yaml or .yml file.\n"
    (tmp_path / "pipe.yaml").symlink_to(tmp_path / "nothing")
    assert stepwell("run", "pipe.yaml").stderr == "There is no file pipe.yaml.\n"


def test_validate_needs_no_server_and_says_all(stepwell: Stepwell, server: ScriptedServer, tmp_path: Path) -> None:
    write(tmp_path / "flows", "A")
    (tmp_path / "flows/bad.yaml").write_text(BAD)
    done = stepwell("validate", "flows")
    assert done.returncode == 2
    assert done.stdout.splitlines()[-1] == "2 flows: 1 with errors"
    assert len(done.stdout.splitlines()) == 3
    good = stepwell("validate", "flows/A.yaml")
    assert (good.returncode, good.stdout) == (0, "1 flow: valid\n")
    assert '"file":"flows/bad.yaml"' in stepwell("validate", "flows", "--json").stdout
    assert server.asked == []


def test_push_saves_what_is_right(stepwell: Stepwell, saving: ScriptedServer, tmp_path: Path) -> None:
    write(tmp_path, "A")
    done = stepwell("flows", "push", "A.yaml")
    assert (done.returncode, done.stdout) == (0, "a  v3  new flow  A.yaml\n")
    (tmp_path / "bad.yaml").write_text(BAD)
    assert stepwell("flows", "push", "A.yaml", "bad.yaml").returncode == 2
    assert len(saving.bodies("POST /flows")) == 1
