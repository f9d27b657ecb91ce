import os
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from pypdf import PdfReader

from HematomaExpansionLib.errors import OutputError
from HematomaExpansionLib.report.write import write_study
from HematomaExpansionLib.result import StudyResult
from HematomaExpansionLib.segmentation.seg_nrrd import read_seg_nrrd
from HematomaExpansionLib.study import Study
from Testing.report.phantom import Bleed, study

FILES = {
    "baseline-markers.seg.nrrd",
    "baseline.seg.nrrd",
    "followup-1.seg.nrrd",
    "followup-1-to-baseline.tfm",
    "growth-1.seg.nrrd",
    "figure-baseline.png",
    "figure-followup-1.png",
    "figure-growth-1.png",
    "figure-markers-baseline.png",
    "markers.csv",
    "report.html",
    "report.pdf",
    "result.json",
    "scores.csv",
    "volumes.csv",
}


def test_what_is_written(written: Path, pair: Study):
    assert {item.name for item in written.iterdir()} == FILES
    assert not [item.name for item in written.parent.iterdir() if item.name.startswith(".writing-")]
    text = (written / "result.json").read_text(encoding="utf-8")
    assert StudyResult.model_validate_json(text) == pair.result


def test_segmentations_are_those_of_the_study(written: Path, pair: Study):
    wanted = {
        "baseline": (pair.timepoints[0].segmentation.labels, ["ich", "ivh", "oedema"], (1, 2, 4)),
        "followup-1": (pair.timepoints[1].segmentation.labels, ["ich", "ivh", "oedema"], (1, 2, 4)),
        "growth-1": (pair.comparisons[0].growth, ["new", "stable", "resolved"], (1, 2, 3)),
    }
    for name, (labels, keys, values) in wanted.items():
        segments = read_seg_nrrd(written / f"{name}.seg.nrrd")
        assert [segment.key for segment in segments] == keys
        for segment, value in zip(segments, values, strict=True):
            assert segment.voxels.GetSpacing() == labels.GetSpacing()
            assert np.array_equal(
                sitk.GetArrayFromImage(segment.voxels), sitk.GetArrayFromImage(labels == value)
            )


def test_a_growth_map_that_is_not_to_be_read_is_not_written(tmp_path: Path):
    names = {path.name for path in write_study(study(Bleed(15), Bleed(16), trusted=False), tmp_path)}
    assert "followup-1.seg.nrrd" in names
    assert not [name for name in names if "growth" in name]
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "could not be aligned well enough" in text


def test_same_study_same_bytes_and_other_files_stay(written: Path, pair: Study, tmp_path: Path):
    (tmp_path / "report.html").write_text("old")
    (tmp_path / "notes.txt").write_text("mine")
    paths = write_study(pair, tmp_path)
    assert paths == sorted(tmp_path / name for name in FILES)
    assert [path.read_bytes() for path in paths] == [(written / path.name).read_bytes() for path in paths]
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_nothing_names_the_patient_or_the_day(written: Path):
    # The phantom is called DOE^JANE.nii.gz and was acquired on 3 February 2001.
    pdf = "".join(page.extract_text() for page in PdfReader(written / "report.pdf").pages)
    for content in (pdf.encode(), *(path.read_bytes() for path in written.iterdir())):
        assert b"DOE^" not in content
        assert b"^JANE" not in content
        assert b"2001-02" not in content
        assert b".nii" not in content


def test_an_output_that_is_a_file_is_refused(pair: Study, tmp_path: Path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(OutputError, match="is a file"):
        write_study(pair, tmp_path / "out")
    assert [item.name for item in tmp_path.iterdir()] == ["out"]


def test_nothing_is_left_when_writing_ends_half_way(
    pair: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("HematomaExpansionLib.report.write.write_volumes_csv", full)
    with pytest.raises(OSError, match="No space left"):
        write_study(pair, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
