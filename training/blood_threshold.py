"""Find the probability from which the bundled network's blood has the right volume.

    python -m training.blood_threshold --cases DIR

The cases must be ones that the network was neither trained on nor is judged on. For each threshold the table
has the volume found above or below the true one, of all scans together, and the median of Dice. The threshold
where the volume of all blood is right belongs into :class:`BundledParameters`.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from HematomaExpansionLib.ct.anatomy import locate_anatomy
from HematomaExpansionLib.device import CHOICES
from HematomaExpansionLib.errors import MissingInput
from HematomaExpansionLib.progress import Progress
from HematomaExpansionLib.segmentation.bundled import BundledParameters, BundledSegmenter

from .evaluation.cases import Refused, simulated
from .evaluation.intervals import bias_percent
from .evaluation.measures import Class, Measures, measure
from .evaluation.summary import LEAST_ML
from .script import parser_of, run

CLASSES = (Class.ANY, Class.ICH, Class.IVH, Class.EXTRA_AXIAL)


def find(options: argparse.Namespace) -> None:
    """Print the table."""
    found = measured(options.cases, options.thresholds, options.weights, options.device)
    scans = len(found[options.thresholds[0], Class.ANY])
    print(f"{scans} scans; bias of all volume, % / median of Dice, of scans with {LEAST_ML} mL or more\n")
    print(f"| blood from | {' | '.join(CLASSES)} |\n| --- |{' --- |' * len(CLASSES)}")
    for threshold in options.thresholds:
        cells = [_cell([m for m in found[threshold, each] if m.truth_ml >= LEAST_ML]) for each in CLASSES]
        print(f"| {threshold:g} | {' | '.join(cells)} |")


def measured(
    cases: Sequence[Path], thresholds: Sequence[float], weights: Path | None, device: str
) -> dict[tuple[float, Class], list[Measures]]:
    """Measure every scan at every threshold, by threshold and class.

    Args:
        cases: folders of simulated cases.
        thresholds: values of ``blood_from``.
        weights: bundle; None for the one that comes with the package.
        device: ``"auto"``, ``"cpu"`` or ``"cuda"``.

    Raises:
        MissingInput: there is no scan.
        ModelError: the bundle is wrong.
    """
    segmenters = [
        BundledSegmenter(device, weights, BundledParameters(blood_from=threshold, ivh_from=threshold))
        for threshold in thresholds
    ]
    found: dict[tuple[float, Class], list[Measures]] = {(t, each): [] for t in thresholds for each in CLASSES}
    for scan in (scan for folder in cases for scan in simulated(folder)):
        if isinstance(scan, Refused):
            print(f"{scan.name} is left out: {scan.reason}", file=sys.stderr)
            continue
        anatomy = locate_anatomy(scan.ct)
        for threshold, segmenter in zip(thresholds, segmenters, strict=True):
            answer = segmenter.segment(scan.ct, anatomy, Progress())
            labels = sitk.GetArrayFromImage(answer.labels)
            for each in CLASSES:
                told = measure(
                    scan.truth,
                    labels,
                    each,
                    answer.classes,
                    scan.classes,
                    scan.ct.spacing_mm,
                    scan.ct.voxel_ml,
                )
                if told is not None:
                    found[threshold, each].append(told)
        print(f"{scan.patient} {scan.time_point}", file=sys.stderr)
    if not found[thresholds[0], Class.ANY]:
        raise MissingInput(f"{', '.join(map(str, cases))}: there is no scan")
    return found


def _cell(held: Sequence[Measures]) -> str:
    if not held:
        return "-"
    bias = bias_percent(np.array([(m.truth_ml, m.found_ml) for m in held]))
    return f"{float(bias):+.1f} / {np.median([m.dice or 0.0 for m in held]):.3f} ({len(held)})"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; returns the exit code."""
    parser = parser_of("blood_threshold", __doc__)
    parser.add_argument("--cases", type=Path, nargs="+", required=True, help="folders of simulated cases")
    parser.add_argument("--thresholds", type=float, nargs="+", default=[0.3, 0.35, 0.4, 0.45, 0.5])
    parser.add_argument("--weights", type=Path, help="bundle; the one that comes with the package")
    parser.add_argument("--device", choices=CHOICES, default="auto")
    parser.add_argument("--threads", type=int, help="threads on the CPU (default: all cores)")
    return run("blood_threshold", find, parser.parse_args(arguments))


if __name__ == "__main__":
    sys.exit(main())
