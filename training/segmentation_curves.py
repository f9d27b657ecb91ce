"""The record of a training run: a table that grows with it, and a figure of its curves."""

import csv
from pathlib import Path

from HematomaExpansionLib.files import written_whole


class Curves:
    """Losses and scores by step, kept in a CSV file.

    Args:
        file: the table. Rows up to ``steps`` are kept, later ones belong to a part of the run that was lost.
        steps: how far the run is.
    """

    def __init__(self, file: Path, steps: int) -> None:
        """Read what an interrupted run left."""
        self.file = file
        self.rows: list[dict[str, float]] = []
        if steps and file.is_file():
            with file.open(newline="") as stream:
                rows = [{k: float(v) for k, v in row.items() if v} for row in csv.DictReader(stream)]
            self.rows = [row for row in rows if row["step"] <= steps]

    def add(self, **row: float) -> None:
        """Add a row and write the table."""
        self.rows.append(row)
        columns = list(dict.fromkeys(key for row in self.rows for key in row))
        with written_whole(self.file) as temporary, temporary.open("w", newline="") as stream:
            writer = csv.DictWriter(stream, columns)
            writer.writeheader()
            writer.writerows(self.rows)

    def draw(self, file: Path) -> None:
        """Write a PNG: the loss above, the Dice on validation scans below."""
        import matplotlib as mpl

        mpl.use("Agg")
        import matplotlib.pyplot as plt

        figure, (upper, lower) = plt.subplots(2, 1, figsize=(8, 7), sharex=True, layout="constrained")
        for axes, wanted in ((upper, "loss"), (lower, "dice_")):
            for key in dict.fromkeys(key for row in self.rows for key in row if key.startswith(wanted)):
                points = [(row["step"], row[key]) for row in self.rows if key in row]
                axes.plot(*zip(*points, strict=True), marker="." if len(points) < 60 else "", label=key)
        upper.set(ylabel="training loss")
        lower.set(ylabel="Dice, validation scans (median)", xlabel="step", ylim=(0, 1))
        if lower.lines:
            lower.legend(loc="lower right")
        for axes in (upper, lower):
            axes.grid(alpha=0.3)
        with written_whole(file) as temporary:
            figure.savefig(temporary, dpi=120)
        plt.close(figure)
