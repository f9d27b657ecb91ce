"""The scans of a cohort for :mod:`Testing.cohort.quick`: files with a volume in them, or with nonsense."""

import csv
from collections.abc import Collection, Sequence
from pathlib import Path

from Testing.cohort.quick import TEMPLATE
from Testing.report.phantom import Bleed, study


def write_scans(folder: Path, patients: Sequence[str], broken: Collection[str]) -> Path:
    """Write ``cohort.csv`` and what it names; the scans of those who are ``broken`` cannot be read."""
    (folder / TEMPLATE).write_text(study(Bleed(ich_mm=15.0)).result.model_dump_json())
    with (folder / "cohort.csv").open("w", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(("patient", "baseline"))
        for number, patient in enumerate(patients):
            (folder / f"{patient}.txt").write_text("broken" if patient in broken else f"{10 + number / 7}")
            table.writerow((patient, f"{patient}.txt"))
    return folder / "cohort.csv"
