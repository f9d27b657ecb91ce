"""Real heads moved by a known amount, and scans that cannot be aligned."""

from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.ct.scan import Geometry, HeadCT, SliceGeometry
from HematomaExpansionLib.errors import Cancelled, NotAHeadCT
from HematomaExpansionLib.progress import Progress
from HematomaExpansionLib.volumetry.registration import TRUSTED_DICE, register_skulls
from Testing.volumetry.moved_head import angle_between, largest_error_mm, moved, read, rigid

pytestmark = pytest.mark.shared_data

INVESALIUS, GE = "invesalius_cranium.nii.gz", "ge_hispeed_tiltcorr.nii.gz"


@pytest.mark.parametrize(
    ("name", "degrees", "mm", "slice_mm", "left_out"),
    [
        (INVESALIUS, (12, 12, 12), (15, 15, 15), 5.0, (4, 0)),
        (INVESALIUS, (20, 0, 0), (0, 30, 0), 2.5, (0, 0)),
        (GE, (0, 20, 0), (30, 0, 0), 5.0, (0, 0)),
        (GE, (5, -3, 8), (5, 10, -4), 5.0, (0, 8)),
    ],
)
def test_a_moved_head_is_found_again(
    shared_data: Path,
    name: str,
    degrees: tuple[float, float, float],
    mm: tuple[float, float, float],
    slice_mm: float,
    left_out: tuple[int, int],
) -> None:
    baseline = read(shared_data, name)
    true = rigid(baseline.image, degrees, mm)
    followup = moved(baseline, true, slice_mm, left_out)
    transform, found = register_skulls(baseline, followup, Progress())
    assert largest_error_mm(transform, true, followup.image) < 0.5
    assert angle_between(transform, true) < 0.3
    assert found.quality > 0.9
    assert found.trusted
    turned = angle_between(true, rigid(baseline.image, (0, 0, 0), (0, 0, 0)))
    assert found.rotation_degrees == pytest.approx(turned, abs=0.3)


def test_another_head_is_not_trusted(shared_data: Path) -> None:
    _, found = register_skulls(read(shared_data, INVESALIUS), read(shared_data, GE), Progress())
    assert found.quality < TRUSTED_DICE - 0.1
    assert not found.trusted


def test_the_number_of_threads_does_not_change_the_answer(shared_data: Path) -> None:
    baseline = read(shared_data, INVESALIUS)
    followup = moved(baseline, rigid(baseline.image, (3, 2, 5), (4, 0, 6)))
    threads = sitk.ProcessObject.GetGlobalDefaultNumberOfThreads()
    answers = []
    try:
        for number in (1, 2):
            sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(number)
            transform, found = register_skulls(baseline, followup, Progress())
            answers.append((*transform.GetParameters(), found.quality))
    finally:
        sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(threads)
    assert answers[0] == pytest.approx(answers[1], abs=1e-9)


def test_a_scan_without_bone_is_refused() -> None:
    image = sitk.GetImageFromArray(np.zeros((20, 20, 20), dtype=np.int16))
    image.SetSpacing((5.0, 5.0, 5.0))
    scan = HeadCT(image, "soft.nii", "NIfTI", Geometry(SliceGeometry.REGULAR, 20, (5.0,)))
    with pytest.raises(NotAHeadCT, match=r"soft\.nii: no voxel above 300 HU"):
        register_skulls(scan, scan, Progress())


def test_it_can_be_cancelled(shared_data: Path) -> None:
    scan = read(shared_data, INVESALIUS)
    with pytest.raises(Cancelled):
        register_skulls(scan, scan, Progress(cancelled=lambda: True))
