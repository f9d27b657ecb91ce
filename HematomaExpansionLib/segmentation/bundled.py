"""Back-end ``bundled``: the project's own network, with weights that come with the package."""

from dataclasses import asdict, dataclass, field
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..bundle import Bundle, read_bundle
from ..ct.anatomy import Anatomy
from ..ct.scan import HeadCT
from ..device import Device, choose_device
from ..errors import ModelError
from ..labels import Label
from ..progress import Progress
from ..resources import resource
from .bundle_network import PACKAGES, capabilities_of, load_network
from .network_grid import UNSEEN_HU, Crop, NetworkGrid, largest, neighbours, seen
from .segmenter import Capabilities, Segmentation
from .skull_blur import without_bone
from .slivers import without_slivers
from .specks import Satellites, without_specks

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from ..networks.haemorrhage_unet import HaemorrhageUNet

FOLDER = ("models", "bundled")
_BATCH = 8
"""Slices at a time: under 0.5 GB on the CPU."""


@dataclass(frozen=True)
class BundledParameters:
    """What happens around the network.

    Attributes:
        mirrored: average with the answer for the head mirrored left to right.
        blood_from: a voxel is blood where the probabilities of all classes of blood come to more than this.
            From 0.5 the network draws too little; from 0.4, and IVH from 0.45, the volumes were right in
            heads that were not used otherwise (``python -m training.blood_threshold``, model card).
        ivh_from: the same where the most probable of them is IVH.
        densest_hu: what is denser is bone or calcium, whatever the network says; clots stay under 90 HU.
        behind_bone_mm: how far extra-axial blood may reach into the blur of the skull, see
            :func:`.skull_blur.without_bone`.
        min_ivh_ml: least IVH of a scan; what is less and hangs on ICH is the haematoma's own edge, see
            :func:`.slivers.without_slivers`. Without this 15 of 42 simulated scans without IVH had some,
            with it 7, and any new IVH is expansion. Half of the growth that counts, which is 1 mL.
        min_piece_ml: least blood in a connected piece of blood and oedema; smaller ones are noise, unless
            they are ``satellites``.
        min_collection_ml: the same of a piece that is all extra-axial: at the inner table and at the falx a
            real head without blood had pieces of 0.2 and 0.3 mL.
        satellites: which smaller pieces are kept.
    """

    mirrored: bool = True
    blood_from: float = 0.4
    ivh_from: float = 0.45
    densest_hu: float = 100.0
    behind_bone_mm: float = 3.0
    min_ivh_ml: float = 0.5
    min_piece_ml: float = 0.1
    min_collection_ml: float = 0.5
    satellites: Satellites = field(default_factory=Satellites)


class BundledSegmenter:
    """ICH, IVH, extra-axial blood and oedema by :class:`..networks.haemorrhage_unet.HaemorrhageUNet`.

    The network labels 1 mm pixels; its probabilities are interpolated linearly to the scan's grid, see
    :func:`decided`. Oedema is perihaematomal: a piece of it that touches no blood is dropped.

    Args:
        device: ``"auto"``, ``"cpu"`` or ``"cuda"``; half precision on CUDA.
        folder: the bundle; None for the one that comes with the package.
        parameters: what happens around the network.
    """

    def __init__(
        self, device: str = "auto", folder: Path | None = None, parameters: BundledParameters | None = None
    ) -> None:
        """Keep the choices; the bundle is verified when it is first asked for."""
        self.device = device
        self.folder = folder
        self.parameters = parameters or BundledParameters()

    @property
    def name(self) -> str:
        """``"bundled"``."""
        return "bundled"

    @cached_property
    def bundle(self) -> Bundle:
        """The verified bundle.

        Raises:
            ModelError: when it is absent or wrong, or a package that it needs is not installed.
        """
        for package in PACKAGES:
            if find_spec(package) is None:
                raise ModelError(
                    f"the bundled back-end needs {package}: pip install hematoma-expansion[deep], "
                    "or choose the segmenter threshold"
                )
        return read_bundle(self.folder or resource(*FOLDER))

    @cached_property
    def network(self) -> "HaemorrhageUNet":
        """The network on its device, loaded once for all scans."""
        # PACKAGES are looked for first: without torch the import would say less.
        bundle = self.bundle
        from ..networks.haemorrhage_unet import HaemorrhageUNet

        return load_network(HaemorrhageUNet, bundle, choose_device(self.device))

    @property
    def capabilities(self) -> Capabilities:
        """It tells the classes of its bundle.

        Raises:
            ModelError: as :attr:`bundle` says.
        """
        return capabilities_of(self.bundle)

    def segment(self, scan: HeadCT, anatomy: Anatomy, progress: Progress) -> Segmentation:
        """Label the scan; see :meth:`.segmenter.Segmenter.segment`.

        Raises:
            ModelError: as :attr:`bundle` says, or when the weights are not those of the network.
            UsageError: when CUDA is asked for and there is none.
            Cancelled: when the user asked to stop.
        """
        import SimpleITK as sitk

        device = choose_device(self.device)
        progress(0.0, "loading the network")
        network = self.network
        brain = sitk.GetArrayFromImage(anatomy.brain) > 0
        found = labels_of(network, scan.hu, brain, scan.spacing_mm, device, self.parameters, progress)
        classes = self.capabilities.classes
        told = np.where(np.isin(found, list(classes)), found, np.uint8(Label.BACKGROUND))
        told = without_bone(
            told, scan.hu, brain, scan.spacing_mm, self.parameters.densest_hu, self.parameters.behind_bone_mm
        )
        told = without_slivers(told, scan.spacing_mm, self.parameters.min_ivh_ml)
        cleaned = without_specks(
            told,
            scan.spacing_mm,
            self.parameters.min_piece_ml,
            self.parameters.satellites,
            self.parameters.min_collection_ml,
        )
        labels = sitk.GetImageFromArray(cleaned)
        labels.CopyInformation(scan.image)
        progress(1.0)
        metadata = self.bundle.metadata
        return Segmentation(
            labels=labels,
            classes=classes,
            backend=self.name,
            parameters={"version": metadata.version, **asdict(self.parameters)},
            weights_sha256={metadata.name: metadata.weights_sha256},
            device=device,
            warnings=(metadata.warning,),
        )


def labels_of(
    network: "HaemorrhageUNet",
    hu: "NDArray[np.float32]",
    brain: "NDArray[np.bool_]",
    spacing_mm: tuple[float, float, float],
    device: Device,
    parameters: BundledParameters,
    progress: Progress,
) -> "NDArray[np.uint8]":
    """Label a scan on its own grid.

    Args:
        network: from :func:`load_network`, for the same device.
        hu: the scan, ``[z, y, x]``, HU.
        brain: intracranial mask, same shape.
        spacing_mm: voxel spacing ``(z, y, x)``.
        device: where the network is.
        parameters: ``mirrored``, ``blood_from`` and ``ivh_from`` are used.
        progress: called for each batch of slices, from 0 to 0.9.

    Returns:
        Values of :class:`..labels.Label`, same shape; 0 farther outside ``brain`` than the network sees.

    Raises:
        Cancelled: when the user asked to stop.
    """
    import torch

    labels = np.zeros(hu.shape, np.uint8)
    if not brain.any():
        return labels
    grid = NetworkGrid.over((hu.shape[0], hu.shape[1], hu.shape[2]), spacing_mm)
    with torch.inference_mode():
        inside = grid.average(torch.from_numpy(brain).float())
        visible = seen(grid.average(torch.from_numpy(hu)), inside)
        probabilities = _class_probabilities(network, visible, inside, device, parameters.mirrored, progress)
        for z in np.flatnonzero(brain.any((1, 2))):
            labels[z] = decided(
                grid.slice_of_scan(probabilities, int(z)), parameters.blood_from, parameters.ivh_from
            ).numpy()
    return labels


def decided(probabilities: "Tensor", blood_from: float, ivh_from: float) -> "Tensor":
    """The class of each voxel: first whether it is blood, then which.

    Args:
        probabilities: ``[class, ...]`` in the order of :class:`..labels.Label`, which sum to 1.
        blood_from: see :class:`BundledParameters`.
        ivh_from: likewise.

    Returns:
        uint8, ``[...]``: the most probable class of blood, else the more probable of oedema and background.
    """
    import torch

    background, *blood, oedema = probabilities
    classes = torch.stack(blood)
    which = largest(classes) + int(Label.ICH)
    least = torch.where(which == int(Label.IVH), ivh_from, blood_from)
    without = (oedema > background).to(torch.uint8) * int(Label.OEDEMA)
    return torch.where(classes.sum(0) > least, which, without)


def _class_probabilities(
    network: "HaemorrhageUNet",
    visible: "Tensor",
    inside: "Tensor",
    device: Device,
    mirrored: bool,
    progress: Progress,
) -> "Tensor":
    """Probabilities ``[class, slice, row, column]`` on the network's grid; background in unseen slices."""
    import torch

    from ..networks.haemorrhage_unet import CLASSES, CONTEXT_SLICES, MULTIPLE

    crop = Crop.whole(inside, MULTIPLE)
    slices = crop.cut(visible, UNSEEN_HU).to(device, next(network.parameters()).dtype)
    index = torch.from_numpy(neighbours(len(slices), CONTEXT_SLICES))
    wanted = torch.nonzero((inside > 0).any(2).any(1))[:, 0]
    probabilities = torch.zeros((CLASSES, *visible.shape))
    probabilities[Label.BACKGROUND] = 1.0
    for batch in torch.split(wanted, _BATCH):
        progress(0.9 * float(batch[0]) / len(slices), "labelling slices")
        stack = slices[index[batch]]
        answer = network(stack)[0].float().softmax(1)
        if mirrored:
            answer = (answer + network(stack.flip(-1))[0].float().softmax(1).flip(-1)) / 2
        _, rows, columns = visible.shape
        probabilities[:, batch] = crop.put_back(answer.cpu(), rows, columns, 0.0).transpose(0, 1)
    return probabilities
