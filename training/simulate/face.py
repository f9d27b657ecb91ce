"""What lies outside the intracranial space of a head: skull, scalp, face and neck."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from .fields import gaussian, smooth_noise

AIR_HU = -1000.0
_FAT_HU, _MUSCLE_HU, _SKIN_HU, _GLOBE_HU = -90.0, 48.0, 40.0, 14.0
_TABLE_HU, _DIPLOE_HU = 1350.0, 550.0


@dataclass(frozen=True)
class Points:
    """Every voxel of a head in the template, ``[z, y, x]``.

    Attributes:
        superior: template mm.
        anterior: template mm.
        right: template mm.
        distance: distance outside the intracranial space, mm; 0 inside.
    """

    superior: torch.Tensor
    anterior: torch.Tensor
    right: torch.Tensor
    distance: torch.Tensor

    def ellipsoid(self, centre: Sequence[float], radii: Sequence[float]) -> torch.Tensor:
        """Distance from a centre (superior, anterior, aside) in radii, mirrored on both sides."""
        offsets = (self.superior - centre[0], self.anterior - centre[1], self.right.abs() - centre[2])
        return sum((offset / radius) ** 2 for offset, radius in zip(offsets, radii, strict=True)) ** 0.5


def surroundings(points: Points, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Build skull, scalp, face and neck round an intracranial space.

    Args:
        points: where each voxel lies in the template.
        rng: draws the thickness of bone and the texture.

    Returns:
        HU, float32 ``[z, y, x]``, to be used outside the intracranial space; and bool, all that is not air
        round the head.
    """
    superior, anterior, right, distance = points.superior, points.anterior, points.right, points.distance
    shape, device = distance.shape, distance.device
    thickness = _skull_thickness_mm(points, smooth_noise(shape, 14, rng, device))
    # The temporal muscle makes the scalp thicker at the sides.
    lateral = ((right.abs() - 40) / 20).clamp(0, 1) * ((35 - superior) / 30).clamp(0, 1)
    lateral *= ((anterior + 45) / 30).clamp(0, 1)
    scalp = distance <= thickness + 6.0 + 4.0 * lateral
    face = _face_and_neck(superior, anterior, right)
    head = scalp | face

    texture = smooth_noise(shape, 3, rng, device)
    hu = torch.full(shape, AIR_HU, device=device)
    hu[head] = _FAT_HU
    deep = distance > thickness + 1
    temporalis = scalp & deep & (lateral > 0.3) & (distance < thickness + 7 * lateral)
    hu[temporalis | (face & deep & (texture > -0.7))] = _MUSCLE_HU
    skin = head & (gaussian(head.float(), 1.5) < 0.85)
    hu[skin] = _SKIN_HU

    bone = (distance > 0) & (distance <= thickness)
    table = (distance <= 1.8) | (distance >= thickness - 1.8)
    hu = torch.where(bone, torch.where(table, _TABLE_HU, _DIPLOE_HU + 130 * texture), hu)
    _add_face(hu, head & (distance > 0), texture, points)
    return hu, head


def _skull_thickness_mm(points: Points, variation: torch.Tensor) -> torch.Tensor:
    """Thin over the temples (about 4 mm), thick over forehead and occiput (8 mm), thickest at the base."""
    superior, anterior = points.superior, points.anterior
    temple = torch.exp(-(((superior + 5) / 25) ** 2) - ((anterior - 5) / 35) ** 2)
    temple = temple * (points.right.abs() > 45)
    ends = ((anterior + 15).abs() / 85).clamp(0, 1) ** 2
    base = ((-superior - 22) / 15).clamp(0, 1)
    return (6.2 + 2.0 * ends - 2.4 * temple + 2.0 * base + 0.7 * variation).clamp(3.6, 11)


def _face_and_neck(superior: torch.Tensor, anterior: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    """Soft-tissue body below the skull: two ellipsoids for the face and nose, a cylinder for the neck."""
    face = ((anterior - 34) / 60) ** 2 + (right / 68) ** 2 + ((superior + 62) / 62) ** 2 < 1
    nose = ((anterior - 88) / 22) ** 2 + (right / 13) ** 2 + ((superior + 52) / 26) ** 2 < 1
    neck = (((anterior + 38) / 66) ** 2 + (right / 66) ** 2 < 1) & (superior < -45)
    return face | nose | neck


def _add_face(hu: torch.Tensor, outside: torch.Tensor, texture: torch.Tensor, points: Points) -> None:
    """Put petrous bones, orbits, sinuses, nasal cavity and mastoid cells into ``hu`` in place."""
    superior, anterior, distance = points.superior, points.anterior, points.distance
    side = points.right.abs()

    def fill(region: torch.Tensor, value: float) -> None:
        hu[region & outside] = value

    # The bone between the middle and the posterior fossa, and of the central skull base.
    petrous = (distance < 12) & (superior < -18) & (superior > -55) & (anterior > -50) & (anterior < 8)
    fill(petrous & (side < 62), 800.0)
    mastoid = (points.ellipsoid((-42, -34, 56), (16, 14, 11)) < 1) & (distance > 2)
    fill(mastoid & (texture > 0.2), AIR_HU)
    fill(mastoid & (texture <= 0.2), 600.0)

    orbit = points.ellipsoid((-30, 60, 31), (20, 26, 19))
    clear = distance > 2.5
    fill((orbit < 1.1) & (orbit >= 1) & (anterior < 72), 900.0)
    fill((orbit < 1) & clear, _FAT_HU)
    fill((points.ellipsoid((-30, 48, 28), (3, 24, 3)) < 1) & (orbit < 1) & clear, _MUSCLE_HU)
    fill(points.ellipsoid((-30, 73, 32), (12, 12, 12)) < 1, _GLOBE_HU)
    fill(points.ellipsoid((-30, 81, 32), (4.5, 2.2, 4.5)) < 1, 75.0)

    for centre, radii in (
        ((-62, 52, 27), (16, 19, 13)),  # maxillary
        ((-40, 52, 0), (16, 26, 10)),  # ethmoid cells and upper nasal cavity
        ((-70, 52, 0), (16, 28, 8)),  # nasal cavity
        ((-36, 18, 6), (8, 10, 8)),  # sphenoid
    ):
        sinus = points.ellipsoid(centre, radii)
        fill((sinus < 1.12) & clear, 750.0)
        septum = (side < 1.2) | (texture.abs() < 0.12)
        fill((sinus < 1) & clear & ~septum, AIR_HU)
    frontal = (points.ellipsoid((2, 76, 8), (16, 12, 16)) < 1) & (distance > 1.8) & (distance < 5.5)
    fill(frontal, AIR_HU)
