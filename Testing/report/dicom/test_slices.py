"""Labels back on the slices a scanner stored, and the volumes they have there."""

from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.ct.reader import read_ct
from HematomaExpansionLib.report.dicom.slices import differences, labels_on_slices, volumes_on_slices
from HematomaExpansionLib.report.dicom.source import SourceSeries, read_source
from Testing.ct.phantom import MIXED, REGULAR, Head
from training.simulate.dicom_series import Slices, write_series

HEAD = Head()


def series(folder: Path, slices: Slices) -> SourceSeries:
    source, reason = read_source(folder) if write_series(folder, HEAD, slices) else (None, "")
    assert source is not None, reason
    return source


def blood(image: sitk.Image) -> sitk.Image:
    """Over 50 HU in a box around the ball of blood, far from the skull."""
    z, y, x = (slice(None),) * 3
    hu = sitk.GetArrayFromImage(image)
    index = np.stack(np.meshgrid(*(np.arange(n) for n in hu.shape), indexing="ij"), axis=-1)[..., ::-1]
    points = index * np.array(image.GetSpacing()) @ np.reshape(image.GetDirection(), (3, 3)).T
    near = np.linalg.norm(points + image.GetOrigin() - np.array(HEAD.centre_mm), axis=-1) < 26
    labels = sitk.GetImageFromArray(((hu > 50) & near)[z, y, x].astype(np.uint8))
    labels.CopyInformation(image)
    return labels


@pytest.mark.parametrize(
    ("slices", "tolerance"),
    [
        (Slices(REGULAR), 0.0),
        (Slices(REGULAR, tilt_degrees=18.0), 0.01),
        (Slices(MIXED), 0.02),
        (Slices(MIXED, tilt_degrees=-15.0), 0.02),
    ],
    ids=["regular", "tilted", "mixed spacing", "both"],
)
def test_volume_on_the_stored_slices(tmp_path: Path, slices: Slices, tolerance: float) -> None:
    """The same where nothing was corrected, within ``tolerance`` where something was."""
    source = series(tmp_path, slices)
    scan = read_ct(tmp_path)
    labels = blood(scan.image)
    stored = labels_on_slices(labels, source.slices)
    measured = np.count_nonzero(sitk.GetArrayViewFromImage(labels)) * scan.voxel_ml
    assert measured == pytest.approx(HEAD.bleed_ml, rel=0.03)
    there = volumes_on_slices(stored, source.slices, [1])[1]
    assert there == pytest.approx(measured, rel=tolerance or 1e-9)


def test_stored_slices_keep_their_pixels_under_a_tilt(tmp_path: Path) -> None:
    """Where the stored image is over 50 HU there the label is, pixel by pixel but for the edge."""
    source = series(tmp_path, Slices(REGULAR, tilt_degrees=18.0))
    stored = labels_on_slices(blood(read_ct(tmp_path).image), source.slices)
    for labels, header in zip(stored, source.slices, strict=True):
        hu = sitk.GetArrayFromImage(sitk.ReadImage(str(header.file)))[0]
        row, column = np.array(header.orientation[:3]), np.array(header.orientation[3:])
        y, x = np.mgrid[: header.shape[0], : header.shape[1]] * header.pixel_mm[0]
        points = np.array(header.position_mm) + y[..., None] * column + x[..., None] * row
        near = np.linalg.norm(points - np.array(HEAD.centre_mm), axis=-1) < 25
        assert np.count_nonzero(((hu > 50) & near) != (labels == 1)) <= 0.12 * max((labels == 1).sum(), 50)


def test_slabs_by_hand(tmp_path: Path) -> None:
    """Slices at 0, 3 and 9 mm: slabs 3, 4.5 and 6 mm; pixels of 2 x 2 mm."""
    table = (*np.arange(0.0, 31.0, 3.0), *np.arange(36.0, 97.0, 6.0))
    source = series(tmp_path, Slices(table, rows=8, columns=8))
    stored = np.zeros((len(table), 8, 8), np.uint8)
    stored[0, 0, :1] = stored[10, 0, :2] = stored[-1, 0, :3] = 1
    stored[5] = 2
    found = volumes_on_slices(stored, source.slices, [1, 2, 3])
    # (1 x 3 + 2 x 4.5 + 3 x 6) mm x 4 mm2, and 64 pixels x 4 mm2 x 3 mm.
    assert found == pytest.approx({1: 0.12, 2: 0.768, 3: 0.0})


def test_only_what_differs_is_said() -> None:
    measured = {"ich": 20.0, "ivh": 2.0, "oedema": 0.0}
    said = differences(measured, {"ich": 20.5, "ivh": 2.0005, "oedema": 0.0})
    assert said == {"ich": "20.50 mL on the stored slices, 20.00 mL where it was measured"}
