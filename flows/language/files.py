"""The .proto files that travel with a flow: which it names, what they import, how many a version may have.

A name is as the flow writes it: a path relative to the folder of the flow file, or an absolute one. An imported file's
name is the folder it was found from, as the flow writes that, with the import behind it.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flows.language.actions.base import has_template
from flows.language.plan import Plan
from flows.language.spec import FlowSpec

MOST_FILES: Final = 100
MOST_BYTES: Final = 1_000_000  # of all contents together
LONGEST_NAME: Final = 500
SUFFIX: Final = ".proto"  # nothing else travels: a flow must not be able to ask for a person's keys

_REMARK_OR_TEXT = re.compile(r"""//[^\n]*|/\*(?s:.*?)(?:\*/|\Z)|("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')""")
_IMPORT = re.compile(r"""\bimport\s*(?:(?:public|weak|option)\s*)?(?:"([^"\\\n]+)"|'([^'\\\n]+)')\s*;""")
# protoc reads : as the end of a folder and = as another name for one; Windows has its own ideas of \.
_UNFIT = re.compile(r"[\x00-\x1f\x7f:=;\\\ud800-\udfff]")


@dataclass(frozen=True)
class NamedProtos:
    """The `proto_file` of one step."""

    names: tuple[str, ...]
    import_paths: tuple[str, ...]

    @property
    def roots(self) -> list[str]:
        """The folders that imports are looked for in, in that order."""
        return import_roots(self.names, self.import_paths)


def named_protos(flow: FlowSpec) -> Iterator[NamedProtos]:
    """What each step names, nested steps included. What has a template in it is left out: nobody can tell yet."""
    for planned in Plan(flow).all:
        config = planned.step.config
        if "proto_file" in config and (names := _texts(config["proto_file"])):
            yield NamedProtos(names, _texts(config.get("import_paths")))


def import_roots(names: Sequence[str], import_paths: Sequence[str]) -> list[str]:
    """The import paths, the folder of each file with no import path above it, and the folder of the flow file."""
    roots = [posixpath.normpath(path) for path in import_paths]
    own = [posixpath.dirname(posixpath.normpath(name)) or "." for name in names]
    roots += [folder for folder in own if not any(_is_below(folder, root) for root in roots)]
    return list(dict.fromkeys([*roots, "."]))


def imports_in(text: str) -> list[str]:
    """What a .proto file imports, as far as protoc would accept the names."""
    code = _REMARK_OR_TEXT.sub(lambda found: found[1] or " ", text)
    names = [double or single for double, single in _IMPORT.findall(code)]
    return [name for name in names if name == posixpath.normpath(name) and not name.startswith(("/", "../"))]


def joined(root: str, name: str) -> str:
    """The name of a file that was found from a root."""
    return posixpath.normpath(posixpath.join(root, name))


def why_not_kept(files: Mapping[str, str]) -> str:
    """What keeps these files from travelling with a flow, as a sentence; empty if nothing does."""
    if len(files) > MOST_FILES:
        return f"{len(files)} files are too many for one flow. The most is {MOST_FILES}."
    total = 0
    for name, text in files.items():
        if not is_fit_name(name):
            return f"{name[:100]!r} cannot be the name of a file that travels with a flow: folder/name{SUFFIX}."
        try:
            total += len(text.encode())
        except UnicodeEncodeError:
            return f"The file {name} is not text."
    if total > MOST_BYTES:
        return f"The files of the flow have {total:,} bytes together. The most is {MOST_BYTES:,}."
    return ""


def is_fit_name(name: str) -> bool:
    """Whether a file of that name may travel with a flow."""
    return (
        name.endswith(SUFFIX)
        and len(name) <= LONGEST_NAME
        and not _UNFIT.search(name)
        and all(len(part.encode()) <= 255 for part in name.split("/"))
    )


def _texts(value: Any) -> tuple[str, ...]:
    given = value if isinstance(value, list) else [value]
    return tuple(one for one in given if isinstance(one, str) and one and not has_template(one))


def _is_below(folder: str, root: str) -> bool:
    if root == ".":
        return not folder.startswith(("/", "../")) and folder != ".."
    return folder == root or folder.startswith(f"{root.rstrip('/')}/")
