"""Many cases: in order, the same with any number of workers, and one that is refused stops none."""

from dataclasses import replace
from pathlib import Path

import pytest
import SimpleITK as sitk

from HematomaExpansionLib.errors import Cancelled, UsageError
from HematomaExpansionLib.progress import Progress
from HematomaExpansionLib.radiomics.case import Case
from HematomaExpansionLib.radiomics.cases import extract_cases
from HematomaExpansionLib.radiomics.features import feature_matrix, write_features
from HematomaExpansionLib.radiomics.perturb import Perturbation, Redraw
from HematomaExpansionLib.radiomics.settings import Settings, read_settings


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Shape and first order only."""
    file = tmp_path_factory.mktemp("settings") / "own.yaml"
    file.write_text("imageType: {Original: {}}\nfeatureClass: {shape: , firstorder: }\n")
    return read_settings(file)


@pytest.fixture
def cases(sample: Path, tmp_path: Path) -> list[Case]:
    empty = sitk.ReadImage(str(sample / "baseline-labels.nii.gz")) * 0
    sitk.WriteImage(empty, str(tmp_path / "empty.nii.gz"))
    return [
        Case("second", sample / "followup-1.nii.gz", sample / "followup-1-labels.nii.gz"),
        Case("empty", sample / "baseline.nii.gz", tmp_path / "empty.nii.gz"),
        Case("first", sample / "baseline.nii.gz", sample / "baseline-labels.nii.gz"),
    ]


def test_one_refused_case_stops_no_other(cases: list[Case], settings: Settings, tmp_path: Path) -> None:
    told: list[tuple[float, str]] = []
    progress = Progress(lambda _stage, fraction, message: told.append((fraction, message)))
    found = extract_cases(cases, settings, progress=progress)
    assert list(found.features) == ["second", "first"]
    assert found.refused == {"empty": "empty.nii.gz: no voxel of class ich; it is empty"}
    assert [fraction for fraction, _ in told] == pytest.approx([0, 1 / 3, 2 / 3, 1])
    assert told[-1][1] == "3 of 3: first"
    assert extract_cases(cases, settings, workers=2) == found
    write_features(found.features, tmp_path / "table.csv")
    lines = (tmp_path / "table.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in lines] == ["case", "second", "first"]
    names = ["original_shape_VoxelVolume", "original_firstorder_Mean"]
    assert feature_matrix(found.features, names).shape == (2, 2)


def test_redrawn_masks_do_not_depend_on_the_other_cases(cases: list[Case], settings: Settings) -> None:
    redraw = Redraw(3, Perturbation(growth_mm=1.0))
    again = replace(cases[2], name="again")
    both = extract_cases([again, cases[2]], settings, redraw=redraw)
    alone = extract_cases([cases[2]], settings, redraw=redraw)
    assert alone.features["first"] == both.features["first"]
    assert both.features["first"].values != both.features["again"].values


def test_cases_of_one_name_and_no_worker_are_refused(cases: list[Case], settings: Settings) -> None:
    with pytest.raises(UsageError, match="cases of one name: first"):
        extract_cases([cases[2], cases[2]], settings)
    with pytest.raises(UsageError, match="workers 0: at least 1"):
        extract_cases(cases, settings, workers=0)


def test_the_user_can_stop_it(cases: list[Case], settings: Settings) -> None:
    with pytest.raises(Cancelled):
        extract_cases(cases, settings, progress=Progress(cancelled=lambda: True))
