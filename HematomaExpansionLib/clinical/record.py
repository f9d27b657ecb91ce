"""What is known of a patient beside the images. Every value may be missing, and none is ever imputed."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from .agreement import check_agreement, hours_between
from .quantity import Quantity
from .times import read_time, read_zone

MISSING = ("", "na", "n/a", "unknown", "null", "none", ".")
"""Text that says a value is missing, in any case."""

_YES_NO = {"yes": True, "no": False, "true": True, "false": False, "1": True, "0": False}
_SEX = {"f": "female", "m": "male"}


def _yes_no(value: object) -> object:
    if value is None or isinstance(value, bool):
        return value
    text = f"{value:g}" if isinstance(value, float) else str(value).strip().lower()
    if text not in _YES_NO:
        raise ValueError(f"{value!r} is neither yes nor no; yes, no, true, false, 1 or 0 is allowed")
    return _YES_NO[text]


def _choice(*allowed: str) -> BeforeValidator:
    def read(value: object) -> object:
        if value is None:
            return None
        text = str(value).strip().lower()
        text = _SEX.get(text, text) if allowed == ("female", "male") else text
        if text not in allowed:
            raise ValueError(f"{value!r} is not known; {' or '.join(allowed)} is allowed")
        return text

    return BeforeValidator(read)


YesNo = Annotated[bool | None, BeforeValidator(_yes_no)]
Hours = Quantity("h", (0, 720), (0, 24), units={"min": 1 / 60, "d": 24.0}, spellings=("hours", "hour"))
Pressure = {"kPa": 7.50062}


def _field(description: str, example: object) -> Any:
    return Field(default=None, description=description, examples=[example])


class ClinicalRecord(BaseModel):
    """The clinical variables of Lee 2024, Ning 2025, Zhong 2021 and Lu 2024 and of the risk scores.

    All are on admission unless the description says otherwise. Times are kept in UTC.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    age_years: Annotated[
        float | None, Quantity("years", (0, 120), (18, 100), units={"months": 1 / 12}, spellings=("y", "a"))
    ] = _field("Age", 67)
    sex: Annotated[Literal["female", "male"] | None, _choice("female", "male")] = _field("Sex", "female")

    gcs_total: Annotated[int | None, Quantity("", (3, 15), (3, 15), whole=True)] = _field(
        "Glasgow Coma Scale, total", 14
    )
    gcs_eye: Annotated[int | None, Quantity("", (1, 4), (1, 4), whole=True)] = _field("GCS, eyes", 4)
    gcs_verbal: Annotated[int | None, Quantity("", (1, 5), (1, 5), whole=True)] = _field(
        "GCS, verbal; leave empty when intubated", 4
    )
    gcs_motor: Annotated[int | None, Quantity("", (1, 6), (1, 6), whole=True)] = _field("GCS, motor", 6)
    nihss: Annotated[int | None, Quantity("", (0, 42), (0, 42), whole=True)] = _field("NIH Stroke Scale", 9)
    sbp_mmhg: Annotated[float | None, Quantity("mmHg", (40, 350), (80, 260), units=Pressure)] = _field(
        "Systolic blood pressure", 166
    )
    dbp_mmhg: Annotated[float | None, Quantity("mmHg", (20, 250), (40, 160), units=Pressure)] = _field(
        "Diastolic blood pressure", 92
    )

    timezone: Annotated[str | None, BeforeValidator(read_zone)] = _field(
        "IANA name of the zone of times that are written without an offset", "Europe/Berlin"
    )
    onset: datetime | None = _field("Onset of symptoms", "2026-03-28T23:10+01:00")
    last_known_well: datetime | None = _field("Last known well", "2026-03-28T22:30+01:00")
    baseline_ct: datetime | None = _field("Baseline CT", "2026-03-29T04:10+02:00")
    followup_ct: datetime | None = _field("Follow-up CT", "2026-03-30T02:00+02:00")
    onset_to_ct_h: Annotated[float | None, Hours] = _field(
        "Hours from onset to the baseline CT, where the times themselves are not kept", 4
    )
    last_known_well_to_ct_h: Annotated[float | None, Hours] = _field(
        "Hours from last known well to the baseline CT, likewise", 4.7
    )
    ct_to_followup_h: Annotated[float | None, Quantity("h", (0, 8760), (1, 72), units=Hours.units)] = _field(
        "Hours from the baseline CT to the follow-up CT, likewise", 21.8
    )

    hypertension: YesNo = _field("History of hypertension", "yes")
    diabetes: YesNo = _field("History of diabetes mellitus", "no")
    smoking: YesNo = _field("Smoker", "no")
    alcohol: YesNo = _field("Regular alcohol consumption", "no")
    previous_ich: YesNo = _field("Previous intracerebral haemorrhage", "no")
    cognitive_impairment: YesNo = _field("Cognitive impairment before the haemorrhage", "no")

    antiplatelet: YesNo = _field("Antiplatelet drug at onset", "no")
    warfarin: YesNo = _field("Warfarin or another vitamin K antagonist at onset", "no")
    doac: YesNo = _field("Direct oral anticoagulant at onset", "no")

    inr: Annotated[float | None, Quantity("", (0.5, 20), (0.8, 6))] = _field(
        "International normalized ratio", 1.05
    )
    aptt_s: Annotated[float | None, Quantity("s", (10, 300), (20, 100))] = _field(
        "Activated partial thromboplastin time", 31
    )
    fibrinogen_mg_dl: Annotated[
        float | None,
        Quantity("mg/dL", (20, 2000), (100, 800), units={"g/L": 100.0, "umol/L": 34.0}),
    ] = _field("Fibrinogen", "3.3 g/L")
    platelets_e9_l: Annotated[
        float | None,
        Quantity("10^9/L", (1, 3000), (50, 1000), units={"/uL": 0.001}, spellings=("G/L", "10^3/uL", "K/uL")),
    ] = _field("Platelets", 211)
    glucose_mg_dl: Annotated[
        float | None, Quantity("mg/dL", (20, 2000), (60, 400), units={"mmol/L": 18.0156})
    ] = _field("Glucose in plasma", "7.1 mmol/L")

    spot_sign: Annotated[
        Literal["present", "absent", "unavailable"] | None, _choice("present", "absent", "unavailable")
    ] = _field("Spot sign on CT angiography; unavailable when none was made", "unavailable")
    surgery_before_followup: YesNo = _field(
        "Evacuation, craniotomy or ventricular drain between the baseline and the follow-up CT", "no"
    )

    @model_validator(mode="before")
    @classmethod
    def _missing_is_none(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {
            name: None if isinstance(value, str) and value.strip().lower() in MISSING else value
            for name, value in data.items()
        }

    @field_validator("onset", "last_known_well", "baseline_ct", "followup_ct", mode="before")
    @classmethod
    def _time(cls, value: object, info: ValidationInfo) -> datetime | None:
        zone = info.data.get("timezone")
        return read_time(value, None if zone is None else ZoneInfo(zone))

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        check_agreement(self)
        return self

    @property
    def gcs(self) -> int | None:
        """GCS total: as given, else the sum of all three parts."""
        if self.gcs_total is not None:
            return self.gcs_total
        if self.gcs_eye is None or self.gcs_verbal is None or self.gcs_motor is None:
            return None
        return self.gcs_eye + self.gcs_verbal + self.gcs_motor

    @property
    def anticoagulant(self) -> bool | None:
        """Whether any anticoagulant was taken: warfarin or a DOAC."""
        if self.warfarin or self.doac:
            return True
        return False if self.warfarin is False and self.doac is False else None

    @property
    def hours_from_onset(self) -> float | None:
        """Hours from onset to the baseline CT: from the times where both are known, else as given."""
        hours = hours_between(self.onset, self.baseline_ct)
        return self.onset_to_ct_h if hours is None else hours

    @property
    def hours_from_last_known_well(self) -> float | None:
        """Hours from last known well to the baseline CT, likewise."""
        hours = hours_between(self.last_known_well, self.baseline_ct)
        return self.last_known_well_to_ct_h if hours is None else hours

    @property
    def hours_to_followup(self) -> float | None:
        """Hours from the baseline CT to the follow-up CT, likewise."""
        hours = hours_between(self.baseline_ct, self.followup_ct)
        return self.ct_to_followup_h if hours is None else hours

    def warnings(self) -> list[str]:
        """One sentence for each value that is possible but unusual."""
        said = []
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            for quantity in field.metadata:
                if isinstance(quantity, Quantity) and value is not None:
                    unusual = quantity.unusual(value)
                    said += [f"{name}: {unusual}"] if unusual else []
        return said
