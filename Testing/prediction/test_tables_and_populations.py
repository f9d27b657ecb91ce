"""Tables of features, criteria of the papers, and values by name."""

from pathlib import Path

import pytest

from HematomaExpansionLib.errors import InputRefused, MissingInput, UnreadableFile
from HematomaExpansionLib.prediction.feature_table import read_features, with_features
from HematomaExpansionLib.prediction.patient import Patient
from HematomaExpansionLib.prediction.population import POPULATIONS, population_of
from HematomaExpansionLib.prediction.values import known_values, named_values
from HematomaExpansionLib.radiomics.features import Features, write_features
from HematomaExpansionLib.scores.values import Value

GOOD = Features(
    {"original_a": 1.5, "original_b": None}, "ning2025", "0" * 64, "ich", {"PyRadiomics": "3"}, ()
)


def test_features_as_the_radiomics_command_writes_them(tmp_path: Path):
    path = tmp_path / "f.csv"
    write_features({"p1": GOOD}, path)
    assert read_features(path) == {"p1": {"ning2025:original_a": 1.5}}
    first, second = with_features([Patient("p1", radiomics={"lu2024:x": 2.0}), Patient("p2")], path)
    assert first.radiomics == {"lu2024:x": 2.0, "ning2025:original_a": 1.5}
    assert second.radiomics == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("case,a\np,1\n", "line 2: no case or settings"),
        ("case,settings,a\np,s,1\np,s,2\n", "line 3: p with settings s is there twice"),
        ("case,settings,a\np,s,nan\n", "line 2, a: nan is no finite number"),
    ],
)
def test_wrong_features(tmp_path: Path, text: str, message: str):
    (tmp_path / "f.csv").write_text(text)
    with pytest.raises(InputRefused, match=message):
        read_features(tmp_path / "f.csv")
    with pytest.raises(UnreadableFile):
        read_features(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("paper", "values", "outside"),
    [
        ("lee2024", {"age_years": 18.0}, ("younger than 19 years",)),
        ("lee2024", {"ct_to_followup_h": 24.5}, ("follow-up not 0 to 24 h after the CT",)),
        ("lee2024", {"onset_to_ct_h": 100.0, "location": "infratentorial"}, ()),
        ("ning2025", {"onset_to_ct_h": 24.0, "ct_to_followup_h": 72.0}, ()),
        ("ning2025", {"onset_to_ct_h": 24.1}, ("CT more than 24 h after onset",)),
        ("zhong2021", {"ct_to_followup_h": 19.0}, ("follow-up not 20 to 24 h after the CT",)),
        ("zhong2021", {"location": "infratentorial"}, ("infratentorial",)),
        ("lu2024", {"ich_ml": 0.0}, ("no parenchymal blood",)),
        ("lu2024", {"surgery_before_followup": True}, ("surgery or drain before the follow-up",)),
        ("lu2024", {}, ()),
    ],
)
def test_populations(paper: str, values: dict[str, float], outside: tuple[str, ...]):
    assert POPULATIONS[paper].outside(Patient(values=values)) == outside


def test_population_of_a_model():
    assert population_of("zhong2021-bat") is POPULATIONS["zhong2021"]
    assert population_of("fusion") is None


def test_values_there_and_back():
    named = {
        "ivh": Value("present", "x"),
        "blend": Value("absent", "x"),
        "spot_sign": Value("unavailable", "x"),
        "location": Value("deep", "x"),
        "ich_ml": Value(3.5, "x"),
        "gcs": Value(None, "x"),
    }
    known = known_values(named)
    assert known == {
        "ivh": True,
        "blend": False,
        "spot_sign": "unavailable",
        "location": "deep",
        "ich_ml": 3.5,
        "gcs": None,
    }
    assert named_values(known | {"hospital": "north"}, "x") == named


def test_images_of_a_patient(sample: Path):
    patient = Patient(
        "p", baseline=sample / "baseline.nii.gz", baseline_mask=sample / "baseline-labels.nii.gz"
    )
    scan = patient.scan()
    labels = patient.labels(scan)
    assert labels.GetSize() == scan.image.GetSize()
    assert Patient(baseline=scan).scan() is scan
    assert Patient(baseline_mask=labels).labels(scan) is labels
    with pytest.raises(MissingInput, match="patient q: no baseline CT"):
        Patient("q").scan()
    with pytest.raises(MissingInput, match="no baseline mask"):
        Patient("q").labels(scan)
