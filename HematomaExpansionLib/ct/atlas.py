"""The head atlas that lies in ``Resources/atlas`` (see its README), and how it is laid over a patient's head.

The atlas is in MNI ICBM152 space, LPS mm, 1.5 mm voxels.
"""

from functools import cache
from typing import TYPE_CHECKING, Literal

import numpy as np

from ..progress import Progress, watched
from ..resources import resource
from .grid import box_around, isotropic

if TYPE_CHECKING:
    import SimpleITK as sitk

GRID_MM = 3.0
"""Spacing the fit works at: ventricles are wider, and it takes seconds."""
CSF_TO_GREY_HU = (0.0, 45.0)
"""Window of the fit: what tells the ventricles from the brain."""
BLOOD_HU = 48.0
"""Smoothed HU above which a voxel is blood (or calcium) and says nothing about the atlas."""
BRAIN_HU = 33.0
"""What blood is replaced by."""
SKULL_STEP_HU = 40.0
"""Added inside the skull in the affine fit, so that the brain's outline counts beside its CSF."""
MARGIN_MM = 12.0
"""Kept around the brain, so that its outline is seen from outside too."""
SMALLEST_STEP_MM = 0.01
"""Where the rigid and the affine fit end. A tenth of it takes a third more iterations and gave the same
ventricles in nine heads (Dice of the two at least 0.997); with 0.05 one had 0.97."""
DEMONS_ITERATIONS = 60
FIELD_SMOOTHING_VOXELS = 1.5
"""Gaussian that keeps the deformation as smooth as a ventricle is wide. With 2.0 the atlas stayed well inside
the wide ventricles of two real heads; with 1.0 it widened them into brain."""


@cache
def atlas(name: Literal["template", "ventricles", "regions"]) -> "sitk.Image":
    """Read one image of the atlas.

    Args:
        name: ``template`` (float32 HU of a CT-like brain, 0 outside the skull), ``ventricles`` (float32
            probability 0-1) or ``regions`` (uint8, :class:`~HematomaExpansionLib.ct.anatomy.Region`).

    Raises:
        ModelError: when the file is not installed.
    """
    import SimpleITK as sitk

    image = sitk.ReadImage(str(resource("atlas", f"{name}.nii.gz")))
    if name == "regions":
        return image
    scale = 255.0 if name == "ventricles" else 1.0
    return sitk.Cast(image / scale, sitk.sitkFloat32)


def fit_atlas(ct: "sitk.Image", brain: "sitk.Image", progress: Progress) -> "sitk.Transform":
    """Find the transform from a patient's head to the atlas.

    Three steps, each from where the one before ended: the moments of the two brains; a rigid and then an
    affine fit of outline and CSF by mean squares; demons on the CSF-to-grey window for what an affine
    transform cannot follow (wide ventricles, atrophy, a shifted midline). Every voxel of a 3 mm grid counts
    and nothing is drawn at random. Over blood the deformation is carried in from its neighbourhood.

    Args:
        ct: the scan, HU.
        brain: uint8 mask of the intracranial space on the grid of ``ct``.
        progress: called between the steps, from 0 to 1.

    Returns:
        Transform that maps physical points of the scan (LPS mm) to the atlas (MNI, LPS mm).
    """
    import SimpleITK as sitk

    fixed, moving = _csf_to_grey(ct, brain), atlas("template")
    progress(0.1, "fitting the atlas")
    affine = _affine(fixed, moving, progress)
    progress(0.5, "deforming the atlas")
    return sitk.CompositeTransform([affine, _deformation(fixed, moving, affine, progress)])


def fit_affine(ct: "sitk.Image", brain: "sitk.Image", progress: Progress) -> "sitk.AffineTransform":
    """The affine step of :func:`fit_atlas` alone; arguments as there."""
    return _affine(_csf_to_grey(ct, brain), atlas("template"), progress)


def _csf_to_grey(ct: "sitk.Image", brain: "sitk.Image") -> "sitk.Image":
    """Float32 image of HU within :data:`CSF_TO_GREY_HU`, blood as brain, 0 outside the brain."""
    import SimpleITK as sitk

    grid = isotropic(ct, GRID_MM)
    inside = sitk.Resample(sitk.Cast(brain, sitk.sitkFloat32), grid, sitk.Transform(), sitk.sitkLinear, 0.0)
    hu = sitk.GetArrayFromImage(sitk.DiscreteGaussian(grid, 4.0))
    hu = np.where(hu > BLOOD_HU, BRAIN_HU, np.clip(hu, *CSF_TO_GREY_HU))
    mask = sitk.GetArrayViewFromImage(inside) > 0.5
    image = sitk.GetImageFromArray((hu * mask).astype(np.float32))
    image.CopyInformation(grid)
    z, y, x = box_around(mask, (GRID_MM,) * 3, MARGIN_MM)
    return image[x, y, z]


def _affine(fixed: "sitk.Image", moving: "sitk.Image", progress: Progress) -> "sitk.AffineTransform":
    import SimpleITK as sitk

    def outlined(image: "sitk.Image") -> "sitk.Image":
        return sitk.Cast(image > 0, sitk.sitkFloat32) * SKULL_STEP_HU + image

    # The atlas is finer than the fit. ITK smooths and differentiates all of it at each level, which took
    # more than half of the time; ventricles of five heads were the same (Dice of the two at least 0.994).
    finer = [round(GRID_MM / step) for step in moving.GetSpacing()]
    fixed, moving = (
        sitk.DiscreteGaussian(image, GRID_MM**2)
        for image in (outlined(fixed), sitk.BinShrink(outlined(moving), finer))
    )
    start = sitk.CenteredTransformInitializer(
        fixed, moving, sitk.Euler3DTransform(), sitk.CenteredTransformInitializerFilter.MOMENTS
    )
    rigid = sitk.Euler3DTransform(start)
    _optimise(fixed, moving, rigid, (2,), progress)
    affine = sitk.AffineTransform(3)
    affine.SetCenter(rigid.GetCenter())
    affine.SetMatrix(rigid.GetMatrix())
    affine.SetTranslation(rigid.GetTranslation())
    _optimise(fixed, moving, affine, (2, 1), progress)
    return affine


def _optimise(
    fixed: "sitk.Image",
    moving: "sitk.Image",
    transform: "sitk.Transform",
    shrink: tuple[int, ...],
    progress: Progress,
) -> None:
    """Move ``transform`` in place to the least mean square difference over all voxels."""
    import SimpleITK as sitk

    registration = sitk.ImageRegistrationMethod()
    registration.SetMetricAsMeanSquares()
    registration.SetInterpolator(sitk.sitkLinear)
    registration.SetOptimizerAsRegularStepGradientDescent(1.0, SMALLEST_STEP_MM, 100, 0.6, 1e-5)
    registration.SetOptimizerScalesFromPhysicalShift()
    registration.SetShrinkFactorsPerLevel(shrink)
    registration.SetSmoothingSigmasPerLevel([float(level) for level in shrink])
    registration.SetInitialTransform(transform, inPlace=True)
    with watched(registration, lambda: progress(0.3, "fitting the atlas")):
        registration.Execute(fixed, moving)


def _deformation(
    fixed: "sitk.Image", moving: "sitk.Image", affine: "sitk.Transform", progress: Progress
) -> "sitk.DisplacementFieldTransform":
    import SimpleITK as sitk

    demons = sitk.DiffeomorphicDemonsRegistrationFilter()
    demons.SetNumberOfIterations(DEMONS_ITERATIONS)
    demons.SetSmoothDisplacementField(True)
    demons.SetStandardDeviations(FIELD_SMOOTHING_VOXELS)
    demons.SetSmoothUpdateField(True)
    demons.SetUpdateFieldStandardDeviations(1.0)
    # Steps are under a voxel. The whole exponential takes a third longer, and gave the same ventricles in
    # nine heads (Dice of the two at least 0.996).
    demons.SetUseFirstOrderExp(True)
    moving = sitk.Resample(moving, fixed, affine, sitk.sitkLinear, 0.0)

    def report() -> None:
        progress(0.5 + 0.5 * demons.GetElapsedIterations() / DEMONS_ITERATIONS, "deforming the atlas")

    with watched(demons, report):
        field = demons.Execute(fixed, moving)
    return sitk.DisplacementFieldTransform(sitk.Cast(field, sitk.sitkVectorFloat64))
