"""Blood in a box-shaped brain whose atlas is the scan itself."""

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.ct.anatomy import Anatomy, Region
from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.volumetry.location import locate

SIZE = 40  # voxels of 1 mm; x from -19.5 (right) to 19.5 (left)


def image_of(array: np.ndarray) -> sitk.Image:
    image = sitk.GetImageFromArray(array)
    image.SetOrigin((-19.5, -19.5, -19.5))
    return image


def box_brain(to_atlas: sitk.Transform | None = None) -> Anatomy:
    """From feet to head: brainstem before cerebellum, deep, lobar; a border of 2 mm is outside."""
    regions = np.zeros((SIZE,) * 3, dtype=np.uint8)
    regions[2:10, 2:20, 2:-2] = Region.BRAINSTEM
    regions[2:10, 20:-2, 2:-2] = Region.CEREBELLUM
    regions[10:20, 2:-2, 2:-2] = Region.DEEP
    regions[20:-2, 2:-2, 2:-2] = Region.LOBAR
    brain = image_of((regions > 0).astype(np.uint8))
    return Anatomy(
        brain=brain,
        ventricles=sitk.Cast(brain * 0, sitk.sitkFloat32),
        regions=image_of(regions),
        to_atlas=to_atlas or sitk.Transform(3, sitk.sitkIdentity),
        quality=1.0,
    )


def blood(*boxes: tuple[slice, slice, slice], label: Label = Label.ICH) -> sitk.Image:
    array = np.zeros((SIZE,) * 3, dtype=np.uint8)
    for box in boxes:
        array[box] = label
    return image_of(array)


MIDDLE = slice(18, 22)


@pytest.mark.parametrize(
    ("box", "region", "side", "fractions"),
    [
        ((slice(25, 30), MIDDLE, slice(25, 30)), "lobar", "left", (1, 0, 0, 0)),
        ((slice(12, 18), MIDDLE, slice(5, 10)), "deep", "right", (0, 1, 0, 0)),
        ((slice(4, 8), slice(18, 22), slice(18, 22)), "infratentorial", "bilateral", (0, 0, 0.5, 0.5)),
        # 3 of 10 layers lobar, 7 deep.
        ((slice(13, 23), MIDDLE, slice(5, 10)), "deep", "right", (0.3, 0.7, 0, 0)),
        # 8 of 10 columns are left: not more than 80 %.
        ((slice(25, 30), MIDDLE, slice(18, 28)), "lobar", "bilateral", (1, 0, 0, 0)),
        # 9 of 11 columns are left.
        ((slice(25, 30), MIDDLE, slice(18, 29)), "lobar", "left", (1, 0, 0, 0)),
        # Outside every region: the nearest one.
        ((slice(25, 30), MIDDLE, slice(38, 40)), "lobar", "left", (1, 0, 0, 0)),
    ],
)
def test_region_and_side(
    box: tuple[slice, slice, slice], region: str, side: str, fractions: tuple[float, ...]
) -> None:
    found = locate(blood(box), box_brain())
    assert found is not None
    assert (found.region, found.side) == (region, side)
    names = ("lobar", "deep", "brainstem", "cerebellum")
    assert found.fractions == pytest.approx(dict(zip(names, fractions, strict=True)))


def test_the_side_is_that_of_the_atlas_not_of_the_image() -> None:
    # The head lies 10 mm to the left in the scanner: the atlas' midline is at x = 10 mm.
    anatomy = box_brain(sitk.TranslationTransform(3, (-10.0, 0.0, 0.0)))
    found = locate(blood((slice(25, 30), MIDDLE, slice(22, 27))), anatomy)
    assert found is not None
    assert found.side == "right"


def test_no_parenchymal_blood_has_no_location() -> None:
    assert locate(blood(), box_brain()) is None
    assert locate(blood((MIDDLE, MIDDLE, MIDDLE), label=Label.IVH), box_brain()) is None
