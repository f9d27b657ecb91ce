"""One patient of a cohort, ready to be analysed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from ..clinical.record import ClinicalRecord
from ..cohort_table import LATER_HOURS, SCANS, CohortRow, CohortTable, read_cohort

_FOLDER_NAME = re.compile(r'[^<>:"/\\|?*\x00-\x1f.\s]([^<>:"/\\|?*\x00-\x1f]*[^<>:"/\\|?*\x00-\x1f.\s])?')


@dataclass(frozen=True)
class Case:
    """One patient.

    Attributes:
        name: of the patient and of the folder of the results.
        scans: baseline first, absolute paths.
        masks: one per scan, or none.
        hours: from the baseline to each follow-up; empty to take them from the record, else from the scans.
        clinical: what is known beside the images.
    """

    name: str
    scans: tuple[Path, ...]
    masks: tuple[Path, ...]
    hours: tuple[float, ...]
    clinical: ClinicalRecord


def read_cases(path: Path) -> tuple[CohortTable, tuple[Case, ...]]:
    """Read and validate a cohort whose scans are to be analysed.

    Every row needs a baseline, masks for all of its scans or for none, follow-ups without a gap, hours to
    all later follow-ups or to none, and a name that can be a folder's on any system, whatever its case.

    Raises:
        UnreadableFile: absent, not text, or no table.
        InputRefused: anything in it is wrong; the message lists every problem with its line and column.
    """
    folders: dict[str, str] = {}
    table = read_cohort(path, lambda row: _problems(row, folders))
    return table, tuple(_case(row) for row in table.rows)


def _problems(row: CohortRow, folders: dict[str, str]) -> list[str]:
    found = []
    if row.name and not _FOLDER_NAME.fullmatch(row.name):
        found.append(
            f'patient: {row.name} is no name of a folder; without < > : " / \\ | ? * and . at its ends'
        )
    like = folders.setdefault(row.name.casefold(), row.name)
    if like != row.name:
        found.append(f"patient: {row.name} is {like} but for capitals; the folders of both would be one")
    if "baseline" not in row.files:
        found.append("baseline: is empty; a scan is needed")
    given = [name for name in SCANS if name in row.files]
    for before, name in pairwise(SCANS):
        if name in given and before not in given and before != "baseline":
            found.append(f"{before}: is empty, but {name} is given; fill them in order")
    masked = [name for name in given if f"{name}_mask" in row.files]
    if masked:
        found += [
            f"{name}_mask: is empty; a mask for every scan or for none"
            for name in given
            if name not in masked
        ]
    found += [
        f"{name}_mask: is given without its scan"
        for name in SCANS
        if f"{name}_mask" in row.files and name not in given
    ]
    return found + _time_problems(row, given)


def _time_problems(row: CohortRow, given: Sequence[str]) -> list[str]:
    used = [column for column in LATER_HOURS if column.removesuffix("_h") in given]
    known = [column for column in used if row.later_hours[column] is not None]
    found = [
        f"{column}: is given without its scan"
        for column in LATER_HOURS
        if column not in used and row.later_hours[column] is not None
    ]
    if known:
        found += [
            f"{column}: is empty; hours to every follow-up or to none"
            for column in used
            if column not in known
        ]
        if row.clinical.hours_to_followup is None:
            found.append("ct_to_followup_h: is empty; hours to every follow-up or to none")
    return found


def _case(row: CohortRow) -> Case:
    given = [name for name in SCANS if name in row.files]
    later = [row.later_hours[f"{name}_h"] for name in given[2:]]
    hours = [row.clinical.hours_to_followup, *later]
    known = [hour for hour in hours if hour is not None]
    masks = [row.files[f"{name}_mask"] for name in given if f"{name}_mask" in row.files]
    return Case(
        name=row.name,
        scans=tuple(row.files[name].absolute() for name in given),
        masks=tuple(mask.absolute() for mask in masks),
        hours=tuple(known) if later and len(known) == len(hours) else (),
        clinical=row.clinical,
    )
