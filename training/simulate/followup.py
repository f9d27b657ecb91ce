"""One time point of a case, and what is true of it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .bleed import BleedSettings, Shape, fill, fullest
from .density import with_blood
from .host import Head
from .intraventricular import door, flood
from .mass_effect import push_aside
from .scanner import Pose, Protocol, Scanner

if TYPE_CHECKING:
    import SimpleITK as sitk
    from numpy.typing import NDArray

ICH, IVH = 1, 2


@dataclass(frozen=True)
class TimePoint:
    """When and how a head is scanned.

    Attributes:
        hours: since the baseline scan.
        ich_ml: blood in the brain by then.
        ivh_ml: blood in the ventricles by then.
        pose: how the head lies.
        protocol: the scanner.
    """

    hours: float
    ich_ml: float
    ivh_ml: float
    pose: Pose
    protocol: Protocol


@dataclass(frozen=True)
class SimulatedScan:
    """A scan with its truth.

    Attributes:
        image: int16 CT in HU, LPS.
        labels: uint8 on the same grid: 1 ICH, 2 IVH, see :func:`_labels`.
        truth_ml: volumes of ICH and IVH on the fine grid, before any scanner.
        voxels: number of voxels of each label.
        labels_ml: the volume of these voxels.
    """

    image: "sitk.Image"
    labels: "sitk.Image"
    truth_ml: dict[str, float]
    voxels: dict[str, int]
    labels_ml: dict[str, float]


def scan_at(
    host: Head, shape: Shape, bleed: BleedSettings, point: TimePoint, rng: np.random.Generator
) -> SimulatedScan:
    """Let the bleed be as large as the time point says, and scan the head.

    Args:
        host: the head without blood.
        shape: the shape of the bleed, the same at every time point.
        bleed: density and oedema; its volumes are not used, the time point's are.
        point: volumes, pose and scanner.
        rng: draws the noise.
    """
    head = push_aside(host, shape.centre_mm, point.ich_ml, bleed.yielding)
    broken_at = door(head, shape) if point.ivh_ml > 0 else None
    ich = fill(head, shape, point.ich_ml, broken_at)
    ivh = np.zeros_like(ich) if broken_at is None else flood(head, broken_at, point.ivh_ml)
    truth_ml = {"ich": float(ich.sum() * head.voxel_ml), "ivh": float(ivh.sum() * head.voxel_ml)}

    bloody = with_blood(head, ich, ivh, shape.texture, bleed)
    scanner = Scanner(bloody, point.pose, point.protocol)
    image = scanner.image(scanner.acquire(bloody.hu, bloody.head, rng))
    labels = _labels(scanner, ich, ivh, truth_ml)
    voxels = {"ich": int((labels == ICH).sum()), "ivh": int((labels == IVH).sum())}
    return SimulatedScan(
        image=image,
        labels=scanner.image(labels),
        truth_ml=truth_ml,
        voxels=voxels,
        labels_ml={name: count * point.protocol.voxel_ml for name, count in voxels.items()},
    )


def _labels(
    scanner: Scanner, ich: "NDArray[np.bool_]", ivh: "NDArray[np.bool_]", truth_ml: dict[str, float]
) -> "NDArray[np.uint8]":
    """Label the voxels of a scan that are fullest of blood, as many as the blood has volume.

    A fixed cut at half full loses volume where blood is thin against the slice; this cut lies close to half
    and keeps the volume. Of the voxels with blood, those with most intraventricular blood are IVH.
    """
    in_brain, in_ventricle = (scanner.mean_over_slices(mask.astype(np.float32), 0.0) for mask in (ich, ivh))
    blood = in_brain + in_ventricle
    voxel_ml = scanner.protocol.voxel_ml
    filled = fullest(blood, blood > 0, round((truth_ml["ich"] + truth_ml["ivh"]) / voxel_ml))
    ventricular = fullest(in_ventricle - in_brain, filled, round(truth_ml["ivh"] / voxel_ml))
    return np.where(ventricular, IVH, np.where(filled, ICH, 0)).astype(np.uint8)
