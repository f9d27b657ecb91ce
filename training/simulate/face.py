"""Face and skull base: orbits, paranasal sinuses, petrous bones, jaw and ears.

Bodies of a few numbers each, in template millimetres (superior, anterior, to the side). Their places were
read off a CT template in the same space (Rorden et al., NeuroImage 2012;61:957-965).
"""

import numpy as np
import torch

from .canvas import Canvas, Point

AIR_HU, FAT_HU, FLUID_HU, CORTEX_HU = -1000.0, -95.0, 12.0, 1200.0
_LENS_HU, _NERVE_HU = 80.0, 36.0

# Air spaces with walls of bone: centre, radii; those off the midline are on both sides.
_SINUSES: tuple[tuple[Point, Point], ...] = (
    ((-66, 38, 24), (17, 18, 12)),  # maxillary
    ((-38, 44, 6), (12, 20, 6)),  # ethmoid
    ((-36, 10, 6), (8, 10, 7)),  # sphenoid
    ((-12, 79, 9), (13, 5, 13)),  # frontal
    ((-68, 46, 6), (16, 26, 5)),  # nasal cavity
)
# Solid bones: centre, radii; on both sides.
_BONES: tuple[tuple[Point, Point], ...] = (
    ((-46, 52, 50), (10, 9, 8)),  # zygoma
    ((-30, 54, 51), (14, 4, 3)),  # lateral rim of the orbit
    ((-52, 68, 14), (14, 7, 4)),  # frontal process of the maxilla
    ((-66, -38, 20), (8, 11, 7)),  # occipital condyle
    ((-58, -7, 51), (7, 6, 8)),  # condyle of the mandible
    ((-60, 18, 13), (13, 5, 2.5)),  # pterygoid plates
)
# Bars of bone: start, end, radius; on both sides.
_BARS: tuple[tuple[Point, Point, float], ...] = (
    ((-50, 44, 57), (-54, -4, 66), 3.5),  # zygomatic arch
    ((-62, -5, 51), (-95, 8, 45), 6.0),  # ramus of the mandible
    ((-92, 12, 44), (-100, 62, 20), 6.5),  # body of the mandible
)
# Muscles of chewing: start, end, radius; on both sides.
_MUSCLES: tuple[tuple[Point, Point, float], ...] = (
    ((-52, 24, 61), (-98, 10, 56), 9.0),  # masseter
    ((-56, 14, 32), (-92, 4, 38), 9.0),  # pterygoids
    ((-20, 20, 62), (-58, 20, 54), 8.0),  # temporalis below the arch
)


def draw_face(
    canvas: Canvas,
    distance: torch.Tensor,
    textures: tuple[torch.Tensor, torch.Tensor],
    muscle_hu: float,
    cloudy: float,
    rng: np.random.Generator,
) -> None:
    """Draw bones, air spaces, muscles and orbits into soft tissue that is there already.

    Args:
        canvas: the head, with scalp, neck and skull.
        distance: distance outside the intracranial space, mm, ``[z, y, x]``.
        textures: standard fields, one of 5 mm that shapes the bodies, one of 2 mm that fills them.
        muscle_hu: of the muscles.
        cloudy: chance that a sinus or the mastoid of one side holds fluid instead of air.
        rng: draws sizes.
    """
    bumps, texture = textures
    for side in (-1.0, 1.0):
        for start, end, radius in _MUSCLES:
            box, away, _ = canvas.tube(_on(start, side), _on(end, side))
            canvas.fill(box, away < radius + 1.5 * bumps[box], muscle_hu + 3 * texture[box])
        _petrous_bone(canvas, distance, texture, side, rng.random() < cloudy)
        for start, end, radius in _BARS:
            box, away, _ = canvas.tube(_on(start, side), _on(end, side))
            canvas.fill(box, away < radius, CORTEX_HU)
            canvas.fill(box, away < radius - 2, 350.0 + 150 * texture[box])
        for centre, radii in _BONES:
            box, out = canvas.ellipsoid(_on(centre, side), radii)
            canvas.fill(box, out + 0.15 * bumps[box] < 1, 700.0 + 400 * texture[box].clamp(-1, 1))
        _orbit(canvas, distance, side, muscle_hu)
        for centre, radii in _SINUSES:
            _sinus(canvas, distance, textures, (_on(centre, side), radii), cloudy, rng)
        _ear(canvas, side)
    _jaw_arch(canvas, texture)


def _on(point: Point, side: float) -> tuple[float, float, float]:
    """A point of the right side on one side."""
    return (point[0], point[1], side * point[2])


def _petrous_bone(
    canvas: Canvas, distance: torch.Tensor, texture: torch.Tensor, side: float, cloudy: bool
) -> None:
    """The pyramid between the middle and the posterior fossa, with the inner ear and the mastoid cells."""
    box, away, way = canvas.tube((-38, -14, 14 * side), (-42, -34, 60 * side))
    canvas.fill(box, away < 8 + 5 * way, 900.0 + 250 * texture[box])
    box, out = canvas.ellipsoid((-39, -22, 32 * side), (7, 7, 9))
    canvas.fill(box, out < 1, 1700.0 + 200 * texture[box])
    box, away, _ = canvas.tube((-38, -24, 20 * side), (-38, -23, 33 * side))
    canvas.fill(box, away < 2, FLUID_HU)
    content = 20.0 if cloudy else AIR_HU
    box, out = canvas.ellipsoid((-46, -34, 56 * side), (18, 15, 11))
    cells = (out < 1) & (distance[box] > 2.0)
    canvas.fill(box, cells, torch.where(texture[box] > -0.1, content, 650.0))
    box, away, _ = canvas.tube((-47, -20, 48 * side), (-48, -20, 84 * side))
    canvas.fill(box, away < 3.2, AIR_HU)


def _sinus(
    canvas: Canvas,
    distance: torch.Tensor,
    textures: tuple[torch.Tensor, torch.Tensor],
    body: tuple[Point, Point],
    cloudy: float,
    rng: np.random.Generator,
) -> None:
    """One air space with thin walls and septa, of varied size, sometimes with fluid or thick mucosa."""
    bumps, texture = textures
    radii = tuple(float(radius * rng.uniform(0.75, 1.1)) for radius in body[1])
    wall = 1 + 1.5 / min(radii)
    content = 25.0 if rng.random() < cloudy else AIR_HU
    mucosa = float(rng.uniform(0.0, 0.12))
    box, out = canvas.ellipsoid(body[0], radii)
    out = out * (1 + 0.12 * bumps[box])
    clear = distance[box] > 1.6
    canvas.fill(box, (out < wall) & clear, 650.0 + 200 * texture[box])
    canvas.fill(box, (out < 1) & clear, 30.0)
    septum = texture[box].abs() < 0.1
    canvas.fill(box, (out < 1 - mucosa) & clear & ~septum, content)


def _orbit(canvas: Canvas, distance: torch.Tensor, side: float, muscle_hu: float) -> None:
    """Bony cone with fat, four straight muscles, the optic nerve and the globe."""
    box, out = canvas.ellipsoid((-32, 50, 32 * side), (18, 27, 19))
    clear = distance[box] > 2.0
    canvas.fill(box, (out < 1.1) & clear & (canvas.mni_mm[1][box] < 66), 800.0)
    canvas.fill(box, (out < 1) & clear, FAT_HU)
    apex = (-31, 26, 19 * side)
    ends = ((-21, 60, 32), (-44, 60, 32), (-33, 60, 21), (-33, 60, 45))
    for end in ends:
        box, away, way = canvas.tube(apex, _on(end, side))
        canvas.fill(box, (away < 1.2 + 1.3 * way) & (distance[box] > 2.0), muscle_hu)
    box, away, _ = canvas.tube(apex, (-33, 58, 31 * side))
    canvas.fill(box, (away < 2.2) & (distance[box] > 2.0), _NERVE_HU)
    box, out = canvas.ellipsoid((-33, 66, 33 * side), (12, 12, 12))
    canvas.fill(box, out < 1, 45.0)
    canvas.fill(box, out < 0.9, FLUID_HU)
    box, out = canvas.ellipsoid((-33, 75, 33 * side), (4.5, 2.2, 4.5))
    canvas.fill(box, out < 1, _LENS_HU)


def _ear(canvas: Canvas, side: float) -> None:
    """The auricle: a bowl of cartilage on the side of the head."""
    box, out = canvas.ellipsoid((-46, -28, 82 * side), (30, 16, 9))
    canvas.fill(box, (out < 1) & (out > 0.75) & (canvas.mni_mm[2][box] * side > 72), 40.0)


def _jaw_arch(canvas: Canvas, texture: torch.Tensor) -> None:
    """Hard palate, the arch of the upper jaw with teeth, and the throat behind them."""
    box = canvas.around((-98, 80, -35), (-76, 0, 35), 0)
    superior, anterior, right = canvas.mni_mm[(slice(None), *box)]
    out = ((anterior - 34) / 42) ** 2 + (right / 29) ** 2
    front = anterior > 22
    canvas.fill(box, (out < 1) & ((superior + 83) > 0) & (superior < -80) & front, 500.0)
    arch = (out < 1) & (out > 0.5) & front & (superior < -79)
    canvas.fill(box, arch, 800.0 + 350 * texture[box])
    teeth = arch & (out > 0.58) & (out < 0.92) & (superior < -89) & (texture[box] > -0.6)
    canvas.fill(box, teeth, 2200.0)
    box, out = canvas.ellipsoid((-70, 6, 0), (24, 8, 10))
    canvas.fill(box, out < 1, AIR_HU)
