"""The tables of the README: the back-ends on the sample pair, on real scans, and on simulated cases.

python -m Testing.benchmarks.accuracy                        sample pair and ../shared, both back-ends
python -m Testing.benchmarks.accuracy --cases 5 --seed 77    new simulated pairs, threshold back-end
"""

import argparse
import os
import platform
import tempfile
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
from training.simulate.draw import draw_case
from training.simulate.files import write

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
    """Print a table as Markdown."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=0, help="simulate so many pairs instead")
    parser.add_argument("--seed", type=int, default=77)
    arguments = parser.parse_args()
    os.environ.setdefault(FOLDER_VARIABLE, str(WEIGHTS))
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores, CPU\n")
    print("| scan | true ICH / IVH, mL | back-end | ICH, mL | IVH, mL | Dice of all blood |")
    print("| --- | --- | --- | --- | --- | --- |")
    if not arguments.cases:
        for case in CASES:
            _print_rows(*case, ("threshold", "blast-ct"))
        return
    with tempfile.TemporaryDirectory() as folder:
        for number in range(1, arguments.cases + 1):
            write(draw_case(arguments.seed, number, True), Path(folder))
            for name in ("baseline", "followup-1"):
                labels = Path(folder) / f"{name}-labels.nii.gz"
                title = f"simulated {number}, {name}"
                _print_rows(title, Path(folder) / f"{name}.nii.gz", labels, ("threshold",))


def _print_rows(name: str, file: Path, truth: Path | None, backends: tuple[str, ...]) -> None:
    if not file.is_file():
        print(f"| {name} | not beside this checkout | | | | |")
        return
    scan = read_ct(file)
    anatomy = locate_anatomy(scan)
    for backend in backends:
        print(_row(name, backend, scan, anatomy, truth), flush=True)


def _row(name: str, backend: str, scan: HeadCT, anatomy: Anatomy, truth: Path | None) -> str:
    labels = sitk.GetArrayFromImage(segmenter(backend).segment(scan, anatomy, Progress()).labels)
    found = [np.count_nonzero(labels == label) * scan.voxel_ml for label in (Label.ICH, Label.IVH)]
    if truth is None:
        return f"| {name} | 0 / 0 | {backend} | {found[0]:.2f} | {found[1]:.2f} | - |"
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
