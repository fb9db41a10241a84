"""The .proto files a flow names, read here and sent along with its text, with the files they import.

Names are relative to the folder of the flow file. An import that is found nowhere is left to the worker's compiler,
which brings `google/protobuf/*.proto` and says what else is missing. So is an absolute name that nothing has here: the
worker may.
"""

import posixpath
from pathlib import Path
from typing import TYPE_CHECKING

from cli.errors import WrongUse

if TYPE_CHECKING:
    from flows.language.files import NamedProtos
    from flows.language.spec import FlowSpec


def read_proto_files(spec: "FlowSpec", *, named_in: str) -> dict[str, str]:
    """Name → text. Raises WrongUse for a file that cannot be read, and for more than may travel with a flow."""
    from flows.language.files import named_protos, why_not_kept  # slow to import

    reading = _Reading(named_in)
    for named in named_protos(spec):
        reading.take(named)
    if why := why_not_kept(reading.found):
        raise WrongUse(f"{named_in}: {why}")
    return reading.found


class _Reading:
    def __init__(self, flow_path: str) -> None:
        self.found: dict[str, str] = {}
        self._flow_path = flow_path
        self._folder = Path(flow_path).parent
        self._bytes = 0

    def take(self, named: "NamedProtos") -> None:
        from flows.language.files import imports_in, joined

        wanted = [name for name in named.names if self._take_named(name)]
        seen = set(wanted)
        while wanted:
            for imported in imports_in(self.found[wanted.pop()]):
                places = [joined(root, imported) for root in named.roots]
                place = next((place for place in places if place in self.found or self._is_here(place)), None)
                if place is not None and place not in seen:
                    seen.add(place)
                    self._read(place)
                    wanted.append(place)

    def _take_named(self, name: str) -> bool:
        """Whether it was read; False leaves it to the worker."""
        from flows.language.files import SUFFIX

        if posixpath.isabs(name) and not (self._is_here(name) and name.endswith(SUFFIX)):
            return False
        if not name.endswith(SUFFIX):
            raise WrongUse(f"{self._flow_path} names the proto_file {name}. Only files named …{SUFFIX} are sent along.")
        self._read(name)
        return True

    def _is_here(self, name: str) -> bool:
        from flows.language.files import SUFFIX

        return name.endswith(SUFFIX) and (self._folder / name).is_file()

    def _read(self, name: str) -> None:
        from flows.language.files import MOST_BYTES, MOST_FILES

        if name in self.found:
            return
        try:
            with (self._folder / name).open("rb") as file:
                raw = file.read(MOST_BYTES + 1)
            self.found[name] = raw.decode("utf-8-sig")
        except OSError as exc:
            reason = exc.strerror or type(exc).__name__
            raise WrongUse(f"{self._flow_path} names the proto_file {name}, which cannot be read: {reason}.") from exc
        except ValueError as exc:  # not UTF-8; a NUL in the name
            raise WrongUse(f"{self._flow_path} names the proto_file {name}, which is not UTF-8 text.") from exc
        self._bytes += len(raw)
        if self._bytes > MOST_BYTES or len(self.found) > MOST_FILES:
            most = f"The most are {MOST_FILES} files of {MOST_BYTES:,} bytes together"
            raise WrongUse(f"{self._flow_path} names more .proto files than travel with a flow. {most}.")
