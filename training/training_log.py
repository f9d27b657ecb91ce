"""The record of a training run: a table that grows with it, a figure, and TensorBoard's events."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from HematomaExpansionLib.files import written_whole


@dataclass(frozen=True)
class Panel:
    """One panel of the figure.

    Attributes:
        label: of its axis.
        columns: what the names of its columns begin with.
        limits: of its axis; fitted to the values when None.
    """

    label: str
    columns: str
    limits: tuple[float, float] | None = None


class Curves:
    """Losses and scores by step, kept in a CSV file, and for TensorBoard where that is installed.

    Args:
        file: the table. Rows up to ``steps`` are kept, later ones belong to a part of the run that was lost.
        steps: how far the run is.
        events: folder of TensorBoard's event files; none are written for None, or without the package.
    """

    def __init__(self, file: Path, steps: int, events: Path | None = None) -> None:
        """Read what an interrupted run left."""
        self.file = file
        self.rows: list[dict[str, float]] = []
        if steps and file.is_file():
            with file.open(newline="") as stream:
                rows = [{k: float(v) for k, v in row.items() if v} for row in csv.DictReader(stream)]
            self.rows = [row for row in rows if row["step"] <= steps]
        self._events = None
        if events is not None:
            try:
                from torch.utils.tensorboard import SummaryWriter
            except ImportError:
                return
            self._events = SummaryWriter(str(events), purge_step=steps + 1)

    def add(self, **row: float) -> None:
        """Add a row and write the table; ``step`` is what the rows are ordered by."""
        self.rows.append(row)
        columns = list(dict.fromkeys(key for row in self.rows for key in row))
        with written_whole(self.file) as temporary, temporary.open("w", newline="") as stream:
            writer = csv.DictWriter(stream, columns)
            writer.writeheader()
            writer.writerows(self.rows)
        if self._events is not None:
            for key in row.keys() - {"step"}:
                self._events.add_scalar(key, row[key], int(row["step"]))

    def close(self) -> None:
        """Write what TensorBoard has not got yet."""
        if self._events is not None:
            self._events.close()

    def draw(self, file: Path, panels: Sequence[Panel]) -> None:
        """Write a PNG of the curves against the step, the first panel on top."""
        import matplotlib as mpl

        mpl.use("Agg")
        import matplotlib.pyplot as plt

        figure, every = plt.subplots(
            len(panels), 1, figsize=(8, 3.5 * len(panels)), sharex=True, layout="constrained", squeeze=False
        )
        for axes, panel in zip(every[:, 0], panels, strict=True):
            names = dict.fromkeys(key for row in self.rows for key in row if key.startswith(panel.columns))
            for key in names:
                points = [(row["step"], row[key]) for row in self.rows if key in row]
                axes.plot(*zip(*points, strict=True), marker="." if len(points) < 60 else "", label=key)
            axes.set(ylabel=panel.label, ylim=panel.limits)
            axes.grid(alpha=0.3)
            if names:
                axes.legend(loc="best")
        every[-1, 0].set_xlabel("step")
        with written_whole(file) as temporary:
            figure.savefig(temporary, dpi=120)
        plt.close(figure)
