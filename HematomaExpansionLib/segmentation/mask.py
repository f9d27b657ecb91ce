"""Back-end ``mask``: a segmentation made elsewhere, by a reader or another program."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..ct.anatomy import Anatomy
from ..ct.scan import HeadCT
from ..ct.volume_files import file_format, read_image
from ..errors import MaskError, UsageError
from ..labels import APPEARANCE, Label
from ..progress import Progress
from .mask_grid import place_on_scan
from .seg_nrrd import StoredSegment, has_segments, stored_segments
from .segment_class import class_of_segment
from .segmenter import Capabilities, Segmentation

if TYPE_CHECKING:
    import SimpleITK as sitk
    from numpy.typing import NDArray

MAX_VALUES = 64
"""A labelmap has a few values; an image that has more distinct ones than this is something else."""

_CLASSES = {"background": Label.BACKGROUND, **{look.key: label for label, look in APPEARANCE.items()}}


@dataclass(frozen=True)
class _Layer:
    """The voxels of one class as they lie in the file."""

    label: Label
    voxels: "sitk.Image"


class MaskSegmenter:
    """Takes the classes from a file instead of finding them.

    The file is a labelmap (NIfTI or NRRD) or a ``.seg.nrrd`` of 3D Slicer. Which classes it tells:

    * with a ``mapping``, the classes it maps to, whether or not a voxel has them;
    * a ``.seg.nrrd``: the classes of its segments, empty ones included. A segment is recognised by its
      name, else by its terminology; where segments overlap, the later one in the file counts;
    * a labelmap of the values 1 to 4: those are ICH, IVH, extra-axial blood and oedema, and only the values
      that occur were looked for: a file that holds nothing but 1 does not say that there is no IVH;
    * a labelmap of one other value (say 255): ICH;
    * an empty labelmap: no ICH was found, with a warning.

    Args:
        path: the file.
        mapping: value of the labelmap (or name or identifier of a segment) to ``"ich"``, ``"ivh"``,
            ``"extra_axial"``, ``"oedema"`` or ``"background"``. Every value or segment of the file must be
            in it.

    Raises:
        UsageError: when the mapping names another class.
    """

    def __init__(self, path: Path, mapping: Mapping[int | str, str] | None = None) -> None:
        """Keep the file's name; it is read when it is first needed."""
        self.path = path
        self.mapping = None if mapping is None else {str(key): name for key, name in mapping.items()}
        for key, name in (self.mapping or {}).items():
            if name not in _CLASSES:
                raise UsageError(f"mapping of {key}: no class {name!r}; choose one of {', '.join(_CLASSES)}")

    @property
    def name(self) -> str:
        """``"mask"``."""
        return "mask"

    @property
    def capabilities(self) -> Capabilities:
        """The classes that the file tells.

        Raises:
            UnreadableFile: when it cannot be read.
            MaskError: when it is not a segmentation.
        """
        return Capabilities(classes=frozenset(layer.label for layer in self._layers) - {Label.BACKGROUND})

    def segment(self, scan: HeadCT, anatomy: Anatomy, progress: Progress) -> Segmentation:
        """Put the file's classes on the scan's grid, voxel for voxel, without interpolation.

        Args:
            scan: the head CT that the segmentation was made on.
            anatomy: not used.
            progress: called as the work goes on.

        Raises:
            UnreadableFile: when the file cannot be read.
            MaskError: when it is not a segmentation, or lies on another grid than the scan.
        """
        import SimpleITK as sitk

        progress(0.0, "reading the segmentation")
        labels = np.zeros(scan.image.GetSize()[::-1], dtype=np.uint8)
        for done, layer in enumerate(self._layers):
            progress(done / len(self._layers))
            placed = place_on_scan(layer.voxels, scan, self.path.name, may_be_cropped=self._is_seg_nrrd)
            labels[placed > 0] = layer.label
        image = sitk.GetImageFromArray(labels)
        image.CopyInformation(scan.image)
        warnings = () if labels.any() else ("The given segmentation is empty: all volumes are 0 mL.",)
        progress(1.0)
        return Segmentation(
            labels=image,
            classes=self.capabilities.classes,
            backend=self.name,
            parameters={"mapping": self.mapping, "sha256": sha256(self.path.read_bytes()).hexdigest()},
            warnings=warnings,
        )

    def labels(self) -> "sitk.Image":
        """The classes on the file's own grid, for measuring a segmentation without its scan.

        Raises:
            UnreadableFile: when the file cannot be read.
            MaskError: when it is not a segmentation.
        """
        import SimpleITK as sitk

        grid = sitk.DICOMOrient(self._layers[0].voxels, "LPS")
        labels = np.zeros(grid.GetSize()[::-1], dtype=np.uint8)
        for layer in self._layers:
            labels[sitk.GetArrayFromImage(sitk.DICOMOrient(layer.voxels, "LPS")) > 0] = layer.label
        image = sitk.GetImageFromArray(labels)
        image.CopyInformation(grid)
        return image

    @property
    def _is_seg_nrrd(self) -> bool:
        return has_segments(self._image)

    @cached_property
    def _image(self) -> "sitk.Image":
        if file_format(self.path) == "DICOM":
            raise MaskError(f"{self.path.name}: is DICOM; give the mask as .nii, .nii.gz, .nrrd or .seg.nrrd")
        return read_image(self.path)[0]

    @cached_property
    def _layers(self) -> tuple[_Layer, ...]:
        """Classes in the order in which they are laid over each other."""
        if self._is_seg_nrrd:
            return self._layers_of_segments(stored_segments(self._image, self.path.name))
        return self._layers_of_labelmap(self._image)

    def _layers_of_segments(self, segments: tuple[StoredSegment, ...]) -> tuple[_Layer, ...]:
        layers = []
        for segment in segments:
            if self.mapping is None:
                label = class_of_segment(segment.name, segment.terminology)
            else:
                chosen = self.mapping.get(segment.name, self.mapping.get(segment.key))
                label = None if chosen is None else _CLASSES[chosen]
            if label is None:
                raise MaskError(
                    f"{self.path.name}: segment {segment.name!r} is of no known class; "
                    f"map it to one of {', '.join(_CLASSES)}"
                )
            layers.append(_Layer(label, segment.voxels))
        return tuple(layers)

    def _layers_of_labelmap(self, image: "sitk.Image") -> tuple[_Layer, ...]:
        found = _label_values(image, self.path.name)
        classes = _default_classes(found) if self.mapping is None else self._mapped_values()
        unmapped = [value for value in found if value not in classes]
        if unmapped:
            allowed = (
                "1 to 4, or one positive value alone; else give a mapping"
                if self.mapping is None
                else f"the mapping has {', '.join(map(str, classes))}"
            )
            raise MaskError(
                f"{self.path.name}: no class for the values {', '.join(map(str, unmapped))}; {allowed}"
            )
        return tuple(_Layer(label, image == float(value)) for value, label in classes.items())

    def _mapped_values(self) -> dict[int, Label]:
        values = {}
        for key, name in (self.mapping or {}).items():
            if not key.lstrip("-").isdigit():
                raise MaskError(f"{self.path.name}: is a labelmap; the mapping must name values, not {key!r}")
            values[int(key)] = _CLASSES[name]
        return values


def _default_classes(values: list[int]) -> dict[int, Label]:
    if not values:
        return {int(Label.ICH): Label.ICH}
    if set(values) <= {int(label) for label in Label}:
        return {value: Label(value) for value in values}
    return {values[0]: Label.ICH} if len(values) == 1 and values[0] > 0 else {}


def _label_values(image: "sitk.Image", name: str) -> list[int]:
    """The values of a labelmap other than 0, ascending.

    Raises:
        MaskError: when it is not 3D, or not whole numbers, or holds too many different ones.
    """
    import SimpleITK as sitk

    size = "x".join(str(n) for n in image.GetSize())
    parts = image.GetNumberOfComponentsPerPixel()
    if image.GetDimension() != 3 or parts != 1:
        shape = f"{image.GetDimension()}D ({size}), {parts} values per voxel"
        raise MaskError(f"{name}: is {shape}; a 3D labelmap is needed")
    voxels: NDArray[Any] = sitk.GetArrayViewFromImage(image)
    bad = int(voxels.size - np.count_nonzero(np.isfinite(voxels)))
    if bad:
        raise MaskError(f"{name}: {bad} voxels are NaN or infinite; a labelmap holds whole numbers")
    values = np.unique(voxels)
    broken = values[values != np.round(values)]
    if len(broken):
        raise MaskError(f"{name}: holds {broken[0]:g}; a labelmap holds whole numbers")
    if len(values) > MAX_VALUES:
        raise MaskError(
            f"{name}: holds {len(values)} different values from {values[0]:g} to {values[-1]:g}; "
            "that is an image, not a labelmap"
        )
    return [int(value) for value in values if value != 0]
