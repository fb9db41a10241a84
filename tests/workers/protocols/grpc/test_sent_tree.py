"""Files that came with a flow lie to each other as at home, and never outside the folder."""

from pathlib import Path

import pytest

from workers.errors import StepMisconfigured
from workers.protocols.grpc.sent_tree import SentTree

NAMES = ["a.proto", "./p/b.proto", "../c.proto", "../../../d.proto", "p/../../e.proto", "/f.proto", "//g/../../h.proto"]


def test_every_name_has_a_place_inside_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    tree = SentTree(folder, NAMES)
    tree.write(dict.fromkeys(NAMES, "x"))
    assert all(tree.place(name).read_text() == "x" for name in NAMES)
    assert all(tree.place(name).is_relative_to(folder) and ".." not in tree.place(name).parts for name in NAMES)
    assert list(tmp_path.iterdir()) == [folder]


def test_places_lie_to_each_other_as_the_names_say(tmp_path: Path) -> None:
    tree = SentTree(tmp_path, NAMES)
    assert tree.place("p/../../c.proto") == tree.place("../c.proto") == tree.place(".").parent / "c.proto"
    assert tree.place("..").is_relative_to(tree.place("../.."))
    assert tree.place("./p/b.proto").parent == tree.place("p")


def test_a_file_that_is_a_folder_too_is_refused(tmp_path: Path) -> None:
    for files in ({"a.proto": "", "a.proto/b.proto": ""}, {"b.proto/a.proto": "", "b.proto": ""}):
        with pytest.raises(StepMisconfigured, match="is both a file and a folder"):
            SentTree(tmp_path, files).write(files)
