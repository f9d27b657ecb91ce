"""The table of the README: every back-end on the sample pair and on the real scans beside the project.

python -m Testing.benchmarks.real_scans
"""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from HematomaExpansionLib.ct.anatomy import Anatomy, locate_anatomy
from HematomaExpansionLib.ct.reader import read_ct
from HematomaExpansionLib.ct.scan import HeadCT
from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.models import FOLDER_VARIABLE
from HematomaExpansionLib.progress import Progress
from HematomaExpansionLib.segmentation.backends import segmenter
from Testing.benchmarks.blast_ct_upstream import SHARED, WEIGHTS

ROOT = Path(__file__).resolve().parents[2]
HEADS = SHARED / "data" / "head_ct"
SAMPLE = ROOT / "Resources" / "sample"
CASES: tuple[tuple[str, Path, Path | None], ...] = (
    ("sample baseline (simulated)", SAMPLE / "baseline.nii.gz", SAMPLE / "baseline-labels.nii.gz"),
    ("sample follow-up (simulated)", SAMPLE / "followup-1.nii.gz", SAMPLE / "followup-1-labels.nii.gz"),
    (
        "synth_inv_iph20 (pasted bleed)",
        HEADS / "synth_inv_iph20.nii.gz",
        HEADS / "synth_inv_iph20_mask.nii.gz",
    ),
    ("invesalius_cranium (no blood)", HEADS / "invesalius_cranium.nii.gz", None),
    ("ge_hispeed_tiltcorr (no blood)", HEADS / "ge_hispeed_tiltcorr.nii.gz", None),
)


def main() -> None:
    """Print the table as Markdown."""
    os.environ.setdefault(FOLDER_VARIABLE, str(WEIGHTS))
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores, CPU\n")
    print("| scan | true ICH / IVH, mL | back-end | ICH, mL | IVH, mL | Dice of all blood |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, file, truth in CASES:
        if not file.is_file():
            print(f"| {name} | not beside this checkout | | | | |")
            continue
        scan = read_ct(file)
        anatomy = locate_anatomy(scan)
        for backend in ("threshold", "blast-ct"):
            print(_row(name, backend, scan, anatomy, truth), flush=True)


def _row(name: str, backend: str, scan: HeadCT, anatomy: Anatomy, truth: Path | None) -> str:
    labels = sitk.GetArrayFromImage(segmenter(backend).segment(scan, anatomy, Progress()).labels)
    found = [np.count_nonzero(labels == label) * scan.voxel_ml for label in (Label.ICH, Label.IVH)]
    if truth is None:
        return f"| {name} | 0 / 0 | {backend} | {found[0]:.2f} | {found[1]:.2f} | – |"
    true = sitk.GetArrayFromImage(sitk.DICOMOrient(sitk.ReadImage(str(truth)), "LPS"))
    volumes = [np.count_nonzero(true == label) * scan.voxel_ml for label in (Label.ICH, Label.IVH)]
    blood = np.isin(labels, (Label.ICH, Label.IVH))
    dice = 2 * np.count_nonzero(blood & (true > 0)) / (np.count_nonzero(blood) + np.count_nonzero(true))
    cells = (
        f"{volumes[0]:.1f} / {volumes[1]:.1f}",
        backend,
        f"{found[0]:.2f}",
        f"{found[1]:.2f}",
        f"{dice:.3f}",
    )
    return f"| {name} | {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
