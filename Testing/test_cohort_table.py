"""Cohort tables: what is read, every problem by line and column, and the outcome from the volumes."""

from pathlib import Path

import pytest

from HematomaExpansionLib.cohort_table import read_cohort
from HematomaExpansionLib.errors import InputRefused, UnreadableFile
from HematomaExpansionLib.prediction.outcome import LEE2024, LU2024, NING2025, ZHONG2021
from training.simulate.cohort import draw_cohort, write_cohort

HEADER = (
    "patient,age_years,gcs_eye,gcs_verbal,gcs_motor,warfarin,doac,"
    "ich_ml,ivh,ivh_ml,followup_ich_ml,followup_ivh_ml"
)


def table(folder: Path, *lines: str) -> Path:
    path = folder / "c.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_values_and_what_follows_from_them(tmp_path: Path):
    path = table(
        tmp_path,
        HEADER + ",location,hypodensity,split,hospital",
        "a,67,4,4,6,no,yes,20,,3.5,20,3.5,deep,1,train,north",
        "b,unknown,,,,,,10,0,,,,Lobar,,test,",
    )
    cohort = read_cohort(path)
    first, second = cohort.rows
    assert {
        name: first.values[name] for name in ("age_years", "gcs", "anticoagulant", "ivh", "total_ml")
    } == {
        "age_years": 67.0,
        "gcs": 14,
        "anticoagulant": True,
        "ivh": True,
        "total_ml": 23.5,
    }
    assert first.values["location"] == "deep"
    assert first.values["hypodensity"] is True
    assert [row.split for row in cohort.rows] == ["train", "test"]
    # No IVH is 0 mL of it; everything else that is empty stays unknown.
    assert second.values["ivh_ml"] == 0.0
    assert second.values["age_years"] is None
    assert second.values["hypodensity"] is None
    assert second.volumes.ich1 is None
    assert cohort.remarks == ("Not used: hospital.",)
    assert cohort.simulated is None


@pytest.mark.parametrize(
    ("column", "cell", "message"),
    [
        ("age_years", "400", "line 2, age_years: 400 is not possible; 0 to 120 years is allowed"),
        ("gcs_total", "2", "line 2, gcs_total: 2 is not possible"),
        ("sex", "x", "line 2, sex: 'x' is not known; female or male is allowed"),
        ("ich_ml", "-1", "line 2, ich_ml: -1 is no volume"),
        ("followup_ich_ml", "big", "line 2, followup_ich_ml: big is no volume"),
        ("location", "left", "line 2, location: left is not known; lobar, deep, infratentorial is allowed"),
        ("blend", "2", "line 2, blend: '2' is neither yes nor no"),
        ("split", "dev", "line 2, split: dev is not known; train, test, external is allowed"),
        ("baseline", "no.nii.gz", r"line 2, baseline: .*no\.nii\.gz does not exist"),
        ("patient", "", "line 2, patient: is empty"),
    ],
)
def test_one_problem(tmp_path: Path, column: str, cell: str, message: str):
    lines = (f"{column}", cell) if column == "patient" else (f"patient,{column}", f"a,{cell}")
    if column == "patient":
        lines = ("patient,age_years", ",50")
    with pytest.raises(InputRefused, match=message) as caught:
        read_cohort(table(tmp_path, *lines))
    assert "\n" not in str(caught.value)


def test_every_problem_is_listed(tmp_path: Path):
    path = table(
        tmp_path,
        "patient,age_years,ich_ml,ivh,ivh_ml,sbp_mmhg,dbp_mmhg",
        "a,200,x,0,3,120,80",
        "a,50,10,1,0,100,110",
        "b,50",
    )
    with pytest.raises(InputRefused) as caught:
        read_cohort(path)
    said = str(caught.value)
    assert ": 7 problems: " in said
    for part in (
        "line 2, age_years: 200",
        "line 2, ich_ml: x",
        "line 2, ivh_ml: 3 is not possible; 0 is allowed, as ivh says",
        "line 3, ivh_ml: 0 is not possible; more than 0 is allowed",
        "line 3, dbp_mmhg: 110 is not possible",
        "line 3, patient: a is in line 2 already",
        "line 4: 2 cells for 7 columns",
    ):
        assert part in said


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("age_years", "no column patient"),
        ("patient,ich_ml,ich_ml", "ich_ml: given twice"),
        ("patient,folowup_ich_ml", "folowup_ich_ml: no such column; followup_ich_ml is allowed"),
        ("patient", "1 problem: no patient"),
    ],
)
def test_headers(tmp_path: Path, header: str, message: str):
    with pytest.raises(InputRefused, match=message):
        read_cohort(table(tmp_path, header))


def test_unreadable(tmp_path: Path):
    with pytest.raises(UnreadableFile, match="cannot be read as a table"):
        read_cohort(tmp_path / "none.csv")
    path = table(tmp_path, "patient", "a")
    path.with_name("c-dictionary.json").write_text("[]")
    with pytest.raises(UnreadableFile, match="is no data dictionary"):
        read_cohort(path)


# ICH and IVH at baseline and follow-up, and the outcome by Lee, Ning, Zhong and Lu.
@pytest.mark.parametrize(
    ("volumes", "expected"),
    [
        ("10,0,10,0", (False, False, False, False)),
        ("10,0,13.3,0", (True, True, False, False)),  # exactly 33 %
        ("30,0,36,0", (True, True, False, False)),  # exactly 6 mL
        ("30,0,36.1,0", (True, True, True, True)),
        ("30,0,30,0.2", (False, True, False, False)),  # new IVH
        ("30,2,30,3", (False, True, False, False)),  # IVH grew by 1 mL
        ("30,2,30,2.9", (False, False, False, False)),
        ("30,0,36.1,", (True, True, True, True)),  # IVH not known at follow-up: met anyway
        ("30,0,30,", (False, None, False, False)),
        (",,,", (None, None, None, None)),
    ],
)
def test_outcome_from_volumes(tmp_path: Path, volumes: str, expected: tuple[bool | None, ...]):
    path = table(tmp_path, "patient,ich_ml,ivh_ml,followup_ich_ml,followup_ivh_ml", f"a,{volumes}")
    cohort = read_cohort(path)
    found = tuple(cohort.patients(rule)[0][0].expansion for rule in (LEE2024, NING2025, ZHONG2021, LU2024))
    assert found == expected


def test_stated_outcome(tmp_path: Path):
    header = "patient,ich_ml,ivh_ml,followup_ich_ml,followup_ivh_ml,expansion"
    for line, met in (("a,10,0,10,0,1", "no"), ("a,10,0,30,0,0", "every")):
        with pytest.raises(
            InputRefused, match=f"expansion: . contradicts the volumes, by which {met} definition"
        ):
            read_cohort(table(tmp_path, header, line))
    # New IVH is expansion for Ning and none for Lee; without volumes the stated outcome is all there is.
    cohort = read_cohort(table(tmp_path, header, "a,10,0,10,2,1", "b,10,0,,,1", "c,10,0,,,"))
    patients, remarks = cohort.patients(LEE2024)
    assert [patient.expansion for patient in patients] == [False, True, None]
    assert [remark.partition(" patients")[0] for remark in remarks] == ["In 1 of 3"] * 3
    assert [patient.expansion for patient in cohort.patients(NING2025)[0]] == [True, True, None]


def test_simulated_cohort(tmp_path: Path):
    path = tmp_path / "cohort.csv"
    said = write_cohort(draw_cohort(40, 3), path, 3, latent=True)
    cohort = read_cohort(path)
    assert cohort.simulated is True
    assert cohort.ceiling == said["best_reachable_auc"]
    assert cohort.remarks == ("Not used: risk.",)
    patients, remarks = cohort.patients(NING2025)
    assert sum(patient.expansion is True for patient in patients) == said["expanded"]
    assert remarks == cohort.remarks
