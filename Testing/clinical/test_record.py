"""The clinical record: units, plausible ranges, times, contradictions."""

import json
from pathlib import Path

import jsonschema
import pytest
from pydantic import ValidationError

from HematomaExpansionLib.clinical import ClinicalRecord
from HematomaExpansionLib.clinical.quantity import Quantity


@pytest.mark.parametrize(
    ("field", "given", "kept"),
    [
        ("fibrinogen_mg_dl", 330, 330.0),
        ("fibrinogen_mg_dl", "3.3 g/L", 330.0),
        ("fibrinogen_mg_dl", {"value": 3.3, "unit": "g/L"}, 330.0),
        ("fibrinogen_mg_dl", "10 µmol/L", 340.0),
        ("glucose_mg_dl", "133 mg/dl", 133.0),
        # 180.156 g/mol: 1 mmol/L is 18.0156 mg/dL.
        ("glucose_mg_dl", "10 mmol/L", 180.156),
        ("platelets_e9_l", "211 x 10⁹/L", 211.0),
        ("platelets_e9_l", "211 G/L", 211.0),
        ("platelets_e9_l", "211000/µL", 211.0),
        # 1 kPa is 7.50062 mmHg.
        ("sbp_mmhg", "20 kPa", 150.0124),
        ("age_years", "804 months", 67.0),
        ("onset_to_ct_h", "90 min", 1.5),
        ("last_known_well_to_ct_h", "2 d", 48.0),
        ("gcs_total", 14.0, 14),
        ("gcs_total", "14", 14),
        ("nihss", 0, 0),
        ("sex", "M", "male"),
        ("warfarin", "yes", True),
        ("warfarin", 0, False),
        ("spot_sign", "Unavailable", "unavailable"),
        ("inr", "", None),
        ("inr", "NA", None),
        ("warfarin", "unknown", None),
        ("onset", None, None),
    ],
)
def test_values_are_kept_in_the_unit_of_the_record(field: str, given: object, kept: object):
    value = getattr(ClinicalRecord.model_validate({field: given}), field)
    assert value == kept
    assert type(value) is type(kept)


@pytest.mark.parametrize(
    ("field", "given", "said"),
    [
        ("sbp_mmhg", 20, "20 is not possible; 40 to 350 mmHg is allowed"),
        ("sbp_mmhg", True, "True is not a number; 40 to 350 mmHg is allowed"),
        ("sbp_mmhg", float("nan"), "nan is not possible; 40 to 350 mmHg is allowed"),
        ("gcs_total", 2, "2 is not possible; 3 to 15 is allowed"),
        ("gcs_total", 16, "16 is not possible; 3 to 15 is allowed"),
        ("gcs_total", 8.5, "8.5 is not a whole number; 3 to 15 is allowed"),
        ("gcs_motor", 7, "7 is not possible; 1 to 6 is allowed"),
        ("nihss", 43, "43 is not possible; 0 to 42 is allowed"),
        ("age_years", 121, "121 is not possible; 0 to 120 years is allowed"),
        # A number meant in g/L or mmol/L is not taken for one in mg/dL.
        ("fibrinogen_mg_dl", 3.3, "3.3 is not possible; 20 to 2000 mg/dL is allowed"),
        ("glucose_mg_dl", 7.4, "7.4 is not possible; 20 to 2000 mg/dL is allowed"),
        ("fibrinogen_mg_dl", "0.1 g/L", "0.1 g/L (10 mg/dL) is not possible; 20 to 2000 mg/dL is allowed"),
        ("fibrinogen_mg_dl", "3.3 g/dL", "'g/dL' is no unit of it; mg/dL or g/L or umol/L is allowed"),
        ("fibrinogen_mg_dl", "3,3 g/L", "'3,3 g/L' is not a number; 20 to 2000 mg/dL is allowed"),
        ("inr", "1.2 s", "'s' is no unit of it; no unit is allowed"),
        ("warfarin", "maybe", "'maybe' is neither yes nor no; yes, no, true, false, 1 or 0 is allowed"),
        ("warfarin", 2, "2 is neither yes nor no; yes, no, true, false, 1 or 0 is allowed"),
        ("sex", "x", "'x' is not known; female or male is allowed"),
        ("timezone", "Europe", "'Europe' is no time zone; an IANA name, as Europe/Berlin, is allowed"),
        ("onset", "2026-10-25", "'2026-10-25' is not a date and time"),
        ("onset", 1774742400, "'1774742400' is not a date and time"),
        ("onset", "2026-10-25T02:30", "has no offset from UTC and no timezone is given"),
    ],
)
def test_what_is_impossible_is_refused_with_what_is_allowed(field: str, given: object, said: str):
    with pytest.raises(ValidationError) as refused:
        ClinicalRecord.model_validate({field: given})
    (problem,) = refused.value.errors()
    assert problem["loc"][0] == field
    assert said in str(problem["ctx"]["error"])


def _numeric() -> list[tuple[str, Quantity]]:
    return [
        (name, quantity)
        for name, field in ClinicalRecord.model_fields.items()
        for quantity in field.metadata
        if isinstance(quantity, Quantity)
    ]


@pytest.mark.parametrize(("name", "quantity"), _numeric())
def test_limits_are_inclusive(name: str, quantity: Quantity):
    for limit, beyond in zip(quantity.possible, (-1, 1), strict=True):
        assert getattr(ClinicalRecord.model_validate({name: limit}), name) == limit
        with pytest.raises(ValidationError):
            ClinicalRecord.model_validate({name: limit + beyond})
    for limit in quantity.usual:
        assert ClinicalRecord.model_validate({name: limit}).warnings() == []


def test_the_unusual_is_taken_and_warned_of():
    record = ClinicalRecord(age_years=102, sbp_mmhg=70, inr=1.0)
    assert record.warnings() == [
        "age_years: 102 years is unusual; 18 to 100 is usual",
        "sbp_mmhg: 70 mmHg is unusual; 80 to 260 is usual",
    ]


def test_everything_may_be_missing_and_nothing_is_made_up():
    record = ClinicalRecord()
    assert set(record.model_dump().values()) == {None}
    assert record.gcs is record.anticoagulant is record.hours_from_onset is record.hours_to_followup is None


@pytest.mark.parametrize(
    ("onset", "ct", "zone", "hours"),
    [
        # Clocks in Berlin go from 02:00 to 03:00 on 2026-03-29 and back from 03:00 to 02:00 on 2026-10-25.
        ("2026-03-29T01:30", "2026-03-29T03:30", "Europe/Berlin", 1.0),
        ("2026-03-29T01:30+01:00", "2026-03-29T03:30+02:00", None, 1.0),
        ("2026-10-25T01:30", "2026-10-25T03:30", "Europe/Berlin", 3.0),
        ("2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00", None, 1.0),
        ("2026-10-24T23:00", "2026-10-25T02:30+01:00", "Europe/Berlin", 4.5),
        ("2026-07-01T12:00Z", "2026-07-01T15:30+02:00", None, 1.5),
        ("2026-03-29T01:30", "2026-03-29T03:30", "Asia/Shanghai", 2.0),
    ],
)
def test_hours_are_right_across_a_change_of_the_clocks(onset: str, ct: str, zone: str | None, hours: float):
    record = ClinicalRecord.model_validate({"onset": onset, "baseline_ct": ct, "timezone": zone})
    assert record.hours_from_onset == hours


@pytest.mark.parametrize(
    ("time", "said"), [("2026-03-29T02:30", "does not exist in"), ("2026-10-25T02:30", "exists twice in")]
)
def test_a_clock_time_that_is_not_one_point_in_time_is_refused(time: str, said: str):
    with pytest.raises(ValidationError, match=said):
        ClinicalRecord.model_validate({"onset": time, "timezone": "Europe/Berlin"})


def test_hours_given_stand_where_times_do_not():
    record = ClinicalRecord(onset_to_ct_h=2.5, last_known_well_to_ct_h=3.0, ct_to_followup_h=22.0)
    hours = (record.hours_from_onset, record.hours_from_last_known_well, record.hours_to_followup)
    assert hours == (2.5, 3.0, 22.0)


TIMES = {"onset": "2026-01-01T10:00Z", "baseline_ct": "2026-01-01T12:00Z"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"gcs_total": 9, "gcs_eye": 4, "gcs_verbal": 4, "gcs_motor": 5}, "gcs_total: 9 is not possible"),
        ({"sbp_mmhg": 100, "dbp_mmhg": 100}, "less than sbp_mmhg, 100, is allowed"),
        ({**TIMES, "onset": "2026-01-01T13:00Z"}, "baseline_ct: 2026-01-01T12:00:00"),
        ({**TIMES, "last_known_well": "2026-01-01T11:00Z"}, "onset: 2026-01-01T10:00:00"),
        ({**TIMES, "followup_ct": "2026-01-01T11:59Z"}, "followup_ct: 2026-01-01T11:59:00"),
        (
            {**TIMES, "onset_to_ct_h": 3},
            "onset_to_ct_h: 3 is not possible; 2.00, as the times say, is allowed",
        ),
    ],
)
def test_contradictions_are_refused(given: dict[str, object], said: str):
    with pytest.raises(ValidationError) as refused:
        ClinicalRecord.model_validate(given)
    assert said in str(refused.value.errors()[0]["ctx"]["error"])


def test_gcs_is_the_sum_of_its_parts_only_when_all_are_known():
    assert ClinicalRecord(gcs_eye=4, gcs_verbal=4, gcs_motor=6).gcs == 14
    assert ClinicalRecord(gcs_eye=4, gcs_motor=6).gcs is None
    assert ClinicalRecord(gcs_total=7, gcs_eye=4, gcs_motor=6).gcs == 7


@pytest.mark.parametrize(
    ("warfarin", "doac", "any_of_them"),
    [(True, None, True), (None, True, True), (False, False, False), (False, None, None), (None, None, None)],
)
def test_anticoagulant(warfarin: bool | None, doac: bool | None, any_of_them: bool | None):
    assert ClinicalRecord(warfarin=warfarin, doac=doac).anticoagulant is any_of_them


def test_the_schema_tells_a_form_the_same_limits():
    schema = ClinicalRecord.model_json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    good = {"sbp_mmhg": 166, "fibrinogen_mg_dl": "3.3 g/L", "sex": "female", "warfarin": None}
    jsonschema.validate(good, schema)
    for wrong in ({"sbp_mmhg": 20}, {"gcs_total": 2}, {"sex": "x"}, {"systolic": 160}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, schema)
    assert schema["properties"]["fibrinogen_mg_dl"]["x-unit"] == "mg/dL"
    assert json.loads(json.dumps(schema)) == schema


def test_a_record_goes_through_json_and_back(tmp_path: Path):
    record = ClinicalRecord(age_years=67, warfarin=False, onset="2026-03-29T01:30+01:00")
    assert ClinicalRecord.model_validate_json(record.model_dump_json()) == record
