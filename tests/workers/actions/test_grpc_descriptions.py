"""grpc_call: how it is found out what a method takes."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.workers.actions.calling import call, failure
from tests.workers.actions.conftest import Run
from tests.workers.actions.orchard import PROTO, SERVICE, Orchard, described
from workers.errors import StepMisconfigured


@pytest.fixture(scope="module")
def orchard() -> Iterator[Orchard]:
    with Orchard() as serving:
        yield serving


@pytest.mark.parametrize("versions", [("v1",), ("v1alpha",), ("v1", "v1alpha")])
def test_reflection_of_either_version(versions: tuple[str, ...]) -> None:
    with Orchard(reflection=versions) as serving:
        assert call(serving, "Echo", {"id": "cox"})["response"]["id"] == "cox"
        assert serving.calls[-2] == f"/grpc.reflection.{versions[0]}.ServerReflection/ServerReflectionInfo"


def test_reflection_is_asked_with_the_metadata_of_the_call() -> None:
    class Closed(Orchard):
        def is_welcome(self, metadata: dict[str, Any]) -> bool:
            return metadata.get("key") == "open sesame"

    with Closed() as serving:
        assert failure(serving, "Echo").code == "grpc_unauthenticated"
        assert call(serving, "Echo", metadata={"key": "open sesame"})["status"] == "OK"


def test_a_server_without_reflection_needs_a_description(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "orchard.proto").write_text(PROTO)
    (tmp_path / "set").write_bytes(described())
    with Orchard(reflection=()) as serving:
        error = failure(serving, "Echo")
        assert (error.kind, error.code) == ("config", "no_reflection")
        assert error.message.endswith("give proto, proto_file or descriptor_set")
        for how in (
            {"proto": PROTO},
            {"proto_file": str(tmp_path / "orchard.proto")},
            {"descriptor_set": base64.b64encode(described()).decode()},
            {"descriptor_set": {"file": str(tmp_path / "set")}},
        ):
            assert call(serving, "Echo", {"id": "cox"}, **how)["response"]["id"] == "cox"
        assert not any("reflection" in path for path in serving.calls[2:])


def _two_files() -> tuple[str, str]:
    """The orchard's service, with a message that it has from shared/note.proto; and that."""
    importing = PROTO.replace("message Note { string text = 1; }", "").replace(
        "import", 'import "shared/note.proto";\nimport', 1
    )
    return importing, 'syntax = "proto3";\npackage orchard;\nmessage Note { string text = 1; }\n'


def test_proto_files_that_import_each_other(orchard: Orchard, tmp_path: Path) -> None:
    importing, note = _two_files()
    inline = {"trees.proto": importing, "shared/note.proto": note}
    assert call(orchard, "Metadata", {"text": "a"}, proto=inline)["status"] == "OK"
    for name, text in inline.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert call(orchard, "Metadata", {"text": "a"}, proto_file=str(tmp_path / "trees.proto"))["status"] == "OK"
    (tmp_path / "deep").mkdir()
    (tmp_path / "trees.proto").rename(tmp_path / "deep" / "trees.proto")
    deep = {"proto_file": [str(tmp_path / "deep" / "trees.proto")], "import_paths": [str(tmp_path)]}
    assert call(orchard, "Metadata", {"text": "a"}, **deep)["status"] == "OK"


SENT: dict[str, tuple[dict[str, Any], str, str]] = {
    # what the flow writes -> what lies around it, by the names that come with the flow
    "beside the flow": ({"proto_file": "trees.proto"}, "trees.proto", "shared/note.proto"),
    "beside the file": ({"proto_file": "./p/trees.proto"}, "./p/trees.proto", "p/shared/note.proto"),
    "below an import path": (
        {"proto_file": ["p/q/trees.proto"], "import_paths": ["p"]}, "p/q/trees.proto", "p/shared/note.proto"
    ),
    "from the flow's folder": ({"proto_file": "p/q/trees.proto"}, "p/q/trees.proto", "shared/note.proto"),
    "above the flow": ({"proto_file": "../../p/trees.proto"}, "../../p/trees.proto", "../../p/shared/note.proto"),
    "import path above": (
        {"proto_file": "trees.proto", "import_paths": ["../lib"]}, "trees.proto", "../lib/shared/note.proto"
    ),
    "absolute": ({"proto_file": "/ho me/trees.proto"}, "/ho me/trees.proto", "/ho me/shared/note.proto"),
}  # fmt: skip


@pytest.mark.parametrize("case", SENT)
def test_files_that_came_with_the_flow_need_no_leave(orchard: Orchard, case: str) -> None:
    how, trees, shared = SENT[case]
    importing, note = _two_files()
    asked = len(orchard.calls)
    answer = Run(local_files=False, files={trees: importing, shared: note})(
        "grpc_call", address=orchard.address, method=f"{SERVICE}/Metadata", request={"text": "a"}, **how
    )
    assert answer["status"] == "OK"
    assert not any("reflection" in path for path in orchard.calls[asked:])


@pytest.mark.parametrize(
    ("files", "names", "code", "sentence"),
    [
        ({"trees.proto": 'import "etc/passwd";'}, "trees.proto", "bad_proto", "etc/passwd: File not found"),
        ({"trees.proto": 'import "/etc/passwd";'}, "trees.proto", "bad_proto", "/etc/passwd"),
        ({"trees.proto": "nonsense"}, "trees.proto", "bad_proto", "trees.proto:1:1:"),
        ({"x.proto": PROTO, "x.proto/y.proto": PROTO}, "x.proto", "bad_proto", "is both a file and a folder"),
        ({"x.proto/y.proto": PROTO, "x.proto": PROTO}, "x.proto", "bad_proto", "is both a file and a folder"),
        ({"trees.proto": PROTO}, "other.proto", "local_files", "The flow names the file other.proto"),
        (
            {"trees.proto": PROTO},
            ["trees.proto", "/other.proto"],
            "local_files",
            "The flow names the file /other.proto",
        ),
    ],
)
def test_files_that_came_and_do_not_help(
    orchard: Orchard, files: dict[str, str], names: Any, code: str, sentence: str
) -> None:
    with pytest.raises(StepMisconfigured) as caught:
        Run(local_files=False, files=files)(
            "grpc_call", address=orchard.address, method=f"{SERVICE}/Echo", proto_file=names
        )
    assert caught.value.code == code
    assert sentence in caught.value.message


def test_a_file_that_came_may_stand_beside_one_of_the_worker(orchard: Orchard, tmp_path: Path) -> None:
    importing, note = _two_files()
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared/note.proto").write_text(note)
    (tmp_path / "more.proto").write_text('syntax = "proto3"; message More {}')
    answer = Run(files={"trees.proto": importing})(
        "grpc_call",
        address=orchard.address,
        method=f"{SERVICE}/Metadata",
        request={"text": "a"},
        proto_file=["trees.proto", str(tmp_path / "more.proto")],
    )
    assert answer["status"] == "OK"


@pytest.mark.parametrize(
    ("how", "code", "sentence"),
    [
        ({"proto": "nonsense"}, "bad_proto", "The .proto files cannot be compiled: flow.proto:1:1: "),
        (
            {"proto": 'syntax = "proto3";\nimport "gone.proto";'},
            "bad_proto",
            "The .proto files cannot be compiled: gone",
        ),
        ({"proto": {"../../etc/x.proto": "x"}}, "bad_proto", "'../../etc/x.proto' is not a name for a .proto file"),
        ({"descriptor_set": "%%%"}, "bad_descriptor", "descriptor_set is not base64"),
        ({"descriptor_set": "AAAA"}, "bad_descriptor", "The descriptor set is no serialized FileDescriptorSet"),
        ({"proto_file": "/no/such.proto"}, "no_file", "There is no file /no/such.proto on the worker"),
        ({"proto": PROTO, "service": "orchard.Tree"}, "no_service", "There is no service orchard.Tree. The nearest is"),
        ({"proto": PROTO, "method": "Ecko"}, "no_method", "orchard.Trees has no method Ecko. The nearest is Echo."),
        ({"service": "orchard.Tree"}, "no_service", "There is no service orchard.Tree. The nearest is orchard.Trees."),
        ({"method": "Ecko"}, "no_method", "orchard.Trees has no method Ecko. The nearest is Echo."),
    ],
)
def test_descriptions_that_do_not_help(orchard: Orchard, how: dict[str, Any], code: str, sentence: str) -> None:
    error = failure(orchard, **{"method": "Echo", **how})
    assert (error.kind, error.code) == ("config", code)
    assert error.message.startswith(sentence), error.message


def test_files_only_where_they_are_allowed(orchard: Orchard, tmp_path: Path) -> None:
    (tmp_path / "x").write_text(PROTO)
    for how in (
        {"proto_file": str(tmp_path / "x")},
        {"descriptor_set": {"file": str(tmp_path / "x")}},
        {"tls": {"ca": str(tmp_path / "x")}},
    ):
        with pytest.raises(StepMisconfigured) as caught:
            Run(local_files=False)("grpc_call", address=orchard.address, method=f"{SERVICE}/Echo", **how)
        assert caught.value.code == "local_files"


@pytest.mark.parametrize("name", ["Trees", SERVICE])
@pytest.mark.parametrize("how", [{}, {"proto": PROTO}])
def test_a_short_name_does_where_it_is_the_only_one(orchard: Orchard, name: str, how: dict[str, Any]) -> None:
    assert call(orchard, "Echo", service=name, **how)["status"] == "OK"


def test_a_short_name_that_may_be_two() -> None:
    text = 'syntax = "proto3"; package %s; message M {} service S { rpc Do(M) returns (M); }'
    two = {f"{package}.proto": text % package for package in ("a", "b")}
    with pytest.raises(StepMisconfigured, match=r"S may be a\.S or b\.S; give the full name"):
        Run()("grpc_call", address="127.0.0.1:9", service="S", method="Do", proto=two)
