""".proto files → descriptors, by protoc in a process of its own: a text that upsets the compiler ends only that."""

import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from flows.language.files import import_roots
from workers.actions.base import StepContext
from workers.errors import StepMisconfigured, StepTimedOut
from workers.protocols.grpc.recent import Recent
from workers.protocols.grpc.sent_tree import SentTree
from workers.protocols.tls import require_local_file

ONLY_FILE = "flow.proto"  # the name of a text that came without one
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]*")

_REMARK = re.compile(r": warning:|^WARNING: |^[IW]\d{4} \d\d:")

_recent: Recent[bytes] = Recent(32)  # texts -> descriptor set


def compile_texts(proto: str | Mapping[str, str], context: StepContext) -> bytes:
    """The serialized FileDescriptorSet of inline texts. Raises StepMisconfigured (`bad_proto`), StepTimedOut."""
    texts = {ONLY_FILE: proto} if isinstance(proto, str) else dict(proto)
    source = repr(sorted(texts.items())).encode("utf-8", "surrogatepass")
    return _recent.get(source, lambda: _compiled(texts, context))


def _compiled(texts: Mapping[str, str], context: StepContext) -> bytes:
    with tempfile.TemporaryDirectory(prefix="stepwell-proto-") as folder:
        root = Path(folder).resolve()
        for name, text in texts.items():
            path = root / _checked(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return _protoc([str(root)], [str(root / name) for name in texts], context)


def compile_files(files: Sequence[Path], import_paths: Sequence[Path], context: StepContext) -> bytes:
    """The same for files on the worker. A file is found from its own folder if no import path is above it."""
    roots = [str(path.resolve()) for path in import_paths]
    real = [file.resolve() for file in files]
    roots += sorted({str(file.parent) for file in real if not any(map(file.is_relative_to, roots))} - set(roots))
    return _protoc(roots, [str(file) for file in real], context)


def compile_sent(names: Sequence[str], import_paths: Sequence[str], context: StepContext) -> bytes:
    """The same for files that came with the flow, laid out as they lay around it; a name not among them is a file on
    the worker. Raises StepMisconfigured (`bad_proto`, `local_files`, `no_file`), StepTimedOut.
    """
    local = [require_local_file(name, local_files=context.local_files) for name in names if name not in context.files]
    sent = [name for name in names if name in context.files]
    roots = import_roots(sent, import_paths)

    def make() -> bytes:
        with tempfile.TemporaryDirectory(prefix="stepwell-proto-") as folder:
            tree = SentTree(Path(folder).resolve(), [*context.files, *roots])
            tree.write(context.files)
            places = [*(tree.place(root) for root in roots), *(file.parent.resolve() for file in local)]
            files = [*(tree.place(name) for name in sent), *(file.resolve() for file in local)]
            return _protoc(list(map(str, dict.fromkeys(places))), list(map(str, files)), context)

    if local:
        return make()  # it may be another file by the next step
    source = repr((sorted(context.files.items()), sent, roots)).encode("utf-8", "surrogatepass")
    return _recent.get(source, make)


def _protoc(roots: Sequence[str], files: Sequence[str], context: StepContext) -> bytes:
    context.abort.check()
    with tempfile.TemporaryDirectory(prefix="stepwell-proto-") as folder:
        out = Path(folder) / "set"
        arguments = [*(f"-I{root}" for root in roots), "--include_imports", f"--descriptor_set_out={out}", *files]
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "grpc_tools.protoc", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )
        with process, context.abort.calls(process.kill):
            try:
                _, said = process.communicate(timeout=context.remaining)
            except subprocess.TimeoutExpired as exc:
                process.kill()
                raise StepTimedOut("The time was up while compiling the .proto files", code="proto") from exc
        context.abort.check()
        if process.returncode:
            raise StepMisconfigured(f"The .proto files cannot be compiled: {_findings(said)}", code="bad_proto")
        return out.read_bytes()


def _findings(said: str) -> str:
    """What protoc complains of, without folders and warnings."""
    lines = [line.strip() for line in said.splitlines() if line.strip() and not _REMARK.search(line)]
    lines = [re.sub(r"(?:/[^/\s:]+)+/(?=[^/\s:]+\.proto)", "", line) for line in lines]
    return "; ".join(lines[:5]) or "protoc ended without a word"


def _checked(name: str) -> str:
    parts = PurePosixPath(name).parts
    if not name.endswith(".proto") or name.startswith("/") or not all(map(_NAME.fullmatch, parts)):
        raise StepMisconfigured(f"{name[:100]!r} is not a name for a .proto file: folder/name.proto", code="bad_proto")
    return name
