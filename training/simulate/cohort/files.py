"""Writing a cohort: ``cohort.csv`` and its data dictionary ``cohort-dictionary.json``."""

import csv
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from HematomaExpansionLib.files import written_whole

from .columns import CLINICAL, IMAGE, LATENT, OUTCOME, PATIENT, SCAN_FILES, Column
from .patient import MARKERS, Patient
from .risk import INTERCEPT, ODDS_RATIOS, POPULATION_AUC, best_auc

SCANS = "scans"
"""Folder of the scans, beside the cohort."""

_MISSING_STREAM = 0
"""Patients are numbered from 1: this stream of the seed is free for what is left out."""


def write_cohort(
    patients: Sequence[Patient],
    path: Path,
    seed: int,
    latent: bool = False,
    names: Sequence[str] = (),
    scans: int = 0,
) -> dict[str, object]:
    """Write a cohort and its dictionary.

    Args:
        patients: drawn to the end, see :func:`.draw.draw_patient`.
        path: ``cohort.csv``; the dictionary is written beside it as ``cohort-dictionary.json``.
        seed: decides which values are left out; the same seed gives the same bytes.
        latent: write the true risk, too.
        names: of the patients; 0001, 0002 ... when empty.
        scans: how many scans there are of each patient in :data:`SCANS`: none, 1 or 2.

    Returns:
        What the dictionary says of the whole cohort.

    Raises:
        OutputError: the folder cannot be written.
    """
    columns = (*CLINICAL, *IMAGE, *OUTCOME, *(LATENT if latent else ()))
    files = SCAN_FILES[: 2 * scans]
    rng = np.random.default_rng([seed, _MISSING_STREAM])
    with written_whole(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([PATIENT.name, *(column.name for column in (*columns, *files))])
        for number, patient in enumerate(patients, start=1):
            name = names[number - 1] if names else f"{number:04d}"
            paths = [f"{SCANS}/{name}/{column.distribution}" for column in files]
            writer.writerow([name, *_row(patient, columns, rng), *paths])
    said = _summary(patients, seed)
    dictionary = {"cohort": said, "columns": [asdict(column) for column in (PATIENT, *columns, *files)]}
    with written_whole(path.with_name(f"{path.stem}-dictionary.json")) as temporary:
        temporary.write_text(json.dumps(dictionary, indent=2) + "\n", encoding="utf-8")
    return said


def _row(patient: Patient, columns: Sequence[Column], rng: np.random.Generator) -> list[str]:
    values: dict[str, float | str | bool | None] = {
        **patient.clinical,
        "ich_ml": patient.ich_ml,
        "ivh": patient.ivh_ml > 0,
        "ivh_ml": patient.ivh_ml,
        "location": patient.location,
        **{marker: marker in patient.markers for marker in MARKERS},
        "followup_ich_ml": patient.followup_ich_ml,
        "followup_ivh_ml": patient.followup_ivh_ml,
        "expansion": patient.expansion,
        "risk": None if patient.risk is None else round(patient.risk, 6),
    }
    # One draw for each value, so that a column more does not change what is missing in the others.
    return ["" if rng.random() < column.missing else _cell(values[column.name]) for column in columns]


def _cell(value: float | str | bool | None) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return f"{value:d}" if isinstance(value, bool) else f"{value:.10g}"


def _summary(patients: Sequence[Patient], seed: int) -> dict[str, object]:
    risks = np.array([patient.risk for patient in patients if patient.risk is not None])
    expanded = sum(bool(patient.expansion) for patient in patients)
    return {
        "simulated": True,
        "patients": len(patients),
        "seed": seed,
        "expanded": expanded,
        "best_reachable_auc": round(best_auc(risks), 4) if len(risks) > 1 else None,
        "best_reachable_auc_of_all_such_patients": POPULATION_AUC,
        "best_reachable_auc_means": "expected AUC of the true risk; none is better in expectation",
        "latent_risk": {
            "model": "logit(risk) = intercept + sum(ln(odds ratio) x value); values before any is left out",
            "source": "Ning 2025, Table 2, multivariable; intercept set for 118 of 389",
            "intercept": INTERCEPT,
            "odds_ratios": ODDS_RATIOS,
        },
        "missing": "completely at random, at the rates of Lee 2024; yes/no is written 1 and 0",
    }
