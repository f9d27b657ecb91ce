"""Lay a follow-up's skull on the baseline's: rigid, for display and for where blood grew.

The skull does not change between two scans, the brain does; so only bone is compared. Two least-squares fits,
each of one scalar field of the follow-up, sampled at its own points, to that of the baseline:

1. signed distance to the skull, on 4 mm voxels: smooth over centimetres, so it finds its way from the centres
   of mass over rotations of more than 20 degrees and with other coverage;
2. HU clipped to bone, on 2 mm voxels near the skull: exact to a fraction of a millimetre.

Nothing is drawn at random and no sum depends on the order of threads, but for rounding.
"""

from typing import TYPE_CHECKING

import numpy as np

from ..ct.grid import AIR_HU, isotropic
from ..ct.scan import HeadCT
from ..errors import NotAHeadCT
from ..progress import Progress
from ..result import Registration
from .field import Field, field_on, signed_distance_mm

if TYPE_CHECKING:
    from collections.abc import Callable

    import SimpleITK as sitk
    from numpy.typing import NDArray

COARSE_MM = 4.0
FINE_MM = 2.0
BONE_HU = 300.0
CLIP_HU = (100.0, 1000.0)
DISTANCE_REACH_MM = 40.0
BAND_MM = 20.0
MAX_POINTS = 20_000
# Residuals beyond these count less than squared: coverage that one scan lacks, teeth, metal.
DISTANCE_SCALE_MM = 4.0
HU_SCALE = 200.0
# A rotation is given as the arc in mm that it moves a point this far out, so all six parameters are in mm.
RADIUS_MM = 80.0
TRUSTED_DICE = 0.8
"""Dice of the skulls from which an alignment is trusted. Two real scans moved by known amounts and cut into
5 mm slices gave 0.94-0.97 when right, 0.90 when off by 1 mm, 0.81-0.87 by 2 mm, 0.73-0.81 by 3 mm; two people
gave 0.51-0.55."""


def register_skulls(
    baseline: HeadCT, followup: HeadCT, progress: Progress
) -> "tuple[sitk.Transform, Registration]":
    """Align a follow-up with the baseline by their skulls.

    Args:
        baseline: the scan that stays.
        followup: the scan that is moved onto it.
        progress: called at every step.

    Returns:
        The rigid transform that maps physical points of the follow-up to the baseline (LPS mm), and its size
        and quality. The translation is that of the centre of the follow-up's skull.

    Raises:
        NotAHeadCT: a scan without bone.
        Cancelled: when the user asked to stop.
    """
    progress(0.0, "skulls")
    fine = [isotropic(scan.image, FINE_MM) for scan in (baseline, followup)]
    coarse = [isotropic(image, COARSE_MM) for image in fine]
    progress(0.3, "skull distance")
    names = (baseline.name, followup.name)
    skulls = [_skull(image, name) for image, name in zip(coarse, names, strict=True)]
    fixed, moving = (
        field_on(image, signed_distance_mm(skull, COARSE_MM, DISTANCE_REACH_MM))
        for image, skull in zip(coarse, skulls, strict=True)
    )
    target, centre = (
        field.positions(np.argwhere(skull)).mean(axis=0)
        for field, skull in zip((fixed, moving), skulls, strict=True)
    )
    start = np.concatenate([np.zeros(3), target - centre])
    near = np.argwhere(np.abs(moving.values) < BAND_MM)
    pose = _fit(
        fixed, moving, near, centre, start, DISTANCE_SCALE_MM, lambda: progress(0.4, "skull distance")
    )
    progress(0.6, "bone")
    fixed, moving = (field_on(image, np.clip(_hu(image), *CLIP_HU)) for image in fine)
    near = np.argwhere(_widened(_skull(fine[1], followup.name)))
    pose = _fit(fixed, moving, near, centre, pose, HU_SCALE, lambda: progress(0.7, "bone"))
    transform = _transform(pose, centre)
    quality = _skull_dice(fine[0], fine[1], transform)
    progress(1.0)
    return transform, Registration(
        rotation_degrees=float(np.degrees(np.linalg.norm(pose[:3]) / RADIUS_MM)),
        translation_mm=float(np.linalg.norm(pose[3:])),
        quality=quality,
        trusted=quality >= TRUSTED_DICE,
    )


def _fit(
    fixed: Field,
    moving: Field,
    voxels: "NDArray[np.int64]",
    centre: "NDArray[np.float64]",
    start: "NDArray[np.float64]",
    scale: float,
    alive: "Callable[[], None]",
) -> "NDArray[np.float64]":
    """Least squares over the pose: ``fixed`` at the moved points is to be what ``moving`` is there."""
    from scipy.optimize import least_squares

    voxels = voxels[:: max(1, len(voxels) // MAX_POINTS)]
    points = moving.positions(voxels)
    own = moving.values[tuple(voxels.T)]

    def residuals(pose: "NDArray[np.float64]") -> "NDArray[np.float64]":
        moved = (points - centre) @ _rotation(pose).T + centre + pose[3:]
        return np.asarray(fixed.at(moved) - own)

    def jacobian(pose: "NDArray[np.float64]") -> "NDArray[np.float64]":
        alive()
        # Half a millimetre to either side: the field is linear between voxels, its exact slope is not smooth.
        return np.stack([residuals(pose + step) - residuals(pose - step) for step in 0.5 * np.eye(6)], axis=1)

    return np.asarray(
        least_squares(
            residuals, start, jac=jacobian, loss="soft_l1", f_scale=scale, xtol=1e-5, ftol=1e-6, max_nfev=50
        ).x
    )


def _rotation(pose: "NDArray[np.float64]") -> "NDArray[np.float64]":
    from scipy.spatial.transform import Rotation

    return np.asarray(Rotation.from_rotvec(pose[:3] / RADIUS_MM).as_matrix())


def _transform(pose: "NDArray[np.float64]", centre: "NDArray[np.float64]") -> "sitk.Transform":
    import SimpleITK as sitk

    transform = sitk.VersorRigid3DTransform()
    transform.SetCenter(centre.tolist())
    transform.SetMatrix(_rotation(pose).ravel().tolist())
    transform.SetTranslation(pose[3:].tolist())
    return transform


def _skull_dice(baseline: "sitk.Image", followup: "sitk.Image", transform: "sitk.Transform") -> float:
    """Dice of bone on the follow-up's grid, where both scans reach."""
    import SimpleITK as sitk

    outside = 2 * AIR_HU
    moved = sitk.Resample(baseline, followup, transform, sitk.sitkLinear, outside, sitk.sitkFloat32)
    a, b = _hu(moved), _hu(followup)
    both = a > outside
    overlap = np.count_nonzero((a > BONE_HU) & (b > BONE_HU))
    bone = np.count_nonzero(a > BONE_HU) + np.count_nonzero((b > BONE_HU) & both)
    return 2.0 * overlap / bone if bone else 0.0


def _skull(image: "sitk.Image", name: str) -> "NDArray[np.bool_]":
    """Largest connected piece of bone: without the head rest and the table."""
    from scipy.ndimage import label

    pieces, count = label(_hu(image) > BONE_HU)
    if count == 0:
        raise NotAHeadCT(f"{name}: no voxel above {BONE_HU:.0f} HU; the scans of a head show its skull")
    sizes = np.bincount(pieces.ravel())
    sizes[0] = 0
    return np.asarray(pieces == np.argmax(sizes))


def _widened(mask: "NDArray[np.bool_]") -> "NDArray[np.bool_]":
    from scipy.ndimage import binary_dilation

    return np.asarray(binary_dilation(mask, iterations=2))


def _hu(image: "sitk.Image") -> "NDArray[np.float64]":
    import SimpleITK as sitk

    return np.array(sitk.GetArrayViewFromImage(image), dtype=np.float64)
