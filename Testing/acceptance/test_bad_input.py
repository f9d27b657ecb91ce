"""What is refused by the real command: exit code 3, one line that names the file, nothing left."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from Testing.conftest import Command, run_command
from Testing.ct.phantom import REGULAR, Head
from training.simulate.dicom_series import Slices, write_series

Made = tuple[list[object], str]


def _save(values: np.ndarray, path: Path, spacing: tuple[float, ...] = (1.0, 1.0, 5.0)) -> Path:
    image = sitk.GetImageFromArray(values)
    if values.ndim == 3:
        image.SetSpacing(spacing)
    sitk.WriteImage(image, str(path))
    return path


def _hu(sample: Path) -> np.ndarray:
    return sitk.GetArrayFromImage(sitk.ReadImage(str(sample / "baseline.nii.gz"))).astype(np.float32)


def _magnetic_resonance(folder: Path, sample: Path) -> Made:
    hu = _hu(sample)
    return [_save(np.clip(hu + 200, 0, 900), folder / "t1.nii.gz")], "t1.nii.gz"


def _thorax(folder: Path, sample: Path) -> Made:
    _, y, x = np.meshgrid(np.arange(40), np.arange(200), np.arange(260), indexing="ij")
    body = ((y - 100) / 90) ** 2 + ((x - 130) / 125) ** 2 < 1
    lungs = (((y - 95) / 60) ** 2 + ((np.abs(x - 130) - 55) / 40) ** 2 < 1) & body
    spine = (y - 150) ** 2 + (x - 130) ** 2 < 20**2
    hu = np.select([spine, lungs, body], [500.0, -850.0, 40.0], -1000.0).astype(np.float32)
    return [_save(hu, folder / "chest.nii.gz", (1.6, 1.6, 5.0))], "chest.nii.gz"


def _four_dimensional(folder: Path, sample: Path) -> Made:
    hu = _hu(sample)[:12]
    image = sitk.JoinSeries([sitk.GetImageFromArray(hu)] * 3)
    sitk.WriteImage(image, str(folder / "perfusion.nii.gz"))
    return [folder / "perfusion.nii.gz"], "perfusion.nii.gz"


def _text(folder: Path, sample: Path) -> Made:
    (folder / "scan.nii.gz").write_text("this is no image\n" * 100)
    return [folder / "scan.nii.gz"], "scan.nii.gz"


def _empty_folder(folder: Path, sample: Path) -> Made:
    (folder / "study").mkdir()
    return [folder / "study"], "study"


def _absent(folder: Path, sample: Path) -> Made:
    return [folder / "nothing.nii.gz"], "nothing.nii.gz"


def _not_rescaled(folder: Path, sample: Path) -> Made:
    return [_save(_hu(sample) + 1024, folder / "raw.nii.gz")], "raw.nii.gz"


def _not_a_number(folder: Path, sample: Path) -> Made:
    hu = _hu(sample)
    hu[10, 100, 100] = np.nan
    return [_save(hu, folder / "holes.nrrd")], "holes.nrrd"


def _few_slices(folder: Path, sample: Path) -> Made:
    return [_save(_hu(sample)[12:20], folder / "slab.nii.gz")], "slab.nii.gz"


def _truncated(folder: Path, sample: Path) -> Made:
    whole = (sample / "baseline.nii.gz").read_bytes()
    (folder / "cut.nii.gz").write_bytes(whole[: len(whole) // 2])
    return [folder / "cut.nii.gz"], "cut.nii.gz"


def _slice_removed(folder: Path, sample: Path) -> Made:
    write_series(folder / "study", Head(), Slices(REGULAR, rows=128, columns=128, pixel_mm=1.8), omit=(20,))
    return [folder / "study"], "-9.0"  # the slice that lay at z = -66 + 20 x 3 = -6 follows one at -9


def _mask_elsewhere(folder: Path, sample: Path) -> Made:
    labels = sitk.ReadImage(str(sample / "baseline-labels.nii.gz"))
    labels.SetOrigin((0.0, 0.0, 0.0))
    sitk.WriteImage(labels, str(folder / "labels.nii.gz"))
    return [sample / "baseline.nii.gz", "--mask", folder / "labels.nii.gz"], "labels.nii.gz"


@pytest.mark.parametrize(
    "make",
    [
        _magnetic_resonance,
        _thorax,
        _four_dimensional,
        _text,
        _empty_folder,
        _absent,
        _not_rescaled,
        _not_a_number,
        _few_slices,
        _truncated,
        _slice_removed,
        _mask_elsewhere,
    ],
    ids=lambda make: make.__name__.strip("_"),
)
def test_it_is_refused(make: Callable[[Path, Path], Made], sample: Path, tmp_path: Path, command: Command):
    inputs = tmp_path / "inputs"
    inputs.mkdir()
    arguments, named = make(inputs, sample)
    before = sorted(inputs.rglob("*"))
    ended = command("analyze", *arguments, "--out", tmp_path / "out")
    assert ended.code == 3, ended.err
    (line,) = ended.err.splitlines()
    assert line.startswith("hematoma-expansion: ")
    assert named in line
    assert ended.out == ""
    assert sorted(inputs.rglob("*")) == before
    assert list(tmp_path.iterdir()) == [inputs]


@pytest.mark.parametrize(
    ("option", "name", "content", "said"),
    [
        ("--clinical", "a.yaml", "gcs_total: 2", "gcs_total: 2 is not possible; 3 to 15 is allowed"),
        ("--clinical", "a.json", '{"sbp": 160}', "sbp: no such field"),
        ("--clinical", "a.txt", "gcs_total: 9", ".json, .yaml, .yml or .csv is allowed"),
        ("--clinical", "a.csv", "patient,nihss\n1,4\n2,9\n", "holds 2 patients; name one"),
        ("--readings", "a.csv", "marker,automatic,reader_value,reader\nblend,,maybe,B\n", "a.csv, line 2"),
        ("--readings", "b.csv", "marker\nblend\n", "no column automatic, reader, reader_value"),
    ],
)
def test_a_bad_record_or_reading_is_refused_before_any_work(
    sample: Path,
    tmp_path: Path,
    option: str,
    name: str,
    content: str,
    said: str,
    command: Command,
):
    (tmp_path / name).write_text(content)
    scan = sample / "baseline.nii.gz"
    ended = command("analyze", scan, option, tmp_path / name, "--out", tmp_path / "out")
    assert ended.code == 3
    (line,) = ended.err.splitlines()
    assert line.startswith("hematoma-expansion: ")
    assert name in line
    assert said in line
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_an_output_folder_that_is_a_file_is_refused_before_any_work(sample: Path, tmp_path: Path):
    (tmp_path / "out").write_text("mine")
    ended = run_command("analyze", sample / "baseline.nii.gz", "--out", tmp_path / "out")
    assert ended.code == 3
    assert "is a file; the output must be a folder" in ended.err
    assert (tmp_path / "out").read_text() == "mine"
