"""A ventricular catheter: an external drain, or the upper end of a shunt."""

from dataclasses import dataclass

from .calvaria import SkullDefect
from .canvas import Canvas

# Outer and inner radius; silicone with barium.
_OUTER_MM, _INNER_MM = 1.5, 0.7
_FLUID_HU = 8.0


@dataclass(frozen=True)
class Catheter:
    """Where it runs, template points (superior, anterior, right).

    Attributes:
        entry_mm: at the skin.
        burr_hole_mm: where it passes the skull.
        tip_mm: in or near a lateral ventricle.
        wall_hu: density of its wall.
    """

    entry_mm: tuple[float, float, float]
    burr_hole_mm: tuple[float, float, float]
    tip_mm: tuple[float, float, float]
    wall_hu: float = 350.0

    @property
    def burr_hole(self) -> SkullDefect:
        """The hole it needs."""
        return SkullDefect(self.burr_hole_mm, 7.0)


def draw_catheter(canvas: Canvas, catheter: Catheter) -> None:
    """Draw the tube into a head."""
    for start, end in (
        (catheter.entry_mm, catheter.burr_hole_mm),
        (catheter.burr_hole_mm, catheter.tip_mm),
    ):
        box, away, _ = canvas.tube(start, end)
        canvas.fill(box, away < _OUTER_MM, catheter.wall_hu)
        canvas.fill(box, away < _INNER_MM, _FLUID_HU)
