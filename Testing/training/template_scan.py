"""The head atlas as if it were a scan: a head whose anatomy is known, without any registration."""

import numpy as np
import SimpleITK as sitk

from HematomaExpansionLib.ct.anatomy import Anatomy
from HematomaExpansionLib.ct.atlas import atlas
from HematomaExpansionLib.ct.scan import Geometry, HeadCT, SliceGeometry


def template_scan(noise_hu: float = 0.0, infarct: bool = False) -> tuple[HeadCT, Anatomy]:
    """A CT of the template at 1.5 mm: brain in a shell of bone in air; and where everything is in it.

    Args:
        noise_hu: standard deviation of the noise, the same every time.
        infarct: with 12 HU in a ball of 12 mm behind and outside the left atrium, which touches its wall.
    """
    template, ventricles, regions = atlas("template"), atlas("ventricles"), atlas("regions")
    brain = regions > 0
    hu = sitk.GetArrayFromImage(template)
    bone = sitk.GetArrayFromImage(sitk.BinaryDilate(brain, (3, 3, 3))) > 0
    inside = sitk.GetArrayFromImage(brain) > 0
    hu = np.where(inside, hu, np.where(bone, 900.0, -1000.0)).astype(np.float32)
    if infarct:
        z, y, x = points_mm(template)
        hu[((x - 40) ** 2 + (y - 48) ** 2 + (z - 8) ** 2 < 12**2) & inside] = 12.0
    hu += np.random.default_rng(0).normal(0, noise_hu, hu.shape).astype(np.float32)
    image = sitk.GetImageFromArray(hu)
    image.CopyInformation(template)
    scan = HeadCT(image, "template.nii.gz", "NIfTI", Geometry(SliceGeometry.REGULAR, hu.shape[0], (1.5,)))
    return scan, Anatomy(brain, ventricles, regions, sitk.Transform(3, sitk.sitkIdentity), 1.0)


def points_mm(image: sitk.Image) -> list[np.ndarray]:
    """LPS coordinates (z, y, x) of the voxels of an image whose axes are the patient's; they broadcast."""
    x, y, z = (
        origin + step * np.arange(count, dtype=np.float32)
        for origin, step, count in zip(image.GetOrigin(), image.GetSpacing(), image.GetSize(), strict=True)
    )
    return [z[:, None, None], y[None, :, None], x[None, None, :]]
