"""What `run FILE|DIR|SLUG…` names: flow files, checked here before anything is sent, and flows the server has."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cli.envfile import read_env_file
from cli.errors import FlowRefused, WrongUse
from cli.protofiles import read_proto_files

if TYPE_CHECKING:
    from flows.language.spec import FlowSpec

SUFFIXES = (".yaml", ".yml")
LONGEST_SENT = 1_000_000  # what the language allows
MAX_BYTES = 16_000_000  # the language's own limit is lower and says so by line; this one only spares the memory


@dataclass(frozen=True, kw_only=True)
class FlowFile:
    """A flow file without errors."""

    path: str  # as it was typed
    text: str
    spec: "FlowSpec"
    warnings: tuple[str, ...] = ()
    env_file: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)  # .proto files, sent along


@dataclass(frozen=True)
class SavedFlow:
    slug: str


Target = FlowFile | SavedFlow


def find_targets(names: Sequence[str], *, tags: Sequence[str] = ()) -> list[Target]:
    """Every flow the names mean, each once, files in the order of their paths.

    Raises WrongUse for what is not there, FlowRefused with the problems of all the files when any has an error.
    """
    targets: list[Target] = []
    paths: dict[Path, str] = {}
    for name in names:
        if Path(name).exists():
            paths.update((Path(path).resolve(), path) for path in flow_files_in(name))
        elif os.sep in name or name.endswith(SUFFIXES):
            raise WrongUse(f"There is no file {name}.")
        else:
            targets.append(SavedFlow(name))
    files = read_flow_files(list(paths.values()))
    wanted = [file for file in files if not tags or set(tags) & set(file.spec.tags)]
    if files and not wanted and not targets:
        raise WrongUse(f"None of the {len(files)} flows has the tag {' or '.join(map(repr, tags))}.")
    return [*wanted, *dict.fromkeys(targets)]


def read_lone_file(names: Sequence[str]) -> str | None:
    """The text of a single file in which nothing is for us to do: no other file to read, no other text than UTF-8."""
    if len(names) != 1 or not Path(names[0]).is_file():
        return None
    raw = read_bytes(names[0])
    if len(raw) > LONGEST_SENT or b"env_file" in raw or b"proto_file" in raw:
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def read_flow_files(paths: Sequence[str]) -> list[FlowFile]:
    """Raises FlowRefused with the problems of all the files when any has an error."""
    files: list[FlowFile] = []
    problems: list[str] = []
    refused = 0
    for path in paths:
        try:
            files.append(read_flow_file(path))
        except FlowRefused as exc:
            refused += 1
            problems.extend(exc.problems)
    if refused:
        count = "The flow has errors" if len(paths) == 1 else f"{refused} of {len(paths)} flows have errors"
        raise FlowRefused(f"{count}.", problems)
    return files


def read_flow_file(path: str) -> FlowFile:
    from flows.language.check import check  # slow to import, and some commands never need it

    raw = read_bytes(path)
    checked = check(raw, filename=path)
    lines = tuple(problem.format(path) for problem in checked.problems)
    if checked.flow is None:
        raise FlowRefused("The flow has errors.", lines)
    return FlowFile(
        path=path,
        text=raw.decode("utf-8-sig"),
        spec=checked.flow,
        warnings=lines,
        env_file=_env_file_values(path, checked.flow),
        files=read_proto_files(checked.flow, named_in=path) if b"proto_file" in raw else {},
    )


def read_bytes(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(MAX_BYTES)
    except OSError as exc:
        raise WrongUse(f"{path} cannot be read: {exc.strerror or type(exc).__name__}.") from exc


def _env_file_values(path: str, spec: "FlowSpec") -> dict[str, str]:
    """`env_file` stands below `env`: where both name a value, the flow's own wins, so the file's is left out."""
    if not spec.env_file:
        return {}
    values = read_env_file(Path(path).parent / spec.env_file, named_in=path)
    return {name: value for name, value in values.items() if name not in spec.env}


def flow_files_in(name: str) -> Iterator[str]:
    """`name` itself, or every flow file below the folder it names, hidden ones left out. Raises WrongUse for none."""
    if not Path(name).is_dir():
        yield name
        return
    found = sorted(_below(name))
    if not found:
        raise WrongUse(f"The folder {name} holds no .yaml or .yml file.")
    yield from found


def _below(folder: str) -> Iterator[str]:
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if name.endswith(SUFFIXES) and not name.startswith("."):
                yield str(Path(parent, name))
