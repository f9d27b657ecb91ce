"""Distance and category of a heat map's peak, worked out by hand on a small grid."""

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.errors import MaskError
from HematomaExpansionLib.explanation.peak import where_is_the_peak
from HematomaExpansionLib.labels import Label

SHAPE = (9, 12, 12)
SPACING_ZYX = (5.0, 2.0, 1.0)
ORIGIN_XYZ = (-10.0, 20.0, 100.0)


def on_grid(array: np.ndarray) -> sitk.Image:
    image = sitk.GetImageFromArray(array)
    image.SetSpacing(SPACING_ZYX[::-1])
    image.SetOrigin(ORIGIN_XYZ)
    return image


def heat(**places: float) -> sitk.Image:
    """A map with a value at each place, named by its index as ``z4y5x6``."""
    array = np.zeros(SHAPE, np.float32)
    for name, value in places.items():
        z, y, x = (int(part) for part in name.replace("y", " ").replace("x", " ").lstrip("z").split())
        array[z, y, x] = value
    return on_grid(array)


def blood(label: int = Label.ICH) -> sitk.Image:
    """A box of z 3-4, y 4-6, x 5-7."""
    array = np.zeros(SHAPE, np.uint8)
    array[3:5, 4:7, 5:8] = label
    return on_grid(array)


@pytest.mark.parametrize(
    ("voxel", "distance_mm", "place"),
    [
        ((3, 4, 5), 0.0, "inside"),
        ((4, 5, 6), 0.0, "inside"),
        # The next voxel's centre is half a voxel from the surface: 2.5, 1.0 and 0.5 mm.
        ((2, 4, 5), 2.5, "rim"),
        ((3, 3, 5), 1.0, "rim"),
        ((3, 4, 8), 0.5, "rim"),
        # Over an edge: 2.5 mm in z, 3 mm in y and 1.5 mm in x.
        ((5, 8, 9), (2.5**2 + 3.0**2 + 1.5**2) ** 0.5, "rim"),
        # 3 mm in y and 4.5 mm in x make 5.41 mm; in x alone, 4.5 mm.
        ((3, 8, 0), (3.0**2 + 4.5**2) ** 0.5, "outside"),
        ((3, 5, 0), 4.5, "rim"),
        ((6, 5, 6), 7.5, "outside"),
    ],
)
def test_distance_and_category(voxel: tuple[int, int, int], distance_mm: float, place: str):
    z, y, x = voxel
    found = where_is_the_peak(heat(**{f"z{z}y{y}x{x}": 1.0, "z0y0x0": 0.9}), blood())
    assert found.voxel == voxel
    assert found.position_mm == (-10 + x, 20 + 2 * y, 100 + 5 * z)
    assert found.distance_mm == pytest.approx(distance_mm)
    assert found.place == place


def test_exactly_5_mm_is_the_rim():
    """Slices of 10 mm: the next one's centre is 5 mm from the surface, the next but one 15 mm."""
    for z, place in ((2, "rim"), (1, "outside")):
        images = heat(**{f"z{z}y4x5": 1.0}), blood()
        for image in images:
            image.SetSpacing((1.0, 2.0, 10.0))
        assert where_is_the_peak(*images).place == place


def test_of_several_highest_the_middle_one():
    """Three in a row and one apart: their middle is x = 4.75, nearest to x = 4."""
    found = where_is_the_peak(heat(z3y4x2=1, z3y4x3=1, z3y4x4=1, z3y4x10=1), blood())
    assert found.voxel == (3, 4, 4)


@pytest.mark.parametrize("label", [Label.BACKGROUND, Label.IVH, Label.OEDEMA])
def test_without_parenchymal_blood_there_is_no_distance(label: int):
    found = where_is_the_peak(heat(z3y4x5=1), blood(label))
    assert (found.voxel, found.distance_mm, found.place) == ((3, 4, 5), None, None)
    assert found.sentence.endswith("the segmentation shows no parenchymal blood.")


def test_a_map_of_0_has_no_peak():
    assert where_is_the_peak(heat(), blood()) is None


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ("z3y4x5", "Its evidence is strongest inside the haematoma."),
        ("z2y4x5", "Its evidence is strongest at the rim of the haematoma, 2.5 mm outside it (within 5 mm)."),
        ("z6y5x6", "Its evidence is strongest outside the haematoma, 7.5 mm from it."),
    ],
)
def test_in_words(place: str, sentence: str):
    assert where_is_the_peak(heat(**{place: 1.0}), blood()).sentence == sentence


def test_another_grid_is_refused():
    with pytest.raises(MaskError, match=r"segmentation of \(12, 12, 8\) voxels for a heat map of"):
        where_is_the_peak(heat(), on_grid(np.zeros((8, 12, 12), np.uint8)))
