"""Find the patients of a cohort in a tree of DICOM: each one's plain head CTs in time order.

The scans of a patient are the groups of series made within half an hour in one study; of each group the best
plain head series is taken. The first is the baseline, later ones are follow-ups. What is not taken is listed
with its reason.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ..cohort_table import SCANS
from ..ct.dicom import SliceHeader, read_headers
from ..ct.series import JudgedSeries, choose, judge_series
from ..errors import InputRefused, UnreadableFile

ONE_SCAN = timedelta(minutes=30)
"""Series of one study that began so close to each other are one examination."""
WITHIN_H = 72.0
"""Follow-ups up to so many hours after the baseline: later ones do not show expansion (Lee 2024: 72 h)."""


@dataclass(frozen=True)
class Excluded:
    """A series that is not in the cohort.

    Attributes:
        patient: pseudonymous number; 0 for a series that belongs to nobody.
        series_number: as stored.
        series: its description.
        slices: how many.
        hours: after the patient's first series; None where a time is not stored.
        reason: why it is not taken.
    """

    patient: int
    series_number: int
    series: str
    slices: int
    hours: float | None
    reason: str


@dataclass(frozen=True)
class FoundScan:
    """A scan of the cohort.

    Attributes:
        column: of the table, as ``"followup"``.
        slices: headers of the chosen series.
        hours: after the baseline.
    """

    column: str
    slices: tuple[SliceHeader, ...]
    hours: float


@dataclass(frozen=True)
class FoundPatient:
    """A patient of the cohort.

    Attributes:
        number: pseudonymous, from 1.
        patient_id: as stored; it goes nowhere but into the key, when that is asked for.
        scans: baseline first.
    """

    number: int
    patient_id: str
    scans: tuple[FoundScan, ...]


@dataclass(frozen=True)
class Found:
    """What a tree holds.

    Attributes:
        patients: those with a baseline, by number.
        excluded: every other series.
        others: descriptions of DICOM objects without an image slice, each as often as it was met.
    """

    patients: tuple[FoundPatient, ...]
    excluded: tuple[Excluded, ...]
    others: tuple[str, ...]


Check = Callable[[Sequence[SliceHeader]], str]
"""Looks at the voxels of a series and says why it is no plain head CT; empty where it is one."""


def discover(
    tree: Path,
    check: Check,
    within_h: float = WITHIN_H,
    look: Callable[[float, str], None] = lambda fraction, message: None,
) -> Found:
    """Find the patients in a tree.

    Patients are numbered in the order of a hash of their ID, so that the numbers tell nothing of it; the same
    tree gives the same numbers.

    Args:
        tree: folder, searched with its subfolders; the layout does not matter.
        check: of the voxels, for the series that would be taken; see :func:`check_voxels`.
        within_h: latest follow-up, hours after the baseline.
        look: called with the fraction that is done; what it raises ends the search.

    Raises:
        UnreadableFile: no folder, or no DICOM slice in it.
    """
    if not tree.is_dir():
        raise UnreadableFile(f"{tree}: is no folder; a folder with DICOM files is needed")
    slices, others = read_headers(tree)
    if not slices:
        raise UnreadableFile(f"{tree}: no DICOM image slice in it")
    by_patient: dict[str, list[SliceHeader]] = defaultdict(list)
    for header in slices:
        by_patient[header.series.patient_id].append(header)
    nobody = by_patient.pop("", [])
    excluded = [
        _excluded(0, judged, None, judged.refusal or "no patient ID: whose scan it is cannot be told")
        for judged in judge_series(nobody)
    ]
    patients = []
    for number, patient_id in enumerate(sorted(by_patient, key=_hash), start=1):
        look((number - 1) / len(by_patient), f"patient {number}")
        scans, left = _scans(number, by_patient[patient_id], check, within_h)
        excluded += left
        if scans:
            patients.append(FoundPatient(number, patient_id, scans))
    look(1.0, "")
    return Found(tuple(patients), tuple(excluded), tuple(others))


def check_voxels(slices: Sequence[SliceHeader]) -> str:
    """Why the voxels of a series are no plain head CT; empty where they are one."""
    from ..ct import checks
    from ..ct.dicom import stack_of_slices
    from ..ct.reader import head_ct_from_slices

    try:
        scan = head_ct_from_slices(stack_of_slices(slices, "series"), "series", "DICOM")
    except InputRefused as error:
        return " ".join(str(error).split()).removeprefix("series: ")
    return " ".join(checks.contrast_warning(scan.image))


def _scans(
    number: int, slices: Sequence[SliceHeader], check: Check, within_h: float
) -> tuple[tuple[FoundScan, ...], list[Excluded]]:
    """The scans of one patient, and the series that are not among them."""
    all_series = judge_series(slices)
    first = min((time for time in map(_began, all_series) if time is not None), default=None)
    left = [_excluded(number, one, first, one.refusal) for one in all_series if one.refusal]
    chosen: list[JudgedSeries] = []
    for group in _examinations([one for one in all_series if not one.refusal]):
        best, others = _best(group, check)
        left += [_excluded(number, one, first, reason) for one, reason in others]
        chosen += [] if best is None else [best]
    if len(chosen) > 1:
        timeless = [one for one in chosen if _began(one) is None]
        left += [_excluded(number, one, first, "no time: it cannot be put in order") for one in timeless]
        chosen = [one for one in chosen if _began(one) is not None]
    chosen.sort(key=lambda one: (_began(one) or datetime.max, one.slices[0].series.uid))
    scans: list[FoundScan] = []
    for one in chosen:
        hours = _hours(_began(chosen[0]), _began(one)) or 0.0
        if hours > within_h:
            left.append(
                _excluded(number, one, first, f"{hours:.1f} h after the baseline, over {within_h:g} h")
            )
        elif len(scans) == len(SCANS):
            left.append(
                _excluded(number, one, first, f"follow-up {len(scans)}; a table has {len(SCANS) - 1}")
            )
        else:
            scans.append(FoundScan(SCANS[len(scans)], one.slices, hours))
    return tuple(scans), sorted(left, key=lambda one: (one.hours or 0.0, one.series_number, one.reason))


def _examinations(series: Sequence[JudgedSeries]) -> list[list[JudgedSeries]]:
    """Series of one study that began within half an hour; those without a time are one group a study."""
    groups: list[list[JudgedSeries]] = []
    for one in sorted(series, key=lambda one: (_study(one), _began(one) or datetime.min)):
        last = groups[-1][-1] if groups else None
        if last is not None and _study(last) == _study(one) and _close(_began(last), _began(one)):
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _best(
    group: Sequence[JudgedSeries], check: Check
) -> tuple[JudgedSeries | None, list[tuple[JudgedSeries, str]]]:
    """The series to take of one examination, and why not the others; the voxels are looked at, too."""
    left, refused = list(group), list[tuple[JudgedSeries, str]]()
    while left:
        chosen, choice, _ = choose([header for one in left for header in one.slices], "examination")
        best = next(one for one in left if one.slices[0] in chosen)
        left.remove(best)
        reason = check(best.slices)
        if not reason:
            why = dict(choice.rejected)
            return best, [*refused, *((one, why.get(one.name, "equal in kind")) for one in left)]
        refused.append((best, reason))
    return None, refused


def _excluded(number: int, one: JudgedSeries, first: datetime | None, reason: str) -> Excluded:
    hours = _hours(first, _began(one))
    return Excluded(number, one.slices[0].series.number, one.name, len(one.slices), hours, reason)


def _began(one: JudgedSeries) -> datetime | None:
    return min((header.acquired for header in one.slices if header.acquired is not None), default=None)


def _study(one: JudgedSeries) -> str:
    return one.slices[0].series.study_uid


def _close(a: datetime | None, b: datetime | None) -> bool:
    return a is b if a is None or b is None else abs(b - a) <= ONE_SCAN


def _hours(first: datetime | None, time: datetime | None) -> float | None:
    return None if first is None or time is None else (time - first).total_seconds() / 3600.0


def _hash(patient_id: str) -> str:
    return hashlib.sha256(patient_id.encode()).hexdigest()
