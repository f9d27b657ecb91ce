"""How long Apply holds the application: ``python -m Testing.scene.apply_time``.

Two scans of 512 x 512 x 33 voxels, once as NIfTI files and once as volumes that only the scene has. The first
column does all that was once done there (reading, checks, regular grid, copies for the process); the second
does what is left. Both in one run and alternating, in processor seconds, of which the best of three is shown.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import SimpleITK as sitk

from HematomaExpansionLib.scene.bootstrap import ensure_scene
from HematomaExpansionLib.scene.dicom_slices import copy_series
from HematomaExpansionLib.scene.head_ct import head_ct_from_volume, unchecked
from HematomaExpansionLib.scene.request import Request, write_request
from HematomaExpansionLib.scene.scan_files import write_scans
from HematomaExpansionLib.scene.volumes import volume_from_image
from HematomaExpansionLib.study import Options
from Testing.scene.conftest import load

SAMPLE = Path(__file__).resolve().parents[2] / "Resources" / "sample"


def everything(volumes: list[Any], folder: Path) -> None:
    """As it was: read, check and resample, then write."""
    write_scans([head_ct_from_volume(volume) for volume in volumes], folder)
    for volume in volumes:
        copy_series(volume, folder)


def what_is_left(volumes: list[Any], folder: Path) -> None:
    """As ``AnalysisProcess`` does it."""
    scans = tuple(unchecked(volume) for volume in volumes)
    series = tuple(copy_series(volume, folder) for volume in volumes)
    write_request(Request(scans, Options(), series=series), folder)


def seconds(work: Callable[[list[Any], Path], None], volumes: list[Any]) -> float:
    """Processor seconds of one run."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.process_time()
        work(volumes, Path(folder))
        return time.process_time() - start


def large(name: str) -> sitk.Image:
    """A scan of the sample on a grid of twice as many columns and rows."""
    image = sitk.ReadImage(str(SAMPLE / f"{name}.nii.gz"))
    x, y, z = image.GetSize()
    grid = sitk.Image(2 * x, 2 * y, z, sitk.sitkInt16)
    grid.CopyInformation(sitk.Expand(image, [2, 2, 1], sitk.sitkNearestNeighbor))
    return sitk.Resample(image, grid)


def main() -> None:
    """Print both, and their ratio."""
    scene = ensure_scene()
    names = ("baseline", "followup-1")
    with tempfile.TemporaryDirectory() as folder:
        images = [large(name) for name in names]
        files = [Path(folder) / f"{name}.nii.gz" for name in names]
        for image, file in zip(images, files, strict=True):
            sitk.WriteImage(image, str(file))
        kinds = {
            "NIfTI files": [load(scene, file, name=file.name) for file in files],
            "made in the scene": [
                volume_from_image(image, name) for image, name in zip(images, names, strict=True)
            ],
        }
        for kind, volumes in kinds.items():
            runs = [(seconds(everything, volumes), seconds(what_is_left, volumes)) for _ in range(3)]
            before, after = (min(each) for each in zip(*runs, strict=True))
            said = f"{kind}: {before:.2f} s before, {after:.3f} s now, {before / after:.0f} times less\n"
            sys.stdout.write(said)


if __name__ == "__main__":
    main()
