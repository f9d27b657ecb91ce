"""The MNI ICBM152 tissue maps on the grid that every head is built on.

Source: ICBM 2009a nonlinear symmetric average (Fonov et al., NeuroImage 2011;54:313-327), as ``nilearn``
ships it.
"""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# The grid, 1 MNI millimetre a voxel, in array order z (to the head), y (to the back), x (to the left): it is
# larger than the maps, because a skull, a scalp and a face have to fit round the brain.
SHAPE = (206, 248, 205)
FIRST_VOXEL_MM = (-98.0, -118.0, -102.0)


@dataclass(frozen=True)
class Maps:
    """Tissue maps ``[z, y, x]``, float32 0-1.

    Attributes:
        grey: grey matter.
        white: white matter.
        csf: what the brain mask holds beside the two: ventricles, cisterns, sulci.
        brain: bool mask of the template's brain, sulci filled.
    """

    grey: "NDArray[np.float32]"
    white: "NDArray[np.float32]"
    csf: "NDArray[np.float32]"
    brain: "NDArray[np.bool_]"


def axes_mm() -> tuple["NDArray[np.float32]", "NDArray[np.float32]", "NDArray[np.float32]"]:
    """MNI coordinates of the grid, mm: superior ``[z,1,1]``, anterior ``[1,y,1]``, right ``[1,1,x]``."""
    z, y, x = (
        first + np.arange(count, dtype=np.float32) for first, count in zip(FIRST_VOXEL_MM, SHAPE, strict=True)
    )
    return z[:, None, None], -y[None, :, None], -x[None, None, :]


@cache
def load_maps() -> Maps:
    """The three maps of the template on the grid; read once a process."""
    from nilearn.datasets import load_mni152_gm_template, load_mni152_template, load_mni152_wm_template

    t1, grey, white = (
        _on_grid(load(resolution=1))
        for load in (load_mni152_template, load_mni152_gm_template, load_mni152_wm_template)
    )
    brain = t1 > 0
    total = np.maximum(grey + white, 1.0)
    grey, white = grey * brain / total, white * brain / total
    return Maps(grey, white, np.where(brain, 1 - grey - white, 0).astype(np.float32), brain)


def _on_grid(image: object) -> "NDArray[np.float32]":
    """Turn a 1 mm nilearn image (RAS, ``[x, y, z]``) into ``[z, y, x]`` LPS and pad it to the grid."""
    values = np.asarray(image.dataobj, dtype=np.float32)  # type: ignore[attr-defined]
    right_first, anterior_first, superior_first = image.affine[:3, 3]  # type: ignore[attr-defined]
    values = values.transpose(2, 1, 0)[:, ::-1, ::-1]
    _, rows, columns = values.shape
    first_mm = (superior_first, -(anterior_first + rows - 1), -(right_first + columns - 1))
    starts = [round(float(first - edge)) for first, edge in zip(first_mm, FIRST_VOXEL_MM, strict=True)]
    grid = np.zeros(SHAPE, dtype=np.float32)
    # The empty margin of the maps above and behind is larger than the grid's: it is cut off.
    values = values[tuple(slice(count - start) for start, count in zip(starts, SHAPE, strict=True))]
    placed = zip(starts, values.shape, strict=True)
    grid[tuple(slice(start, start + count) for start, count in placed)] = values
    return grid
