"""Reading clinical records from files: the same record from each format, one line for each mistake."""

import json
import re
from pathlib import Path

import pytest
import yaml

from HematomaExpansionLib.clinical import ClinicalRecord, read_clinical, template
from HematomaExpansionLib.errors import ClinicalError, InputRefused, UnreadableFile

RECORD = ClinicalRecord.model_validate(
    {
        "age_years": 67,
        "sex": "female",
        "sbp_mmhg": 166,
        "fibrinogen_mg_dl": 330,
        "warfarin": False,
        "onset": "2026-03-29T01:30+01:00",
        "baseline_ct": "2026-03-29T03:30+02:00",
    }
)
YAML = """\
age_years: 67
sex: female
sbp_mmhg: 166
fibrinogen_mg_dl: 3.3 g/L
warfarin: no
onset: 2026-03-29T01:30:00+01:00
baseline_ct: 2026-03-29 03:30+02:00
inr:
"""
JSON = json.dumps(
    {
        "age_years": 67,
        "sex": "female",
        "sbp_mmhg": "166 mmHg",
        "fibrinogen_mg_dl": {"value": 3.3, "unit": "g/L"},
        "warfarin": False,
        "onset": "2026-03-29T00:30Z",
        "baseline_ct": "2026-03-29T01:30Z",
        "inr": None,
    }
)
CSV = """\
patient,age_years,sex,sbp_mmhg,fibrinogen_mg_dl,warfarin,timezone,onset,baseline_ct,inr,ich_ml
a,50,male,,,,,,,,10.5
b,67,F,166,3.3 g/L,0,,2026-03-29T01:30+01:00,2026-03-29T03:30+02:00,NA,20
"""


def written(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    ("name", "text", "patient"),
    [
        ("p.yaml", YAML, None),
        ("p.yml", "\ufeff" + YAML, None),
        ("p.json", JSON, None),
        ("p.csv", CSV, "b"),
        ("p.CSV", "\n".join(CSV.splitlines()[::2]), None),
    ],
)
def test_the_same_record_from_each_format(tmp_path: Path, name: str, text: str, patient: str | None):
    assert read_clinical(written(tmp_path, name, text), patient) == RECORD


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("p.yaml", "sbp_mmhg: 20", "sbp_mmhg: 20 is not possible; 40 to 350 mmHg is allowed"),
        ("p.json", '{"gcs_total": 2}', "gcs_total: 2 is not possible; 3 to 15 is allowed"),
        (
            "p.csv",
            "sbp_mmhg,gcs_total\n20,2\n",
            "gcs_total: 2 is not possible; 3 to 15 is allowed; "
            "sbp_mmhg: 20 is not possible; 40 to 350 mmHg is allowed",
        ),
        ("p.yaml", "hypertention: yes", "hypertention: no such field; hypertension is allowed"),
        ("p.csv", "sbp_mmHg,age_years\n160,60\n", "column sbp_mmHg: no such field; sbp_mmhg is allowed"),
        ("p.yaml", "weight: 80", "weight: no such field; allowed are age_years, sex, "),
        ("p.yaml", "sbp_mmhg: 100\ndbp_mmhg: 110", "dbp_mmhg: 110 is not possible; less than sbp_mmhg, 100,"),
        ("p.yaml", "- 1\n- 2", "holds a list; a mapping of fields to values is allowed"),
        ("p.csv", "weight\n80\n", "no column is a clinical field"),
        ("p.csv", "patient,age_years\na,60\nb,61\n", "holds 2 patients; name one of its column patient"),
        ("p.csv", "age_years\n", "holds 0 patients"),
    ],
)
def test_a_wrong_record_is_one_line_with_file_field_and_what_is_allowed(
    tmp_path: Path, name: str, text: str, said: str
):
    path = written(tmp_path, name, text)
    with pytest.raises(ClinicalError) as refused:
        read_clinical(path)
    assert str(refused.value).startswith(f"{path}: {said}")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("p.txt", "", ".txt; .json, .yaml, .yml or .csv is allowed"),
        ("p.yaml", "a: 1\nb: [1,\n", "line 3: not YAML"),
        ("p.yaml", "sbp_mmhg: 160\nsbp_mmhg: 150", "line 2: sbp_mmhg is given twice"),
        ("p.yaml", "onset: 2026-13-45T01:00:00Z", "not YAML (month must be in 1..12)"),
        ("p.yaml", "!!python/object/apply:os.getcwd []", "line 1: not YAML"),
        ("p.json", '{"sbp_mmhg": 160,\n}', "line 2: not JSON"),
        ("p.json", '{"sbp_mmhg": 160, "sbp_mmhg": 150}', "sbp_mmhg is given twice"),
        ("p.csv", "sbp_mmhg,sbp_mmhg\n160,150\n", "the first line must name each column once"),
        ("p.csv", "", "the first line must name each column once"),
        ("p.csv", "age_years,sbp_mmhg\n60\n", "line 2: 1 cells for 2 columns"),
        ("p.csv", b"age_years\n\xff\n", "is not UTF-8 text"),
        ("p.yaml", b"age_years: \xff", "cannot be read as text"),
    ],
)
def test_a_file_that_is_not_of_its_format(tmp_path: Path, name: str, text: str | bytes, said: str):
    path = written(tmp_path, name, text)
    with pytest.raises(UnreadableFile, match=re.escape(f"{path}: ")) as refused:
        read_clinical(path)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", ["absent.yaml", "absent.json", "absent.csv"])
def test_an_absent_file(tmp_path: Path, name: str):
    with pytest.raises(UnreadableFile, match="No such file"):
        read_clinical(tmp_path / name)


@pytest.mark.parametrize(("name", "patient"), [("p.csv", "c"), ("p.yaml", "b")])
def test_a_patient_who_is_not_there(tmp_path: Path, name: str, patient: str):
    path = written(tmp_path, name, CSV if name.endswith("csv") else YAML)
    with pytest.raises(InputRefused, match=patient):
        read_clinical(path, patient)


def test_the_template_is_read_as_all_missing_and_its_examples_as_a_record(tmp_path: Path):
    empty = read_clinical(written(tmp_path, "empty.yaml", template()))
    assert empty == ClinicalRecord()
    filled = re.sub(r"^(\w+:) +#.*?; e\.g\. ([^;\n]*).*$", r"\1 \2", template(), flags=re.MULTILINE)
    record = read_clinical(written(tmp_path, "filled.yaml", filled))
    assert None not in record.model_dump().values()
    assert record.fibrinogen_mg_dl == 330
    assert record.hours_from_onset == pytest.approx(4.0)
    assert list(yaml.safe_load(template())) == list(ClinicalRecord.model_fields)
