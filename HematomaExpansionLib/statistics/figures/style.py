"""How the figures look, and how they are written: the same bytes each time."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from ...errors import UsageError
from ...files import written_whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK = (
    "#0072b2",
    "#d55e00",
    "#009e73",
    "#cc79a7",
    "#e69f00",
    "#56b4e9",
    "#000000",
)
"""Okabe and Ito, jfly.uni-koeln.de/color: distinguishable with colour-blindness."""
COLOURS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK)
_DASHES: "tuple[str | tuple[int, tuple[int, ...]], ...]" = (
    "-",
    "--",
    "-.",
    (0, (1, 1)),
    (0, (5, 1, 1, 1, 1, 1)),
    (0, (8, 2)),
    (0, (3, 1)),
)
_MARKERS = "os^Dv*P"
REFERENCE_GREY = "0.55"
_DPI = 200
FORMATS = ("png", "svg")


T = TypeVar("T")


class Look(NamedTuple):
    """One model's colour, dashes and marker, so that none rests on colour alone."""

    colour: str
    dashes: "str | tuple[int, tuple[int, ...]]"
    marker: str


def looks(models: Mapping[str, T]) -> Iterator[tuple[str, T, Look]]:
    """Each model with its look, in the order given.

    Raises:
        UsageError: there is no model.
    """
    if not models:
        raise UsageError("a figure needs at least one model")
    styles = cycle(map(Look, COLOURS, _DASHES, _MARKERS))
    for (name, found), look in zip(models.items(), styles, strict=False):
        yield name, found, look


def sheet(width_inches: float = 5.2, height_inches: float = 5.2) -> "tuple[Figure, Axes]":
    """An empty figure with one pair of axes."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width_inches, height_inches), layout="constrained")
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def unit_square(axes: "Axes", across: str, up: str) -> None:
    """Axes from 0 to 1 both ways, with room for a line that runs along an edge."""
    axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), xlabel=across, ylabel=up)
    axes.set_aspect("equal")
    axes.grid(color="0.92")
    axes.set_axisbelow(True)


def write_figure(figure: "Figure", stem: Path) -> tuple[Path, ...]:
    """Write a figure as PNG and SVG, the same bytes each time.

    Args:
        figure: what to write.
        stem: path without suffix.

    Raises:
        OutputError: when the folder cannot be written.
    """
    paths = tuple(stem.with_name(f"{stem.name}.{form}") for form in FORMATS)
    nothing = {"png": {"Software": None}, "svg": {"Date": None, "Creator": None}}
    for path, form in zip(paths, FORMATS, strict=True):
        with written_whole(path) as file, _fixed_ids():
            figure.savefig(file, dpi=_DPI, format=form, metadata=nothing[form])
    return paths


@contextmanager
def _fixed_ids() -> Iterator[None]:
    """SVG elements are named by a hash that is salted anew each time unless it is told not to."""
    import matplotlib as mpl

    with mpl.rc_context({"svg.hashsalt": "hematoma-expansion"}):
        yield
