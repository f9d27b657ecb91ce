"""What the steps of the panel have in common."""

from collections.abc import Sequence
from typing import Any

import qt

_ROW_PIXELS = 24
"""A combo box fits in."""


class Step:
    """One collapsible step. It reads the parameters, shows them, and writes what the user does to them."""

    def __init__(self, panel: Any) -> None:
        """Connect the widgets.

        Args:
            panel: the widget of the module, with ``ui``, ``study`` and ``logic``.
        """
        self.panel = panel
        self.ui = panel.ui
        self.connect()

    def connect(self) -> None:
        """Connect the signals of the step."""

    def refresh(self) -> None:
        """Show the parameters; called when they changed. Signals of it are not answered."""


def fill_table(
    table: Any, header: Sequence[str], rows: Sequence[Sequence[str]], wide: Sequence[int] = (-1,)
) -> None:
    """Show text in a table that is as high as its rows are; a cell that is cut says all in its tool tip.

    Args:
        table: QTableWidget.
        header: names of the columns.
        rows: cells; without any the table takes no room.
        wide: columns that share the width that the others leave.
    """
    blocked = table.blockSignals(True)
    table.setColumnCount(len(header))
    table.setRowCount(len(rows))
    table.setHorizontalHeaderLabels(list(header))
    table.verticalHeader().setVisible(False)
    for number, cells in enumerate(rows):
        for column, text in enumerate(cells):
            item = qt.QTableWidgetItem(text)
            item.setToolTip(text)
            table.setItem(number, column, item)
    table.horizontalHeader().setSectionResizeMode(qt.QHeaderView.ResizeToContents)
    for column in wide if header else ():
        table.horizontalHeader().setSectionResizeMode(column % len(header), qt.QHeaderView.Stretch)
    table.verticalHeader().setDefaultSectionSize(_ROW_PIXELS)
    height = table.horizontalHeader().sizeHint.height() + 2 * table.frameWidth + _ROW_PIXELS * len(rows)
    table.setFixedHeight(height if rows else 0)
    table.blockSignals(blocked)


def fill_choices(box: Any, names: Sequence[str]) -> None:
    """Offer other choices in a combo box and keep the chosen one where it is still there."""
    if [box.itemText(index) for index in range(box.count)] == list(names):
        return
    before = box.currentText
    box.blockSignals(True)
    box.clear()
    for name in names:
        box.addItem(name)
    box.setCurrentIndex(max(0, list(names).index(before) if before in names else 0))
    box.blockSignals(False)
