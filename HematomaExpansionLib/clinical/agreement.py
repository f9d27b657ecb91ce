"""Values of one record that contradict each other."""

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .record import ClinicalRecord

_SAME_H = 0.1
"""Two sources of the same hours may differ by the rounding of one of them."""


def hours_between(first: datetime | None, second: datetime | None) -> float | None:
    """Hours from one time to another, both with their offset; None when either is missing."""
    return None if first is None or second is None else (second - first).total_seconds() / 3600.0


def check_agreement(record: "ClinicalRecord") -> None:
    """Refuse a record that contradicts itself.

    Raises:
        ValueError: the GCS is not the sum of its parts, the diastolic pressure is not below the systolic,
            times are in the wrong order, or hours differ from those between the times; the message names the
            fields.
    """
    _check_gcs(record)
    systolic, diastolic = record.sbp_mmhg, record.dbp_mmhg
    if systolic is not None and diastolic is not None and diastolic >= systolic:
        raise ValueError(
            f"dbp_mmhg: {diastolic:g} is not possible; less than sbp_mmhg, {systolic:g}, is allowed"
        )
    _check_order(record)
    _check_hours("onset_to_ct_h", record.onset_to_ct_h, record.onset, record.baseline_ct)
    _check_hours(
        "last_known_well_to_ct_h", record.last_known_well_to_ct_h, record.last_known_well, record.baseline_ct
    )
    _check_hours("ct_to_followup_h", record.ct_to_followup_h, record.baseline_ct, record.followup_ct)


def _check_gcs(record: "ClinicalRecord") -> None:
    parts = [part for part in (record.gcs_eye, record.gcs_verbal, record.gcs_motor) if part is not None]
    if record.gcs_total is None or len(parts) < 3 or record.gcs_total == sum(parts):
        return
    raise ValueError(
        f"gcs_total: {record.gcs_total} is not possible; the sum of gcs_eye, gcs_verbal and gcs_motor, "
        f"{sum(parts)}, is allowed"
    )


def _check_order(record: "ClinicalRecord") -> None:
    for earlier, later in (
        ("last_known_well", "onset"),
        ("onset", "baseline_ct"),
        ("last_known_well", "baseline_ct"),
        ("baseline_ct", "followup_ct"),
    ):
        hours = hours_between(getattr(record, earlier), getattr(record, later))
        if hours is not None and hours < 0:
            raise ValueError(
                f"{later}: {getattr(record, later).isoformat()} is not possible; a time from {earlier}, "
                f"{getattr(record, earlier).isoformat()}, on is allowed"
            )


def _check_hours(name: str, given: float | None, first: datetime | None, second: datetime | None) -> None:
    hours = hours_between(first, second)
    if given is not None and hours is not None and abs(given - hours) > _SAME_H:
        raise ValueError(f"{name}: {given:g} is not possible; {hours:.2f}, as the times say, is allowed")
