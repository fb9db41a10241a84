"""Which .proto files a flow names, what they import, and how many may travel with it."""

import pytest

from flows.language.files import MOST_FILES, NamedProtos, import_roots, imports_in, named_protos, why_not_kept
from tests.flows.language.flow_texts import good

TEXT = """
name: x
setup:
  - {id: a, action: grpc_call, config: {address: "h:1", method: s/M, proto_file: a.proto}}
steps:
  - id: b
    action: grpc_stream
    config: {address: "h:1", method: s/M, proto_file: [p/b.proto, "${DIR}/c.proto"], import_paths: [p, "${DIR}"]}
    error_steps:
      - {id: c, action: grpc_call, config: {address: "h:1", method: s/M, proto_file: /abs/c.proto}}
  - {id: d, action: grpc_call, config: {address: "h:1", method: s/M, proto_file: "${DIR}/d.proto"}}
  - {id: e, action: log, config: {message: proto_file}}
"""


def test_every_step_may_name_files_and_templates_are_left_alone() -> None:
    assert list(named_protos(good(TEXT))) == [
        NamedProtos(("a.proto",), ()),
        NamedProtos(("p/b.proto",), ("p",)),
        NamedProtos(("/abs/c.proto",), ()),
    ]


@pytest.mark.parametrize(
    ("names", "import_paths", "roots"),
    [
        (["a.proto"], [], ["."]),
        (["p/a.proto", "./q/b.proto"], [], ["p", "q", "."]),
        (["p/q/a.proto"], ["./p/"], ["p", "."]),
        (["p/q/a.proto"], ["."], ["."]),
        (["../p/a.proto"], ["."], [".", "../p"]),
        (["/x/a.proto"], ["/"], ["/", "."]),
        (["px/a.proto"], ["p"], ["p", "px", "."]),
    ],
)
def test_where_imports_are_looked_for(names: list[str], import_paths: list[str], roots: list[str]) -> None:
    assert import_roots(names, import_paths) == roots


def test_imports_are_read_as_protoc_reads_them() -> None:
    text = """
    syntax = "proto3"; // import "remark.proto";
    /* import "another.proto"; */
    import "a.proto";import public 'b/c.proto' ;
    import
      weak "d.proto";
    option x = "// not a remark"; import "e.proto";
    import "../up.proto"; import "/abs.proto"; import "f//g.proto"; import "./h.proto";
    message M { string important = 1; }
    /* import "open.proto";
    """
    assert imports_in(text) == ["a.proto", "b/c.proto", "d.proto", "e.proto"]


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"../up/a b.proto": "x", "/abs/ä.proto": ""}, ""),
        ({f"{n}.proto": "" for n in range(MOST_FILES + 1)}, "101 files are too many for one flow. The most is 100."),
        ({"a.proto": "x" * 600_000, "b.proto": "ä" * 200_001}, "The files of the flow have 1,000,002 bytes together."),
        ({"id_rsa": ""}, "'id_rsa' cannot be the name of a file"),
        ({"a=b/c.proto": ""}, "'a=b/c.proto' cannot be the name"),
        ({"a\0.proto": ""}, "'a\\x00.proto' cannot be the name"),
        ({"\udc80.proto": ""}, "'\\udc80.proto' cannot be the name"),
        ({"x" * 300 + ".proto": ""}, "'xxx"),
        ({"a.proto": "\ud800"}, "The file a.proto is not text."),
    ],
)
def test_what_may_travel_with_a_flow(files: dict[str, str], sentence: str) -> None:
    assert why_not_kept(files).startswith(sentence)
    assert bool(why_not_kept(files)) == bool(sentence)
