"""The outline of face and neck, their soft tissue, and the uppermost vertebrae."""

import torch

from .canvas import Canvas, Point
from .face import AIR_HU, FAT_HU

_CORTEX_HU, _MARROW_HU = 900.0, 320.0
# Radians; a layer of muscle is about 10 mm thick.
_LAYERS_PER_MM = 0.3

# Lateral masses, dens and body of the first two vertebrae; both sides where off the midline.
_VERTEBRAE: tuple[tuple[Point, Point], ...] = (
    ((-77, -39, 22), (8, 9, 8)),
    ((-79, -38, 34), (4, 5, 8)),
    ((-80, -29, 0), (12, 5, 5)),
    ((-96, -31, 0), (9, 9, 10)),
    ((-93, -38, 19), (6, 8, 9)),
)


def below_the_skull(mni_mm: torch.Tensor) -> torch.Tensor:
    """Depth of a point in face or neck, mm, ``[z, y, x]``; negative outside; exact near the skin only."""
    superior, anterior, right = mni_mm
    face = ((anterior - 16) / 70) ** 2 + (right / 72) ** 2 + ((superior + 62) / 60).clamp(min=0) ** 2
    nose = ((anterior - 90) / 20) ** 2 + (right / 14) ** 2 + ((superior + 56) / 24) ** 2
    # The back of the neck is fullest under the occiput.
    lower = ((-superior - 60) / 40).clamp(0, 1)
    neck = ((anterior + 32) / (82 - 10 * lower)) ** 2 + (right / (76 - 8 * lower)) ** 2
    neck = neck + ((superior + 52) / 22).clamp(min=0) ** 2
    bodies = ((face, 68.0), (nose, 14.0), (neck, 74.0))
    return torch.stack([(1 - out.clamp(min=1e-6) ** 0.5) * radius for out, radius in bodies]).amax(dim=0)


def draw_neck(canvas: Canvas, skin_mm: torch.Tensor, texture: torch.Tensor, muscle_hu: float) -> None:
    """Draw muscles with planes of fat between them, the throat and two vertebrae.

    Args:
        canvas: the head.
        skin_mm: depth under the skin, :func:`below_the_skull`.
        texture: standard field.
        muscle_hu: of the muscles.
    """
    box = canvas.around((-98, 90, -76), (-44, -116, 76), 0)
    depth, field = skin_mm[box], texture[box]
    superior, anterior, _ = canvas.mni_mm[(slice(None), *box)]
    # Muscles lie in layers under the skin; more fat in front, in the cheeks, than in the neck.
    layers = torch.cos(_LAYERS_PER_MM * depth + 1.1 * field)
    fat = (layers.abs() < 0.17) | ((anterior > 0) & (field > 0.55))
    under = 4.0 + 2.5 * (field + 1).clamp(0, 2)
    muscle = (depth > under) & ~fat
    canvas.fill(box, depth > 1.5, FAT_HU + 6 * field)
    canvas.fill(box, muscle, muscle_hu + 5 * field.clamp(-1.5, 1.5))
    for centre, radii in _VERTEBRAE:
        for side in (-1.0, 1.0):
            spot, out = canvas.ellipsoid((centre[0], centre[1], side * centre[2]), radii)
            canvas.fill(spot, out < 1, _CORTEX_HU)
            canvas.fill(spot, out < 0.75, _MARROW_HU + 80 * texture[spot])
    # The arches round the canal, the second with its spine.
    ring = canvas.around((-98, -20, -26), (-70, -86, 26), 0)
    superior, anterior, right = canvas.mni_mm[(slice(None), *ring)]
    away = (right**2 + ((anterior + 46) / 1.1) ** 2) ** 0.5
    arch = (away > 14.5) & (away < 18.5) & (((superior + 78).abs() < 4.0) | (superior < -89))
    spine = (right.abs() < 3.5) & (anterior < -60) & (anterior > -76) & (superior < -89)
    canvas.fill(ring, arch | spine, _CORTEX_HU)
    spot, out = canvas.ellipsoid((-92, 2, 0), (16, 7, 11))
    canvas.fill(spot, out < 1, AIR_HU)
