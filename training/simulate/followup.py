"""One time point of a patient: the blood there is by then, the scan of it, and what is true of both."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import torch

from .bleed import Clot, Shape, fill
from .density import clot_density, with_blood
from .distension import distend
from .extra_axial import CollectionSettings, collection
from .fields import to_numpy
from .head import Head
from .intraventricular import door, flood
from .labelling import label_voxels, mask_voxels
from .mass_effect import midline_shift_mm, push_aside
from .oedema import OEDEMA_CUT, OedemaSettings, oedema_share
from .pose import Pose
from .protocol import Protocol
from .scanner import Scanner
from .simulated_scan import CLASSES, SimulatedScan
from .subarachnoid import spread

if TYPE_CHECKING:
    from numpy.typing import NDArray

# A bleed that ends within this much of the volume that the ventricles hold makes them wider.
_SPARE_ROOM = 1.1


@dataclass(frozen=True)
class TimePoint:
    """When and how a head is scanned, and the blood in it by then.

    Attributes:
        hours: since the baseline scan.
        ich_ml: blood in the brain.
        ivh_ml: blood in the ventricles.
        sah_ml: subarachnoid blood beside the bleed.
        pose: how the head lies.
        protocol: the scanner.
        oedema: the rim round the blood in the brain.
        faded_hu: how much less dense the blood is than at first; a clot that resolves fades.
        layered_share: share of the ventricular blood that has sunk.
    """

    hours: float
    ich_ml: float
    ivh_ml: float
    sah_ml: float = 0.0
    pose: Pose = field(default_factory=Pose)
    protocol: Protocol = field(default_factory=Protocol)
    oedema: OedemaSettings = field(default_factory=OedemaSettings)
    faded_hu: float = 0.0
    layered_share: float = 0.25


@dataclass(frozen=True)
class _Blood:
    """What there is on the fine grid, in a head that has given way; bool ``[z, y, x]``, oedema a share."""

    head: Head
    clot: Clot
    ivh: torch.Tensor
    outside: torch.Tensor
    oedema: torch.Tensor


def scan_at(
    host: Head,
    shape: Shape,
    outside: CollectionSettings | None,
    point: TimePoint,
    seeds: tuple[int, int],
) -> SimulatedScan:
    """Let the blood be as much as the time point says, and scan the head.

    Args:
        host: the head without blood.
        shape: the shape and the settings of the bleed, the same at every time point.
        outside: a collection between skull and brain.
        point: volumes, pose and scanner.
        seeds: of the collection's surface, the same at every time point, and of the noise.

    Raises:
        ValueError: when the head has no room for the blood.
    """
    there = _blood(host, shape, outside, point, seeds[0])
    density = clot_density(there.head, there.clot, shape, point.pose.down)
    bloody = with_blood(
        there.head,
        there.clot.ich,
        there.ivh,
        there.outside,
        there.oedema,
        point.oedema.hu,
        density.hu - point.faded_hu,
    )
    scanner = Scanner(bloody, point.pose, point.protocol)
    hu = to_numpy(scanner.acquire(np.random.default_rng(seeds[1])))
    labels, fine_ml = _labels(scanner, there)
    voxel_ml = point.protocol.voxel_ml
    return SimulatedScan(
        hu=hu,
        labels=labels,
        ventricles=_mask(scanner, there.head.ventricles > 0),
        markers={marker: _mask(scanner, evidence) for marker, evidence in density.markers.items()},
        affine=point.protocol.affine,
        protocol=point.protocol,
        truth_ml={name: int(np.count_nonzero(labels == label)) * voxel_ml for name, label in CLASSES.items()},
        fine_ml=fine_ml,
        midline_shift_mm=midline_shift_mm(host, there.head),
    )


def _blood(
    host: Head, shape: Shape, outside: CollectionSettings | None, point: TimePoint, seed: int
) -> _Blood:
    """Push the brain aside and put the blood where it goes."""
    none = torch.zeros(host.hu.shape, dtype=torch.bool, device=host.device)
    head = push_aside(host, shape.centre_mm, point.ich_ml, shape.settings.yielding)
    collected = none
    if outside is not None:
        centre = head.point_mm(outside.towards_mni_mm)
        head = push_aside(head, centre, outside.volume_ml, shape.settings.yielding)
        collected = collection(head, outside, np.random.default_rng(seed))
    ivh, broken_at = none, None
    if point.ivh_ml > 0:
        head = distend(head, _SPARE_ROOM * point.ivh_ml)
        broken_at = door(head, shape.centre_mm)
        ivh = flood(head, broken_at, point.ivh_ml, point.pose.down, point.layered_share)
    clot = fill(head, shape, point.ich_ml, broken_at) if point.ich_ml > 0 else Clot(none, {})
    collected = collected & ~clot.ich & ~ivh
    if point.sah_ml > 0:
        collected = collected | spread(head, clot.ich, point.sah_ml)
    return _Blood(head, clot, ivh, collected, oedema_share(head, clot.ich, point.oedema))


def _labels(scanner: Scanner, there: _Blood) -> "tuple[NDArray[np.uint8], dict[str, float]]":
    """Labels on the scan's grid, and the volumes on the fine grid."""
    swollen = (there.oedema >= OEDEMA_CUT) & ~there.clot.ich & ~there.ivh & ~there.outside
    masks = dict(zip(CLASSES.values(), (there.clot.ich, there.ivh, there.outside, swollen), strict=True))
    box, seen = scanner.shares(torch.stack(list(masks.values())))
    shares = dict(zip(masks, seen, strict=True))
    fine = {label: int(mask.sum()) * there.head.voxel_ml for label, mask in masks.items()}
    voxel_ml = scanner.protocol.voxel_ml
    voxels = {label: _seen(float(shares[label].sum()), fine[label] / voxel_ml) for label in masks}
    labels = np.zeros(scanner.protocol.shape, dtype=np.uint8)
    labels[box] = to_numpy(label_voxels(shares, voxels))
    return labels, {name: fine[label] for name, label in CLASSES.items()}


def _seen(in_scan: float, in_head: float) -> int:
    """Voxels of a structure: those of its volume, or what the scan holds of it where it is cut off."""
    return round(in_head if in_scan > 0.99 * in_head else in_scan)


def _mask(scanner: Scanner, mask: torch.Tensor) -> "NDArray[np.uint8]":
    """A structure of the fine grid on the scan's grid, with its volume kept."""
    seen = np.zeros(scanner.protocol.shape, dtype=np.uint8)
    voxels = int(mask.sum()) * scanner.head.voxel_ml / scanner.protocol.voxel_ml
    if voxels > 0:
        box, share = scanner.shares(mask[None])
        seen[box] = to_numpy(mask_voxels(share[0], _seen(float(share.sum()), voxels)))
    return seen
