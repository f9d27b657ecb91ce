"""When each scan was made: hours from the baseline CT to each follow-up, and where they come from."""

from collections.abc import Sequence
from datetime import datetime

from .clinical.record import ClinicalRecord
from .errors import UsageError

LONGEST_FOLLOWUP_H = 24.0 * 365
"""A follow-up later than a year does not show the expansion of a haematoma."""
SAME_H = 0.5
"""The record and the scans may differ by so much before it is said: the clocks of wards and scanners do."""


def check_hours(given: Sequence[float], followups: int) -> None:
    """Refuse hours that are not one per follow-up, or impossible.

    Raises:
        UsageError: with what is allowed.
    """
    if given and len(given) != followups:
        raise UsageError(f"{len(given)} times were given for {followups} follow-ups; give one each, in order")
    for hours in given:
        if not 0 < hours < LONGEST_FOLLOWUP_H:
            raise UsageError(
                f"hours after the baseline: {hours:g} is not between 0 and {LONGEST_FOLLOWUP_H:g}"
            )


def hours_of_scans(
    given: Sequence[float], record: ClinicalRecord | None, acquired: Sequence[datetime | None]
) -> tuple[list[float | None], list[str]]:
    """Hours from the baseline to each scan: as given, else from the record, else from acquisition times.

    The record knows one follow-up, so it speaks only where there is one.

    Args:
        given: one per follow-up, or none.
        record: the clinical record; None without one.
        acquired: of each scan, baseline first.

    Returns:
        One per scan, the first is 0, None where it is not known; and warnings.
    """
    first, *later = acquired
    stamped = [
        None if first is None or time is None else (time - first).total_seconds() / 3600.0 for time in later
    ]
    if given:
        return [0.0, *given], []
    recorded = None if record is None else record.hours_to_followup
    if recorded is None:
        return [0.0, *stamped], []
    if len(later) != 1:
        there = f"there are {len(later)} follow-ups" if later else "there is no follow-up"
        return [0.0, *stamped], [f"Clinical record: its hours to a follow-up were not used, {there}."]
    (seen,) = stamped
    if seen is not None and abs(seen - recorded) > SAME_H:
        return [0.0, recorded], [
            f"Clinical record: {recorded:.1f} h to the follow-up, which counts; the scans say {seen:.1f} h."
        ]
    return [0.0, recorded], []
