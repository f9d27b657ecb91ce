"""``python -m training.simulate.montage DIR --out montage.png``: simulated patients, plain and outlined."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from HematomaExpansionLib.labels import APPEARANCE, Label

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

CASES = 12
_COLUMNS = 4
_LEVEL_HU, _WIDTH_HU = 40.0, 80.0
_AIR_BELOW_HU = -300


def draw_montage(folder: Path, out: Path) -> int:
    """Draw the slice with most blood of each case, plain and with the outlines of its truth.

    Args:
        folder: what ``python -m training.simulate`` wrote.
        out: a PNG.

    Returns:
        How many cases are on it.

    Raises:
        FileNotFoundError: when the folder holds no case.
    """
    from matplotlib.figure import Figure

    cases = sorted(file.parent for file in folder.glob("case-*/truth.json"))[:CASES]
    if not cases:
        raise FileNotFoundError(f"{folder}: no case-0001/truth.json in it; run python -m training.simulate")
    rows = -(-len(cases) // _COLUMNS)
    figure = Figure(figsize=(5.2 * _COLUMNS, 2.9 * rows + 0.4), facecolor="black")
    axes = figure.subplots(rows, 2 * _COLUMNS, squeeze=False).reshape(rows, _COLUMNS, 2)
    for axis in axes.ravel():
        axis.set_axis_off()
    for pair, case in zip(axes.reshape(-1, 2), cases, strict=False):
        _draw_case(pair[0], pair[1], case)
    figure.suptitle("Simulated head CT, W 80 L 40. Not patients.", color="white", y=0.995)
    figure.subplots_adjust(0, 0, 1, 0.955, 0.01, 0.1)
    figure.savefig(out, dpi=100, facecolor="black")
    return len(cases)


def _draw_case(plain: "Axes", outlined: "Axes", case: Path) -> None:
    truth = json.loads((case / "truth.json").read_text(encoding="utf-8"))["scans"][0]
    hu, spacing = _read(case / truth["image"])
    labels, _ = _read(case / truth["labels"])
    blood = (labels > 0) & (labels != Label.OEDEMA)
    # Without blood: the height of the lateral ventricles.
    level = int(np.argmax(blood.sum(axis=(1, 2)))) if blood.any() else int(len(hu) * 0.55)
    rows, columns = _head(hu[level])
    for axis in (plain, outlined):
        lowest, highest = _LEVEL_HU - _WIDTH_HU / 2, _LEVEL_HU + _WIDTH_HU / 2
        axis.imshow(hu[level], cmap="gray", vmin=lowest, vmax=highest, aspect=spacing[1] / spacing[0])
        for side, place in (("R", 0.03), ("L", 0.93)):
            axis.text(place, 0.5, side, color="white", transform=axis.transAxes, fontsize=8)
    for label, appearance in APPEARANCE.items():
        if (labels[level] == label).any():
            outlined.contour(labels[level] == label, [0.5], colors=[appearance.colour], linewidths=0.8)
    for axis in (plain, outlined):
        axis.set_xlim(columns)
        axis.set_ylim(rows[::-1])
    volumes = truth["volume_ml"]
    shown = ", ".join(f"{name} {ml:.1f} mL" for name, ml in volumes.items() if ml > 0 and name != "oedema")
    markers = [name.replace("_", " ") for name, marker in truth["markers"].items() if marker["present"]]
    plain.set_title(f"{case.name}: {shown or 'no blood'}", color="white", fontsize=7, loc="left")
    outlined.set_title(", ".join(markers), color="white", fontsize=6, loc="left")


def _head(image: "NDArray[np.generic]") -> tuple[tuple[int, int], tuple[int, int]]:
    """First and last row and column of a slice that show the head, with a margin."""
    seen = image > _AIR_BELOW_HU
    sides = (np.flatnonzero(seen.mean(axis=axis) > 0.02) for axis in (1, 0))
    first, second = ((int(side[0]) - 4, int(side[-1]) + 4) for side in sides)
    return first, second


def _read(file: Path) -> "tuple[NDArray[np.generic], tuple[float, float, float]]":
    import SimpleITK as sitk

    image = sitk.ReadImage(str(file))
    return sitk.GetArrayFromImage(image), image.GetSpacing()


def main(arguments: Sequence[str] | None = None) -> None:
    """Draw the montage."""
    parser = argparse.ArgumentParser(prog="python -m training.simulate.montage", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR", help="what python -m training.simulate wrote")
    parser.add_argument("--out", type=Path, required=True, help="the PNG to write")
    options = parser.parse_args(arguments)
    try:
        count = draw_montage(options.folder, options.out)
    except FileNotFoundError as error:
        parser.error(str(error))
    print(f"{options.out}: {count} simulated cases")


if __name__ == "__main__":
    main()
