"""A patient with one or more scans: drawn from a seed, simulated, and written with its truth."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .bleed import BleedSettings, make_shape
from .followup import SimulatedScan, TimePoint, scan_at
from .host import CALCIUM_HU, CSF_HU, FALX_HU, GREY_HU, WHITE_HU, HostSettings, make_host

if TYPE_CHECKING:
    import SimpleITK as sitk

TRUTH_VERSION = 1


@dataclass(frozen=True)
class Case:
    """All that makes a simulated patient.

    Attributes:
        seed: of every random draw.
        host: the head.
        bleed: the bleed.
        time_points: baseline first.
    """

    seed: int
    host: HostSettings
    bleed: BleedSettings
    time_points: tuple[TimePoint, ...]


def simulate(case: Case) -> list[SimulatedScan]:
    """Make the scans of a case, baseline first. The same case gives the same voxels."""
    anatomy, blood, *noise = (
        np.random.default_rng(child)
        for child in np.random.SeedSequence(case.seed).spawn(2 + len(case.time_points))
    )
    host = make_host(case.host, anatomy)
    shape = make_shape(host, case.bleed, blood)
    return [
        scan_at(host, shape, case.bleed, point, rng)
        for point, rng in zip(case.time_points, noise, strict=True)
    ]


def write(case: Case, folder: Path) -> list[SimulatedScan]:
    """Simulate a case and write it.

    Files: ``baseline.nii.gz``, ``baseline-labels.nii.gz``, ``followup-1.nii.gz``, ... and ``truth.json``.

    Args:
        case: what to make.
        folder: where; created when absent.

    Returns:
        The scans that were written, baseline first.
    """
    folder.mkdir(parents=True, exist_ok=True)
    scans = simulate(case)
    names = ["baseline", *(f"followup-{number}" for number in range(1, len(scans)))]
    for name, scan in zip(names, scans, strict=True):
        _write_image(scan.image, folder / f"{name}.nii.gz")
        _write_image(scan.labels, folder / f"{name}-labels.nii.gz")
    text = json.dumps(_truth(case, names, scans), indent=2)
    (folder / "truth.json").write_text(text + "\n", encoding="utf-8")
    return scans


def _truth(case: Case, names: list[str], scans: list[SimulatedScan]) -> dict[str, object]:
    baseline_pose = case.time_points[0].pose.matrix()
    entries = []
    for name, point, scan in zip(names, case.time_points, scans, strict=True):
        from_baseline = point.pose.matrix() @ np.linalg.inv(baseline_pose)
        entries.append(
            {
                "name": name,
                "image": f"{name}.nii.gz",
                "labels": f"{name}-labels.nii.gz",
                "hours_after_baseline": point.hours,
                "volume_ml": scan.truth_ml,
                "label_voxels": scan.voxels,
                "label_volume_ml": scan.labels_ml,
                "from_baseline": np.round(from_baseline, 9).tolist(),
                "pose": asdict(point.pose),
                "protocol": asdict(point.protocol),
            }
        )
    return {
        "version": TRUTH_VERSION,
        "simulated": True,
        "seed": case.seed,
        "label_values": {"ich": 1, "ivh": 2},
        "from_baseline_means": "4x4, baseline point (x, y, z, 1), LPS mm, to the same bony point here",
        "tissue_hu": {
            "grey": GREY_HU,
            "white": WHITE_HU,
            "csf": CSF_HU,
            "falx": FALX_HU,
            "calcification": CALCIUM_HU,
            "blood": case.bleed.blood_hu,
        },
        "host": asdict(case.host),
        "bleed": asdict(case.bleed),
        "scans": entries,
    }


def _write_image(image: "sitk.Image", path: Path) -> None:
    import SimpleITK as sitk

    sitk.WriteImage(image, str(path), useCompression=True, compressionLevel=9)
