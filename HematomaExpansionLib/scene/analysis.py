"""From nodes to a study: what Slicer's widget and a script in a scene call.

Only reading and showing touch the scene. A door that must stay responsive calls :func:`read_inputs` and
``show_study`` on the main thread, and ``analyze`` between them on another.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..clinical.record import ClinicalRecord
from ..ct.scan import HeadCT
from ..errors import UsageError
from ..labels import APPEARANCE, Label
from ..progress import Progress
from ..segmentation.seg_nrrd import write_seg_nrrd
from ..segmentation.segment_style import class_styles
from ..study import Options, Study, analyze
from .head_ct import head_ct_from_volume
from .segmentations import classes_of_segmentation, labels_from_segmentation
from .study_scene import StudyNodes, show_study

if TYPE_CHECKING:
    import slicer


@dataclass(frozen=True)
class Inputs:
    """What was read from the scene, free of it.

    Attributes:
        scans: baseline first.
        options: the choices, with the segmentations that were given as masks.
    """

    scans: tuple[HeadCT, ...]
    options: Options


def read_inputs(
    volumes: "Sequence[slicer.vtkMRMLScalarVolumeNode]",
    folder: Path,
    segmentations: "Sequence[slicer.vtkMRMLSegmentationNode]" = (),
    options: Options | None = None,
) -> Inputs:
    """Read what ``analyze`` needs from nodes. Call it on the main thread.

    Args:
        volumes: baseline first, then the follow-ups in time order.
        folder: where the segmentations are written as masks; it must live until ``analyze`` has ended.
        segmentations: the user's own, one per volume in the same order; empty to segment here.
        options: the choices; ``mapping`` then maps names of segments to classes.

    Raises:
        InputRefused: a volume or segmentation that cannot be analysed.
        UsageError: segmentations that are not one per volume.
    """
    options = options or Options()
    if segmentations and len(segmentations) != len(volumes):
        raise UsageError(
            f"{len(segmentations)} segmentations were given for {len(volumes)} volumes; "
            "give one per volume, in order"
        )
    scans = tuple(head_ct_from_volume(volume) for volume in volumes)
    if not segmentations:
        return Inputs(scans, options)
    keys = {look.key: label for label, look in APPEARANCE.items()} | {"background": Label.BACKGROUND}
    classes = {str(name): keys[key] for name, key in (options.mapping or {}).items()}
    masks = []
    for number, (scan, node) in enumerate(zip(scans, segmentations, strict=True)):
        labels = labels_from_segmentation(node, scan.image, classes)
        masks.append(folder / f"mask-{number}.seg.nrrd")
        write_seg_nrrd(masks[-1], labels, class_styles(classes_of_segmentation(node, classes)))
    return Inputs(scans, replace(options, masks=tuple(masks), mapping=None))


def analyze_nodes(
    baseline: "slicer.vtkMRMLScalarVolumeNode",
    followups: "Sequence[slicer.vtkMRMLScalarVolumeNode]" = (),
    segmentations: "Sequence[slicer.vtkMRMLSegmentationNode]" = (),
    options: Options | None = None,
    progress: Progress | None = None,
    clinical: ClinicalRecord | None = None,
) -> tuple[Study, StudyNodes]:
    """Analyse volumes of the scene and show the study in it. It blocks; call it on the main thread.

    Args:
        baseline: head CT in HU.
        followups: the later CTs in time order.
        segmentations: the user's own, one per scan; empty to segment here.
        options: the choices.
        progress: reports and cancels.
        clinical: what is known beside the images.

    Raises:
        HematomaExpansionError: as :func:`read_inputs` and :func:`..study.analyze` say; the scene is then as
            it was.
    """
    volumes = [baseline, *followups]
    with tempfile.TemporaryDirectory() as folder:
        inputs = read_inputs(volumes, Path(folder), segmentations, options)
        study = analyze(inputs.scans[0], inputs.scans[1:], inputs.options, progress, "slicer", clinical)
    return study, show_study(study, volumes)
