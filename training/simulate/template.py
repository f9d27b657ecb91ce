"""The MNI ICBM152 tissue maps on the grid that every head is built on.

Source: ICBM 2009a nonlinear symmetric average (Fonov et al., NeuroImage 2011;54:313-327), as ``nilearn``
ships it.
"""

import argparse
import os
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# The grid, 1 MNI millimetre a voxel, in array order z (to the head), y (to the back), x (to the left): it is
# larger than the maps, because a skull, a scalp and a face have to fit round the brain.
SHAPE = (206, 248, 205)
FIRST_VOXEL_MM = (-98.0, -118.0, -102.0)
# The grid of a head over the same field, a little coarser: template millimetres a voxel.
HEAD_STEP_MM = 1.09
HEAD_SHAPE = (189, 228, 188)
# The environment variable that names a file of the maps.
MAPS_VARIABLE = "HEMATOMA_EXPANSION_MAPS"
# First voxel (left, posterior, inferior) of the maps, MNI millimetres.
_FIRST_OF_MAPS_MM = (-98.0, -134.0, -72.0)


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
    """The three maps of the template on the grid; read once a process.

    From the file that :data:`MAPS_VARIABLE` names, which this module's command writes, so that a machine
    with numpy, SciPy and torch alone can simulate; without that variable from ``nilearn``.

    Raises:
        FileNotFoundError: when the variable names no file.
    """
    stored = os.environ.get(MAPS_VARIABLE)
    if stored and not Path(stored).is_file():
        raise FileNotFoundError(f"{MAPS_VARIABLE}={stored}: no such file; this module's command writes one")
    raw = np.load(stored, allow_pickle=False) if stored else raw_maps()
    t1, grey, white = (_on_grid(raw[name]) for name in ("t1", "grey", "white"))
    brain = t1 > 0
    total = np.maximum(grey + white, 1.0)
    grey, white = grey * brain / total, white * brain / total
    return Maps(grey, white, np.where(brain, 1 - grey - white, 0).astype(np.float32), brain)


def raw_maps() -> dict[str, "NDArray[np.uint8]"]:
    """The maps as ``nilearn`` ships them: ``t1``, ``grey`` and ``white``, ``[x, y, z]`` RAS, 0-255.

    Raises:
        ModuleNotFoundError: without ``nilearn``.
    """
    import nibabel

    # Importing nilearn takes seconds, finding it does not.
    found = find_spec("nilearn")
    if found is None or found.origin is None:
        raise ModuleNotFoundError(f"the template needs nilearn, or {MAPS_VARIABLE} set to a file of its maps")
    folder = Path(found.origin).parent / "datasets" / "data"
    names = {"t1": "t1", "grey": "gm", "white": "wm"}
    images = {
        name: nibabel.load(folder / f"mni_icbm152_{part}_tal_nlin_sym_09a_converted.nii.gz")
        for name, part in names.items()
    }
    return {name: np.asarray(image.dataobj).astype(np.uint8) for name, image in images.items()}


def _on_grid(values: "NDArray[np.uint8]") -> "NDArray[np.float32]":
    """Turn a 1 mm map (RAS, ``[x, y, z]``) into ``[z, y, x]`` LPS, 0-1, and pad it to the grid."""
    left, posterior, inferior = _FIRST_OF_MAPS_MM
    values = values.transpose(2, 1, 0)[:, ::-1, ::-1].astype(np.float32) / 255
    _, rows, columns = values.shape
    first_mm = (inferior, -(posterior + rows - 1), -(left + columns - 1))
    starts = [round(first - edge) for first, edge in zip(first_mm, FIRST_VOXEL_MM, strict=True)]
    grid = np.zeros(SHAPE, dtype=np.float32)
    # The empty margin of the maps above and behind is larger than the grid's: it is cut off.
    values = values[tuple(slice(count - start) for start, count in zip(starts, SHAPE, strict=True))]
    placed = zip(starts, values.shape, strict=True)
    grid[tuple(slice(start, start + count) for start, count in placed)] = values
    return grid


def main() -> None:
    """Write the maps to one file of a few megabytes, for machines without ``nilearn``."""
    parser = argparse.ArgumentParser(prog="python -m training.simulate.template", description=main.__doc__)
    parser.add_argument("--out", type=Path, required=True, help="the .npz file to write")
    out = parser.parse_args().out
    if out.suffix != ".npz":
        parser.error(f"--out {out}: the name must end in .npz")
    np.savez_compressed(out, **raw_maps())
    print(f"{out}: set {MAPS_VARIABLE} to this path")


if __name__ == "__main__":
    main()
