"""``python -m training.radiomics``: the table of a cohort, stable features only where that is asked for."""

import csv
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.prediction.feature_table import read_features
from training.radiomics import main

PATIENTS = 4


@pytest.fixture
def cohort(sample: Path, tmp_path: Path) -> Path:
    """Three training patients with masks of different size on one scan, one of testing, one without."""
    given = sitk.ReadImage(str(sample / "baseline-labels.nii.gz"))
    z, y, x = np.indices(given.GetSize()[::-1])
    middle = np.argwhere(sitk.GetArrayViewFromImage(given) == Label.ICH).mean(axis=0)
    lines = ["patient,expansion,baseline,baseline_mask,split"]
    for number in range(PATIENTS):
        half = 8 + 5 * number
        distance = np.hypot(y - middle[1], x - middle[2])
        mask = sitk.GetImageFromArray(
            ((distance <= half) & (abs(z - middle[0]) < 2 + number)).astype(np.uint8)
        )
        mask.CopyInformation(given)
        sitk.WriteImage(mask, str(tmp_path / f"mask-{number}.nii.gz"))
        files = f"{sample / 'baseline.nii.gz'},mask-{number}.nii.gz"
        lines.append(f"P{number},{number % 2},{files},{'train' if number else 'test'}")
    lines.append(f"P9,1,{sample / 'baseline.nii.gz'},,train")
    (tmp_path / "cohort.csv").write_text("\n".join(lines) + "\n")
    (tmp_path / "own.yaml").write_text("imageType: {Original: {}}\nfeatureClass: {shape: , firstorder: }\n")
    return tmp_path


def test_stable_features_of_a_cohort(
    cohort: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--cohort", str(cohort / "cohort.csv"), "--settings", str(cohort / "own.yaml")]
    out = cohort / "features.csv"
    main([*given, "--out", str(out), "--redrawn", "1"])
    with (cohort / "features-stability.csv").open(newline="") as file:
        stability = {line["feature"]: line for line in csv.DictReader(file)}
    assert len(stability) == 14 + 18
    assert {line["n"] for line in stability.values()} == {"3"}
    for line in stability.values():
        assert (line["kept"] == "yes") == (line["icc"] != "" and float(line["icc"]) > 0.8)
    # The masks differ in size far more than readers do.
    assert stability["original_shape_MeshVolume"]["kept"] == "yes"
    stable = {f"own:{name}" for name, line in stability.items() if line["kept"] == "yes"}
    table = read_features(out)
    assert set(table) == {f"P{number}" for number in range(PATIENTS)}
    assert set(table["P0"]) == stable
    told = capsys.readouterr().out
    assert "4 of 5 patients" in told
    assert (
        f"{len(stable)} of 32 features have an ICC(1,1) above 0.8 over 2 masks of 3 training patients" in told
    )


def test_a_cohort_without_masks_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "cohort.csv").write_text("patient,expansion\nP1,1\n")
    with pytest.raises(SystemExit) as ended:
        main(["--cohort", str(tmp_path / "cohort.csv"), "--out", str(tmp_path / "features.csv")])
    assert ended.value.code == 2
    assert "no patient with both baseline and baseline_mask" in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == ["cohort.csv"]
