"""Midline shift of drawn heads, and of real heads that were pushed by a known amount."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.ct.anatomy import Anatomy
from HematomaExpansionLib.ct.grid import isotropic
from HematomaExpansionLib.ct.scan import Geometry, HeadCT, SliceGeometry
from HematomaExpansionLib.volumetry.field import coordinates_through
from HematomaExpansionLib.volumetry.midline import midline_shift_mm
from HematomaExpansionLib.volumetry.symmetry import symmetry_plane
from Testing.located import located

SIZE, SPACING = (90, 105, 80), 2.0


def draw(
    shift_mm: float = 0.0,
    csf_hu: float = 6.0,
    left_horn: float = 1.0,
    bleed: bool = False,
    head: sitk.Transform | None = None,
) -> tuple[HeadCT, Anatomy]:
    """A head of ellipsoids whose atlas is itself: skull, brain, two frontal horns and a third ventricle.

    Args:
        shift_mm: how far the ventricles lie to the left.
        csf_hu: what fills them.
        left_horn: width of the left frontal horn, of the right one's.
        bleed: a 60 HU ball in the left hemisphere.
        head: transform from the scan to the upright head.
    """
    frame = sitk.Image(*SIZE, sitk.sitkFloat32)
    frame.SetSpacing((SPACING,) * 3)
    frame.SetOrigin([-SPACING * (n - 1) / 2 for n in SIZE])
    head = head or sitk.Transform(3, sitk.sitkIdentity)
    points = coordinates_through(head, frame).reshape(-1, 3)

    def ball(centre: tuple[float, float, float], radii: tuple[float, float, float]) -> np.ndarray:
        inside: np.ndarray = (((points - centre) / radii) ** 2).sum(axis=1) <= 1
        return inside

    hu = np.full(len(points), -1000.0)
    hu[ball((0, 0, 0), (70, 93, 78))] = 1000
    brain = ball((0, 0, 0), (63, 86, 71))
    hu[brain] = 35
    if bleed:
        hu[ball((38, 0, 10), (18, 18, 18))] = 60
    hu[ball((shift_mm - 7, -8, 10), (5, 14, 9))] = csf_hu
    hu[ball((shift_mm + 2 + 5 * left_horn, -8, 10), (5 * left_horn, 14, 9))] = csf_hu
    hu[ball((shift_mm, 12, 0), (3, 10, 8))] = csf_hu
    hu += np.random.default_rng(3).normal(0, 3, len(hu))

    def image(values: np.ndarray) -> sitk.Image:
        made = sitk.GetImageFromArray(values.reshape(SIZE[::-1]))
        made.CopyInformation(frame)
        return made

    mask = image(brain.astype(np.uint8))
    scan = HeadCT(image(hu.astype(np.float32)), "drawn", "NIfTI", Geometry(SliceGeometry.REGULAR, 80, (2.0,)))
    return scan, Anatomy(mask, sitk.Cast(mask * 0, sitk.sitkFloat32), mask, head, 1.0)


@pytest.mark.parametrize("shift_mm", [-12.0, 0.0, 5.0])
def test_drawn_shift(shift_mm: float) -> None:
    assert midline_shift_mm(*draw(shift_mm)) == pytest.approx(shift_mm, abs=0.5)


@pytest.mark.parametrize("left_horn", [0.4, 0.2])
def test_a_compressed_horn_and_a_bleed_beside_it(left_horn: float) -> None:
    # Pushed to the right by a bleed in the left hemisphere.
    shift = midline_shift_mm(*draw(-8.0, left_horn=left_horn, bleed=True))
    assert shift == pytest.approx(-8.0, abs=1.5)


def test_a_turned_head() -> None:
    turned = sitk.Euler3DTransform()
    turned.SetRotation(0.0, np.radians(8), np.radians(15))
    turned.SetTranslation((6.0, 0.0, 0.0))
    scan, anatomy = draw(6.0, head=turned)
    assert midline_shift_mm(scan, anatomy) == pytest.approx(6.0, abs=0.7)
    plane = symmetry_plane(anatomy.brain)
    expected = np.array(turned.GetMatrix()).reshape(3, 3).T @ [1, 0, 0]
    assert np.degrees(np.arccos(plane.normal @ expected)) < 1.0
    assert turned.TransformPoint(plane.point)[0] == pytest.approx(0.0, abs=0.5)


def test_what_cannot_be_measured_is_none() -> None:
    scan, anatomy = draw(5.0)
    assert midline_shift_mm(scan, replace(anatomy, quality=0.5)) is None
    assert midline_shift_mm(*draw(5.0, csf_hu=35.0)) is None
    assert midline_shift_mm(*draw(5.0, csf_hu=65.0)) is None


@pytest.mark.shared_data
@pytest.mark.parametrize("name", ["invesalius_cranium.nii.gz", "ge_hispeed_tiltcorr.nii.gz"])
def test_real_heads_without_a_shift(shared_data: Path, shared: Path, name: str) -> None:
    shift = midline_shift_mm(*located(shared_data / "head_ct" / name, shared))
    assert shift is not None
    assert abs(shift) <= 2.0


@pytest.mark.shared_data
def test_a_real_head_whose_middle_was_pushed(shared_data: Path, shared: Path) -> None:
    scan, anatomy = located(shared_data / "head_ct" / "invesalius_cranium.nii.gz", shared)
    unmoved = midline_shift_mm(scan, anatomy)
    assert unmoved is not None
    for push_mm in (-8.0, 8.0):
        pushed = replace(scan, image=push(scan.image, anatomy, push_mm))
        shift = midline_shift_mm(pushed, anatomy)
        assert shift is not None
        assert shift - unmoved == pytest.approx(push_mm, abs=0.5)


def push(ct: sitk.Image, anatomy: Anatomy, left_mm: float) -> sitk.Image:
    """Move to the left what lies within 30 mm of the middle of the ventricles, fading to nothing at 60 mm."""
    grid = isotropic(ct, 4.0)
    distance = np.linalg.norm(coordinates_through(anatomy.to_atlas, grid) - (0, 2, 7), axis=-1)
    weight = np.clip((60 - distance) / 30, 0, 1)
    # The point of the new image is taken from where it was before: to the right of it.
    source = -left_mm * weight[..., np.newaxis] * symmetry_plane(anatomy.brain).normal
    field = sitk.GetImageFromArray(source, isVector=True)
    field.CopyInformation(grid)
    return sitk.Resample(ct, sitk.DisplacementFieldTransform(field), sitk.sitkLinear, -1000.0)
