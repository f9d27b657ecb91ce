"""The anatomy of scans that several tests only look at, found once for all of them."""

from pathlib import Path

import SimpleITK as sitk
from filelock import FileLock

from HematomaExpansionLib.ct.anatomy import Anatomy, locate_anatomy
from HematomaExpansionLib.ct.reader import read_ct
from HematomaExpansionLib.ct.scan import HeadCT
from HematomaExpansionLib.files import folder_written_whole

IMAGES = ("brain", "ventricles", "regions")


def located(file: Path, shared: Path) -> tuple[HeadCT, Anatomy]:
    """A scan and its anatomy, kept in a folder that the workers of a run share.

    Args:
        file: the scan.
        shared: from the fixture of that name.
    """
    scan, kept = read_ct(file), shared / f"anatomy-{file.name}"
    with FileLock(f"{kept}.lock"):
        if not kept.is_dir():
            _write(locate_anatomy(scan), kept)
    images = [sitk.ReadImage(str(kept / f"{name}.nrrd")) for name in IMAGES]
    quality, *warnings = (kept / "quality.txt").read_text().splitlines()
    to_atlas = sitk.ReadTransform(str(kept / "to-atlas.h5"))
    return scan, Anatomy(*images, to_atlas, float(quality), tuple(warnings))


def _write(anatomy: Anatomy, kept: Path) -> None:
    with folder_written_whole(kept) as folder:
        for name in IMAGES:
            sitk.WriteImage(getattr(anatomy, name), str(folder / f"{name}.nrrd"))
        sitk.WriteTransform(anatomy.to_atlas, str(folder / "to-atlas.h5"))
        (folder / "quality.txt").write_text("\n".join([repr(anatomy.quality), *anatomy.warnings]))
