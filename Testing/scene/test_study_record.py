"""A study kept in the scene: found again, revised, replaced and forgotten."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from HematomaExpansionLib.clinical.record import ClinicalRecord
from HematomaExpansionLib.errors import ClinicalError
from HematomaExpansionLib.markers.finding import State
from HematomaExpansionLib.markers.marker import Marker
from HematomaExpansionLib.markers.reading import MarkerReading
from HematomaExpansionLib.scene.archive import load_scene, save_scene
from HematomaExpansionLib.scene.clinical_form import (
    entries_of_record,
    form_fields,
    record_of_entries,
    save_entries,
)
from HematomaExpansionLib.scene.plots import remove_plot, score_plot, volumes_plot
from HematomaExpansionLib.scene.revised_result import revised
from HematomaExpansionLib.scene.study_record import (
    forget_study,
    record_study,
    recorded,
    recorded_result,
    update_result,
)
from HematomaExpansionLib.scene.study_scene import StudyNodes, show_study
from HematomaExpansionLib.study import Study
from Testing.report.phantom import Bleed
from Testing.report.phantom import study as phantom_study


@pytest.fixture(scope="module")
def study() -> Study:
    return phantom_study(Bleed(ich_mm=15, hole_mm=6), Bleed(ich_mm=17, ivh_mm=8, hours=6.25))


@pytest.fixture
def nodes(scene: Any, study: Study) -> StudyNodes:
    return show_study(study)


def test_found_again(scene: Any, study: Study, nodes: StudyNodes, tmp_path: Path) -> None:
    import slicer

    record = record_study(study.result, nodes)
    names = {role: recorded(record, role, "baseline").GetName() for role in ("volumes", "segmentations")}
    save_scene(tmp_path / "study.mrb")
    load_scene(tmp_path / "study.mrb")
    again = slicer.util.getNode("Haematoma expansion")
    assert recorded_result(again) == study.result
    assert {role: recorded(again, role, "baseline").GetName() for role in names} == names
    assert recorded(again, "growth", "followup-1").GetName() == "followup-1 growth"
    assert recorded(again, "scores_table").GetName() == "Scores"
    assert recorded(again, "markers", "followup-2") is None


def test_forgotten(scene: Any, study: Study) -> None:
    """What the study added goes; the user's volume, and an outline that was edited, stay."""
    import slicer

    first = show_study(study)
    before = scene.GetNumberOfNodesByClass("vtkMRMLScalarVolumeNode")
    record = record_study(study.result, first, [first.volumes[0]])
    edited, untouched = first.segmentations
    name = edited.GetSegmentation().GetNthSegmentID(0)
    voxels = slicer.util.arrayFromSegmentBinaryLabelmap(edited, name, first.volumes[0])
    voxels[tuple(np.argwhere(voxels)[0])] = 0
    slicer.util.updateSegmentBinaryLabelmapFromArray(voxels, edited, name, first.volumes[0])
    forget_study(record)
    assert scene.GetNumberOfNodesByClass("vtkMRMLScalarVolumeNode") == before - 1
    assert first.volumes[0].GetScene() is scene
    assert edited.GetScene() is scene
    assert untouched.GetScene() is None
    assert first.volumes_table.GetScene() is None
    assert record.GetScene() is None


def test_of_another_version(scene: Any) -> None:
    record = scene.AddNewNodeByClass("vtkMRMLTextNode")
    record.SetText('{"schema_version": "0.1"}')
    assert recorded_result(record) is None
    assert recorded_result(None) is None


def test_revised(scene: Any, study: Study, nodes: StudyNodes) -> None:
    """A reader and the clinical record count in the scores at once; the volumes stay."""
    record = record_study(study.result, nodes)
    reading = MarkerReading.unread().override(Marker.BLEND, State.PRESENT, "AB")
    clinical = ClinicalRecord(gcs_total=15, age_years=85)
    result = revised(study.result, clinical, {"baseline": reading})
    blend = next(each for each in result.scans[0].markers.markers if each.marker is Marker.BLEND)
    assert (blend.value, blend.decided_by) == (State.PRESENT, "AB")
    assert result.scans[1].markers == study.result.scans[1].markers
    assert result.clinical["age_years"] == 85
    assert [scan.volumes for scan in result.scans] == [scan.volumes for scan in study.result.scans]
    ich = next(one for one in result.scores.scores if one.id == "ich" and one.timepoint == "baseline")
    # Hemphill: GCS 15 no point, 80 years and more 1 point.
    assert {item.points for item in ich.items if item.name.startswith(("Glasgow", "Age"))} == {0, 1}
    update_result(record, result)
    assert recorded_result(record) == result
    assert revised(result, None, {}).scores == study.result.scores
    table = recorded(record, "markers_table")
    assert scene.GetNumberOfNodesByClass("vtkMRMLTableNode") == 4
    assert "AB" in [table.GetTable().GetValue(row, 3).ToString() for row in range(table.GetNumberOfRows())]


def test_plots(scene: Any, study: Study) -> None:
    result = study.result
    before = scene.GetNumberOfNodes()
    chart = volumes_plot(result, "V")
    table = chart.GetNthPlotSeriesNode(0).GetTableNode().GetTable()
    values = [[table.GetValue(row, column).ToDouble() for column in range(2)] for row in range(2)]
    expected = [[scan.hours_after_baseline, scan.volumes["ich"].ml] for scan in result.scans]
    np.testing.assert_allclose(values, expected)
    answer = next(one for one in result.scores.scores if one.id == "ich")
    bars = score_plot(answer, "S")
    known = [item for item in answer.items if item.points is not None]
    assert bars.GetNumberOfPlotSeriesNodes() == len(known)
    remove_plot(chart)
    remove_plot(bars)
    assert scene.GetNumberOfNodes() == before
    unknown = result.scans[1].model_copy(update={"hours_after_baseline": None})
    assert volumes_plot(result.model_copy(update={"scans": [result.scans[0], unknown]}), "V") is None


def test_form_is_that_of_the_record(tmp_path: Path) -> None:
    fields = {field.name: field for field in form_fields()}
    assert list(fields) == list(ClinicalRecord.model_fields)
    assert fields["sex"].choices == ("female", "male")
    assert fields["glucose_mg_dl"].units == ("mg/dL", "mmol/L")
    assert (fields["doac"].kind, fields["doac"].choices) == ("choice", ("yes", "no"))
    assert fields["onset"].kind == "text"
    entries = {"age_years": "67", "fibrinogen_mg_dl": "3.3 g/L", "warfarin": "no"}
    record = record_of_entries(entries)
    assert (record.fibrinogen_mg_dl, record.warfarin) == (330, False)
    assert record_of_entries(entries_of_record(record)) == record
    with pytest.raises(ClinicalError, match=r"^age_years: 400 is not possible; 0 to 120 years is allowed$"):
        save_entries({"age_years": "400"}, tmp_path / "a.json")
    assert list(tmp_path.iterdir()) == []
