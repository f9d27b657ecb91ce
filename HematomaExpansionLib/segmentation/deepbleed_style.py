"""Back-end ``deepbleed-style``: the segmentation of Lu 2024, with weights that the user brings."""

from dataclasses import asdict, dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..bundle import METADATA, Bundle, read_bundle
from ..ct.anatomy import Anatomy
from ..ct.scan import HeadCT
from ..device import choose_device
from ..errors import ModelError
from ..labels import Label
from ..models import cache_folder
from ..progress import Progress
from .bundle_network import PACKAGES, capabilities_of, load_network
from .segmenter import Capabilities, Segmentation
from .specks import without_specks
from .template_grid import TemplateGrid, affine_part

if TYPE_CHECKING:
    from ..networks.deepbleed_vnet import DeepBleedVNet

NAME = "deepbleed-style"


@dataclass(frozen=True)
class DeepBleedParameters:
    """What happens to the network's answer.

    Attributes:
        threshold: probability from which a voxel is blood.
        min_piece_ml: least volume of a connected piece.
    """

    threshold: float = 0.5
    min_piece_ml: float = 0.1


def default_folder() -> Path:
    """Where the bundle is looked for: beside the weights of the other models."""
    return cache_folder() / NAME


def is_installed(folder: Path | None = None) -> bool:
    """Whether there is a bundle; it is verified when it is used."""
    return ((folder or default_folder()) / METADATA).is_file()


class DeepBleedSegmenter:
    """Whole-haematoma masks in the manner of DeepBleed (Sharrock 2021), as model 1 of Lu 2024.

    Brain extraction, affine registration to the CT template at 1.5 mm in 128 x 128 x 128 voxels, a V-Net, and
    the way back to the scan's own grid. DeepBleed's weights are for TensorFlow and lie in no registry that
    this project may ship from, so there are none until the user trains or imports a bundle. It tells one
    class, so that ventricular and extra-axial blood have no volume.

    Args:
        device: ``"auto"``, ``"cpu"`` or ``"cuda"``; half precision on CUDA.
        folder: the bundle; None for :func:`default_folder`.
        parameters: what happens to the network's answer.
    """

    def __init__(
        self, device: str = "auto", folder: Path | None = None, parameters: DeepBleedParameters | None = None
    ) -> None:
        """Keep the choices; the bundle is verified when it is first asked for."""
        self.device = device
        self.folder = folder
        self.parameters = parameters or DeepBleedParameters()

    @property
    def name(self) -> str:
        """``"deepbleed-style"``."""
        return NAME

    @cached_property
    def bundle(self) -> Bundle:
        """The verified bundle.

        Raises:
            ModelError: when it is absent or wrong, or a package that it needs is not installed.
        """
        for package in PACKAGES:
            if find_spec(package) is None:
                raise ModelError(f"{NAME} needs {package}: pip install hematoma-expansion[deep]")
        folder = self.folder or default_folder()
        if not is_installed(folder):
            raise ModelError(
                f"{NAME}: no weights in {folder}; train them with `python -m training.deepbleed_style`, "
                "or copy a bundle there"
            )
        return read_bundle(folder)

    @cached_property
    def network(self) -> "DeepBleedVNet":
        """The network on its device, loaded once for all scans."""
        # PACKAGES are looked for first: without torch the import would say less.
        bundle = self.bundle
        from ..networks.deepbleed_vnet import DeepBleedVNet

        return load_network(DeepBleedVNet, bundle, choose_device(self.device))

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
        import torch

        device = choose_device(self.device)
        progress(0.0, "loading the network")
        network = self.network
        grid = grid_of(self.bundle)
        progress(0.2, "registering to the template")
        to_atlas = affine_part(anatomy.to_atlas)
        hu = torch.from_numpy(grid.brain_of(scan.image, anatomy.brain, to_atlas))
        progress(0.3, "outlining the haematoma")
        with torch.inference_mode():
            logits = network(hu[None].to(device, next(network.parameters()).dtype))[0]
        probability = grid.back(logits.float().sigmoid().cpu().numpy(), scan.image, to_atlas)
        progress(0.9)
        blood = (probability >= self.parameters.threshold) & (sitk.GetArrayFromImage(anatomy.brain) > 0)
        found = np.where(blood, np.uint8(Label.ICH), np.uint8(Label.BACKGROUND))
        labels = sitk.GetImageFromArray(without_specks(found, scan.spacing_mm, self.parameters.min_piece_ml))
        labels.CopyInformation(scan.image)
        progress(1.0)
        metadata = self.bundle.metadata
        return Segmentation(
            labels=labels,
            classes=self.capabilities.classes,
            backend=self.name,
            parameters={"version": metadata.version, **asdict(grid), **asdict(self.parameters)},
            weights_sha256={metadata.name: metadata.weights_sha256},
            device=device,
            warnings=(metadata.warning,),
        )


def grid_of(bundle: Bundle) -> TemplateGrid:
    """The grid that a bundle's network was trained on.

    Raises:
        ModelError: its metadata does not say.
    """
    said = bundle.metadata.preprocessing
    try:
        return TemplateGrid(int(said["voxels"]), float(said["spacing_mm"]))
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{bundle.folder}: preprocessing says no voxels and spacing_mm") from error
