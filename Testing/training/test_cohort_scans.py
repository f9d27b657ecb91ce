"""Simulated patients with scans: what the table says is what the scans show."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.labels import Label
from training.simulate.cohort import Patient
from training.simulate.cohort.command import main
from training.simulate.cohort.course import GROWTH_ML, GROWTH_SHARE, IVH_GROWTH_ML
from training.simulate.cohort.risk import best_auc, risk_of
from training.simulate.cohort.scans import SITES, draw_scanned
from training.simulate.markers.rules import least_volume_ml
from training.simulate.site import PRIORS

SEED = 5


@pytest.fixture(scope="module")
def drawn():
    return [draw_scanned(SEED, number, followup=True) for number in range(1, 301)]


def test_every_site_has_one_location():
    assert sorted(site for sites in SITES.values() for site in sites) == sorted(PRIORS)


def test_the_case_is_the_patient(drawn):
    for patient, case in drawn:
        first, second = case.time_points
        assert (first.ich_ml, first.ivh_ml) == (patient.ich_ml, patient.ivh_ml)
        assert second.ich_ml == patient.followup_ich_ml
        assert second.hours == patient.clinical["ct_to_followup_h"]
        assert {marker.value for marker in case.bleed.markers} == patient.markers
        assert least_volume_ml(*case.bleed.markers) <= patient.ich_ml


def test_the_risk_is_that_of_what_the_scan_shows(drawn):
    for patient, _ in drawn:
        assert patient.risk == pytest.approx(risk_of(patient))
        grown = patient.followup_ich_ml - patient.ich_ml
        more = patient.followup_ivh_ml - patient.ivh_ml
        new = patient.ivh_ml == 0 and patient.followup_ivh_ml > 0
        assert patient.expansion == (
            grown >= min(GROWTH_ML, GROWTH_SHARE * patient.ich_ml) or more >= IVH_GROWTH_ML or new
        )


def test_the_risk_still_tells(drawn):
    """Leaving out markers that have no room must not leave a cohort that nothing can be predicted in."""
    assert 0.72 < best_auc(np.array([patient.risk for patient, _ in drawn])) < 0.85


def test_a_patient_does_not_depend_on_how_many_are_drawn(drawn):
    assert draw_scanned(SEED, 7, followup=True) == drawn[6]
    baseline: Patient = draw_scanned(SEED, 7)[0]
    assert baseline == drawn[6][0]


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    arguments = ["--patients", "1", "--seed", "1", "--scans", "--device", "cpu"]
    arguments += ["--out", str(tmp_path / "cohort.csv")]
    main(arguments)
    with (tmp_path / "cohort.csv").open(encoding="utf-8") as stream:
        (row,) = csv.DictReader(stream)
    assert row["baseline"] == "scans/0001/baseline.nii.gz"
    labels = sitk.ReadImage(str(tmp_path / row["baseline_mask"]))
    voxel_ml = float(np.prod(labels.GetSpacing())) / 1000
    values = sitk.GetArrayFromImage(labels)
    assert sitk.ReadImage(str(tmp_path / row["baseline"])).GetSize() == labels.GetSize()
    assert voxel_ml * (values == Label.ICH).sum() == pytest.approx(float(row["ich_ml"]), rel=2e-3)
    shown = json.loads((tmp_path / "scans/0001/truth.json").read_text())["scans"][0]["markers"]
    assert {name: str(int(marker["present"])) for name, marker in shown.items()} == {
        name: row[name] for name in shown
    }

    stamp = (tmp_path / row["baseline"]).stat().st_mtime_ns
    table = (tmp_path / "cohort.csv").read_bytes()
    capsys.readouterr()
    main(arguments)
    assert (tmp_path / row["baseline"]).stat().st_mtime_ns == stamp, "what is whole is kept"
    assert (tmp_path / "cohort.csv").read_bytes() == table


def test_command_refuses_a_followup_without_scans(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        main(["--patients", "1", "--followup", "--out", str(tmp_path / "cohort.csv")])
    assert "--followup goes with --scans" in capsys.readouterr().err
