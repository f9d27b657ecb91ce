"""One patient as every predictor sees them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ..ct.scan import HeadCT
from ..errors import MissingInput
from .values import Known

if TYPE_CHECKING:
    import SimpleITK as sitk

Split = Literal["train", "test", "external"]


@dataclass(frozen=True)
class Patient:
    """What is known of a patient at the baseline CT, and whether the bleed expanded.

    Attributes:
        name: in the cohort; a study's patient has none.
        values: by the names of :func:`..scores.values.kinds` (``age_years``, ``gcs``, ``ich_ml``, ``ivh``,
            ``location``, the nine markers ...), with True and False for present and absent. A name that is
            absent and a value of None both mean that it is not known.
        expansion: the outcome under the definition that was asked for; None when it is not known.
        split: set the patient belongs to; None when the cohort does not say.
        radiomics: features of the baseline by name; empty when none were extracted.
        baseline: the scan, or the file or folder to read it from; None when there is no image.
        baseline_mask: labels (values of :class:`..labels.Label`) on the scan's grid, or the file.
    """

    name: str = ""
    values: Mapping[str, Known] = field(default_factory=dict)
    expansion: bool | None = None
    split: Split | None = None
    radiomics: Mapping[str, float] = field(default_factory=dict)
    baseline: Path | HeadCT | None = None
    baseline_mask: "Path | sitk.Image | None" = None

    def number(self, name: str) -> float | None:
        """A value as a number: yes is 1 and no is 0; None when it is not known or is a category."""
        value = self.values.get(name)
        return None if value is None or isinstance(value, str) else float(value)

    def scan(self) -> HeadCT:
        """The baseline scan; a file is read at each call.

        Raises:
            MissingInput: there is none.
            InputRefused: it cannot be read as a head CT.
        """
        if self.baseline is None:
            raise MissingInput(f"patient {self.name or 'of this study'}: no baseline CT; it is needed")
        if isinstance(self.baseline, HeadCT):
            return self.baseline
        from ..ct.reader import read_ct

        return read_ct(self.baseline)

    def labels(self, scan: HeadCT) -> "sitk.Image":
        """The segmentation of the baseline on its scan's grid, uint8 of :class:`..labels.Label`.

        Args:
            scan: from :meth:`scan`.

        Raises:
            MissingInput: there is none.
            InputRefused: it cannot be read, or lies on another grid.
        """
        import SimpleITK as sitk

        from ..segmentation.mask import MaskSegmenter
        from ..segmentation.mask_grid import place_on_scan

        mask = self.baseline_mask
        if mask is None:
            raise MissingInput(f"patient {self.name or 'of this study'}: no baseline mask; it is needed")
        if not isinstance(mask, Path):
            return mask
        placed = place_on_scan(MaskSegmenter(mask).labels(), scan, mask.name, may_be_cropped=True)
        image = sitk.GetImageFromArray(placed.astype("uint8"))
        image.CopyInformation(scan.image)
        return image
