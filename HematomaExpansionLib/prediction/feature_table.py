"""Radiomics features of many patients, from the CSV of ``hematoma-expansion radiomics``."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isfinite
from pathlib import Path

from ..errors import InputRefused, UnreadableFile
from .patient import Patient

CASE, SETTINGS = "case", "settings"
BESIDE = (CASE, "label", SETTINGS, "settings_sha256", "software", "extent")
"""Columns of the table that are no features."""


def feature_name(settings: str, feature: str) -> str:
    """The key of a feature in :attr:`.patient.Patient.radiomics`: two settings share names, not values."""
    return f"{settings}:{feature}"


def with_features(patients: Sequence[Patient], path: Path) -> tuple[Patient, ...]:
    """The patients with their features; who is not in the table has none.

    Args:
        patients: by the names in the column ``case``.
        path: see :func:`..radiomics.features.write_features`.

    Raises:
        UnreadableFile: the table cannot be read.
        InputRefused: a column is absent, a case stands there twice with the same settings, or a cell is no
            finite number.
    """
    table = read_features(path)
    return tuple(replace(one, radiomics={**one.radiomics, **table.get(one.name, {})}) for one in patients)


def read_features(path: Path) -> Mapping[str, Mapping[str, float]]:
    """Features by case, each by :func:`feature_name`; an empty cell is no feature. Raises as above."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            lines = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnreadableFile(f"{path}: cannot be read as a table ({error})") from error
    table: dict[str, dict[str, float]] = {}
    seen = set()
    for number, line in enumerate(lines, start=2):
        if not line.get(CASE) or not line.get(SETTINGS):
            raise InputRefused(f"{path}: line {number}: no {CASE} or {SETTINGS}; both columns are needed")
        case, settings = line[CASE], line[SETTINGS]
        if (case, settings) in seen:
            raise InputRefused(f"{path}: line {number}: {case} with settings {settings} is there twice")
        seen.add((case, settings))
        cells = {name: cell for name, cell in line.items() if name not in BESIDE and cell}
        for name, cell in cells.items():
            table.setdefault(case, {})[feature_name(settings, name)] = _number(path, number, name, cell)
    return table


def _number(path: Path, line: int, name: str, cell: str) -> float:
    try:
        number = float(cell)
    except (TypeError, ValueError):
        number = float("nan")
    if not isfinite(number):
        raise InputRefused(f"{path}: line {line}, {name}: {cell} is no finite number")
    return number
