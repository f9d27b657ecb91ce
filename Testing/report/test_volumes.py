import csv
import json
from pathlib import Path

from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.report.volumes import volumes_table, write_volumes_csv
from Testing.report.phantom import Bleed, study


def test_csv_holds_the_numbers_of_the_result(written: Path):
    result = json.loads((written / "result.json").read_text(encoding="utf-8"))
    with (written / "volumes.csv").open(encoding="utf-8", newline="") as file:
        rows = {(row["timepoint"], row["class"]): row for row in csv.DictReader(file)}
    assert len(rows) == 2 * 5
    for scan in result["scans"]:
        for key, volume in scan["volumes"].items():
            row = rows[scan["timepoint"], key]
            assert float(row["hours_after_baseline"]) == scan["hours_after_baseline"]
            if volume is None:
                assert set(list(row.values())[3:]) == {""}
                continue
            for name in ("ml", "planimetry_ml", "abc2_ml", "abc3_ml", "ellipsoid_ml", "voxels"):
                assert row[name] == ("" if volume[name] is None else str(volume[name]))
            axes = [row[name] for name in ("a_mm", "b_mm", "c_mm", "d1_mm", "d2_mm", "d3_mm")]
            both = (volume["abc_mm"] or [""] * 3) + (volume["diameters_mm"] or [""] * 3)
            assert axes == [str(value) for value in both]
        assert rows[scan["timepoint"], "total"]["ml"] == str(scan["total_ml"])


def test_a_missing_time_or_total_is_an_empty_cell(tmp_path: Path):
    result = study(Bleed(15, hours=None, classes=frozenset({Label.ICH}))).result
    write_volumes_csv(result, tmp_path / "volumes.csv")
    lines = (tmp_path / "volumes.csv").read_text(encoding="utf-8").splitlines()
    assert lines[2] == "baseline,,ivh" + "," * 12
    assert lines[5] == "baseline,,total" + "," * 12


def test_classes_that_no_back_end_told_are_named_not_shown_as_zero():
    table = volumes_table(study(Bleed(15, classes=frozenset({Label.ICH}))).result)
    cells = {row[0]: row[1] for row in table.rows}
    assert cells["Intraventricular haemorrhage (IVH)"] == "— not told by this back-end"
    assert cells["ICH + IVH"] == "— not told by this back-end"
    assert "Extra-axial haemorrhage" not in cells
    assert table.note.endswith(
        "Not told by this back-end: Intraventricular haemorrhage (IVH), Extra-axial haemorrhage, "
        "Perihaematomal oedema."
    )
