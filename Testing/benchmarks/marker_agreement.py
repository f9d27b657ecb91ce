"""How far markers read on the bundled back-end's outline agree with those read on the true one.

    python -m Testing.benchmarks.marker_agreement --cases DIR [DIR ...] --out agreement.csv

Each simulated scan with parenchymal blood is read twice, on its true labels and on what ``bundled`` outlines.
Both readings go to ``--out``; scans that are there already are kept. Cohen's kappa is of the answers that are
present or absent in both.
"""

import argparse
import csv
from pathlib import Path

from HematomaExpansionLib.ct.anatomy import locate_anatomy
from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.markers.finding import State
from HematomaExpansionLib.markers.marker import Marker
from HematomaExpansionLib.markers.read import Markers, read_markers
from HematomaExpansionLib.progress import Progress
from HematomaExpansionLib.segmentation.backends import segmenter
from HematomaExpansionLib.statistics.kappa import cohen_kappa
from Testing.benchmarks.marker_cases import single_thread
from training.evaluation.cases import Refused, Scan, simulated

COLUMNS = ("scan", "marker", "truth", "bundled")
VOLUME_ML = 3.0
"""Bleeds smaller than this are left out, as in the marker tables."""


def main() -> None:
    """Read every scan twice and print the agreement."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=Path, nargs="+", required=True, help="folders of case folders")
    parser.add_argument("--out", type=Path, required=True, help="CSV file of both readings")
    parser.add_argument("--scans", type=int, help="no more than so many")
    arguments = parser.parse_args()
    single_thread()
    rows = _kept(arguments.out)
    there = {row["scan"] for row in rows}
    for folder in arguments.cases:
        for scan in simulated(folder):
            if isinstance(scan, Refused) or len(there) == arguments.scans:
                continue
            name = f"{scan.patient} {scan.time_point}"
            if name not in there and (scan.truth == Label.ICH).sum() * scan.ct.voxel_ml >= VOLUME_ML:
                there.add(name)
                rows += read_twice(name, scan)
                _write(rows, arguments.out)
    print(table(rows))


def read_twice(name: str, scan: Scan) -> list[dict[str, str]]:
    """One row a marker; what is not outlined has no marker."""
    import SimpleITK as sitk

    anatomy = locate_anatomy(scan.ct)
    truth = sitk.GetImageFromArray(scan.truth)
    truth.CopyInformation(scan.ct.image)
    outlined = segmenter("bundled", device="cpu").segment(scan.ct, anatomy, Progress()).labels
    both = [read_markers(scan.ct, labels, anatomy.brain) for labels in (truth, outlined)]
    return [
        {"scan": name, "marker": marker, "truth": _state(both[0], marker), "bundled": _state(both[1], marker)}
        for marker in Marker
    ]


def table(rows: list[dict[str, str]]) -> str:
    """Markdown, one row per marker, and one for all."""
    lines = ["| marker | scans | present in truth's / bundled's | agree | Cohen's kappa |"]
    lines.append("| --- | --- | --- | --- | --- |")
    lines += [_line(marker, [row for row in rows if row["marker"] == marker]) for marker in Marker]
    return "\n".join([*lines, _line("all markers", rows)])


def _line(name: str, rows: list[dict[str, str]]) -> str:
    told = (State.PRESENT, State.ABSENT)
    pairs = [
        (row["truth"], row["bundled"]) for row in rows if row["truth"] in told and row["bundled"] in told
    ]
    counts = [[pairs.count((one, other)) for other in told] for one in told]
    agreed = counts[0][0] + counts[1][1]
    shown = f"{sum(counts[0])} / {counts[0][0] + counts[1][0]}"
    return f"| {name.replace('_', ' ')} | {len(pairs)} | {shown} | {agreed} | {cohen_kappa(counts).text(2)} |"


def _state(markers: Markers | None, marker: Marker) -> str:
    return State.ABSENT if markers is None else markers.findings[marker].state


def _kept(file: Path) -> list[dict[str, str]]:
    if not file.exists():
        return []
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _write(rows: list[dict[str, str]], file: Path) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
