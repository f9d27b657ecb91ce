"""The volumes of all scans: as a table to read, and as a CSV file to compute with."""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

from ..labels import APPEARANCE, Appearance, Label
from ..result import ScanResult, StudyResult, Volume
from .content import Table
from .wording import MISSING, NOT_TOLD, hours, midline, number, timepoint, volume, where

_ESTIMATES = ("planimetry_ml", "abc2_ml", "abc3_ml", "ellipsoid_ml")
_AXES = ("a_mm", "b_mm", "c_mm", "d1_mm", "d2_mm", "d3_mm")
_COLUMNS = ("timepoint", "hours_after_baseline", "class", "ml", *_ESTIMATES, *_AXES, "voxels")


def volumes_table(result: StudyResult) -> Table:
    """Volumes, location and midline shift, one column a scan."""
    scans = result.scans
    rows: list[tuple[str, ...]] = [("Time after baseline", *map(hours, scans))]
    told = [a for a in APPEARANCE.values() if any(scan.volumes.get(a.key) for scan in scans)]
    shown = [APPEARANCE[Label.ICH], APPEARANCE[Label.IVH]]
    rows += [_class_row(appearance, scans) for appearance in shown]
    rows.append(
        ("ICH + IVH", *(NOT_TOLD if s.total_ml is None else f"{number(s.total_ml)} mL" for s in scans))
    )
    rows += [_class_row(appearance, scans) for appearance in told if appearance not in shown]
    rows += [
        ("ICH by ABC/2", *(_other(scan, lambda v: v.abc2_ml) for scan in scans)),
        ("ICH by ABC/3", *(_other(scan, lambda v: v.abc3_ml) for scan in scans)),
        ("ICH by ellipsoid 0.523·D1·D2·D3", *(_other(scan, lambda v: v.ellipsoid_ml) for scan in scans)),
        ("Location of the ICH", *map(where, scans)),
        ("Midline shift", *map(midline, scans)),
    ]
    untold = [a.name for a in APPEARANCE.values() if a not in told]
    note = "Volumes count voxels in each scan's own space. ABC and ellipsoid are estimates from diameters."
    if untold:
        note += f" Not told by this back-end: {', '.join(untold)}."
    return Table("", ("", *(timepoint(scan.timepoint) for scan in scans)), tuple(rows), note)


def _class_row(appearance: Appearance, scans: Sequence[ScanResult]) -> tuple[str, ...]:
    return (appearance.name, *(volume(scan, appearance.key) for scan in scans))


def _other(scan: ScanResult, choose: Callable[[Volume], float | None]) -> str:
    """Another estimate of the ICH volume."""
    found = scan.volumes.get("ich")
    if found is None:
        return NOT_TOLD
    estimate = choose(found)
    if estimate is None:
        return f"{MISSING} no ICH" if found.ml == 0 else f"{MISSING} not measured"
    return f"{number(estimate)} mL"


def write_volumes_csv(result: StudyResult, path: Path) -> None:
    """Write one row per scan and class, and ``total`` (ICH + IVH); an empty cell is a missing value."""
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(_COLUMNS)
        for scan in result.scans:
            start = [scan.timepoint, scan.hours_after_baseline]
            for key, found in scan.volumes.items():
                table.writerow([*start, key, *_cells(found)])
            table.writerow([*start, "total", scan.total_ml, *[None] * (len(_COLUMNS) - 4)])


def _cells(found: Volume | None) -> list[float | None]:
    if found is None:
        return [None] * (len(_COLUMNS) - 3)
    abc, diameters = found.abc_mm or (None,) * 3, found.diameters_mm or (None,) * 3
    estimates = [found.ml, found.planimetry_ml, found.abc2_ml, found.abc3_ml, found.ellipsoid_ml]
    return [*estimates, *abc, *diameters, found.voxels]
