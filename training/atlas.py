"""Build the head atlas of ``Resources/atlas`` from the MNI ICBM152 tissue maps inside the ``nilearn`` wheel.

``python -m training.atlas --out Resources/atlas`` writes three images on one 1.5 mm grid and a README:

* ``template.nii.gz``: uint8, a CT-like brain (grey 37, white 29, CSF 8 HU; 0 outside the skull's inner
  table), the target of registration;
* ``ventricles.nii.gz``: uint8, probability of the ventricular system x 255;
* ``regions.nii.gz``: uint8, values of :class:`HematomaExpansionLib.ct.anatomy.Region`.

The maps hold tissue probabilities and no labels, so ventricles and regions are cut out of them by MNI
coordinates (RAS mm). The cuts are listed below as data; ``Testing/training/test_atlas.py`` holds them against
an independent atlas where one is at hand.
"""

import argparse
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray
from scipy import ndimage

from HematomaExpansionLib.ct.anatomy import Region

Array = NDArray[np.float32]
Mask = NDArray[np.bool_]
Box = tuple[tuple[int, int], tuple[int, int], tuple[int, int]]

GREY_HU, WHITE_HU, CSF_HU = 37.0, 29.0, 8.0
SPACING_MM = 1.5

VENTRICLES: dict[str, tuple[float, Box]] = {
    # Name: (least CSF probability, box in MNI mm as (|x|, y, z)); the largest piece in the box, and a mirror
    # image of the same size where there is one, is the ventricle.
    "lateral": (0.5, ((0, 36), (-60, 31), (-4, 30))),
    "temporal horn": (0.35, ((22, 38), (-24, -4), (-28, -12))),
    "atrium": (0.35, ((20, 38), (-52, -22), (-14, 8))),
    "third": (0.35, ((0, 5), (-30, 9), (-16, 8))),
    "aqueduct": (0.2, ((0, 3), (-36, -28), (-16, -6))),
    "fourth": (0.5, ((0, 16), (-60, -32), (-46, -18))),
}


def main() -> None:
    """Write the atlas."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    folder: Path = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    for name, image in build().items():
        sitk.WriteImage(image, str(folder / f"{name}.nii.gz"), useCompression=True)
        print(folder / f"{name}.nii.gz")


def build() -> dict[str, sitk.Image]:
    """The three images, in LPS, keyed by file stem."""
    maps = {name: _mni(name) for name in ("t1", "gm", "wm")}
    origin = np.array([-98.0, -134.0, -72.0])  # MNI RAS mm of voxel (0, 0, 0); 1 mm, axes R-A-S
    x, y, z = np.meshgrid(
        *(np.arange(n) + o for n, o in zip(maps["t1"].shape, origin, strict=True)), indexing="ij"
    )
    brain = _inner_table(maps["t1"] > 0.05)
    csf = np.clip(1.0 - maps["gm"] - maps["wm"], 0.0, 1.0) * brain
    template = brain * (GREY_HU * maps["gm"] + WHITE_HU * maps["wm"] + CSF_HU * csf)
    ventricles = _ventricles(csf, np.abs(x), y, z)
    regions = _regions(brain, np.abs(x), y, z)
    return {
        "template": _image(template, origin, sitk.sitkUInt8, sitk.sitkLinear),
        "ventricles": _image(255.0 * ventricles, origin, sitk.sitkUInt8, sitk.sitkLinear),
        "regions": _image(regions.astype(np.float32), origin, sitk.sitkUInt8, sitk.sitkNearestNeighbor),
    }


def _inner_table(tissue: Mask) -> Mask:
    """The space inside the skull: the brain with its sulci and cisterns closed."""
    closed = ndimage.binary_closing(np.pad(tissue, 12), iterations=10)
    return np.asarray(ndimage.binary_fill_holes(closed)[12:-12, 12:-12, 12:-12], dtype=bool)


def _ventricles(csf: Array, x: Array, y: Array, z: Array) -> Array:
    """Probability of the ventricular system: the CSF probability in and within 2 mm of the cut-out pieces."""
    pieces = np.zeros(csf.shape, dtype=bool)
    for least, box in VENTRICLES.values():
        inside = csf > least
        for coordinate, (low, high) in zip((x, y, z), box, strict=True):
            inside &= (coordinate >= low) & (coordinate <= high)
        labels, _ = ndimage.label(inside)
        sizes = np.bincount(labels.ravel())
        sizes[0] = 0
        pieces |= np.isin(labels, np.flatnonzero(sizes >= 0.9 * sizes.max()))
    near = ndimage.binary_dilation(pieces, iterations=2)
    return np.asarray(
        np.where(pieces, np.maximum(csf, 0.5), np.where(near, np.minimum(csf, 0.5), 0.0)), np.float32
    )


def _regions(brain: Mask, x: Array, y: Array, z: Array) -> NDArray[np.uint8]:
    """Regions by MNI coordinates; x is the distance from the midline.

    Deep is the basal ganglia, internal and external capsule and adjoining white matter (a superellipsoid on
    each side) and the thalami (one across the midline). The tentorium is a surface that falls away from the
    vermis to the sides and the back; below it everything between the pons and the skull is cerebellum.
    """
    ganglia = (np.abs(x - 24) / 16) ** 2.3 + (np.abs(y) / 39) ** 2.3 + (np.abs(z - 12) / 33) ** 2.3 < 1
    thalami = (x / 26) ** 2.5 + (np.abs(y + 15) / 22) ** 2.5 + (np.abs(z - 5) / 18) ** 2.5 < 1
    stem = (x < 18) & (y > -46) & (y < -8) & (z < -6)
    cerebellum = (z < -8.5 - 0.4 * x - 0.0142 * (y + 60) ** 2) & (y < -26) & ~stem
    regions = np.full(brain.shape, Region.LOBAR, dtype=np.uint8)
    regions[ganglia | thalami] = Region.DEEP
    regions[stem] = Region.BRAINSTEM
    regions[cerebellum] = Region.CEREBELLUM
    regions[~brain] = Region.OUTSIDE
    return regions


def _mni(name: str) -> Array:
    """One of nilearn's ICBM152 maps, ``[x, y, z]`` in RAS, 1 mm, scaled to 0-1."""
    import nibabel
    from nilearn.datasets import data

    file = Path(next(iter(data.__path__))) / f"mni_icbm152_{name}_tal_nlin_sym_09a_converted.nii.gz"
    return np.asarray(nibabel.load(file).dataobj, dtype=np.float32) / 255.0


def _image(values: Array, origin: NDArray[np.float64], pixel: int, interpolator: int) -> sitk.Image:
    """A RAS array ``[x, y, z]`` at 1 mm as an LPS image at :data:`SPACING_MM`."""
    image = sitk.GetImageFromArray(
        np.ascontiguousarray(values.transpose(2, 1, 0)[:, ::-1, ::-1], dtype=np.float32)
    )
    size = np.array(values.shape)
    image.SetOrigin((-(origin[0] + size[0] - 1), -(origin[1] + size[1] - 1), origin[2]))
    if interpolator == sitk.sitkLinear:
        image = sitk.SmoothingRecursiveGaussian(image, SPACING_MM / 2.355)
    coarse = [int(n // SPACING_MM) for n in image.GetSize()]
    grid = sitk.Resample(
        image,
        coarse,
        sitk.Transform(),
        interpolator,
        image.GetOrigin(),
        [SPACING_MM] * 3,
        image.GetDirection(),
        0.0,
    )
    rounded = sitk.Round(grid) if interpolator == sitk.sitkLinear else grid
    return sitk.Cast(sitk.Clamp(rounded, sitk.sitkFloat32, 0, 255), pixel)


if __name__ == "__main__":
    main()
