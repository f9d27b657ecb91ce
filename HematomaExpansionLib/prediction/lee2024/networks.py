"""The three networks of Lee 2024 together: from a scan to its DL scores."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ...device import Device
from ..image_predictor import load_weights, weights_of
from .dl_score import DLScore, normalised_dl_score
from .slices import SIZE, grey_slices, resized

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from ...networks.lee_image_to_he import LeeImageToHE
    from ...networks.lee_slice_classifier import LeeSliceClassifier
    from ...networks.lee_unet import LeeUNet

_BATCH = 8
MULTIPLE = 32
"""What the sides of a slice must be a multiple of: the networks halve it five times."""
STAGES = 4
PARTS = ("classifier", "unet", "image_to_he")


@dataclass(frozen=True)
class LeeSettings:
    """The sizes of the networks; the defaults are the paper's, or the originals' where it gives none.

    Attributes:
        size: rows and columns of a slice.
        classifier_size: of the slice that the classifier is shown; it needs less to see blood at all.
        layers: blocks in the four stages of the slice classifier.
        attention: self-attention in its last stage.
        unet_width: channels of the U-Net's first level.
        image_width: channels after the first convolution of Image-to-HE.

    Raises:
        ValueError: no network can be made of these.
    """

    size: int = SIZE
    classifier_size: int = SIZE
    layers: tuple[int, ...] = (3, 4, 6, 3)
    attention: bool = False
    unet_width: int = 64
    image_width: int = 32

    def __post_init__(self) -> None:
        """Refuse what no network can be made of."""
        if any(side < MULTIPLE or side % MULTIPLE for side in (self.size, self.classifier_size)):
            raise ValueError(
                f"size {self.size}, classifier_size {self.classifier_size}; "
                f"multiples of {MULTIPLE} are allowed"
            )
        if min(self.unet_width, self.image_width, *self.layers) < 1 or len(self.layers) != STAGES:
            raise ValueError(
                f"unet_width {self.unet_width}, image_width {self.image_width}, layers {self.layers}; "
                f"numbers above 0 and {STAGES} layers are allowed"
            )

    def record(self) -> dict[str, Any]:
        """As JSON holds it."""
        return asdict(self) | {"layers": list(self.layers)}

    @classmethod
    def read(cls, record: Mapping[str, Any]) -> "LeeSettings":
        """The opposite of :meth:`record`."""
        return cls(**{**record, "layers": tuple(record["layers"])})


@dataclass(frozen=True)
class LeeNetworks:
    """Slice classifier, segmentation and Image-to-HE.

    Attributes:
        settings: their sizes.
        classifier: whether a slice shows a haematoma.
        unet: its outline, and the features after the encoder.
        image_to_he: the DL score of a slice.
    """

    settings: LeeSettings
    classifier: "LeeSliceClassifier"
    unet: "LeeUNet"
    image_to_he: "LeeImageToHE"

    @classmethod
    def build(cls, settings: LeeSettings) -> "LeeNetworks":
        """Networks with PyTorch's initial weights."""
        from ...networks.lee_image_to_he import LeeImageToHE
        from ...networks.lee_slice_classifier import LeeSliceClassifier
        from ...networks.lee_unet import LeeUNet

        unet = LeeUNet(settings.unet_width)
        return cls(
            settings,
            LeeSliceClassifier(settings.layers, settings.attention, settings.classifier_size),
            unet,
            LeeImageToHE(unet.feature_channels, settings.image_width),
        )

    def arrays(self) -> "dict[str, NDArray[Any]]":
        """Every weight, by the part and its name."""
        arrays: dict[str, NDArray[Any]] = {}
        for part in PARTS:
            arrays |= weights_of(getattr(self, part), f"{part}.")
        return arrays

    @classmethod
    def from_arrays(cls, settings: LeeSettings, arrays: "Mapping[str, NDArray[Any]]") -> "LeeNetworks":
        """Networks with the weights of :meth:`arrays`; other names are left out.

        Raises:
            ValueError: a weight is missing or has another shape.
        """
        networks = cls.build(settings)
        for part in PARTS:
            load_weights(getattr(networks, part), arrays, f"{part}.")
        return networks

    def score(self, hu: "NDArray[np.float32]", device: Device) -> DLScore:
        """Judge a scan ``[z, y, x]`` in HU; see :meth:`score_slices`."""
        return self.score_slices(grey_slices(hu, self.settings.size), device)

    def score_slices(self, grey: "Tensor", device: Device) -> DLScore:
        """Judge the slices of a scan.

        The slices in which the classifier finds a haematoma (probability of at least one half) are outlined
        and scored. The area of the haematoma is the sum of the U-Net's probabilities, so that a faint bleed
        that no pixel is sure of still counts.

        Args:
            grey: ``[z, 1, size, size]``, 0-1, from :func:`.slices.grey_slices`.
            device: where to compute; the networks are moved there.
        """
        import torch

        for part in PARTS:
            getattr(self, part).to(device).eval()
        chosen: list[int] = []
        scores: list[float] = []
        areas: list[float] = []
        with torch.inference_mode():
            for numbers in torch.split(torch.arange(len(grey)), _BATCH):
                slices = grey[numbers].to(device)
                shown = (self.classifier(resized(slices, self.settings.classifier_size)) >= 0).cpu()
                if not shown.any():
                    continue
                slices = slices[shown.to(device)]
                outline, features = self.unet(slices)
                logit, _ = self.image_to_he(slices, features)
                chosen += numbers[shown].tolist()
                scores += logit.sigmoid().cpu().tolist()
                areas += outline.float().sigmoid().mean((1, 2)).cpu().tolist()
        normalised = normalised_dl_score(np.array(scores), np.array(areas))
        return DLScore(tuple(chosen), tuple(scores), tuple(areas), normalised)
