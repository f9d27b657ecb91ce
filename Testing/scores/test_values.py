"""From a scan, its markers and a clinical record to the values that scores ask for."""

import pytest

from HematomaExpansionLib.clinical import ClinicalRecord
from HematomaExpansionLib.markers.finding import State
from HematomaExpansionLib.markers.marker import Marker
from HematomaExpansionLib.markers.reading import MarkerEntry, MarkerReading
from HematomaExpansionLib.result import (
    Location,
    ScanGeometry,
    ScanMarkers,
    ScanResult,
    SegmentationRecord,
    Volume,
)
from HematomaExpansionLib.scores.values import Value, kinds, named_values, values_of_markers


def scan(ich_ml: float | None, ivh_ml: float | None, region: str | None = "deep") -> ScanResult:
    def volume(ml: float | None) -> Volume | None:
        if ml is None:
            return None
        return Volume(
            ml=ml, planimetry_ml=ml, abc2_ml=None, abc3_ml=None, ellipsoid_ml=None, abc_mm=None,
            diameters_mm=None, voxels=1,
        )  # fmt: skip

    shares = {"lobar": 0.1, "deep": 0.9, "brainstem": 0.0, "cerebellum": 0.0}
    return ScanResult(
        timepoint="baseline", hours_after_baseline=0.0, source="NIfTI", sha256="0", series=None,
        geometry=ScanGeometry(
            kind="regular", slice_count=1, slice_distances_mm=[5.0], tilt_degrees=0.0, corrections=[],
            spacing_mm=(5.0, 1.0, 1.0), voxel_ml=0.005,
        ),
        brain_ml=1400.0, atlas_quality=0.9,
        volumes={"ich": volume(ich_ml), "ivh": volume(ivh_ml), "extra_axial": None, "oedema": None},
        total_ml=None if ich_ml is None or ivh_ml is None else ich_ml + ivh_ml,
        location=None if region is None else Location(region=region, side="left", fractions=shares),
        midline_shift_mm=-2.0,
        segmentation=SegmentationRecord(
            backend="threshold", classes=["ich", "ivh"], parameters={}, weights_sha256={}, device="cpu"
        ),
        markers=ScanMarkers(status="not applicable", reason="", markers=[], automatic=None),
        warnings=[],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("ivh_ml", "present", "note"),
    [
        (None, None, ""),
        (0.0, "absent", ""),
        (0.2, "present", "only 0.20 mL: look at it"),
        (0.5, "present", ""),
    ],
)
def test_any_blood_in_the_ventricles_is_ivh_and_little_is_pointed_out(ivh_ml, present, note):
    values = named_values(scan=scan(20.0, ivh_ml))
    assert values["ivh"] == Value(present, "segmentation (threshold)", note)


def test_volume_location_and_shift_come_from_the_scan():
    values = named_values(scan=scan(20.0, 1.0))
    assert values["ich_ml"] == Value(20.0, "segmentation (threshold)")
    assert values["total_ml"].value == 21.0
    assert values["location"] == Value("deep", "segmentation (threshold), atlas", "lobar 10 %, deep 90 %")
    assert values["midline_shift_mm"].value == 2.0
    assert named_values(scan=scan(None, None, region=None))["location"].value is None


def test_an_indeterminate_marker_is_not_known_and_the_reader_is_named():
    reading = MarkerReading(
        {
            Marker.BLEND: MarkerEntry(automatic=State.ABSENT, reader_value=State.PRESENT, reader="reader A"),
            Marker.SWIRL: MarkerEntry(automatic=State.INDETERMINATE),
            Marker.ISLAND: MarkerEntry(automatic=State.ABSENT),
            Marker.SATELLITE: MarkerEntry(),
        }
    )
    assert values_of_markers(reading) == {
        "blend": Value("present", "marker (reader A)"),
        "swirl": Value(None, "marker (automatic)", "indeterminate"),
        "island": Value("absent", "marker (automatic)"),
        "satellite": Value(None, "marker (not read)"),
    }


def test_the_record_gives_hours_and_no_dates():
    record = ClinicalRecord(
        onset="2026-03-29T01:30+01:00", baseline_ct="2026-03-29T05:00+02:00", warfarin=False
    )
    values = named_values(record=record)
    assert values["onset_to_ct_h"] == Value(2.5, "clinical record")
    assert (values["warfarin"].value, values["doac"].value, values["anticoagulant"].value) == (
        "absent",
        None,
        None,
    )
    assert not {"onset", "baseline_ct", "last_known_well", "followup_ct", "timezone"} & set(values)


def test_an_unknown_onset_is_taken_from_last_known_well_and_flagged():
    values = named_values(record=ClinicalRecord(last_known_well_to_ct_h=5.0))
    assert values["onset_to_ct_h"] == Value(
        5.0, "clinical record", "onset unknown: hours from last known well"
    )
    known = named_values(record=ClinicalRecord(onset_to_ct_h=2.0, last_known_well_to_ct_h=5.0))
    assert known["onset_to_ct_h"] == Value(2.0, "clinical record")


def test_every_value_has_a_kind_and_every_kind_a_value():
    markers = MarkerReading(dict.fromkeys(Marker, MarkerEntry(automatic=State.ABSENT)))
    values = named_values(
        scan(20.0, 1.0), markers, ClinicalRecord(gcs_total=14, sex="male", spot_sign="absent")
    )
    assert set(values) == set(kinds())
    assert kinds()["fibrinogen_mg_dl"].unit == "mg/dL"
    assert kinds()["sex"].categories == ("female", "male")
    for name, value in values.items():
        allowed = kinds()[name].categories
        assert value.value is None or not allowed or value.value in allowed
