"""The sella turcica: pituitary gland and cavernous sinuses between thin bones."""

from .canvas import Canvas

_PITUITARY_HU, _CLINOID_HU = 45.0, 1000.0


def draw_sella(canvas: Canvas, blood_hu: float) -> None:
    """Draw them into the bone of the central skull base.

    Args:
        canvas: the head, with skull and face.
        blood_hu: density of blood.
    """
    box, out = canvas.ellipsoid((-27, 3, 0), (8, 7, 9))
    canvas.fill(box, out < 1, _PITUITARY_HU)
    for side in (-1.0, 1.0):
        box, out = canvas.ellipsoid((-29, 2, 13 * side), (6, 10, 4))
        canvas.fill(box, out < 1, blood_hu - 6)
        box, away, _ = canvas.tube((-22, 16, 17 * side), (-20, 7, 12 * side))
        canvas.fill(box, away < 2.2, _CLINOID_HU)
    box, out = canvas.ellipsoid((-26, -6, 0), (8, 1.8, 9))
    canvas.fill(box, out < 1, _CLINOID_HU)
