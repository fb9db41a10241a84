"""The .proto files a flow names: found on this machine, sent along with its text."""

from pathlib import Path

import pytest

from tests.cli.conftest import Stepwell
from tests.cli.records import execution, queued, snapshot, step
from tests.cli.scripted_server import Answer, ScriptedServer

CALL = "{{action: grpc_call, config: {{address: 'h:1', method: s/M, {keys}}}}}"
SAVED = {"slug": "a", "name": "A", "version": {"number": 3, "created": True}, "created": True, "problems": []}


@pytest.fixture
def saving(server: ScriptedServer) -> ScriptedServer:
    server.on("POST /flows", Answer(201, SAVED))
    server.on("POST /executions", Answer(201, queued()))
    server.on("GET /executions/7", Answer(json=snapshot(execution(), step())))
    return server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """flows/A.yaml beside protos/, lib/ and a few files of its own."""
    files = {
        "protos/shop.proto": 'import "common/money.proto"; import "google/protobuf/any.proto"; import "own.proto";\n',
        "protos/common/money.proto": 'import "common/unit.proto";\n// ü\n',
        "lib/common/unit.proto": 'import "common/money.proto";\n',
        "flows/own.proto": "\ufeffown",
        "flows/id_rsa": "a key",
        "flows/peek.proto": 'import "../flows/id_rsa"; import "id_rsa"; import "../protos/common/money.proto";\n',
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def write(folder: Path, keys: str = "", *, on_failure: str = "") -> None:
    """A flow with a gRPC step, and another that runs when it fails."""
    step = CALL.format(keys=keys) if keys else "{action: log, config: {message: a}}"
    if on_failure:
        step = f"{step[:-1]}, error_steps: [{CALL.format(keys=on_failure)}]}}"
    (folder / "flows/A.yaml").write_text(f"flow:\n  name: A\n  steps:\n    - {step}\n")


def sent(server: ScriptedServer) -> dict[str, str]:
    (body,) = server.bodies("POST /flows")
    found: dict[str, str] = body.get("files", {})
    return found


@pytest.mark.parametrize("words", [("run", "flows/A.yaml"), ("run", "flows"), ("flows", "push", "flows/A.yaml")])
def test_what_a_flow_names_and_what_that_imports_is_sent_along(
    stepwell: Stepwell, saving: ScriptedServer, folder: Path, words: tuple[str, ...]
) -> None:
    write(folder, "proto_file: ../protos/shop.proto, import_paths: [../lib]")
    done = stepwell(*words)
    assert (done.returncode, done.stderr) == (0, "")
    assert sent(saving) == {
        "../protos/shop.proto": (folder / "protos/shop.proto").read_text(),
        "../protos/common/money.proto": (folder / "protos/common/money.proto").read_text(),
        "../lib/common/unit.proto": (folder / "lib/common/unit.proto").read_text(),
        "own.proto": "own",
    }


def test_lists_nested_steps_and_absolute_names_count(stepwell: Stepwell, saving: ScriptedServer, folder: Path) -> None:
    absolute = str(folder / "lib/common/unit.proto")
    write(folder, "proto_file: [./own.proto, ../protos/common/money.proto]", on_failure=f"proto_file: {absolute}")
    done = stepwell("run", "flows/A.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    assert set(sent(saving)) == {"./own.proto", "../protos/common/money.proto", absolute}


def test_a_flow_without_files_sends_none(stepwell: Stepwell, saving: ScriptedServer, folder: Path) -> None:
    write(folder)
    assert stepwell("run", "flows/A.yaml").returncode == 0
    assert set(saving.bodies("POST /flows")[0]) == {"text", "filename"}


@pytest.mark.parametrize("name", ["/no/such.proto", '"${DIR}/x.proto"', "/etc/hostname"])
def test_what_only_a_worker_can_have_is_left_to_it(
    stepwell: Stepwell, saving: ScriptedServer, folder: Path, name: str
) -> None:
    write(folder, f"proto_file: {name}")
    assert stepwell("run", "flows/A.yaml").returncode == 0
    assert sent(saving) == {}


def test_an_import_never_reaches_for_other_files(stepwell: Stepwell, saving: ScriptedServer, folder: Path) -> None:
    write(folder, "proto_file: peek.proto")
    assert stepwell("run", "flows/A.yaml").returncode == 0
    assert set(sent(saving)) == {"peek.proto"}


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("gone.proto", "names the proto_file gone.proto, which cannot be read: No such file or directory."),
        ("folder.proto", "names the proto_file folder.proto, which cannot be read: Is a directory."),
        ("bytes.proto", "names the proto_file bytes.proto, which is not UTF-8 text."),
        ("id_rsa", "names the proto_file id_rsa. Only files named ….proto are sent along."),
        (
            "long.proto",
            "names more .proto files than travel with a flow. The most are 100 files of 1,000,000 bytes together.",
        ),
        (
            "many.proto",
            "names more .proto files than travel with a flow. The most are 100 files of 1,000,000 bytes together.",
        ),
    ],
)
def test_what_cannot_be_sent_starts_nothing(
    stepwell: Stepwell, saving: ScriptedServer, folder: Path, name: str, sentence: str
) -> None:
    flows = folder / "flows"
    (flows / "folder.proto").mkdir()
    (flows / "bytes.proto").write_bytes(b"\xff\xfe")
    (flows / "long.proto").write_text("//" + "x" * 1_000_000)
    (flows / "many.proto").write_text("".join(f'import "n{n}.proto";' for n in range(100)))
    for n in range(100):
        (flows / f"n{n}.proto").touch()
    write(folder, f"proto_file: {name}")
    for words in (("run", "flows/A.yaml"), ("flows", "push", "flows/A.yaml")):
        done = stepwell(*words)
        assert (done.returncode, done.stderr) == (2, f"flows/A.yaml {sentence}\n")
    assert saving.asked == []
