"""Write a segmentation in the format that the file's name asks for."""

from pathlib import Path

from ..errors import UsageError
from ..files import written_whole
from .seg_nrrd import write_seg_nrrd
from .segment_style import class_styles
from .segmenter import Segmentation

SUFFIXES = (".seg.nrrd", ".nrrd", ".nii.gz", ".nii")


def check_name(path: Path) -> None:
    """Refuse a name that asks for no format, before the work is done.

    Raises:
        UsageError: when the name has none of :data:`SUFFIXES`.
    """
    if not path.name.endswith(SUFFIXES):
        raise UsageError(f"{path}: the name must end in one of {', '.join(SUFFIXES)}")


def write_segmentation(segmentation: Segmentation, path: Path) -> None:
    """Write labels as a 3D Slicer segmentation (``.seg.nrrd``) or as a plain labelmap.

    Raises:
        UsageError: when the name has none of :data:`SUFFIXES`.
        OutputError: when the file cannot be written.
    """
    import SimpleITK as sitk

    check_name(path)
    if path.name.endswith(".seg.nrrd"):
        write_seg_nrrd(path, segmentation.labels, class_styles(segmentation.classes))
        return
    with written_whole(path) as temporary:
        sitk.WriteImage(segmentation.labels, str(temporary), useCompression=True)
