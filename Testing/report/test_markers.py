"""The page, the file and the pictures of the markers."""

import csv
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from PIL import Image

from HematomaExpansionLib.errors import UsageError
from HematomaExpansionLib.findings import ICH_NOT_TOLD, NO_ICH
from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.markers.finding import State
from HematomaExpansionLib.markers.marker import Marker
from HematomaExpansionLib.markers.reading import MarkerReading, load_readings
from HematomaExpansionLib.markers.record import NOTE
from HematomaExpansionLib.report.content import Figure, Table, Text
from HematomaExpansionLib.report.marker_evidence import marker_masks
from HematomaExpansionLib.report.marker_figure import marker_figure
from HematomaExpansionLib.report.marker_style import MARKER_STYLES
from HematomaExpansionLib.report.markers import markers_section, measure, write_markers_csv
from HematomaExpansionLib.segmentation.seg_nrrd import read_seg_nrrd
from HematomaExpansionLib.study import Study
from Testing.report.phantom import Bleed, study

SEEN = [Marker.HYPODENSITY, Marker.BLACK_HOLE, Marker.SWIRL]
"""What the dark ball of the phantom is."""


def table(made: Study) -> dict[str, tuple[str, ...]]:
    (found,) = (block for block in markers_section(made.result, ()).blocks if isinstance(block, Table))
    return {row[0]: row[1:] for row in found.rows}


def test_every_marker_has_its_row(pair: Study):
    rows = table(pair)
    assert list(rows) == [style.name for style in MARKER_STYLES.values()]
    automatic = pair.result.scans[0].markers.automatic
    for found in automatic.markers:
        state, measured, confidence, decided, later = rows[MARKER_STYLES[found.marker].name]
        assert state == found.state.value.capitalize() == ("Present" if found.marker in SEEN else "Absent")
        assert confidence == f"{found.confidence:.2f}"
        assert decided == "automatic"
        assert later == "Absent"
        assert all(measure(name, value) in measured for name, value in found.measures.items())
    assert rows["Hypodensity"][1].endswith("slice 16")  # the middle of the ball, 6 mm above 13.5 of 28


def test_the_page_says_what_it_is_worth(pair: Study):
    section = markers_section(pair.result, ())
    assert section.own_page
    assert section.blocks[-1] == Text(NOTE)
    assert any(isinstance(block, Text) and "Barras shape I" in block.text for block in section.blocks)


@pytest.mark.parametrize(
    ("bleed", "status", "reason"),
    [
        (Bleed(0, 9), "not applicable", NO_ICH),
        (Bleed(15, 9, classes=frozenset({Label.IVH})), "not told", ICH_NOT_TOLD),
    ],
)
def test_what_was_not_read_is_not_absent(bleed: Bleed, status: str, reason: str, tmp_path: Path):
    made = study(bleed)
    (scan,) = made.result.scans
    assert (scan.markers.status, scan.markers.reason, scan.markers.automatic) == (status, reason, None)
    assert {found.value for found in scan.markers.markers} == {None}
    assert set(table(made).values()) == {(f"— {status}", "—", "—", "— nobody")}
    assert markers_section(made.result, ()).blocks[0] == Text(f"Baseline: {status}. {reason}")
    assert marker_figure(made.timepoints[0], scan.markers) is None
    write_markers_csv(made.result, tmp_path / "markers.csv")
    with (tmp_path / "markers.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["status"], row["marker"], row["value"]) for row in rows] == [
        (status, marker.value, "") for marker in Marker
    ]
    markers = {"Blend sign", "Any hypodensity", "Island sign", "Black hole sign", "Swirl sign"}
    items = [item for score in made.result.scores.scores for item in score.items if item.name in markers]
    assert len(items) == 5
    assert {(item.value, item.points) for item in items} == {(None, None)}


def test_a_reader_decides_and_the_automatic_value_stays_beside():
    said = (
        MarkerReading.unread()
        .override(Marker.HYPODENSITY, State.ABSENT, "A. Reader")
        .override(Marker.BLEND, State.PRESENT, "A. Reader")
    )
    made = study(Bleed(15, hole_mm=6, reader=said))
    markers = made.result.scans[0].markers
    low = next(found for found in markers.markers if found.marker is Marker.HYPODENSITY)
    assert (low.value, low.automatic, low.decided_by) == ("absent", "present", "A. Reader")
    rows = table(made)
    assert (rows["Hypodensity"][0], rows["Hypodensity"][3]) == ("Absent", "A. Reader (automatic: present)")
    assert (rows["Blend"][0], rows["Blend"][3]) == ("Present", "A. Reader (automatic: absent)")
    # Nothing was measured that could be shown of the blend; what was ruled out is not shown.
    shown = [style.key for style, _ in marker_masks(made.timepoints[0], markers)]
    assert shown == ["black_hole", "swirl"]
    bat = next(score for score in made.result.scores.scores if score.id == "bat")
    assert [(item.value, item.source) for item in bat.items[:2]] == [
        ("present", "marker (A. Reader)"),
        ("absent", "marker (A. Reader)"),
    ]


def test_a_reader_without_a_name_is_refused():
    with pytest.raises(UsageError, match="needs the reader's name"):
        MarkerReading.unread().override(Marker.BLEND, State.ABSENT, " ")


def test_the_file_can_be_given_back(written: Path, pair: Study):
    readings = load_readings(written / "markers.csv")
    assert list(readings) == ["baseline", "followup-1"]
    for scan in pair.result.scans:
        for marker, entry in scan.markers.reading().entries.items():
            again = readings[scan.timepoint].entries[marker]
            assert (again.automatic, again.slice_index) == (entry.automatic, entry.slice_index)
            assert again.measures == pytest.approx(entry.measures, rel=1e-5)


def test_each_segment_is_the_evidence_of_its_marker(written: Path, pair: Study):
    segments = read_seg_nrrd(written / "baseline-markers.seg.nrrd")
    assert [segment.key for segment in segments] == [marker.value for marker in SEEN]
    for segment in segments:
        marker = Marker(segment.key)
        assert segment.name == MARKER_STYLES[marker].name
        assert np.array_equal(
            sitk.GetArrayFromImage(segment.voxels), pair.timepoints[0].markers.findings[marker].evidence
        )
        assert segment.voxels.GetSpacing() == pair.timepoints[0].scan.image.GetSpacing()


def test_a_picture_outlines_the_evidence_with_the_patients_right_on_the_left(pair: Study):
    figure = marker_figure(pair.timepoints[0], pair.result.scans[0].markers)
    assert isinstance(figure, Figure)
    assert figure.alt.endswith("Hypodensity, Black hole, Swirl.")
    picture = np.asarray(Image.open(BytesIO(figure.png)).convert("RGB"), dtype=int)
    height, width, _ = picture.shape
    first = picture[:, : width // 3]
    y, x = np.nonzero(np.abs(first - 255 * np.array(MARKER_STYLES[Marker.HYPODENSITY].colour)).max(2) < 30)
    # 90 mm a picture; the ball of 6 mm lies in the middle of the clot, which is the middle of the picture.
    mm = 90 / (width / 3)
    assert x.mean() * mm == pytest.approx(45, abs=2)
    assert y.mean() / height * 90 == pytest.approx(45, abs=2)
    assert (x.max() - x.min()) * mm == pytest.approx(12, abs=3)
    # The skull, 72 mm to the patient's right of the middle and 38 mm from the clot, is on the left.
    # The last pixels are the gap to the next picture.
    left, right = first[height // 2, : width // 24], first[height // 2, -width // 24 : -8]
    assert left.max() == 255
    assert right.max() < 200


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("gap_mm", 3.25, "gap 3.2 mm"),
        ("area_mm2", 12.0, "area 12.0 mm²"),
        ("edge_hu_mm", 8.0, "edge 8.0 HU/mm"),
        ("difference_hu", 18.0, "difference 18.0 HU"),
        ("low_share", 0.236, "low share 24 %"),
        ("tilt_degrees", 2.0, "tilt 2.0°"),
        ("on_one_slice", 4.0, "on one slice 4"),
        ("solidity", 0.891, "solidity 0.89"),
    ],
)
def test_a_measure_has_the_unit_of_its_name(name: str, value: float, text: str):
    assert measure(name, value) == text
