"""Nothing half-written is left."""

from pathlib import Path

import pytest

from HematomaExpansionLib.errors import OutputError
from HematomaExpansionLib.files import folder_written_whole, written_whole


def test_a_file_appears_whole(tmp_path: Path):
    target = tmp_path / "new" / "result.seg.nrrd"
    with written_whole(target) as temporary:
        assert temporary.name == "result.seg.nrrd"
        temporary.write_text("whole")
        assert not target.exists()
    assert target.read_text() == "whole"
    assert list(target.parent.iterdir()) == [target]


def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path: Path):
    target = tmp_path / "result.json"
    target.write_text("old")

    def write() -> None:
        with written_whole(target) as temporary:
            temporary.write_text("half")
            raise KeyError("broke")

    with pytest.raises(KeyError, match="broke"):
        write()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_keeps_its_other_files(tmp_path: Path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    (out / "result.json").write_text("old")
    with folder_written_whole(out) as temporary:
        (temporary / "result.json").write_text("new")
        assert (out / "result.json").read_text() == "old"
    assert {path.name: path.read_text() for path in out.iterdir()} == {
        "mine.txt": "mine",
        "result.json": "new",
    }
    assert list(tmp_path.iterdir()) == [out]


def test_an_error_writes_no_folder(tmp_path: Path):
    def write() -> None:
        with folder_written_whole(tmp_path / "out") as temporary:
            (temporary / "half").write_text("half")
            raise KeyError("broke")

    with pytest.raises(KeyError, match="broke"):
        write()
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path):
    (tmp_path / "file").write_text("a file")

    def write() -> None:
        with written_whole(tmp_path / "file" / "result.json"):
            pass

    with pytest.raises(OutputError, match=r"result.json: cannot write there \(Not a directory|File exists"):
        write()
