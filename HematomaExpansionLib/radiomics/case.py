"""One case from its files: the scan, the segmentation on its grid, the features."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..ct.reader import read_ct
from ..labels import Label
from .extract import extract
from .features import Features
from .perturb import Redraw, perturbed
from .settings import Settings


@dataclass(frozen=True)
class Case:
    """Where the files of a case lie.

    Attributes:
        name: of the case, unique in its table.
        scan: DICOM folder, NIfTI or NRRD file.
        mask: its segmentation: ``.seg.nrrd``, NRRD or NIfTI.
    """

    name: str
    scan: Path
    mask: Path


@dataclass(frozen=True)
class ReadCase:
    """The features of a case and what a reader of them must know.

    Attributes:
        features: of the bleed.
        warnings: of the reader of the scan, one sentence each.
    """

    features: Features
    warnings: tuple[str, ...]


def extract_case(
    case: Case,
    settings: Settings,
    label: Label = Label.ICH,
    mapping: Mapping[int | str, str] | None = None,
    redraw: Redraw | None = None,
) -> ReadCase:
    """Read the files of a case and extract its features.

    Args:
        case: the files.
        settings: what to extract and how.
        label: the class that is the mask.
        mapping: see :class:`~HematomaExpansionLib.segmentation.mask.MaskSegmenter`.
        redraw: redraw the mask first.

    Raises:
        InputRefused: the scan or the segmentation cannot be read, they do not fit, or the mask is refused;
            see :func:`.extract.extract`.
        ModelError: PyRadiomics is not installed.
    """
    import SimpleITK as sitk

    from ..segmentation.mask import MaskSegmenter
    from ..segmentation.mask_grid import place_on_scan

    scan = read_ct(case.scan)
    own = MaskSegmenter(case.mask, mapping).labels()
    is_segmentation = case.mask.name.endswith(".seg.nrrd")
    labels = sitk.GetImageFromArray(place_on_scan(own, scan, case.mask.name, may_be_cropped=is_segmentation))
    labels.CopyInformation(scan.image)
    if redraw is not None:
        labels = perturbed(labels, redraw.generator(case.name), redraw.perturbation, label)
    return ReadCase(extract(scan.image, labels, settings, label, case.mask.name), scan.warnings)
