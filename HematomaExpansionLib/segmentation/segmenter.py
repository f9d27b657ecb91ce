"""What a segmentation back-end is: a name, what it can tell apart, and one method."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from ..ct.anatomy import Anatomy
from ..ct.scan import HeadCT
from ..labels import Label
from ..progress import Progress

if TYPE_CHECKING:
    import SimpleITK as sitk


@dataclass(frozen=True)
class Capabilities:
    """What a back-end can do.

    Attributes:
        classes: the classes it can tell. A class that is not here has no volume (None), it is not 0.
        needs_weights: names of the models that must be in the registry's cache, empty when none.
        uses_gpu: whether it runs on CUDA when there is one.
        packages: what it imports when it segments, and what takes seconds.
    """

    classes: frozenset[Label]
    needs_weights: tuple[str, ...] = ()
    uses_gpu: bool = False
    packages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Segmentation:
    """Labels on the scan's own grid, and how they came about.

    Attributes:
        labels: uint8 image with the geometry of the scan; values of :class:`..labels.Label`.
        classes: the classes that were looked for.
        backend: name of the back-end.
        parameters: every parameter that can change the labels; values JSON can hold.
        weights_sha256: model name to SHA-256 of its weights, empty when there are none.
        device: ``"cpu"`` or ``"cuda"``.
        warnings: what a reader of the result must know, one sentence each.
    """

    labels: "sitk.Image"
    classes: frozenset[Label]
    backend: str
    parameters: dict[str, object] = field(default_factory=dict)
    weights_sha256: dict[str, str] = field(default_factory=dict)
    device: str = "cpu"
    warnings: tuple[str, ...] = ()


class Segmenter(Protocol):
    """A segmentation back-end."""

    @property
    def name(self) -> str:
        """The name a user chooses it by."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can tell apart and what it needs."""

    def segment(self, scan: HeadCT, anatomy: Anatomy, progress: Progress) -> Segmentation:
        """Label the voxels of one scan.

        Args:
            scan: the head CT.
            anatomy: brain mask, ventricle probability and regions on the scan's grid.
            progress: called at least every 2 s.

        Raises:
            ModelError: when weights or a package are missing or wrong.
            MaskError: when a given segmentation does not fit the scan.
            Cancelled: when the user asked to stop.
        """
