"""Scans and their truth on the network's grid, prepared once and kept as arrays that are mapped, not read.

A prepared scan takes about 6 MB on disk and next to nothing in memory: the arrays are memory-mapped, so that
600 scans train in the page cache of a small machine.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from HematomaExpansionLib.ct.brain import brain_mask
from HematomaExpansionLib.ct.reader import read_ct
from HematomaExpansionLib.ct.scan import HeadCT
from HematomaExpansionLib.errors import InputRefused, UsageError
from HematomaExpansionLib.files import folder_written_whole
from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.segmentation.mask_grid import place_on_scan
from HematomaExpansionLib.segmentation.network_grid import UNSEEN_HU, Crop, NetworkGrid, largest, seen

VERSION = 1
"""Of the preparation; scans that another version prepared are prepared anew."""
ROWS, COLUMNS = 224, 192
"""Of a prepared scan: the largest head and some room to turn it; multiples of what the network takes."""
UNKNOWN = 255
"""Value of the ventricle target where the truth does not say."""
MARGIN_SLICES = 2
"""Slices kept beyond the brain: the context of its outermost slices."""


@dataclass(frozen=True)
class Source:
    """Files of one scan and its truth.

    Attributes:
        name: unique among the sources; also the name of its folder in the cache.
        patient: scans of one patient are never on both sides of a split.
        host: name of the real scan that the head is, empty for a simulated head.
        image: the CT.
        labels: values of :class:`~HematomaExpansionLib.labels.Label`, None for a scan without blood.
        ventricles: 1 in the ventricular system, blood included; None where the truth does not say.
    """

    name: str
    patient: str
    host: str
    image: Path
    labels: Path | None
    ventricles: Path | None


@dataclass(frozen=True)
class Prepared:
    """A scan on the network's grid.

    Attributes:
        folder: where its arrays lie.
        name: see :class:`Source`.
        patient: see :class:`Source`.
        host: see :class:`Source`.
        voxel_ml: volume of a voxel of the network's grid.
        counts: voxels of each class, ``[slice][class]``.
        brain: voxels inside the skull, ``[slice]``.
    """

    folder: Path
    name: str
    patient: str
    host: str
    voxel_ml: float
    counts: list[list[int]]
    brain: list[int]

    @cached_property
    def hu(self) -> NDArray[np.int16]:
        """``[slice, row, column]``, HU, mapped from disk."""
        return np.load(self.folder / "hu.npy", mmap_mode="r")

    @cached_property
    def targets(self) -> NDArray[np.uint8]:
        """``[slice, 2, row, column]``: class, and 1 in the ventricular system; mapped from disk."""
        return np.load(self.folder / "targets.npy", mmap_mode="r")


def find_cases(folder: Path) -> list[Source]:
    """The scans that ``python -m training.simulate`` wrote into a folder, in the order of their names.

    Raises:
        UsageError: when there is none.
    """
    sources = []
    for labels in sorted(folder.glob("*/*-labels.nii.gz")):
        case, scan = labels.parent, labels.name.removesuffix("-labels.nii.gz")
        ventricles = case / f"{scan}-ventricles.nii.gz"
        sources.append(
            Source(
                name=f"{folder.resolve().name}-{case.name}-{scan}",
                patient=f"{folder.resolve().name}-{case.name}",
                host=_host(case),
                image=case / f"{scan}.nii.gz",
                labels=labels,
                ventricles=ventricles if ventricles.is_file() else None,
            )
        )
    if not sources:
        raise UsageError(f"{folder}: holds no cases; python -m training.simulate writes them")
    return sources


def real_host(image: Path) -> Source:
    """A real scan without blood."""
    name = image.name.split(".")[0]
    return Source(f"real-{name}", f"real-{name}", name, image, None, None)


def prepare(sources: Iterable[Source], cache: Path) -> list[Prepared]:
    """Prepare what is not prepared yet; a scan that cannot be is named and left out.

    Args:
        sources: the scans.
        cache: folder of prepared scans, kept from run to run.
    """
    prepared = []
    for source in sources:
        folder = cache / source.name
        stamp = {"version": VERSION, **_stamp(source)}
        if not _is_current(folder, stamp):
            try:
                _prepare(source, folder, stamp)
            except InputRefused as error:
                print(f"left out: {source.name}: {error}", flush=True)
                continue
            print(f"prepared {source.name}", flush=True)
        description = json.loads((folder / "scan.json").read_text())
        del description["stamp"]
        prepared.append(Prepared(folder=folder, **description))
    return prepared


def _host(case: Path) -> str:
    """Name of the real scan that a case was made from, empty when its head is simulated."""
    truth = case / "truth.json"
    if not truth.is_file():
        return ""
    return str(json.loads(truth.read_text()).get("real_host") or "")


def _stamp(source: Source) -> dict[str, list[int]]:
    files = {"image": source.image, "labels": source.labels, "ventricles": source.ventricles}
    return {
        kind: [file.stat().st_size, file.stat().st_mtime_ns]
        for kind, file in files.items()
        if file is not None and file.exists()
    }


def _is_current(folder: Path, stamp: dict[str, object]) -> bool:
    description = folder / "scan.json"
    return description.is_file() and json.loads(description.read_text())["stamp"] == stamp


def _prepare(source: Source, folder: Path, stamp: dict[str, object]) -> None:
    import SimpleITK as sitk

    scan = read_ct(source.image)
    brain = torch.from_numpy(sitk.GetArrayFromImage(brain_mask(scan))).float()
    grid = NetworkGrid.over((brain.shape[0], brain.shape[1], brain.shape[2]), scan.spacing_mm)
    inside = grid.average(brain)
    hu = seen(grid.average(torch.from_numpy(scan.hu)), inside)
    shape = tuple(brain.shape)
    classes = _on_grid(
        np.zeros(shape) if source.labels is None else _truth(source.labels, scan), grid, len(Label)
    )
    ventricles = torch.full_like(classes, UNKNOWN)
    if source.ventricles is not None:
        ventricles = _on_grid(_truth(source.ventricles, scan) > 0, grid, 2)

    crop = Crop.around(inside, ROWS, COLUMNS)
    with_brain = torch.nonzero((inside > 0.5).any(2).any(1))[:, 0]
    first, last = int(with_brain[0]) - MARGIN_SLICES, int(with_brain[-1]) + MARGIN_SLICES + 1
    kept = slice(max(first, 0), last)
    hu_cut = crop.cut(hu[kept], UNSEEN_HU).round().to(torch.int16)
    # What the network cannot see it cannot learn.
    classes_cut = crop.cut(classes[kept], 0).where(hu_cut != UNSEEN_HU, 0)
    ventricles_cut = crop.cut(ventricles[kept], 0 if source.ventricles is not None else UNKNOWN)
    counts = torch.stack([(classes_cut == label).sum((1, 2)) for label in Label], dim=1)
    group_mm, row_mm, column_mm = (
        step * n / m for step, n, m in zip(scan.spacing_mm, grid.scan_shape, grid.shape, strict=True)
    )
    description = {
        "name": source.name,
        "patient": source.patient,
        "host": source.host,
        "voxel_ml": group_mm * row_mm * column_mm / 1000,
        "counts": counts.tolist(),
        "brain": crop.cut(inside[kept] > 0.5, 0).sum((1, 2)).tolist(),
        "stamp": stamp,
    }
    with folder_written_whole(folder) as temporary:
        np.save(temporary / "hu.npy", hu_cut.numpy())
        np.save(temporary / "targets.npy", torch.stack([classes_cut, ventricles_cut], dim=1).numpy())
        (temporary / "scan.json").write_text(json.dumps(description))


def _truth(file: Path, scan: HeadCT) -> NDArray[np.uint8]:
    import SimpleITK as sitk

    return place_on_scan(sitk.ReadImage(str(file)), scan, file.name)


def _on_grid(labels: NDArray[np.generic], grid: NetworkGrid, classes: int) -> torch.Tensor:
    """Labels of a scan on the network's grid: the class that fills most of each voxel, uint8."""
    voxels = torch.from_numpy(labels.astype(np.uint8))
    shares = torch.zeros((classes, *grid.shape))
    for value in range(classes):
        if (voxels == value).any():
            shares[value] = grid.average((voxels == value).float())
    return largest(shares)
