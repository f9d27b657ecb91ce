"""The heat map of a network on the page of the predictions."""

import csv
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from PIL import Image
from pypdf import PdfReader

from HematomaExpansionLib.explanation.heat_maps import NO_IMAGE
from HematomaExpansionLib.prediction.prediction import Contribution, HeatMap
from HematomaExpansionLib.report.build import build_content
from HematomaExpansionLib.report.content import Bullets, Figure
from HematomaExpansionLib.report.heat_map_figure import heat_map_figures
from HematomaExpansionLib.report.write import write_study
from HematomaExpansionLib.study import Study
from Testing.report.phantom import Bleed, study
from Testing.report.test_prediction import SAYS, said

SIDE = round(3.2 * 160)
"""Pixels that a slice is wide."""
FILE = "ning2025-cnn-grad-cam.nii.gz"
CENTRE = (15, 47, 22)
"""Voxel ``(z, y, x)`` in the ICH of the phantom, which is largest in slice 15."""


def with_map(peak: tuple[int, int, int], place: str = "inside", distance_mm: float = 0.0) -> Study:
    """A study of two models: one of numbers, and one whose evidence is a ball about a voxel."""
    plain = study(Bleed(15))
    grid = plain.timepoints[0].scan.image
    z, y, x = np.indices(grid.GetSize()[::-1])
    off_mm = np.hypot(np.hypot(5 * (z - peak[0]), 2 * (y - peak[1])), 2 * (x - peak[2]))
    heat_map = sitk.GetImageFromArray(np.clip(1 - off_mm / 40, 0, 1).astype(np.float32))
    heat_map.CopyInformation(grid)
    found = HeatMap(
        file=FILE,
        peak_mm=grid.TransformIndexToPhysicalPoint([int(index) for index in peak[::-1]]),
        peak_distance_mm=distance_mm,
        peak_place=place,
    )
    predictions = [said(heat_map=HeatMap(reason=NO_IMAGE)), said(model="ning2025-cnn", heat_map=found)]
    result = plain.result.model_copy(update={"predictions": predictions})
    return replace(plain, result=result, heat_maps={FILE: heat_map})


@pytest.fixture(scope="module")
def elsewhere() -> Study:
    return with_map((20, 47, 60), "outside", 54.2)


def test_slices_of_the_peak_and_of_the_largest_area(elsewhere: Study):
    (figure,) = heat_map_figures(elsewhere)
    assert figure.file == "figure-ning2025-cnn-grad-cam.png"
    for text in (figure.alt, figure.caption):
        assert "the slice where it is strongest (cross) and on the slice with the largest area" in text
        assert "Its evidence is strongest outside the haematoma, 54.2 mm from it." in text
    assert figure.caption.endswith(SAYS)


def test_of_a_fusion_it_is_said_that_the_rest_has_no_place():
    plain = with_map(CENTRE)
    score = Contribution(name="image_score", value=-0.4, log_odds=-0.1)
    *others, one = plain.result.predictions
    for contributions, expected in (((), False), ((score,), True)):
        predictions = [*others, one.model_copy(update={"contributions": contributions})]
        result = plain.result.model_copy(update={"predictions": predictions})
        (figure,) = heat_map_figures(replace(plain, result=result))
        assert ("one input of a fusion; the others have no place in the scan." in figure.caption) == expected


def test_where_both_are_one_slice_it_is_shown_without_the_map_too():
    (figure,) = heat_map_figures(with_map(CENTRE))
    assert "the slice where it is strongest (cross) and on the same slice without the map" in figure.alt
    assert "Its evidence is strongest inside the haematoma." in figure.caption
    pixels = np.asarray(Image.open(BytesIO(figure.png)).convert("RGB")).astype(int)
    coloured = (pixels.max(axis=2) - pixels.min(axis=2) > 25)[:450]
    # A disc of 36 mm at 3 pixels a mm; beside it nothing but the outline.
    assert coloured[:, :SIDE].sum() > 30_000
    assert 200 < coloured[:, SIDE : 2 * SIDE].sum() < 3000


def test_evidence_is_drawn_in_colour_and_the_haematoma_outlined(elsewhere: Study):
    """Colour where the evidence is at least 0.1: on the patient's left of the first slice."""
    (figure,) = heat_map_figures(elsewhere)
    pixels = np.asarray(Image.open(BytesIO(figure.png)).convert("RGB")).astype(int)
    coloured = pixels.max(axis=2) - pixels.min(axis=2) > 25
    first, second = coloured[:450, :SIDE], coloured[:450, SIDE : 2 * SIDE]
    assert first[:, SIDE // 2 :].sum() > 5 * first[:, : SIDE // 2].sum()
    # The second slice lies 25 mm below: of the ball of 36 mm one of 26 mm is left, and there is the outline.
    blue = (np.abs(pixels - np.array([86, 180, 233])).max(axis=2) < 20)[:450]
    assert blue[:, SIDE : SIDE + SIDE // 2].sum() > 50
    assert blue[:, SIDE + SIDE // 2 : 2 * SIDE].sum() == 0
    assert 0 < second.sum() < first.sum()


def test_page_file_and_figure(elsewhere: Study, tmp_path: Path):
    write_study(elsewhere, tmp_path)
    written = sitk.ReadImage(str(tmp_path / FILE))
    heat_map = elsewhere.heat_maps[FILE]
    assert (sitk.GetArrayFromImage(written) == sitk.GetArrayFromImage(heat_map)).all()
    assert written.GetOrigin() == pytest.approx(heat_map.GetOrigin())
    assert written.GetSpacing() == pytest.approx(heat_map.GetSpacing())
    assert (tmp_path / "figure-ning2025-cnn-grad-cam.png").read_bytes()[:4] == b"\x89PNG"
    with (tmp_path / "predictions.csv").open(newline="", encoding="utf-8") as stream:
        numbers, network = csv.DictReader(stream)
    columns = ("heat_map", "peak_place", "peak_distance_mm")
    assert [network[name] for name in columns] == [FILE, "outside", "54.2"]
    assert [numbers[name] for name in columns] == ["", "", ""]
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    paper = PdfReader(tmp_path / "report.pdf")
    text = " ".join(" ".join(sheet.extract_text().split()) for sheet in paper.pages)
    for report in (page, text):
        assert "ning2025-cnn: Its evidence is strongest outside the haematoma, 54.2 mm from it." in report
        assert f"lee2024-clinical: heat map not available: {NO_IMAGE}." in report
        assert "where in the baseline its network saw evidence for expansion (Grad-CAM)" in report


def test_the_figure_stands_on_the_page_of_the_predictions(elsewhere: Study):
    figures = heat_map_figures(elsewhere)
    content = build_content(elsewhere.result, (), (), figures)
    (section,) = (one for one in content.sections if one.title == "Prediction")
    *_, bullets, figure = section.blocks
    assert isinstance(bullets, Bullets)
    assert isinstance(figure, Figure)
    assert bullets.items == (
        f"lee2024-clinical: heat map not available: {NO_IMAGE}.",
        "ning2025-cnn: Its evidence is strongest outside the haematoma, 54.2 mm from it.",
    )
