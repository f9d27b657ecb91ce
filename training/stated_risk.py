"""The risk that the simulator states for each of its patients, from which it drew their outcome."""

import csv
from collections.abc import Collection
from pathlib import Path

COLUMN = "risk"


def stated_risks(cohort: Path, patients: Collection[str]) -> dict[str, float]:
    """Read them from the column ``risk`` of a simulated cohort.

    Args:
        cohort: the table.
        patients: names.

    Returns:
        Probability of expansion by name; empty unless the table has one for all of them.
    """
    with cohort.open(newline="", encoding="utf-8-sig") as stream:
        rows = list(csv.DictReader(stream))
    risks = {
        row["patient"]: float(row[COLUMN]) for row in rows if row.get(COLUMN) and row["patient"] in patients
    }
    return risks if set(risks) == set(patients) else {}
