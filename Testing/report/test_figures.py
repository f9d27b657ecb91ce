from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from HematomaExpansionLib.labels import APPEARANCE, Label
from HematomaExpansionLib.report.curve import curve_figure
from HematomaExpansionLib.report.figures import draw_figures
from HematomaExpansionLib.report.montage import montage_png
from HematomaExpansionLib.report.panels import common_field_mm, panels_of
from HematomaExpansionLib.report.slices import choose_slices
from HematomaExpansionLib.study import Study
from Testing.report.phantom import BOTH, Bleed, study


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(png)).convert("RGB"), dtype=int)


def close_to(picture: np.ndarray, label: Label) -> np.ndarray:
    return np.abs(picture - 255 * np.array(APPEARANCE[label].colour)).max(axis=2) < 30


def panel(picture: np.ndarray, column: int, row: int) -> np.ndarray:
    """One of the 4 x 2 slices, without the legend under them."""
    height, width = (picture.shape[0] - 80) // 2, picture.shape[1] // 4
    return picture[row * height : (row + 1) * height, column * width : (column + 1) * width]


@pytest.fixture(scope="module")
def small() -> Study:
    return study(Bleed(15, 0, hours=0.0), Bleed(15, 9, hours=6.0))


def test_names_and_order(small: Study):
    files = [figure.file for figure in draw_figures(small)]
    assert files == ["figure-baseline.png", "figure-followup-1.png", "figure-growth-1.png"]


def test_the_title_and_a_legend_of_every_class_do_not_touch(small: Study):
    point = small.timepoints[0]
    panels = panels_of(point, choose_slices(small)[point.name])
    names = ("ICH", "IVH", "extra-axial haemorrhage", "perihaematomal oedema")
    legend = [(name, look.colour) for name, look in zip(names, APPEARANCE.values(), strict=True)]

    def strip(title: str, entries: list) -> np.ndarray:
        field = common_field_mm([panels])
        return (
            pixels(montage_png(panels, field, title, entries, lambda axes, index: None))[-80:].max(axis=2)
            > 30
        )

    title = strip("Follow-up 1   W80 L40, R = patient's right, bar 50 mm", [])
    below = strip("", legend)
    assert title.any()
    assert below.any()
    assert not (title.any(axis=1) & below.any(axis=1)).any()
    assert not below[:, -1].any(), "the legend leaves the sheet"


def test_the_patients_right_is_on_the_left_and_the_front_is_up(small: Study):
    # The ICH lies 34 mm to the patient's right at mid-height, the IVH in the middle, 6 mm to the front.
    followup = pixels(draw_figures(small)[1].png)
    slices = choose_slices(small)["followup-1"].tolist()
    index = slices.index(14)  # the grid has 28 slices: 14 is 2.5 mm above the middle
    shown = panel(followup, index % 4, index // 4)
    _, ich_x = np.nonzero(close_to(shown, Label.ICH))
    ivh_y, ivh_x = np.nonzero(close_to(shown, Label.IVH))
    height, width, _ = shown.shape
    assert ich_x.max() < 0.45 * width
    assert ivh_x.mean() == pytest.approx(width / 2, abs=0.02 * width)
    assert ivh_y.mean() < 0.5 * height


def test_a_millimetre_is_as_long_down_as_across(small: Study):
    # A sphere's outline is a circle whatever the pixels; its size on the sheet follows from the field.
    shown = pixels(draw_figures(small)[0].png)
    slices = choose_slices(small)
    index = slices["baseline"].tolist().index(15)
    y, x = np.nonzero(close_to(panel(shown, index % 4, index // 4), Label.ICH))
    panels = [panels_of(point, slices[point.name]) for point in small.timepoints]
    mm = common_field_mm(panels)[1] / (shown.shape[1] / 4)
    across, down = (x.max() - x.min()) * mm, (y.max() - y.min()) * mm
    assert across == pytest.approx(down, abs=2.0)
    assert across == pytest.approx(30.0, abs=3.0)


def test_window_and_field(small: Study):
    panels = panels_of(small.timepoints[0], np.array([13]))
    # Noise of 3 HU about 32 HU brain: W80 L40 shows HU 32 as 32/80 of 255 = 102; bone is white, air black.
    middle = panels.grey[0][10:86, 60]
    assert np.median(middle) == pytest.approx(102, abs=10)
    assert panels.grey.min() == 0
    assert panels.grey.max() == 255
    # Brain radii of 80 mm and 64 mm on 2 mm pixels, and 20 mm all round.
    assert common_field_mm([panels]) == (pytest.approx(200, abs=4), pytest.approx(168, abs=4))


def test_no_growth_map_without_trust_or_blood():
    files = [figure.file for figure in draw_figures(study(Bleed(15), Bleed(16), trusted=False))]
    assert files == ["figure-baseline.png", "figure-followup-1.png"]
    files = [figure.file for figure in draw_figures(study(Bleed(), Bleed()))]
    assert files == ["figure-baseline.png", "figure-followup-1.png"]


@pytest.mark.parametrize(
    ("bleeds", "alt"),
    [
        ([Bleed(15), Bleed(16, hours=6.0)], None),
        ([Bleed(15), Bleed(16, hours=None), Bleed(18, hours=24.0)], None),
        (
            [Bleed(15), Bleed(16, hours=6.0), Bleed(18, 9, hours=24.0)],
            "Volumes at 0, 6.0, 24.0 h: ICH 14.2, 17.2, 24.6 mL; IVH 0, 0, 3.0 mL; "
            "ICH + IVH 14.2, 17.2, 27.7 mL.",
        ),
        (
            [Bleed(15, hours=hour, classes=BOTH - {Label.IVH}) for hour in (0.0, 6.0, 24.0)],
            "Volumes at 0, 6.0, 24.0 h: ICH 14.2, 14.2, 14.2 mL.",
        ),
    ],
)
def test_the_curve_needs_three_scans_with_times(bleeds: list[Bleed], alt: str | None):
    curve = curve_figure(study(*bleeds).result.scans)
    assert (curve.alt if curve else None) == alt
