"""``truth.json``: everything that is true of a simulated patient."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

from HematomaExpansionLib.markers.marker import Marker

from .case import Case
from .followup import TimePoint
from .simulated_scan import CLASSES, SimulatedScan

TRUTH_VERSION = 2


def scan_names(count: int) -> list[str]:
    """Names of the scans of a case in files: ``baseline``, ``followup-1``, ..."""
    return ["baseline", *(f"followup-{number}" for number in range(1, count))]


def write_truth(case: Case, scans: list[SimulatedScan], file: Path, real_host: str = "") -> None:
    """Write what is true of a case and of each of its scans.

    Args:
        case: what was made.
        scans: of :func:`.case.simulate`.
        file: ``truth.json``.
        real_host: name of the scan whose head it is, empty for a simulated head.
    """
    first = case.time_points[0]
    rows = zip(scan_names(len(scans)), case.time_points, scans, strict=True)
    truth = {
        "version": TRUTH_VERSION,
        "simulated": True,
        "seed": case.seed,
        "label_values": {name: int(label) for name, label in CLASSES.items()},
        "marker_bits": {marker.value: number for number, marker in enumerate(Marker)},
        "from_baseline_means": "4x4, baseline point (x, y, z, 1), LPS mm, to the same bony point here",
        "volume_means": "volume_ml: of the labelled voxels; fine_volume_ml: in the head, before any scanner",
        "tissue_hu": None if real_host else _tissue_hu(case),
        "real_host": real_host or None,
        "host": None if real_host else asdict(case.host),
        "bleed": asdict(case.bleed),
        "outside": asdict(case.outside) if case.outside else None,
        "scans": [_scan(name, first, point, scan) for name, point, scan in rows],
    }
    file.write_text(json.dumps(truth, indent=2, default=sorted) + "\n", encoding="utf-8")


def _tissue_hu(case: Case) -> dict[str, float]:
    densities = case.host.densities
    return {
        "grey": densities.grey_hu,
        "white": densities.white_hu,
        "csf": densities.csf_hu,
        "falx": densities.dura_hu,
        "blood": case.bleed.blood_hu,
    }


def _scan(name: str, first: TimePoint, point: TimePoint, scan: SimulatedScan) -> dict[str, object]:
    from_baseline = point.pose.matrix() @ np.linalg.inv(first.pose.matrix())
    markers = {
        marker.value: {"present": bool(mask.any()), "voxels": int(np.count_nonzero(mask))}
        for marker, mask in scan.markers.items()
    }
    return {
        "name": name,
        "image": f"{name}.nii.gz",
        "labels": f"{name}-labels.nii.gz",
        "ventricles": f"{name}-ventricles.nii.gz",
        "marker_masks": f"{name}-markers.nii.gz",
        "hours_after_baseline": point.hours,
        "volume_ml": scan.truth_ml,
        "label_voxels": scan.label_voxels,
        "fine_volume_ml": scan.fine_ml,
        "markers": markers,
        "midline_shift_mm": round(scan.midline_shift_mm, 2),
        "from_baseline": (np.round(from_baseline, 9) + 0.0).tolist(),
        "gravity": list(point.pose.down),
        "tilt_degrees": point.protocol.tilt_degrees,
        "time_point": asdict(point),
    }
