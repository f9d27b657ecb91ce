"""What the simulator must show: true volumes, markers that go together, and its speed.

python -m Testing.benchmarks.simulator --cases 100 --seed 5       simulate and check
python -m Testing.benchmarks.simulator --read DIR                 check what ``training.simulate`` wrote
"""

import argparse
import json
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from HematomaExpansionLib.markers.marker import Marker
from training.simulate.command import main as simulate
from training.simulate.markers.rules import EXCLUSIVE, IMPLIED

VOLUME_TOLERANCE = 1e-3
CLASSES = ("ich", "ivh", "extra_axial", "oedema")


@dataclass
class Findings:
    """What was found in the scans of a folder.

    Attributes:
        scans: how many there are.
        miscounted: scans and classes whose stated volume is not that of the labelled voxels.
        compared: how many ICH and IVH there are.
        cut: those whose volume in the head is another by more than 0.1 % and half a voxel; what lies beyond
            the end of a scan is not in it.
        implications: scans whose markers contradict each other.
        markers: how many scans show each.
        missing: markers that were asked for and are not in the scan.
    """

    scans: int = 0
    miscounted: list[str] = field(default_factory=list)
    compared: int = 0
    cut: list[str] = field(default_factory=list)
    implications: list[str] = field(default_factory=list)
    markers: Counter[str] = field(default_factory=Counter)
    missing: list[str] = field(default_factory=list)


def check(folder: Path) -> Findings:
    """Hold the truth of every scan of a folder against its files."""
    findings = Findings()
    for file in sorted(folder.glob("case-*/truth.json")):
        truth = json.loads(file.read_text(encoding="utf-8"))
        for scan in truth["scans"]:
            findings.scans += 1
            name = f"{file.parent.name} {scan['name']}"
            _check_volumes(findings, name, file.parent, truth, scan)
            _check_markers(findings, name, file.parent, truth, scan)
    return findings


def _check_volumes(findings: Findings, name: str, folder: Path, truth: dict, scan: dict) -> None:
    image = sitk.ReadImage(str(folder / scan["labels"]))
    labels = sitk.GetArrayFromImage(image)
    voxel_ml = float(np.prod(image.GetSpacing())) / 1000
    for key in CLASSES:
        counted = np.count_nonzero(labels == truth["label_values"][key]) * voxel_ml
        stated, fine = scan["volume_ml"][key], scan["fine_volume_ml"][key]
        if abs(counted - stated) > VOLUME_TOLERANCE * max(stated, voxel_ml):
            findings.miscounted.append(f"{name} {key}: {stated} stated, {counted} counted")
        if key in ("ich", "ivh") and fine > 0:
            findings.compared += 1
            if abs(counted - fine) > max(VOLUME_TOLERANCE * fine, 0.51 * voxel_ml):
                findings.cut.append(f"{name} {key}: {fine:.2f} mL in the head, {counted:.2f} mL labelled")


def _check_markers(findings: Findings, name: str, folder: Path, truth: dict, scan: dict) -> None:
    bits = sitk.GetArrayFromImage(sitk.ReadImage(str(folder / scan["marker_masks"])))
    present = {marker for marker in Marker if ((bits >> truth["marker_bits"][marker]) & 1).any()}
    findings.markers.update(marker.value for marker in present)
    for marker, implied in IMPLIED.items():
        if marker in present and implied not in present:
            findings.implications.append(f"{name}: {marker} without {implied}")
    if set(EXCLUSIVE) <= present:
        findings.implications.append(f"{name}: {' and '.join(EXCLUSIVE)}")
    asked = {Marker(marker) for marker in truth["bleed"]["markers"]} if scan["volume_ml"]["ich"] else set()
    if present != asked:
        findings.missing.append(f"{name}: {sorted(asked ^ present)}")


def main() -> None:
    """Print what was found."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=100)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--read", type=Path, help="check this folder instead")
    options = parser.parse_args()
    if options.read:
        _print(check(options.read))
        return
    with tempfile.TemporaryDirectory() as folder:
        numbers = (("--cases", options.cases), ("--seed", options.seed), ("--workers", options.workers))
        simulate([word for name, value in numbers for word in (name, str(value))] + ["--out", folder])
        _print(check(Path(folder)))


def _print(findings: Findings) -> None:
    print(f"{findings.scans} scans")
    print(f"stated volume other than that of the voxels: {len(findings.miscounted)}")
    print(
        f"{len(findings.cut)} of {findings.compared} ICH and IVH have another volume in the head than in the "
        "scan's labels, by more than 0.1 % and half a voxel"
    )
    print(f"markers that contradict each other: {len(findings.implications)}")
    print(f"scans whose markers are not those asked for: {len(findings.missing)}")
    for line in (*findings.miscounted, *findings.cut, *findings.implications, *findings.missing):
        print(f"  {line}")
    print(", ".join(f"{marker} {count}" for marker, count in sorted(findings.markers.items())))


if __name__ == "__main__":
    main()
