"""Takes the pictures of the extension: ``python -m Testing.widget.screenshots [STUDY_DIR]``.

The views are drawn by slicer-core; the panel by the host of the widget's tests, which is not Slicer's window.
STUDY_DIR is what ``make demo`` wrote; without it the sample study is analysed first. The picture of evidence
is of the network that comes with the package.
"""

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "Screenshots"
MODEL = "zhong2021-simulated"
WIDTH, HEIGHT, PANEL, BAR = 1280, 800, 440, 18
"""Pixels: of a picture, of the panel in it, and of the coloured bar over a pane."""
_NAMES = {"HematomaBaseline": "Baseline", "HematomaFollowup": "Follow-up", "HematomaGrowth": "Growth"}


def main(study: Path | None) -> None:
    """Write every picture."""
    os.environ.setdefault("VTK_DEFAULT_OPENGL_WINDOW", "vtkEGLRenderWindow")
    from HematomaExpansionLib.scene.bootstrap import ensure_scene
    from Testing.widget.host.application import hosted

    ensure_scene()
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, hosted([], Path(folder)) as module:
        widget = _analysed(module, study or _analyse(Path(folder) / "study"))
        widget.ui.panesButton.click()
        for name, steps in {
            "1-overview": ("scansButton", "segmentationButton", "changeButton"),
            "2-markers-and-clinical": ("markersButton", "clinicalButton"),
            "3-scores-and-report": ("scoresButton", "reportButton"),
        }.items():
            if name.startswith("3"):
                widget.ui.scoresTable.setCurrentCell(1, 0)
                widget.ui.scorePlotButton.click()
            _open(widget, steps)
            _picture(widget).save(str(OUT / f"HematomaExpansion-{name}.png"))
        _predict(widget)
        _picture(widget).save(str(OUT / "HematomaExpansion-4-evidence.png"))
        widget.cleanup()


def _predict(widget: Any) -> None:
    """Ask a model, as a user does, and bring its answer into view."""
    from Testing.widget.conftest import tick_until_done

    widget.ui.modelComboBox.setCurrentText(MODEL)
    widget.ui.predictButton.click()
    tick_until_done(widget, 1800)
    _open(widget, ("scoresButton",))


def _analyse(folder: Path) -> Path:
    from Testing.conftest import run_command

    sample = ROOT / "Resources" / "sample"
    scans = (sample / "baseline.nii.gz", sample / "followup-1.nii.gz")
    done = run_command("analyze", *scans, "--clinical", sample / "clinical.yaml", "--out", folder)
    if done.code != 0:
        raise SystemExit(done.err)
    return folder


def _analysed(module: Any, study: Path) -> Any:
    """An open panel that shows a study, as if it had analysed it."""
    import slicer
    from HematomaExpansionPanel.analysis import show

    from HematomaExpansionLib.clinical import read_clinical
    from HematomaExpansionLib.scene.analysis_process import Finding
    from HematomaExpansionLib.scene.clinical_form import entries_of_record
    from HematomaExpansionLib.scene.head_ct import head_ct_from_volume
    from HematomaExpansionLib.scene.study_folder import read_result, show_study_folder
    from Testing.scene.conftest import load

    sample = ROOT / "Resources" / "sample"
    widget = module.HematomaExpansionWidget(type("Parent", (), {"isEntered": True}))
    widget.setup()
    volumes = [
        load(slicer.mrmlScene, sample / f"{name}.nii.gz", name=name) for name in ("baseline", "followup-1")
    ]
    widget.ui.findButton.click()
    widget.steps["clinical"].keep(entries_of_record(read_clinical(sample / "clinical.yaml")))
    nodes = show_study_folder(study, [head_ct_from_volume(volume).image for volume in volumes], volumes)
    finding = Finding(read_result(study), nodes, tuple(volumes), (), study, widget.study.inputs)
    show(widget.parameters, finding)
    widget.say("")
    return widget


def _open(widget: Any, steps: tuple[str, ...]) -> None:
    for name, each in vars(widget.ui).items():
        if type(each).__name__ == "ctkCollapsibleButton":
            each.collapsed = name not in steps


def _picture(widget: Any) -> Any:
    """The panel on the left, the four panes on the right."""
    from PySide6.QtGui import QImage, QPainter

    from HematomaExpansionLib.scene.linked_slices import fit
    from HematomaExpansionLib.scene.study_record import recorded
    from HematomaExpansionLib.scene.two_by_two import BASELINE, panes
    from Testing.widget.host.application import show_panel
    from Testing.widget.host.pictures import resize, slice_picture

    image = QImage(WIDTH, HEIGHT, QImage.Format_RGB888)
    painter = QPainter(image)
    window = show_panel(widget, PANEL, HEIGHT)
    painter.drawPixmap(0, 0, window.grab())
    window.takeWidget()
    width, height = (WIDTH - PANEL) // 2, HEIGHT // 2
    there = panes()
    for each in there.values():
        resize(each.slice, width, height - BAR)
    centre = there[BASELINE].slice.GetSliceToRAS().GetElement(2, 3)
    fit(there[BASELINE].slice, recorded(widget.study.record, "volumes", "baseline"))
    there[BASELINE].slice.SetSliceOffset(centre)
    for number, (tag, each) in enumerate(there.items()):
        at = (PANEL + number % 2 * width, number // 2 * height)
        _bar(painter, at, width, each.slice.GetLayoutLabel(), _NAMES[tag], number)
        painter.drawImage(
            at[0], at[1] + BAR, _image(slice_picture(each.slice, each.composite, width, height - BAR))
        )
    _fourth(painter, width, height)
    painter.end()
    return image


def _bar(painter: Any, at: tuple[int, int], width: int, label: str, name: str, number: int) -> None:
    """The coloured bar that Slicer has over a slice view."""
    from PySide6.QtGui import QColor

    colour = ("#0072B2", "#D55E00", "#F0E442")[number]
    painter.fillRect(*at, width, BAR, QColor(colour))
    painter.setPen(QColor("black" if number == 2 else "white"))
    painter.drawText(at[0] + 6, at[1] + BAR - 5, f"{label}   {name}")


def _fourth(painter: Any, width: int, height: int) -> None:
    """Plot over table, as their view nodes say."""
    import slicer
    from PySide6 import QtWidgets

    from HematomaExpansionLib.scene.two_by_two import PLOT, TABLE
    from Testing.widget.host.pictures import chart_picture

    chart = slicer.mrmlScene.GetSingletonNode(PLOT, "vtkMRMLPlotViewNode").GetPlotChartNode()
    plot = chart_picture(chart, width, height * 3 // 5)
    left, top = PANEL + width, height
    painter.drawImage(left, top, _image(plot))
    node = slicer.mrmlScene.GetSingletonNode(TABLE, "vtkMRMLTableViewNode").GetTableNode()
    data = node.GetTable()
    rows, columns = data.GetNumberOfRows(), data.GetNumberOfColumns()
    table = QtWidgets.QTableWidget(rows, columns)
    table.setHorizontalHeaderLabels([data.GetColumnName(column) for column in range(columns)])
    for row in range(rows):
        for column in range(columns):
            table.setItem(row, column, QtWidgets.QTableWidgetItem(data.GetValue(row, column).ToString()))
    table.resizeColumnsToContents()
    table.resize(width, height - plot.shape[0])
    painter.drawPixmap(left, top + plot.shape[0], table.grab())


def _image(pixels: Any) -> Any:
    from PySide6.QtGui import QImage

    pixels = np.ascontiguousarray(pixels)
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, 3 * width, QImage.Format_RGB888).copy()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else None)
