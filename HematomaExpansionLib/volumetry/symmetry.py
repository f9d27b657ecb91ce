"""The plane that the inside of the skull is symmetric about: where the midline would be without a shift."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..ct.grid import isotropic
from .field import field_on, signed_distance_mm

if TYPE_CHECKING:
    import SimpleITK as sitk
    from numpy.typing import NDArray

GRID_MM = 4.0
BAND_MM = 20.0
# Residuals beyond this count less than squared: a craniectomy, a neck that leans to one side.
DISTANCE_SCALE_MM = 4.0
# A tilt of the plane is given as the arc in mm this far out, so all three parameters are in mm.
RADIUS_MM = 80.0


@dataclass(frozen=True)
class Plane:
    """A plane in space.

    Attributes:
        point: a point on it, LPS mm.
        normal: unit vector that points to the patient's left.
    """

    point: "NDArray[np.float64]"
    normal: "NDArray[np.float64]"


def symmetry_plane(brain: "sitk.Image") -> Plane:
    """Fit the plane whose mirror image of the intracranial space is most like the space itself.

    The signed distance to the surface of the space is compared with its own reflection by least squares over
    two tilts and a shift, starting from the plane between the image's left and right through the centre of
    mass. A head turned by less than about 40 degrees is followed. Real skulls are a little asymmetric: on two
    scans without a shift the septum lay 0.5 and 1.5 mm beside the plane.

    Args:
        brain: mask of the intracranial space, not empty, in LPS order.
    """
    import SimpleITK as sitk
    from scipy.optimize import least_squares

    grid = isotropic(sitk.Cast(brain, sitk.sitkFloat32), GRID_MM)
    mask = sitk.GetArrayViewFromImage(grid) > 0.5
    distance = field_on(grid, signed_distance_mm(mask, GRID_MM, 2 * BAND_MM))
    centre = distance.positions(np.argwhere(mask)).mean(axis=0)
    near = np.argwhere(np.abs(distance.values) < BAND_MM)
    points, own = distance.positions(near), distance.values[tuple(near.T)]
    left = np.array(grid.GetDirection()).reshape(3, 3)

    def normal(pose: "NDArray[np.float64]") -> "NDArray[np.float64]":
        tilted = left @ np.array([1.0, pose[0] / RADIUS_MM, pose[1] / RADIUS_MM])
        return np.asarray(tilted / np.linalg.norm(tilted))

    def residuals(pose: "NDArray[np.float64]") -> "NDArray[np.float64]":
        across = (points - centre) @ normal(pose) - pose[2]
        return np.asarray(distance.at(points - 2.0 * np.outer(across, normal(pose))) - own)

    def jacobian(pose: "NDArray[np.float64]") -> "NDArray[np.float64]":
        # Half a millimetre to either side: the field is linear between voxels, its exact slope is not smooth.
        return np.stack([residuals(pose + step) - residuals(pose - step) for step in 0.5 * np.eye(3)], axis=1)

    pose = least_squares(residuals, np.zeros(3), jac=jacobian, loss="soft_l1", f_scale=DISTANCE_SCALE_MM).x
    return Plane(centre + pose[2] * normal(pose), normal(pose))
