"""The figures: what is drawn, and that it is written the same each time."""

import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from HematomaExpansionLib.errors import OutputError, UsageError
from HematomaExpansionLib.statistics.bland_altman import bland_altman
from HematomaExpansionLib.statistics.calibration import calibration, calibration_curve
from HematomaExpansionLib.statistics.confusion import ConfusionMatrix
from HematomaExpansionLib.statistics.decision_curve import decision_curve
from HematomaExpansionLib.statistics.figures.bland_altman import draw_bland_altman
from HematomaExpansionLib.statistics.figures.calibration import draw_calibration
from HematomaExpansionLib.statistics.figures.confusion import draw_confusion
from HematomaExpansionLib.statistics.figures.decision_curve import draw_decision_curve
from HematomaExpansionLib.statistics.figures.precision_recall import draw_precision_recall
from HematomaExpansionLib.statistics.figures.roc import draw_roc
from HematomaExpansionLib.statistics.figures.style import COLOURS, write_figure
from HematomaExpansionLib.statistics.precision_recall import average_precision, precision_recall_curve
from HematomaExpansionLib.statistics.roc import auc, roc_curve

RNG = np.random.default_rng(7)
OUTCOME = RNG.random(150) < 0.3
SCORES = {"volume": RNG.normal(size=150) + 0.5 * OUTCOME, "network": RNG.normal(size=150) + 1.2 * OUTCOME}
RISKS = {name: 1 / (1 + np.exp(1 - score)) for name, score in SCORES.items()}


def figures() -> dict[str, Figure]:
    """One of each."""
    return {
        "roc": draw_roc(
            {name: (roc_curve(OUTCOME, s), auc(OUTCOME, s)) for name, s in SCORES.items()}, "Test set"
        ),
        "precision-recall": draw_precision_recall(
            {
                name: (precision_recall_curve(OUTCOME, s), average_precision(OUTCOME, s))
                for name, s in SCORES.items()
            }
        ),
        "calibration": draw_calibration(
            {
                name: (calibration_curve(OUTCOME, risk, groups=6), calibration(OUTCOME, risk).slope)
                for name, risk in RISKS.items()
            }
        ),
        "decision-curve": draw_decision_curve(
            {name: decision_curve(OUTCOME, risk) for name, risk in RISKS.items()}
        ),
        "confusion": draw_confusion(
            {"volume": ConfusionMatrix(17, 30, 28, 75), "network": ConfusionMatrix(51, 22, 29, 117)}
        ),
        "bland-altman": draw_bland_altman(
            bland_altman(SCORES["volume"], SCORES["network"]), "reader A", "reader B", "mL"
        ),
    }


@pytest.mark.parametrize("name", list(figures()))
def test_a_figure_is_written_as_png_and_svg_the_same_each_time(name: str, tmp_path: Path) -> None:
    png, svg = write_figure(figures()[name], tmp_path / "a" / name)
    again = write_figure(figures()[name], tmp_path / "b" / name)
    assert (png.name, svg.name) == (f"{name}.png", f"{name}.svg")
    assert [path.read_bytes() for path in again] == [png.read_bytes(), svg.read_bytes()]
    assert png.read_bytes().startswith(b"\x89PNG")
    assert ET.parse(svg).getroot().tag.endswith("svg")  # noqa: S314 (our own file)
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == [png.name, svg.name]


def test_the_roc_curve_names_each_model_with_its_auc() -> None:
    (axes,) = figures()["roc"].axes
    said = [text.get_text() for text in axes.get_legend().get_texts()]
    assert said == [f"{name}: AUC {auc(OUTCOME, score).text()}" for name, score in SCORES.items()]
    _, volume, network = axes.get_lines()
    assert volume.get_color() != network.get_color()
    assert volume.get_linestyle() != network.get_linestyle()
    np.testing.assert_allclose(network.get_ydata(), roc_curve(OUTCOME, SCORES["network"]).sensitivity)


def test_a_model_that_is_not_available_is_said() -> None:
    figure = draw_roc({"none": (roc_curve([1, 1], [1, 2]), auc([1, 1], [1, 2]))})
    (text,) = figure.axes[0].get_legend().get_texts()
    assert text.get_text() == "none: not available"


def test_curves_that_are_not_available_are_said() -> None:
    drawn = (
        draw_precision_recall({"none": (precision_recall_curve([1], [1]), average_precision([1], [1]))}),
        draw_calibration({"none": (calibration_curve([], []), calibration([], []).slope)}),
        draw_decision_curve({"none": decision_curve([], [])}),
    )
    for figure in drawn:
        said = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
        assert said[-1] == "none: not available"


def test_the_calibration_plot_shows_observed_against_predicted() -> None:
    (axes,) = figures()["calibration"].axes
    said = [text.get_text() for text in axes.get_legend().get_texts()]
    slope = calibration(OUTCOME, RISKS["network"]).slope.text(2)
    assert said[-1] == f"network: slope {slope}"
    observed = [
        group.observed.value for group in calibration_curve(OUTCOME, RISKS["volume"], groups=6).groups
    ]
    assert any(list(line.get_ydata()) == observed for line in axes.get_lines())


def test_the_decision_curve_shows_all_and_none() -> None:
    (axes,) = figures()["decision-curve"].axes
    said = [text.get_text() for text in axes.get_legend().get_texts()]
    assert said == ["treat none", "treat all", "volume", "network"]
    found = decision_curve(OUTCOME, RISKS["network"])
    np.testing.assert_array_equal(axes.get_lines()[3].get_ydata(), found.net_benefit)


def test_the_confusion_matrix_shows_counts_and_shares() -> None:
    panel = figures()["confusion"].axes[1]
    assert [text.get_text() for text in panel.texts] == [
        "51\n63.7 %",
        "29\n36.2 %",
        "22\n15.8 %",
        "117\n84.2 %",
    ]
    empty = draw_confusion({"x": ConfusionMatrix(0, 1, 0, 1)}).axes[0]
    assert empty.texts[0].get_text() == "0\n-"


def test_the_bland_altman_plot_shows_bias_and_limits() -> None:
    (axes,) = figures()["bland-altman"].axes
    found = bland_altman(SCORES["volume"], SCORES["network"])
    levels = [line.get_ydata()[0] for line in axes.get_lines()]
    assert levels == pytest.approx([0, found.bias.value, found.lower_limit.value, found.upper_limit.value])
    assert axes.get_ylabel() == "reader A - reader B (mL)"
    single = draw_bland_altman(bland_altman([1], [2]), "a", "b", "mL").axes[0]
    assert len(single.get_lines()) == 2


def test_nothing_to_draw_is_refused() -> None:
    with pytest.raises(UsageError, match="at least one model"):
        draw_roc({})
    with pytest.raises(UsageError, match="at least one model"):
        draw_confusion({})


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError):
        write_figure(figures()["roc"], tmp_path / "file" / "roc")


def test_the_colours_are_those_of_okabe_and_ito() -> None:
    assert set(COLOURS) == {"#000000", "#e69f00", "#56b4e9", "#009e73", "#0072b2", "#d55e00", "#cc79a7"}
