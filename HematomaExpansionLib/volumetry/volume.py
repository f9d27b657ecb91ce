"""Every measure of how much blood one class of a label image has."""

from typing import TYPE_CHECKING

import numpy as np

from ..ct.scan import voxel_volume_ml
from ..errors import GeometryError
from ..result import Volume
from .abc2 import abc2_ml, abc3_ml, abc_mm
from .diameters import calliper_diameters, outline_mm
from .ellipsoid import ellipsoid_ml
from .planimetry import planimetry_ml

if TYPE_CHECKING:
    import SimpleITK as sitk
    from numpy.typing import NDArray


def volume_ml(labels: "sitk.Image", label: int) -> float:
    """Voxels of a label x |det| of the voxel-to-world matrix, in mL."""
    return int(np.count_nonzero(_array(labels) == label)) * voxel_volume_ml(labels)


def measure(labels: "sitk.Image", label: int) -> Volume:
    """Measure one class in the grid of the image it is given in.

    ABC/2, ABC/3 and the ellipsoid are bedside rules for one bleed. Where the class has several components
    (26-connected) each is measured alone and the volumes are summed, as a reader does with several bleeds;
    the A, B, C and the diameters in the answer are those of the largest component.

    Args:
        labels: 3D label image; slices are along its third axis.
        label: the class to measure.

    Raises:
        GeometryError: the image is not 3D.
    """
    mask = _array(labels) == label
    voxels = int(np.count_nonzero(mask))
    steps = _steps_mm(labels)
    pixel_mm2 = float(np.linalg.norm(np.cross(steps[1], steps[2])))
    slice_distance = 1000.0 * voxel_volume_ml(labels) / pixel_mm2
    areas = np.count_nonzero(mask, axis=(1, 2)) * pixel_mm2
    components = _components(mask)
    abc = [abc_mm(component, steps) for component in components]
    diameters = [_three_diameters(component, steps) for component in components]
    return Volume(
        ml=voxels * voxel_volume_ml(labels),
        planimetry_ml=planimetry_ml(areas, np.arange(len(areas)) * slice_distance),
        abc2_ml=sum(abc2_ml(*each) for each in abc) if abc else None,
        abc3_ml=sum(abc3_ml(*each) for each in abc) if abc else None,
        ellipsoid_ml=sum(ellipsoid_ml(*each) for each in diameters) if diameters else None,
        abc_mm=abc[0] if abc else None,
        diameters_mm=diameters[0] if diameters else None,
        voxels=voxels,
    )


def _array(labels: "sitk.Image") -> "NDArray[np.generic]":
    import SimpleITK as sitk

    if labels.GetDimension() != 3:
        raise GeometryError(f"label image has {labels.GetDimension()} dimensions; 3 are needed")
    view: NDArray[np.generic] = sitk.GetArrayViewFromImage(labels)
    return view


def _steps_mm(image: "sitk.Image") -> "NDArray[np.float64]":
    """Row i is the step in space (LPS mm) of array axis i, so rows are z, y, x."""
    matrix = np.array(image.GetDirection()).reshape(3, 3) @ np.diag(image.GetSpacing())
    return matrix.T[::-1]


def _components(mask: "NDArray[np.bool_]") -> "list[NDArray[np.bool_]]":
    """Connected components, each cropped to its bounding box, largest first."""
    from scipy.ndimage import find_objects, generate_binary_structure
    from scipy.ndimage import label as connected

    numbered, _ = connected(mask, structure=generate_binary_structure(3, 3))
    found = [numbered[box] == number for number, box in enumerate(find_objects(numbered), start=1)]
    return sorted(found, key=np.count_nonzero, reverse=True)


def _three_diameters(
    component: "NDArray[np.bool_]", steps_mm: "NDArray[np.float64]"
) -> tuple[float, float, float]:
    d1, d2, d3 = calliper_diameters(outline_mm(component, steps_mm), steps_mm)
    return d1, d2, d3
