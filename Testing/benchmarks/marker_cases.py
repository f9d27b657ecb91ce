"""Simulated bleeds with markers asked for and forbidden, for the benchmark of the markers.

Heads are expensive and say little about markers: the bleeds lie in a small head of simple form, brain in a
skull, whose other side is the reference. The bleeds, their blood and the scanners are the simulator's.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
import SimpleITK as sitk
import torch

from HematomaExpansionLib.ct.scan import Geometry, HeadCT, SliceGeometry
from HematomaExpansionLib.markers.marker import Marker
from training.simulate.bleed import BleedSettings
from training.simulate.case import Case, simulate
from training.simulate.draw_scanner import draw_pose, draw_protocol
from training.simulate.fields import smooth_noise
from training.simulate.followup import SimulatedScan, TimePoint
from training.simulate.head import Head
from training.simulate.host import HostSettings
from training.simulate.markers.rules import EXCLUSIVE, close, least_volume_ml
from training.simulate.oedema import OedemaSettings
from training.simulate.pose import Pose
from training.simulate.scanner import Scanner

Family = Literal["lobes", "walk"]

VOLUME_ML = (3.0, 80.0)
SLICES_MM = (1.0, 5.0)
OTHERS = 0.3
"""How often a marker is asked for beside the one that a case is about."""

# The inside of the head, half axes along (z, y, x), its skull, and the fine grid, mm.
_INSIDE_MM, _SKULL_MM, _GRID_MM = (52.0, 60.0, 66.0), 5.0, 0.93
_ASIDE_MM = 27.0
_COVERED_MM = (112.0, 150.0)
_GREY_HU, _WHITE_HU = 37.0, 29.0
_MIDDLE_MM = (0.0, 14.0, 10.0)


@dataclass(frozen=True)
class MarkerCase:
    """A scan, its true labels, its brain, and the markers that it was made with."""

    name: str
    scan: HeadCT
    labels: sitk.Image
    brain: sitk.Image
    markers: dict[Marker, bool]


def cases(seed: int, first: int, count: int, family: Family, cache: Path) -> Iterator[MarkerCase]:
    """The cases of a set, made once and kept in a folder.

    Args:
        seed: of the set.
        first: number of the first case.
        count: how many.
        family: how shapes and textures are made.
        cache: where the files are kept.
    """
    cache.mkdir(parents=True, exist_ok=True)
    for number in range(first, first + count):
        file = cache / f"{family}-{seed}-{number:03d}.nrrd"
        if not file.exists():
            _make(seed, number, family, file)
        yield _read(file)


@cache
def _head() -> Head:
    """An ellipsoid of grey and white matter in a skull; template coordinates are head coordinates."""
    counts = [round(2 * (half + _SKULL_MM + 4) / _GRID_MM) for half in _INSIDE_MM]
    axes = [(np.arange(count) - (count - 1) / 2) * _GRID_MM for count in counts]
    z, y, x = (torch.from_numpy(axis.astype(np.float32)) for axis in axes)
    points = torch.stack(torch.meshgrid(z, y, x, indexing="ij"))
    half = torch.tensor(_INSIDE_MM)[:, None, None, None]
    reach = ((points / half) ** 2).sum(dim=0).sqrt()
    # The distance to an ellipsoid near its surface.
    depth = (1 - reach) * reach / ((points / half**2) ** 2).sum(dim=0).sqrt().clamp(min=1e-3)
    white = (0.5 + 0.5 * smooth_noise(counts, 6.0, np.random.default_rng(2019), z.device)).clamp(0, 1)
    tissue = _GREY_HU + (_WHITE_HU - _GREY_HU) * white
    hu = torch.where(depth > 0, tissue, torch.where(depth > -_SKULL_MM, 900.0, -1000.0))
    none = torch.zeros(counts, dtype=torch.bool)
    return Head(
        hu=hu,
        ventricles=none.to(torch.uint8),
        white=white,
        depth_mm=depth.clamp(min=0),
        solid=depth > -_SKULL_MM,
        barrier=none,
        mni_mm=torch.stack([points[0], -points[1], -points[2]]),
        spacing_mm=(_GRID_MM,) * 3,
        origin_mm=tuple(float(axis[0]) for axis in axes),
    )


def _make(seed: int, number: int, family: Family, file: Path) -> None:
    """Draw bleeds until one has room for its markers."""
    for attempt in range(100):
        rng = np.random.default_rng([seed, number, attempt])
        wanted = _wanted(list(Marker)[number % len(Marker)], rng)
        volume = float(np.exp(rng.uniform(*np.log(VOLUME_ML))))
        case = _case(rng, wanted, volume, family)
        if volume < least_volume_ml(*wanted):
            continue
        try:
            (scan,) = simulate(case, head=_head())
        except ValueError:
            continue
        _write(scan, case.time_points[0].pose, file)
        return
    raise RuntimeError(f"case {number} of set {seed}: no bleed with its markers in 100 attempts")


def _wanted(about: Marker, rng: np.random.Generator) -> frozenset[Marker]:
    wanted = {about, *(marker for marker in Marker if rng.random() < OTHERS)}
    if wanted >= set(EXCLUSIVE):
        wanted.remove(next(marker for marker in EXCLUSIVE if marker is not about))
    return close(wanted)


def _case(rng: np.random.Generator, wanted: frozenset[Marker], volume_ml: float, family: Family) -> Case:
    superior, anterior, aside = (float(value) for value in rng.normal(0, (3.0, 5.0, 2.0)))
    centre = (superior, anterior, float(rng.choice([-1, 1])) * (_ASIDE_MM + aside))
    protocol = draw_protocol(rng)
    while not SLICES_MM[0] <= protocol.slice_mm <= SLICES_MM[1]:
        protocol = draw_protocol(rng)
    columns = round(_COVERED_MM[1] / protocol.pixel_mm)
    size = (columns, columns, round(_COVERED_MM[0] / protocol.slice_mm))
    # The middle of this head is its origin, that of a template's is not.
    pose = replace(draw_pose(rng), translation_mm=_MIDDLE_MM)
    bleed = BleedSettings(
        centre_mni_mm=centre,
        reach_ml=volume_ml,
        lobes=int(rng.integers(2, 7)),
        irregularity=float(rng.uniform(0.2, 1.0)),
        blood_hu=float(np.clip(rng.normal(62, 5), 50, 75)),
        texture_hu=float(rng.uniform(1.0, 2.2)),
        yielding=0.0,
        markers=wanted,
        family=family,
    )
    oedema = OedemaSettings(width_mm=float(rng.uniform(1.0, 4.0)), hu=float(rng.uniform(18.5, 23.5)))
    point = TimePoint(0.0, volume_ml, 0.0, pose=pose, protocol=replace(protocol, size=size), oedema=oedema)
    return Case(int(rng.integers(2**31)), HostSettings(), bleed, (point,))


def _write(scan: SimulatedScan, pose: Pose, file: Path) -> None:
    """Scan, labels and brain as three components of one file, the markers in its header."""
    head = _head()
    box, inside = Scanner(head, pose, scan.protocol).shares((head.depth_mm > 0)[None])
    brain = np.zeros(scan.hu.shape, dtype=np.int16)
    brain[box] = inside[0].numpy() >= 0.5
    parts = [scan.as_image(part.astype(np.int16)) for part in (scan.hu, scan.labels, brain)]
    image = sitk.Compose(parts)
    image.SetMetaData("markers", json.dumps([marker for marker in Marker if scan.markers[marker].any()]))
    partial = file.with_name(f"{os.getpid()}-{file.name}")
    sitk.WriteImage(image, str(partial), useCompression=True)
    partial.replace(file)


def _read(file: Path) -> MarkerCase:
    image = sitk.ReadImage(str(file))
    parts = [sitk.VectorIndexSelectionCast(image, index, sitk.sitkInt16) for index in range(3)]
    hu, labels, brain = (sitk.DICOMOrient(part, "LPS") for part in parts)
    geometry = Geometry(SliceGeometry.REGULAR, hu.GetSize()[2], (hu.GetSpacing()[2],))
    scan = HeadCT(hu, file.stem, "NRRD", geometry, patient_position="HFS")
    grids = (sitk.Cast(part, sitk.sitkUInt8) for part in (labels, brain))
    there = json.loads(image.GetMetaData("markers"))
    return MarkerCase(file.stem, scan, *grids, {marker: marker in there for marker in Marker})


def single_thread() -> None:
    """Leave the other cores alone."""
    torch.set_num_threads(1)
