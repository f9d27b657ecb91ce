"""``hematoma-expansion radiomics`` as its users run it."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.radiomics.settings import read_settings
from Testing.conftest import Command, Ended, run_command


def refused(ended: Ended, code: int, message: str, folder: Path) -> None:
    """One line, the right exit code, nothing written."""
    assert ended.code == code
    assert message in ended.err
    assert len(ended.err.strip().splitlines()) == 1
    assert list(folder.iterdir()) == []


def test_table_and_json(sample: Path, tmp_path: Path) -> None:
    scans = (sample / "baseline.nii.gz", sample / "baseline-labels.nii.gz")
    table = tmp_path / "new" / "features.csv"
    ended = run_command("radiomics", *scans, "--out", table, "--case", "P7", "--json", "-")
    assert ended.code == 0, ended.err
    assert ended.err == ""
    record = json.loads(ended.out)
    (row,) = csv.DictReader(table.open(newline=""))
    assert row["case"] == record["case"] == "P7"
    assert row["label"] == "ich"
    assert row["settings_sha256"] == record["settings_sha256"] == read_settings("ning2025").sha256
    assert len(record["values"]) == 851
    assert {key: float(row[key]) for key in record["values"]} == record["values"]
    assert [file.name for file in table.parent.iterdir()] == ["features.csv"]


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (
            ("--settings", "wu2019"),
            2,
            "settings 'wu2019': choose one of lu2024, ning2025, or give a .yaml file",
        ),
        (("--settings", "none.yaml"), 3, "none.yaml: cannot be read as text (No such file or directory)"),
        (("--mapping", "1=ivh,2=ivh"), 3, "baseline-labels.nii.gz: no voxel of class ich; it has ivh"),
        (("--label", "extra_axial"), 3, "no voxel of class extra_axial; it has ich"),
        (("--out", "features.txt"), 2, "features.txt: the table is a .csv file"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    sample: Path,
    tmp_path: Path,
    options: tuple[str, ...],
    code: int,
    message: str,
    command: Command,
) -> None:
    scans = (sample / "baseline.nii.gz", sample / "baseline-labels.nii.gz")
    ended = command("radiomics", *scans, "--out", tmp_path / "f.csv", *options)
    refused(ended, code, message, tmp_path)


def empty(labels: np.ndarray) -> None:
    labels[:] = 0


def one_voxel(labels: np.ndarray) -> None:
    first = tuple(np.argwhere(labels == Label.ICH)[0])
    labels[:] = 0
    labels[first] = Label.ICH


def one_slice(labels: np.ndarray) -> None:
    kept = int(np.argmax((labels == Label.ICH).sum(axis=(1, 2))))
    labels[:kept] = 0
    labels[kept + 1 :] = 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (empty, "mask.nii.gz: no voxel of class ich; it is empty"),
        (
            one_voxel,
            "mask.nii.gz: the ich mask spans 1 slices, 1 rows and 1 columns of the scan; features in 3D",
        ),
        (one_slice, "mask.nii.gz: the ich mask spans 1 slices, "),
    ],
)
def test_masks_without_features_are_refused(
    sample: Path,
    tmp_path: Path,
    change: Callable[[np.ndarray], None],
    message: str,
    command: Command,
) -> None:
    given = sitk.ReadImage(str(sample / "baseline-labels.nii.gz"))
    labels = sitk.GetArrayFromImage(given)
    change(labels)
    image = sitk.GetImageFromArray(labels)
    image.CopyInformation(given)
    refused(run_with(command, image, sample, tmp_path), 3, message, tmp_path / "out")


def test_a_mask_of_another_grid_is_refused(sample: Path, tmp_path: Path, command: Command) -> None:
    moved = sitk.ReadImage(str(sample / "baseline-labels.nii.gz"))
    x, y, z = moved.GetOrigin()
    moved.SetOrigin((x, y, z + moved.GetSpacing()[2]))
    message = "mask.nii.gz: does not lie on the grid of its scan; mask "
    refused(run_with(command, moved, sample, tmp_path), 3, message, tmp_path / "out")


def run_with(command: Command, mask: sitk.Image, sample: Path, folder: Path) -> Ended:
    sitk.WriteImage(mask, str(folder / "mask.nii.gz"))
    (folder / "out").mkdir()
    out = folder / "out" / "features.csv"
    return command("radiomics", sample / "baseline.nii.gz", folder / "mask.nii.gz", "--out", out)


def test_without_pyradiomics_it_says_what_to_install(sample: Path, tmp_path: Path) -> None:
    """A module of that name that cannot be imported stands before the real one."""
    (tmp_path / "path" / "radiomics").mkdir(parents=True)
    (tmp_path / "path" / "radiomics" / "__init__.py").write_text("raise ImportError('not here')")
    scans = (sample / "baseline.nii.gz", sample / "baseline-labels.nii.gz")
    ended = run_command("radiomics", *scans, "--out", "f.csv", PYTHONPATH=str(tmp_path / "path"))
    message = "PyRadiomics is not installed (not here): install the SlicerRadiomics extension in 3D Slicer, "
    assert (ended.code, len(ended.err.strip().splitlines())) == (4, 1)
    assert message in ended.err
