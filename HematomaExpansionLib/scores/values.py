"""The named values that scores are made of, each with its source: images, markers or clinical record.

This is the only list of what an item of a score may ask for. An absent name and a value of None both mean
that it is not known.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from ..clinical.quantity import Quantity
from ..clinical.record import ClinicalRecord
from ..markers.finding import State
from ..markers.marker import Marker
from ..markers.reading import MarkerReading

if TYPE_CHECKING:
    from ..result import ScanResult

PRESENT, ABSENT = "present", "absent"
LOCATIONS = ("lobar", "deep", "infratentorial")
SMALL_IVH_ML = 0.5
"""Less intraventricular blood than this is pointed out: a false voxel would change a score."""


@dataclass(frozen=True)
class Value:
    """What is known of one variable.

    Attributes:
        value: a number in the unit of its kind, or one of its categories; None when it is not known.
        source: where it comes from, in words.
        note: what a reader should know of it; empty for nothing.
    """

    value: float | str | None
    source: str
    note: str = ""


@dataclass(frozen=True)
class Kind:
    """What a named value can be.

    Attributes:
        unit: unit of a number; empty for one without a unit, None for a category.
        categories: the possible categories; empty for a number.
    """

    unit: str | None = None
    categories: tuple[str, ...] = ()


@cache
def kinds() -> Mapping[str, Kind]:
    """Every name an item of a score may ask for."""
    yes_no = Kind(categories=(PRESENT, ABSENT))
    found = {
        "ich_ml": Kind("mL"),
        "ivh_ml": Kind("mL"),
        "total_ml": Kind("mL"),
        "ivh": yes_no,
        "location": Kind(categories=LOCATIONS),
        "midline_shift_mm": Kind("mm"),
        "gcs": Kind(""),
        "anticoagulant": yes_no,
    }
    found |= {marker.value: yes_no for marker in Marker}
    for name, field in ClinicalRecord.model_fields.items():
        quantities = [item for item in field.metadata if isinstance(item, Quantity)]
        if quantities:
            found[name] = Kind(quantities[0].unit)
        elif name == "sex":
            found[name] = Kind(categories=("female", "male"))
        elif name == "spot_sign":
            found[name] = Kind(categories=(PRESENT, ABSENT, "unavailable"))
        elif field.annotation == bool | None:
            found[name] = yes_no
    return found


def values_of_scan(scan: "ScanResult") -> dict[str, Value]:
    """Volumes, intraventricular blood and location, as segmented and measured in one scan.

    Any intraventricular blood counts as present. A class that the back-end cannot tell stays unknown.
    """
    source = f"segmentation ({scan.segmentation.backend})"
    volumes = {name: None if found is None else found.ml for name, found in scan.volumes.items()}
    ivh_ml = volumes.get("ivh")
    small = ivh_ml is not None and 0 < ivh_ml < SMALL_IVH_ML
    return {
        "ich_ml": Value(volumes.get("ich"), source),
        "ivh_ml": Value(ivh_ml, source),
        "total_ml": Value(scan.total_ml, source),
        "ivh": Value(
            None if ivh_ml is None else _said(ivh_ml > 0),
            source,
            f"only {ivh_ml:.2f} mL: look at it" if small else "",
        ),
        "location": Value(
            None if scan.location is None else scan.location.region,
            f"{source}, atlas",
            "" if scan.location is None else _shares(scan.location.fractions),
        ),
        "midline_shift_mm": Value(
            None if scan.midline_shift_mm is None else abs(scan.midline_shift_mm), "registered atlas"
        ),
    }


def values_of_markers(reading: MarkerReading) -> dict[str, Value]:
    """The markers of one scan: a reader's value counts before the automatic one, as the reading says.

    An indeterminate marker is not known.
    """
    values = {}
    for marker, entry in reading.entries.items():
        source = f"marker ({entry.decided_by or 'not read'})"
        if entry.value is None or entry.value is State.INDETERMINATE:
            values[marker.value] = Value(None, source, "" if entry.value is None else entry.value.value)
        else:
            values[marker.value] = Value(entry.value.value, source)
    return values


def values_of_record(record: ClinicalRecord) -> dict[str, Value]:
    """The clinical variables, all on admission; no dates, only the hours between them.

    With an unknown onset the hours are those from last known well, and the note says so.
    """
    source = "clinical record"
    values = {
        name: Value(_said(value) if isinstance(value, bool) else value, source)
        for name, value in record.model_dump(include=set(kinds())).items()
    }
    values["gcs"] = Value(record.gcs, source)
    values["anticoagulant"] = Value(_said(record.anticoagulant), source)
    values["last_known_well_to_ct_h"] = Value(record.hours_from_last_known_well, source)
    values["ct_to_followup_h"] = Value(record.hours_to_followup, source)
    hours, well = record.hours_from_onset, record.hours_from_last_known_well
    values["onset_to_ct_h"] = Value(hours, source)
    if hours is None and well is not None:
        values["onset_to_ct_h"] = Value(well, source, "onset unknown: hours from last known well")
    return values


def named_values(
    scan: "ScanResult | None" = None,
    reading: MarkerReading | None = None,
    record: ClinicalRecord | None = None,
) -> dict[str, Value]:
    """Everything known at one time point, by name; what is not given is not known.

    Args:
        scan: the numbers of that time point.
        reading: its markers.
        record: the clinical record.
    """
    values = {} if record is None else values_of_record(record)
    values |= {} if reading is None else values_of_markers(reading)
    return values | ({} if scan is None else values_of_scan(scan))


def _said(value: bool | None) -> str | None:
    return None if value is None else PRESENT if value else ABSENT


def _shares(fractions: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {100 * share:.0f} %" for name, share in fractions.items() if share >= 0.005)
