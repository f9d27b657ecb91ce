"""Measuring segmentations without their scans: what the ``volume`` and ``change`` commands do."""

from collections.abc import Mapping
from pathlib import Path

from .labels import APPEARANCE
from .result import ExpansionAnswer, Volume
from .volumetry.expansion import Volumes, judge
from .volumetry.volume import measure


def measured(mask: Path, mapping: Mapping[int | str, str] | None = None) -> dict[str, Volume | None]:
    """Measure each class of a segmentation in its own space.

    Args:
        mask: ``.seg.nrrd``, NRRD or NIfTI.
        mapping: see :class:`.segmentation.mask.MaskSegmenter`.

    Returns:
        ``ich``, ``ivh``, ``extra_axial`` and ``oedema``; None for a class the file does not tell.

    Raises:
        UnreadableFile: when the file cannot be read.
        MaskError: when it is not a segmentation.
    """
    from .segmentation.mask import MaskSegmenter

    segmentation = MaskSegmenter(mask, mapping)
    labels, told = segmentation.labels(), segmentation.capabilities.classes
    return {look.key: measure(labels, label) if label in told else None for label, look in APPEARANCE.items()}


def expansion(
    baseline_mask: Path, followup_mask: Path, mapping: Mapping[int | str, str] | None = None
) -> list[ExpansionAnswer]:
    """Judge the four definitions of expansion from two segmentations; raises as :func:`measured`."""
    before, after = measured(baseline_mask, mapping), measured(followup_mask, mapping)
    ml = [
        None if found is None else found.ml
        for found in (before["ich"], after["ich"], before["ivh"], after["ivh"])
    ]
    return judge(Volumes(*ml))
