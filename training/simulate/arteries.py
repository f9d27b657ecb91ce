"""Arteries at the base of the brain: as dense as the blood in them, and in dark cisterns."""

from .canvas import Canvas, Point

# Start, end and radius, template mm; those off the midline are on both sides.
_COURSES: tuple[tuple[Point, Point, float], ...] = (
    ((-46, -34, 1), (-20, -20, 0), 1.8),  # basilar
    ((-64, -36, 9), (-46, -34, 1), 1.6),  # vertebral
    ((-22, 4, 11), (-14, 0, 13), 2.0),  # carotid
    ((-14, 0, 13), (-12, 2, 30), 1.5),  # middle cerebral
    ((-14, 0, 13), (-8, 12, 2), 1.2),  # anterior cerebral
    ((-19, -20, 1), (-16, -26, 16), 1.3),  # posterior cerebral
)


def draw_arteries(canvas: Canvas, blood_hu: float) -> None:
    """Draw them into the cisterns; where the brain lies they are in its sulci, and it covers them.

    Args:
        canvas: the head.
        blood_hu: density of blood; partial volume makes thin arteries lighter.
    """
    for start, end, radius in _COURSES:
        for side in (-1.0, 1.0):
            first, last = ((point[0], point[1], side * point[2]) for point in (start, end))
            box, away, _ = canvas.tube(first, last)
            share = (radius + 0.5 - away).clamp(0, 1)
            hu = canvas.hu[box]
            canvas.fill(box, (share > 0) & (hu < 27), hu + share * (blood_hu - 4 - hu))
