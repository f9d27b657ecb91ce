"""What an analysis says: the versioned, JSON-serialisable result that every door hands out.

It holds numbers and provenance only, no images and nothing that names the patient: no file name, no date of
the scan, no identifier. Time is hours from the baseline CT.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from .markers.finding import State
from .markers.marker import Marker
from .markers.reading import MarkerReading
from .markers.record import MarkersRecord
from .prediction.prediction import Prediction
from .scores.answer import ScoresAnswer

SCHEMA_VERSION: Literal["2.2"] = "2.2"

DISCLAIMER = (
    "Research software. Not a medical device: not for diagnosis, prognosis or any clinical decision. "
    "Every contour and number must be checked by a qualified reader."
)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Volume(_Frozen):
    """The blood (or oedema) of one class in one scan, measured in the scan's own space."""

    ml: float = Field(description="Voxel volume, mL: voxels x |det| of the voxel-to-world matrix.")
    planimetry_ml: float = Field(description="Sum over slices of area x slice distance, mL.")
    abc2_ml: float | None = Field(description="ABC/2 with the weighted C rule, mL; null when there is none.")
    abc3_ml: float | None = Field(description="ABC/3 with the same A, B and C, mL.")
    ellipsoid_ml: float | None = Field(description="0.523 x D1 x D2 x D3 (Lee 2024), mL.")
    abc_mm: tuple[float, float, float] | None = Field(description="A, B and C of ABC/2, mm.")
    diameters_mm: tuple[float, float, float] | None = Field(description="D1, D2, D3 of the ellipsoid, mm.")
    voxels: int = Field(description="Number of voxels.")


class Location(_Frozen):
    """Where the intraparenchymal blood is, from the registered atlas."""

    region: Literal["lobar", "deep", "infratentorial"] = Field(description="Region with the most blood.")
    side: Literal["left", "right", "bilateral"] = Field(
        description="The patient's side with more than 80 % of the blood, else bilateral."
    )
    fractions: dict[str, float] = Field(
        description="Share of the blood in lobar, deep, brainstem and cerebellum; sums to 1."
    )


class SegmentationRecord(_Frozen):
    """How the labels came about."""

    backend: str
    classes: list[str] = Field(description="Classes the back-end can tell; any other class has no volume.")
    parameters: dict[str, object] = Field(description="Every parameter that can change the labels.")
    weights_sha256: dict[str, str] = Field(description="Model name to SHA-256 of its weights.")
    device: Literal["cpu", "cuda"]


class ScanGeometry(_Frozen):
    """Geometry of a scan as it was read and as it was measured."""

    kind: str = Field(description="regular, gantry tilt, mixed spacing, or both.")
    slice_count: int
    slice_distances_mm: list[float]
    tilt_degrees: float
    corrections: list[str]
    spacing_mm: tuple[float, float, float] = Field(description="(z, y, x) of the grid that was measured in.")
    voxel_ml: float


class MarkerResult(_Frozen):
    """One marker in one scan: what counts, who decided, and what both said."""

    marker: Marker
    value: State | None = Field(
        description="What counts: the reader's value where there is one; null where nobody read the marker."
    )
    decided_by: str = Field(description='The reader\'s name, "automatic", or empty where nobody read it.')
    automatic: State | None
    reader_value: State | None


class ScanMarkers(_Frozen):
    """The non-contrast CT markers of one scan."""

    status: Literal["read", "not applicable", "not told"] = Field(
        description="not applicable: no parenchymal blood, so there is no clot to have a sign; "
        "not told: the back-end cannot tell parenchymal blood. Neither means that a marker is absent."
    )
    reason: str = Field(description="Why the software did not read them; empty where it did.")
    markers: list[MarkerResult] = Field(description="All nine, in one order.")
    automatic: MarkersRecord | None = Field(description="What the software measured; null where it did not.")

    def reading(self) -> MarkerReading:
        """Automatic and reader values side by side, with what was measured."""
        unread = MarkerReading.unread() if self.automatic is None else MarkerReading.automatic(self.automatic)
        for found in self.markers:
            if found.reader_value is not None:
                unread = unread.override(found.marker, found.reader_value, found.decided_by)
        return unread


class ScanResult(_Frozen):
    """One scan: what was read, what was found."""

    timepoint: str = Field(description='"baseline", "followup-1", "followup-2" ...')
    hours_after_baseline: float | None = Field(
        description="As given, else from the clinical record, else from the acquisition times; "
        "null when not known."
    )
    source: Literal["DICOM", "NIfTI", "NRRD", "MRML"]
    sha256: str = Field(description="Hash of the voxels and geometry that were read.")
    series: str | None = Field(description="Which DICOM series was taken and why; null for other formats.")
    geometry: ScanGeometry
    brain_ml: float = Field(description="Volume of the intracranial mask, mL.")
    atlas_quality: float = Field(description="Dice of the registered atlas brain with the brain mask, 0-1.")
    volumes: dict[str, Volume | None] = Field(
        description="ich, ivh, extra_axial, oedema; null for a class the back-end cannot tell."
    )
    total_ml: float | None = Field(description="ICH + IVH, mL; null when either cannot be told.")
    location: Location | None = Field(description="Null when there is no intraparenchymal blood.")
    midline_shift_mm: float | None = Field(
        description="Shift of the septum and third ventricle, mm, positive to the left; null when unknown."
    )
    segmentation: SegmentationRecord
    markers: ScanMarkers
    warnings: list[str]


class ExpansionAnswer(_Frozen):
    """The answer of one definition of expansion to one pair of scans."""

    definition: Literal["che", "rhe1", "rhe2", "rhe-ning"]
    name: str
    rule: str = Field(description="The rule in words, with its limits.")
    parameters: dict[str, float | bool] = Field(description="Limits and the comparison that were used.")
    expanded: bool | None = Field(description="Null when a volume the rule needs is not known.")
    reasons: list[str] = Field(description="Each branch with its numbers.")
    probability: float | None = Field(
        description="P(the true volumes meet the rule | the measured ones, the error model), 0-1."
    )
    certainty: Literal["definite", "indeterminate", "no"] | None = Field(
        description="definite: probability at or above the upper limit; no: at or below the lower one."
    )


class Registration(_Frozen):
    """Rigid alignment of a follow-up's skull to the baseline's; for display and growth only."""

    rotation_degrees: float
    translation_mm: float
    quality: float = Field(description="Dice of the two skulls after alignment, 0-1.")
    trusted: bool = Field(
        description="False when the quality is under the limit: the growth map is not to be read."
    )


class Growth(_Frozen):
    """Blood that is new, stayed, or went, for ICH + IVH; each measured in a native space."""

    new_ml: float = Field(description="In the follow-up and not in the baseline; follow-up space.")
    stable_ml: float = Field(description="In both; follow-up space.")
    resolved_ml: float = Field(description="In the baseline and not in the follow-up; baseline space.")


class Change(_Frozen):
    """Baseline against one follow-up."""

    timepoint: str
    hours: float | None
    ich_ml: float | None = Field(description="Follow-up minus baseline, mL.")
    ich_percent: float | None = Field(description="Of the baseline; null when the baseline has no ICH.")
    ivh_ml: float | None
    total_ml: float | None
    error_model: dict[str, float | str] = Field(description="Standard errors (mL) and limits that were used.")
    expansion: list[ExpansionAnswer]
    registration: Registration | None
    growth: Growth | None
    warnings: list[str]


class Software(_Frozen):
    """What computed the result."""

    name: Literal["HematomaExpansion"] = "HematomaExpansion"
    version: str
    python: str
    packages: dict[str, str]


class Stage(_Frozen):
    """How long one stage took."""

    name: str
    seconds: float


class StudyResult(_Frozen):
    """Everything :func:`HematomaExpansionLib.study.analyze` says about one patient."""

    schema_version: Literal["2.2"] = SCHEMA_VERSION
    disclaimer: str = DISCLAIMER
    door: Literal["python", "shell", "slicer"]
    options: dict[str, object]
    software: Software
    scans: list[ScanResult] = Field(description="Baseline first, then the follow-ups in time order given.")
    changes: list[Change] = Field(description="One per follow-up.")
    largest_followup: str | None = Field(
        description="Timepoint of the follow-up with the most ICH: expansion is judged against it (Lee 2024)."
    )
    clinical: dict[str, float | str] | None = Field(
        description="What the clinical record says, by name; no dates, only hours between them. "
        "Null without a record."
    )
    scores: ScoresAnswer = Field(description="The published risk scores, each at the time points it is for.")
    predictions: list[Prediction] = Field(
        description="What each model that was asked says from the baseline; empty when none was asked."
    )
    warnings: list[str]
    stages: list[Stage]
