"""The simulated cohort against the papers' tables, its own stated risk, and the clinical record."""

import csv
import json
import subprocess
import sys
from math import log
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from HematomaExpansionLib.clinical import ClinicalRecord, read_clinical
from HematomaExpansionLib.markers.marker import Marker
from HematomaExpansionLib.scores.values import LOCATIONS, kinds
from HematomaExpansionLib.volumetry.expansion import Definition, Volumes, judge_by
from Testing.conftest import ROOT
from training.simulate.cohort import Patient, draw_cohort, draw_patient, patient, write_cohort
from training.simulate.cohort.columns import CLINICAL, IMAGE, LATENT, OUTCOME
from training.simulate.cohort.risk import ODDS_RATIOS, POPULATION_AUC, PREVALENCE, best_auc, factors, risk_of

N = 5000


@pytest.fixture(scope="module")
def cohort() -> list[Patient]:
    return draw_cohort(N, seed=11)


def test_the_names_are_those_of_the_library():
    assert tuple(Marker) == patient.MARKERS
    assert patient.LOCATIONS == LOCATIONS
    assert {column.name for column in CLINICAL} <= set(ClinicalRecord.model_fields)
    assert {column.name for column in IMAGE} <= set(kinds())


def near(share: float, expected: float) -> bool:
    """Whether an observed share fits the expected one: within four standard errors."""
    return abs(share - expected) < 4 * np.sqrt(expected * (1 - expected) / N)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # Ning 2025, Table 1, training set: both groups of 389 together.
        ("sex", 290 / 389),
        ("alcohol", 153 / 389),
        ("smoking", 175 / 389),
        ("diabetes", 62 / 389),
        ("hypertension", 341 / 389),
        ("anticoagulant", 19 / 389),
        ("ivh", 103 / 389),
        ("lobar", 45 / 389),
        ("deep", 269 / 389),
        ("infratentorial", 75 / 389),
        ("hypodensity", 165 / 389),
        ("black_hole", 66 / 389),
        ("swirl", 92 / 389),
        ("blend", 48 / 389),
        ("fluid_level", 5 / 389),
        ("irregular_shape", 129 / 389),
        ("heterogeneous_density", 52 / 389),
        ("satellite", 117 / 389),
        ("island", 43 / 389),
        # Zhong 2021, Table 1, both sets.
        ("antiplatelet", 20 / 266),
        # Lee 2024, Table 1.
        ("mild", 363 / 525),
        ("severe", 69 / 525),
        ("expansion", 118 / 389),
    ],
)
def test_shares_are_those_of_the_tables(cohort: list[Patient], name: str, expected: float):
    def has(one: Patient) -> bool:
        clinical = one.clinical
        known = {
            "sex": clinical["sex"] == "male",
            "anticoagulant": clinical["warfarin"] or clinical["doac"],
            "ivh": one.ivh_ml > 0,
            "mild": clinical["gcs_total"] >= 13,
            "severe": clinical["gcs_total"] <= 8,
            "expansion": one.expansion,
            one.location: True,
        }
        return bool(known.get(name, clinical.get(name, name in one.markers)))

    assert near(np.mean([has(one) for one in cohort]), expected)


@pytest.mark.parametrize(
    ("name", "quartiles", "tolerance"),
    [
        # Pooled from the two groups' medians and interquartile ranges (Ning, Zhong), or means and SD (Lee).
        ("ich_ml", (8.3, 14.3, 24.8), 1.0),
        ("onset_to_ct_h", (2.5, 4.4, 7.4), 0.3),
        ("age_years", (50.0, 59.3, 68.4), 1.0),
        ("sbp_mmhg", (149.4, 167.4, 185.4), 2.0),
        ("nihss", (5.0, 9.0, 13.0), 1.1),
        ("inr", (0.96, 1.01, 1.07), 0.01),
        # Log-normal of mean 325 and SD 112: exp(mu -+ 0.6745 x 0.335) around 307.
        ("fibrinogen_mg_dl", (245.0, 307.0, 385.0), 8.0),
    ],
)
def test_quartiles_are_those_of_the_tables(
    cohort: list[Patient], name: str, quartiles: tuple[float, ...], tolerance: float
):
    values = [one.ich_ml if name == "ich_ml" else one.clinical[name] for one in cohort]
    assert np.percentile(values, [25, 50, 75]) == pytest.approx(quartiles, abs=tolerance)
    if name == "ich_ml":
        assert 0.3 <= min(values) <= max(values) <= 120


def test_markers_keep_their_implications(cohort: list[Patient]):
    for one in cohort:
        if one.markers & {"black_hole", "heterogeneous_density"}:
            assert "hypodensity" in one.markers
        if "island" in one.markers:
            assert "irregular_shape" in one.markers


def test_the_follow_up_meets_the_definition_exactly_when_expansion_was_drawn(cohort: list[Patient]):
    for one in cohort[:250]:
        volumes = Volumes(one.ich_ml, one.followup_ich_ml, one.ivh_ml, one.followup_ivh_ml)
        assert judge_by(Definition.RHE_NING, volumes).expanded is one.expansion


def test_the_published_odds_ratios_are_found_again_in_the_drawn_outcomes(cohort: list[Patient]):
    values = np.array([list(factors(one).values()) for one in cohort])
    outcome = np.array([one.expansion for one in cohort])
    spread = values.std(axis=0)
    model = LogisticRegression(C=np.inf, max_iter=500).fit(values / spread, outcome)
    found = model.coef_[0] / spread
    chance = model.predict_proba(values / spread)[:, 1]
    design = np.column_stack([np.ones(N), values])
    information = design.T @ (design * (chance * (1 - chance))[:, None])
    error = np.sqrt(np.diag(np.linalg.inv(information)))[1:]
    stated = np.log(list(ODDS_RATIOS.values()))
    assert np.all(np.abs(found - stated) < 3.5 * error)
    # Those that the issue names stand out of their errors.
    for name in ("onset_to_ct_h", "ich_ml", "anticoagulant", "ivh", "hypodensity"):
        number = list(ODDS_RATIOS).index(name)
        assert abs(found[number]) > 3 * error[number], name


def test_the_risk_of_one_patient_by_hand():
    clinical = dict.fromkeys(("diabetes", "warfarin", "doac"), False)
    one = Patient(
        clinical={**clinical, "doac": True, "age_years": 60, "onset_to_ct_h": 2.0, "sbp_mmhg": 170},
        ich_ml=20.0,
        ivh_ml=3.0,
        location="deep",
        markers=frozenset({"hypodensity", "blend"}),
    )
    logit = -4.577 + 60 * log(1.022) + 2 * log(0.914) + 170 * log(1.006) + log(3.011) + 20 * log(1.040)
    logit += 3 * log(0.995) + log(3.557) + log(1.677) + log(2.328)
    assert log(risk_of(one) / (1 - risk_of(one))) == pytest.approx(logit)


def test_the_best_auc_by_hand():
    # Pairs (expands, does not): .8 over .2 weighs .64, .2 over .8 weighs .04.
    assert best_auc(np.array([0.2, 0.8])) == pytest.approx(0.64 / 0.68)
    assert best_auc(np.full(10, 0.3)) == pytest.approx(0.5)
    assert best_auc(np.array([0.0, 1.0])) == 1.0


def test_the_best_auc_is_reached_by_the_true_risk_and_by_nothing_else(cohort: list[Patient]):
    risks = np.array([one.risk for one in cohort])
    outcome = [one.expansion for one in cohort]
    assert risks.mean() == pytest.approx(PREVALENCE, abs=0.01)
    best = best_auc(risks)
    assert best == pytest.approx(POPULATION_AUC, abs=0.01)
    assert roc_auc_score(outcome, risks) == pytest.approx(best, abs=0.02)
    for name in ("ich_ml", "ivh_ml"):
        assert roc_auc_score(outcome, [getattr(one, name) for one in cohort]) < best - 0.05


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))


def test_values_are_missing_at_the_rates_of_the_paper_and_read_by_the_clinical_record(
    cohort: list[Patient], tmp_path: Path
):
    path = tmp_path / "cohort.csv"
    said = write_cohort(cohort, path, seed=11)
    written = rows(path)
    columns = (*CLINICAL, *IMAGE, *OUTCOME)
    assert list(written[0]) == ["patient", *(column.name for column in columns)]
    for column in columns:
        left_out = np.mean([row[column.name] == "" for row in written])
        assert left_out == 0 if column.missing == 0 else near(left_out, column.missing)
    assert next(column.missing for column in CLINICAL if column.name == "gcs_total") == pytest.approx(
        44 / 569
    )
    assert said["expanded"] == sum(row["expansion"] == "1" for row in written)
    for row in written[:20]:
        text = "\n".join([",".join(row), ",".join(row.values())])
        one = tmp_path / "one.csv"
        one.write_text(text)
        record = read_clinical(one)
        assert record.sbp_mmhg == (float(row["sbp_mmhg"]) if row["sbp_mmhg"] else None)
        assert record.warfarin is (row["warfarin"] == "1")
    assert read_clinical(path, "0020") == record


def test_the_dictionary_explains_every_column(tmp_path: Path):
    path = tmp_path / "cohort.csv"
    write_cohort(draw_cohort(30, seed=2), path, seed=2, latent=True)
    dictionary = json.loads((tmp_path / "cohort-dictionary.json").read_text())
    columns = {column["name"]: column for column in dictionary["columns"]}
    assert list(columns) == list(rows(path)[0])
    assert set(columns) >= {column.name for column in LATENT}
    for column in list(columns.values())[1:]:
        assert column["meaning"]
        assert column["distribution"]
        assert column["source"]
    assert dictionary["cohort"]["latent_risk"]["odds_ratios"] == ODDS_RATIOS
    assert 0.5 < dictionary["cohort"]["best_reachable_auc"] < 1
    assert sorted(file.name for file in tmp_path.iterdir()) == ["cohort-dictionary.json", "cohort.csv"]


def command(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "training.simulate.cohort", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


def test_the_same_seed_gives_the_same_bytes_and_a_patient_does_not_depend_on_the_number(tmp_path: Path):
    for name, patients, seed in (("a", 20, 5), ("c", 30, 5), ("d", 20, 6)):
        write_cohort(draw_cohort(patients, seed), tmp_path / name / "cohort.csv", seed)
    done = command("--patients", 20, "--seed", 5, "--out", tmp_path / "b" / "cohort.csv")
    assert done.returncode == 0, done.stderr
    assert "best reachable AUC" in done.stdout
    text = {name: (tmp_path / name / "cohort.csv").read_bytes() for name in "abcd"}
    assert text["a"] == text["b"]
    assert text["c"].startswith(text["a"])
    assert text["a"] != text["d"]
    assert "risk" not in text["a"].decode().splitlines()[0].split(",")


def test_a_patient_can_be_drawn_alone():
    first, again = (draw_patient(np.random.default_rng([11, 1])) for _ in range(2))
    assert first == again == draw_cohort(1, seed=11)[0]


@pytest.mark.parametrize(
    "arguments",
    [("--patients", 0, "--out", "a.csv"), ("--patients", 5, "--out", "a.txt"), ("--patients", 5)],
)
def test_wrong_usage_is_one_line(arguments: tuple[object, ...]):
    done = command(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_numpy_is_all_it_needs():
    heavy = {"torch", "pydantic", "scipy"}
    code = f"import sys, training.simulate.cohort.command; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
