"""The files that came with a flow, laid out in a folder of ours so that they lie to each other as they did at home."""

import posixpath
from collections.abc import Iterable, Mapping
from pathlib import Path

from workers.errors import StepMisconfigured


class SentTree:
    """Whatever a name says (`../x`, `/x`), its place is inside the folder."""

    def __init__(self, folder: Path, names: Iterable[str]) -> None:
        """`names` are all that will be asked for: the folder of the flow lies as deep as they climb."""
        self._top = folder
        climbs = max((posixpath.normpath(name).split("/").count("..") for name in names), default=0)
        self._home = "/".join(["around", *(["up"] * climbs)])

    def place(self, name: str) -> Path:
        name = posixpath.normpath(name)
        inside = f"absolute/{name.lstrip('/')}" if name.startswith("/") else f"{self._home}/{name}"
        return self._top / posixpath.normpath(inside)

    def write(self, files: Mapping[str, str]) -> None:
        """Raises StepMisconfigured (`bad_proto`) where one name is a folder of another."""
        for name, text in files.items():
            path = self.place(name)
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            except (FileExistsError, IsADirectoryError, NotADirectoryError) as exc:
                raise StepMisconfigured(f"{name[:100]} is both a file and a folder", code="bad_proto") from exc
