"""A study that ``analyze`` wrote to a folder, shown in the scene."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..ct.volume_files import read_image
from ..errors import UnreadableFile
from ..labels import APPEARANCE
from ..markers.marker import Marker
from ..report.marker_style import MARKER_STYLES
from ..result import StudyResult
from ..segmentation.seg_nrrd import read_seg_nrrd
from ..segmentation.segment_style import SegmentStyle
from ..study import Comparison
from .study_scene import LabelledScan, StudyNodes, show_scans

if TYPE_CHECKING:
    import SimpleITK as sitk
    import slicer


def read_result(folder: Path) -> StudyResult:
    """The numbers of a study.

    Raises:
        UnreadableFile: when ``result.json`` is absent, or not of this version's schema.
    """
    file = folder / "result.json"
    try:
        return StudyResult.model_validate_json(file.read_bytes())
    except OSError as error:
        raise UnreadableFile(
            f"{file}: cannot be read ({error.strerror}); give a folder analyze wrote"
        ) from error
    except ValueError as error:
        raise UnreadableFile(f"{file}: is not a result of this version: {_first_line(error)}") from error


def show_study_folder(
    folder: Path,
    scans: "Sequence[sitk.Image]",
    volumes: "Sequence[slicer.vtkMRMLScalarVolumeNode | None]" = (),
    segmentations: "Sequence[slicer.vtkMRMLSegmentationNode | None]" = (),
) -> StudyNodes:
    """Add the study of a folder to the scene. Call it on the main thread.

    Args:
        folder: where ``analyze`` wrote; it holds the numbers and labels, and not the scans.
        scans: the images that were analysed, baseline first, LPS millimetres.
        volumes: the nodes they were read from; see :func:`.study_scene.show_study`.
        segmentations: the user's own that were measured; see :func:`.study_scene.show_scans`.

    Raises:
        UnreadableFile: when a file of the study is absent or damaged; nothing is then added.
    """
    result = read_result(folder)
    found = [
        LabelledScan(
            scan.timepoint,
            image,
            read_image(folder / f"{scan.timepoint}.seg.nrrd")[0],
            [label for label, look in APPEARANCE.items() if look.key in scan.segmentation.classes],
            _markers(folder / f"{scan.timepoint}-markers.seg.nrrd"),
        )
        for scan, image in zip(result.scans, scans, strict=True)
    ]
    comparisons = [_comparison(folder, change.timepoint) for change in result.changes]
    return show_scans(found, comparisons, result, volumes, segmentations)


def _markers(file: Path) -> "list[tuple[SegmentStyle, sitk.Image]]":
    """The evidence of the markers of one scan; the file is absent where no marker has any."""
    if not file.exists():
        return []
    segments = read_seg_nrrd(file)
    unknown = {segment.key for segment in segments} - set(Marker)
    if unknown:
        raise UnreadableFile(f"{file}: holds {', '.join(sorted(unknown))}, which is no marker")
    return [(MARKER_STYLES[Marker(segment.key)], segment.voxels) for segment in segments]


def _comparison(folder: Path, timepoint: str) -> Comparison:
    """The growth map is absent where blood could not be compared, or the registration is not trusted."""
    import SimpleITK as sitk

    growth = folder / f"{timepoint.replace('followup', 'growth')}.seg.nrrd"
    file = folder / f"{timepoint}-to-baseline.tfm"
    try:
        to_baseline = sitk.ReadTransform(str(file))
    except RuntimeError as error:
        raise UnreadableFile(f"{file}: is absent, or no transform that can be read") from error
    return Comparison(timepoint, to_baseline, read_image(growth)[0] if growth.exists() else None)


def _first_line(error: ValueError) -> str:
    return str(error).splitlines()[0]
