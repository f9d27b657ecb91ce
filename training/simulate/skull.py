"""Everything round the brain: the intracranial space, skull, scalp, face and neck of the template head.

The template has none of these. The intracranial space is the brain with a layer of CSF, the skull a shell of
varying thickness round it, and face and neck are simple bodies: enough that a brain mask, a registration of
skulls and a reader find what they expect, and no more.
"""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from .noise import smooth_noise
from .template import SHAPE, axes_mm, load_maps

if TYPE_CHECKING:
    from numpy.typing import NDArray

AIR_HU = -1000.0
_FAT_HU, _MUSCLE_HU, _SKIN_HU, _GLOBE_HU = -90.0, 48.0, 40.0, 14.0
_TABLE_HU, _DIPLOE_HU = 1350.0, 550.0
_SUBARACHNOID_MM = 3.0


@dataclass(frozen=True)
class Surroundings:
    """What lies outside the brain, ``[z, y, x]`` on the template grid.

    Attributes:
        hu: float32 HU of all that is not intracranial.
        intracranial: bool, the space inside the skull and, below it, the spinal canal.
        head: bool, all that is not the air round the head.
        depth_mm: float32 distance of an intracranial voxel to the skull, 0 outside.
    """

    hu: "NDArray[np.float32]"
    intracranial: "NDArray[np.bool_]"
    head: "NDArray[np.bool_]"
    depth_mm: "NDArray[np.float32]"


@cache
def surroundings() -> Surroundings:
    """Build skull, scalp, face and neck of the template head once a process; always the same."""
    from scipy import ndimage

    rng = np.random.default_rng(20090)
    superior, anterior, right = axes_mm()
    inside = _intracranial_space()
    # The outside of the occiput is round where the inside has its crest.
    occiput = _hull_near_midline() & (anterior < -60) & (superior <= 15) & (superior > -40)
    distance = ndimage.distance_transform_edt(~(inside | occiput)).astype(np.float32)
    depth = ndimage.distance_transform_edt(inside).astype(np.float32)

    thickness = _skull_thickness_mm(smooth_noise(rng, 14))
    bone = ~inside & (distance <= thickness)
    # The temporal muscle makes the scalp thicker at the sides.
    lateral = np.clip((np.abs(right) - 40) / 20, 0, 1) * np.clip((35 - superior) / 30, 0, 1)
    lateral = lateral * np.clip((anterior + 45) / 30, 0, 1)
    scalp = distance <= thickness + 6.0 + 4.0 * lateral
    face = _face_and_neck(superior, anterior, right)
    head = scalp | face

    texture = smooth_noise(rng, 3)
    hu = np.full(SHAPE, AIR_HU, dtype=np.float32)
    hu[head] = _FAT_HU
    temporalis = scalp & (distance > thickness + 1) & (lateral > 0.3) & (distance < thickness + 7 * lateral)
    muscle = temporalis | (face & (distance > thickness + 1) & (texture > -0.7))
    hu[muscle] = _MUSCLE_HU
    skin = head & (ndimage.distance_transform_edt(head) <= 2.0)
    hu[skin] = _SKIN_HU

    table = (distance <= 1.8) | (distance >= thickness - 1.8)
    hu[bone] = (_DIPLOE_HU + 130 * texture)[bone]
    hu[bone & table] = _TABLE_HU
    _add_face(hu, head & ~inside, texture, (superior, anterior, right), distance)
    return Surroundings(hu, inside, head, depth)


def _intracranial_space() -> "NDArray[np.bool_]":
    """The brain with sulci, cisterns and a layer of CSF, and the spinal canal below the foramen magnum."""
    from scipy import ndimage

    superior, anterior, right = axes_mm()
    to_brain = ndimage.distance_transform_edt(~load_maps().brain)
    # Above, narrow gaps are bridged. Low down nothing is: the petrous bone stands between temporal lobe and
    # cerebellum.
    bridged = ndimage.distance_transform_edt(to_brain <= 9.0) > 9.0 - _SUBARACHNOID_MM
    space = np.where(superior > -20, bridged, to_brain <= 2.2)
    # No skull dips between the hemispheres as the brain does.
    space |= _hull_near_midline() & (superior > 15)
    suprasellar = ((superior + 17) / 10) ** 2 + ((anterior + 2) / 17) ** 2 + (right / 13) ** 2 < 1
    canal = (superior < -58) & (np.hypot(right, anterior + 46) < 13)
    return ndimage.gaussian_filter((space | suprasellar | canal).astype(np.float32), 2.0) > 0.5


@cache
def _hull_near_midline() -> "NDArray[np.bool_]":
    """Convex hull of the brain with its layer of CSF, within 30 mm of the midline and above -45 mm.

    The meet of half-spaces whose directions are spread evenly over the sphere (Fibonacci lattice).
    """
    from scipy import ndimage

    superior, anterior, right = axes_mm()
    brain = load_maps().brain & (superior > -45)
    z, y, x = np.nonzero(brain & ~ndimage.binary_erosion(brain))
    points = np.stack([superior[z, 0, 0], anterior[0, y, 0], right[0, 0, x]])
    columns = np.abs(right[0, 0]) < 30
    near = right[:, :, columns]
    inside = np.broadcast_to(superior > -45, (*SHAPE[:2], near.shape[2])).copy()
    number = np.arange(300)
    height = 1 - (2 * number + 1) / number.size
    angle = np.pi * (1 + np.sqrt(5)) * number
    ring = np.sqrt(1 - height**2)
    for up, forward, aside in np.stack([height, ring * np.cos(angle), ring * np.sin(angle)], axis=1).astype(
        np.float32
    ):
        reach = np.max(up * points[0] + forward * points[1] + aside * points[2]) + _SUBARACHNOID_MM
        inside &= up * superior + forward * anterior + aside * near <= reach
    hull = np.zeros(SHAPE, dtype=bool)
    hull[:, :, columns] = inside
    return hull


def _skull_thickness_mm(variation: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """Thin over the temples (about 4 mm), thick over forehead and occiput (8 mm), thickest at the base."""
    superior, anterior, right = axes_mm()
    temple = np.exp(-(((superior + 5) / 25) ** 2) - ((anterior - 5) / 35) ** 2) * (np.abs(right) > 45)
    ends = np.clip(np.abs(anterior + 15) / 85, 0, 1) ** 2
    base = np.clip((-superior - 22) / 15, 0, 1)
    return np.clip(6.2 + 2.0 * ends - 2.4 * temple + 2.0 * base + 0.7 * variation, 3.6, 11)


def _face_and_neck(
    superior: "NDArray[np.float32]", anterior: "NDArray[np.float32]", right: "NDArray[np.float32]"
) -> "NDArray[np.bool_]":
    """Soft-tissue body below the skull: two ellipsoids for the face and nose, a cylinder for the neck."""
    face = ((anterior - 34) / 60) ** 2 + (right / 68) ** 2 + ((superior + 62) / 62) ** 2 < 1
    nose = ((anterior - 88) / 22) ** 2 + (right / 13) ** 2 + ((superior + 52) / 26) ** 2 < 1
    neck = (((anterior + 38) / 66) ** 2 + (right / 66) ** 2 < 1) & (superior < -45)
    return face | nose | neck


def _add_face(
    hu: "NDArray[np.float32]",
    outside: "NDArray[np.bool_]",
    texture: "NDArray[np.float32]",
    axes: tuple["NDArray[np.float32]", "NDArray[np.float32]", "NDArray[np.float32]"],
    distance: "NDArray[np.float32]",
) -> None:
    """Put petrous bones, orbits, sinuses, nasal cavity and mastoid cells into ``hu`` in place."""
    superior, anterior, right = axes
    side = np.abs(right)

    def ellipsoid(
        centre: tuple[float, float, float], radii: tuple[float, float, float]
    ) -> "NDArray[np.float32]":
        # Distance from the centre in radii, mirrored on both sides: 1 at the surface.
        z, y, x = centre
        rz, ry, rx = radii
        return np.sqrt(((superior - z) / rz) ** 2 + ((anterior - y) / ry) ** 2 + ((side - x) / rx) ** 2)

    def fill(region: "NDArray[np.bool_]", value: float) -> None:
        hu[region & outside] = value

    # The bone between the middle and the posterior fossa, and of the central skull base.
    petrous = (distance < 12) & (superior < -18) & (superior > -55) & (anterior > -50) & (anterior < 8)
    fill(petrous & (side < 62), 800.0)
    mastoid = (ellipsoid((-42, -34, 56), (16, 14, 11)) < 1) & (distance > 2)
    fill(mastoid & (texture > 0.2), AIR_HU)
    fill(mastoid & (texture <= 0.2), 600.0)

    orbit = ellipsoid((-30, 60, 31), (20, 26, 19))
    clear = distance > 2.5
    fill((orbit < 1.1) & (orbit >= 1) & (anterior < 72), 900.0)
    fill((orbit < 1) & clear, _FAT_HU)
    muscle_cone = ellipsoid((-30, 48, 28), (3, 24, 3)) < 1
    fill(muscle_cone & (orbit < 1) & clear, _MUSCLE_HU)
    fill(ellipsoid((-30, 73, 32), (12, 12, 12)) < 1, _GLOBE_HU)
    lens = ellipsoid((-30, 81, 32), (4.5, 2.2, 4.5)) < 1
    fill(lens, 75.0)

    for centre, radii in (
        ((-62, 52, 27), (16, 19, 13)),  # maxillary
        ((-40, 52, 0), (16, 26, 10)),  # ethmoid cells and upper nasal cavity
        ((-70, 52, 0), (16, 28, 8)),  # nasal cavity
        ((-36, 18, 6), (8, 10, 8)),  # sphenoid
    ):
        sinus = ellipsoid(centre, radii)
        fill((sinus < 1.12) & clear, 750.0)
        septum = (side < 1.2) | (np.abs(texture) < 0.12)
        fill((sinus < 1) & clear & ~septum, AIR_HU)
    frontal = (ellipsoid((2, 76, 8), (16, 12, 16)) < 1) & (distance > 1.8) & (distance < 5.5)
    fill(frontal, AIR_HU)
