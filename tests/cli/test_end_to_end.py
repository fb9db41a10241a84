"""`stepwell` against the whole product: web, workers, beat, PostgreSQL, Valkey and the demo shop."""

import json
import signal
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import parse

import pytest

from tests.cli import records
from tests.cli.conftest import Stepwell, shell_environment
from tests.cli.embedded_folders import open_folder
from tests.cli.test_junit import assert_follows_the_schema
from tests.running_stack import Stack, wait_until

pytestmark = pytest.mark.stack
EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "flows"


@pytest.fixture
def stepwell(stack: Stack, tmp_path: Path) -> Stepwell:
    """It finds the product by its data folder, as on a machine where no server is configured."""
    return Stepwell(tmp_path, shell_environment(tmp_path) | {"STEPWELL_HOME": str(stack.home)})


def flow(folder: Path, name: str, steps: str, **parts: str) -> str:
    """Write a flow file; `steps` and `parts` are YAML, indented or not."""
    sections = "".join(f"  {key}: {value}\n" for key, value in parts.items())
    (folder / f"{name}.yaml").write_text(f"flow:\n  name: {name}\n{sections}  steps:\n{steps}")
    return f"{name}.yaml"


LOG = "    - {id: say, action: log, config: {message: hello}}\n"
SLEEP = "    - {id: sleep, action: delay, config: {duration: 10m}}\n"
TEARDOWN = "[{id: tidy, action: log, config: {message: tidy}}]"


def test_an_example_passes_and_both_reports_tell_all_of_it(stepwell: Stepwell, tmp_path: Path) -> None:
    done = stepwell.process(
        "run", str(EXAMPLES / "retry-flaky.yaml"), "--env", "demo", "--label", "commit=abc", "--junit", "j.xml",
        "--json", "j.json",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "✓ steps/ask_until_it_works  http_request" in done.stdout
    assert "passed on attempt 3" in done.stdout

    report = json.loads((tmp_path / "j.json").read_text())
    assert set(report["execution"]) == {"id", "status", "flow", "environment", "duration_ms", "url"}
    assert report["execution"] | {"id": 0, "duration_ms": 0, "url": ""} == {
        "id": 0, "status": "passed", "flow": "retry-flaky", "environment": "demo", "duration_ms": 0, "url": "",
    }  # fmt: skip
    first = report["steps"][0]
    assert set(first) == {
        "path", "id", "action", "status", "attempts", "duration_ms", "failure", "assertions", "outputs",
    }  # fmt: skip
    assert (first["attempts"], first["failure"], first["outputs"]) == (3, None, {"calls": 3})
    assert {"expression", "passed", "actual", "expected", "message"} <= set(first["assertions"][0])

    root = parse(tmp_path / "j.xml").getroot()
    assert_follows_the_schema(root)
    assert (root.attrib["tests"], root.attrib["failures"], root.attrib["errors"]) == ("6", "0", "0")
    assert "attempt 1: failed" in (root.findtext(".//testcase[@name='steps/ask_until_it_works']/system-out") or "")


def test_a_failed_assertion_fails_the_run_and_is_explained(stepwell: Stepwell, tmp_path: Path) -> None:
    name = flow(
        tmp_path,
        "Wrong sum",
        "    - id: look\n      action: set\n      config: {total: 3, name: Zoë}\n"
        "      assert: [total == 4, 'name == \"Zoe\"']\n" + LOG,
        teardown=TEARDOWN,
    )
    done = stepwell("run", name, "--junit", "j.xml")
    assert (done.returncode, done.stderr) == (1, "")
    lines = done.stdout.splitlines()
    assert "      assertion: total is 3, expected 4  (Wrong sum.yaml:8)" in lines
    assert "        total       3" in lines
    assert '        actual      "Zoë"' in lines
    assert lines[-1].startswith("✗ failed  Wrong sum: 1 passed, 1 failed in ")
    cases = {case.attrib["name"]: case for case in parse(tmp_path / "j.xml").getroot().iter("testcase")}
    assert list(cases) == ["steps/look", "steps/say", "teardown/tidy"]
    assert cases["steps/look"].find("failure") is not None
    assert cases["steps/say"].find("skipped") is not None


def test_an_invalid_flow_is_refused_with_every_problem(stepwell: Stepwell, tmp_path: Path) -> None:
    name = flow(tmp_path, "Invalid", "    - {id: a, action: logg}\n    - {id: a, action: log, asert: x}\n")
    run, validated = stepwell("run", name), stepwell("validate", name)
    assert (run.returncode, validated.returncode) == (2, 2)
    problems = [line for line in validated.stdout.splitlines() if line.startswith("Invalid.yaml:")]
    assert len(problems) >= 3
    assert run.stderr.splitlines() == [*problems, "The flow has errors."]
    assert "Did you mean log?" in run.stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["run", "no-such-flow"], "no-such-flow"),
        (["run", "checkout", "--env", "dem"], "demo"),
        (["executions", "show", "999999999"], "999999999"),
        (["executions", "cancel", "999999999"], "999999999"),
        (["flows", "pull", "checkuot"], "checkout"),
        (["env", "set", "demo", "--secret", "SHORT"], "SHORT"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_what_is_not_there_is_told_in_one_sentence(stepwell: Stepwell, words: list[str], sentence: str) -> None:
    done = stepwell(*words, stdin="x\n")
    assert done.returncode == 2
    assert sentence in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_a_flow_that_runs_out_of_time_is_3(stepwell: Stepwell, tmp_path: Path) -> None:
    done = stepwell("run", flow(tmp_path, "Too slow", SLEEP, teardown=TEARDOWN), "--timeout", "300ms")
    assert done.returncode == 3, done.stdout
    assert "■ steps/sleep  delay" in done.stdout
    assert "✓ teardown/tidy  log" in done.stdout
    assert "✗ timed out  Too slow: 1 passed, 1 cancelled in " in done.stdout


def test_ctrl_c_cancels_on_the_server_and_is_4(stepwell: Stepwell, tmp_path: Path) -> None:
    process = stepwell.start("run", flow(tmp_path, "Cancel me", LOG + SLEEP, teardown=TEARDOWN))
    assert process.stdout is not None
    shown = [process.stdout.readline(), process.stdout.readline()]
    assert "✓ steps/say" in shown[1]
    process.send_signal(signal.SIGINT)
    rest, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (4, "")
    assert "✓ teardown/tidy  log" in rest
    assert "■ cancelled  Cancel me: 2 passed, 1 cancelled in " in rest


def test_a_web_process_that_dies_meanwhile_is_waited_for(stepwell: Stepwell, stack: Stack, tmp_path: Path) -> None:
    wait = "    - {id: wait, action: delay, config: {duration: 3s}}\n"
    process = stepwell.start("run", flow(tmp_path, "Survivor", LOG + wait))
    assert process.stdout is not None
    assert "steps/say" in process.stdout.readline() + process.stdout.readline()
    stack.kill_and_wait("web")
    rest, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    # The port stays open while web is started again, so that the question in flight is at most asked once more.
    assert "✓ passed  Survivor: 2 passed in 3." in rest


def test_a_flow_of_a_thousand_steps_is_followed_to_its_end(stepwell: Stepwell, tmp_path: Path) -> None:
    steps = "".join(f"    - {{id: s{number}, action: log, config: {{message: x}}}}\n" for number in range(1000))
    done = stepwell("run", flow(tmp_path, "Long way", steps))
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    assert done.stdout.count("\n  ✓ steps/s") == 1000


def test_a_wrong_token_and_a_server_that_is_not_there(stepwell: Stepwell, stack: Stack) -> None:
    refused = stepwell("run", "checkout", STEPWELL_URL=stack.url, STEPWELL_TOKEN="stw_wrong")
    assert refused.returncode == 2
    assert "does not accept the token in STEPWELL_TOKEN" in refused.stdout
    gone = stepwell("run", "checkout", STEPWELL_URL="http://127.0.0.1:1", STEPWELL_TOKEN=stack.token)
    assert gone.returncode == 5


def test_a_folder_runs_at_once_and_the_report_is_a_list(stepwell: Stepwell, tmp_path: Path) -> None:
    folder = tmp_path / "flows"
    folder.mkdir()
    for name in ("One", "Two", "Three", "Four", "Five"):
        flow(folder, name, LOG, tags="[many]")
    flow(folder, "Bad", "    - {id: no, action: assert, config: {assertions: [1 == 2]}}\n", tags="[many]")
    done = stepwell("run", "flows", "--tag", "many", "--json", "-")
    assert done.returncode == 1
    assert sorted(one["execution"]["status"] for one in json.loads(done.stdout)) == ["failed"] + ["passed"] * 5
    assert "6 flows: 5 passed, 1 failed in " in done.stderr
    blocks = done.stderr.split("\n\n")[:-1]
    assert len(blocks) == 6
    assert all(block.splitlines()[0].split()[0] in block.splitlines()[-1] for block in blocks)


def test_the_proto_file_of_a_flow_goes_with_it(stepwell: Stepwell, stack: Stack, tmp_path: Path) -> None:
    # Given the shop's .proto beside the flow, in two files; one field has another name than the server says
    shop = (EXAMPLES.parent / "shop/recommendations.proto").read_text()
    messages = shop.replace("int64 price_cents = 3", "int64 cents_by_our_file = 3")
    product = messages[messages.index("enum Availability") : messages.index("message Line")]
    head = 'syntax = "proto3";\npackage shop;\nimport "google/protobuf/struct.proto";\n'
    (tmp_path / "protos/types").mkdir(parents=True)
    (tmp_path / "protos/types/product.proto").write_text(head + product)
    service = messages.replace(product, "").replace("import ", 'import "types/product.proto";\nimport ', 1)
    (tmp_path / "protos/shop.proto").write_text(service)
    name = flow(
        tmp_path,
        "Own words",
        "    - id: browse\n      action: grpc_call\n"
        f"      config: {{address: '{stack.shop['SHOP_GRPC']}', method: shop.Recommender/Browse,"
        " request: {category: tea, limit: 1}, proto_file: protos/shop.proto}\n"
        "      assert: [status == 'OK', body.centsByOurFile > 0, body.priceCents not exists]\n",
    )
    # Then it runs; and again, as it was saved, when the files have gone
    done = stepwell("run", name)
    assert done.returncode == 0, done.stdout + done.stderr
    (tmp_path / "protos/types/product.proto").unlink()
    (tmp_path / "protos/shop.proto").unlink()
    again = stepwell("run", "own-words")
    assert again.returncode == 0, again.stdout + again.stderr
    missing = stepwell("run", name)
    assert (missing.returncode, missing.stderr) == (
        2, "Own words.yaml names the proto_file protos/shop.proto, which cannot be read: No such file or directory.\n"
    )  # fmt: skip


def test_overrides_and_the_env_file_reach_the_flow_with_their_types(stepwell: Stepwell, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("COUNT=1\nBASE=from-file\nTOLD=from-file\n")
    asserted = "[COUNT == 7, BASE == 'from-file', TOLD == 'told', EXACT == 1.10, MINE == 'own']"
    name = flow(
        tmp_path,
        "Layers",
        f"    - {{id: look, action: assert, config: {{assertions: {asserted}}}}}\n",
        env="{COUNT: 3, MINE: own}",
        env_file=".env",
    )
    done = stepwell("run", name, "--var", "COUNT=7", "--var", "TOLD=told", "--var", "EXACT:=1.10")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_secret_is_used_and_never_shown(stepwell: Stepwell, tmp_path: Path) -> None:
    secret = "c0rrect-horse-battery"
    made = stepwell("env", "set", "vault", "PLAIN=seen", "--secret", "PASSPHRASE", stdin=f"{secret}\n")
    assert made.returncode == 0, made.stderr
    assert "PASSPHRASE secret, version 1" in made.stdout
    step = "    - id: say\n      action: log\n      config: {message: 'it is ${PASSPHRASE} and ${PLAIN}'}\n"
    name = flow(tmp_path, "Vault", step + "      assert: [message == 'nothing']\n")
    done = stepwell("run", name, "--env", "vault", "--json", "-", "--junit", "j.xml")
    assert done.returncode == 1
    assert "‹secret:PASSPHRASE›" in done.stderr
    shown = stepwell("executions", "show", str(json.loads(done.stdout)["execution"]["id"]), "--step", "steps/say")
    for text in (done.stdout, done.stderr, shown.stdout, (tmp_path / "j.xml").read_text()):
        assert secret not in text


@pytest.fixture
def failed(stepwell: Stepwell, tmp_path: Path) -> dict[str, Any]:
    """An execution that failed at its second step, as its JSON report has it."""
    steps = LOG + "    - {id: check, action: assert, config: {assertions: [N == 2]}}\n"
    done = stepwell("run", flow(tmp_path, "Again", steps, env="{N: 1}"), "--json", "-")
    assert done.returncode == 1, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)["execution"]
    return found


def test_an_execution_is_run_again_from_any_angle(stepwell: Stepwell, failed: dict[str, Any], tmp_path: Path) -> None:
    number = str(failed["id"])
    same = stepwell("executions", "rerun", number)
    assert same.returncode == 1
    other = stepwell("executions", "rerun", number, "--var", "N:=2", "--json", "-")
    assert other.returncode == 0, other.stdout + other.stderr
    new = json.loads(other.stdout)["execution"]["id"]
    assert f"re-run of {number} (today)" in stepwell("executions", "show", str(new)).stdout
    later = stepwell("executions", "rerun", number, "--from-step", "steps/check", "--json", "-")
    assert later.returncode == 1
    flow(tmp_path, "Again", LOG)
    assert stepwell("flows", "push", "Again.yaml").returncode == 0
    assert stepwell("executions", "rerun", number).returncode == 0
    assert stepwell("executions", "rerun", number, "--as-it-was").returncode == 1


def test_executions_are_listed_shown_and_cancelled(stepwell: Stepwell, failed: dict[str, Any], tmp_path: Path) -> None:
    listed = stepwell("executions", "list", "--flow", "again", "--status", "failed", "--since", "1h").stdout
    assert f"\n{failed['id']} " in f"\n{listed}"
    shown = stepwell("executions", "show", str(failed["id"]))
    assert shown.returncode == 0
    assert "N is 1, expected 2" in shown.stdout
    assert json.loads(stepwell("executions", "show", str(failed["id"]), "--json").stdout)["execution"] == failed
    begun = stepwell("run", flow(tmp_path, "Long", SLEEP), "--no-wait").stdout.split()[0]
    assert "cancelled" in stepwell("executions", "cancel", begun).stdout
    wait_until(lambda: "■ cancelled" in stepwell("executions", "show", begun).stdout, 30, "the execution is cancelled")
    assert stepwell("executions", "cancel", begun).returncode == 2


def test_a_flow_comes_back_byte_for_byte(stepwell: Stepwell, tmp_path: Path) -> None:
    name = flow(tmp_path, "Zoë’s flow", LOG, description="'Ünïcode 😀'")
    pushed = stepwell("flows", "push", name)
    assert pushed.returncode == 0, pushed.stderr
    slug = pushed.stdout.split()[0]
    assert stepwell("flows", "pull", slug).stdout == (tmp_path / name).read_text()
    assert "unchanged" in stepwell("flows", "push", name).stdout
    assert slug in stepwell("flows", "list").stdout


def test_the_scripted_server_speaks_like_the_product(stepwell: Stepwell, failed: dict[str, Any]) -> None:
    """The other tests trust these shapes."""
    (listed,) = json.loads(stepwell("executions", "list", "--flow", "again", "-n", "1", "--json").stdout)
    assert set(records.execution()) | {"strip", "usual_ms"} == set(listed)  # a row of a list says how its steps went
    assert set(records.counts()) == set(listed["counts"])
    shown = json.loads(stepwell("executions", "show", str(failed["id"]), "--step", "steps/check").stdout)
    assert set(records.step()) == set(shown)
    (attempt,) = shown["attempts"]
    assert set(records.attempt()) <= set(attempt)
    assert set(records.assertion()) <= set(attempt["assertions"][0])
    assert set(records.failure()) == set(attempt["failure"])


def test_where_no_server_is_configured_and_none_runs_one_is_started(tmp_path: Path) -> None:
    with open_folder() as home:
        stepwell = Stepwell(tmp_path, shell_environment(tmp_path) | {"STEPWELL_HOME": str(home)})
        name = flow(tmp_path, "First ever", LOG)
        (tmp_path / "bad.yaml").write_text("name: Bad\n")
        refused = stepwell.process("run", "bad.yaml")
        assert (refused.returncode, "Starting one" in refused.stderr) == (2, False)  # not for a flow that cannot run
        try:
            first = stepwell.process("run", name, "--json", "-")
            assert first.returncode == 0, first.stdout + first.stderr
            assert "no stack runs here. Starting one; `stepwell down` stops it." in first.stderr
            assert json.loads(first.stdout)["execution"]["status"] == "passed"
            again = stepwell.process("run", "first-ever")
            assert (again.returncode, again.stderr) == (0, "")
        finally:
            assert stepwell.process("down").returncode == 0
