"""Lu 2024: frozen ImageNet networks whose last hidden layer gives the features of a slice."""

from pathlib import Path
from typing import Literal, get_args

import torch
from torch import Tensor, nn

from ..errors import ModelError
from .weights_file import read_weights

Name = Literal["resnet50", "inception-v3", "resnet18"]
NAMES: tuple[Name, ...] = get_args(Name)
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of ImageNet, by colour: what the public weights of torchvision expect."""
RESNET_PLACES = (32, 0.0)
"""Pixels from place to place of the last convolution, and the first one's centre: all five halvings pad."""
INCEPTION_PLACES = (32, 37.0)
"""Likewise; its stem and its halvings do not pad, so that the first one lies well inside."""


class LuExtractor(nn.Module):
    """A network up to its last hidden layer; it is never trained.

    ResNet-50 is MONAI's, with the layer names of torchvision, so that torchvision's weights fit. Inception v3
    is torchvision's, which MONAI has not: it is asked for only when it is used, because a copy of 300 lines
    would be one more thing to keep right, and a user of Inception needs torchvision for its weights anyway.
    ResNet-18 is no part of the paper; it is for small machines.

    Attributes:
        features: how many there are of a slice.
        last_convolution: name of the layer that Grad-CAM looks at; its means are the features.
        places: pixels of a slice from place to place of that layer, and the first one's centre.

    Args:
        name: one of :data:`NAMES`.

    Raises:
        ModelError: torchvision is needed and cannot be imported.
    """

    def __init__(self, name: Name) -> None:
        """Build the layers with initial weights."""
        super().__init__()
        self.network, self.last_convolution, self.places = (
            (_inception(), "network.Mixed_7c", INCEPTION_PLACES)
            if name == "inception-v3"
            else (_resnet(name), "network.layer4", RESNET_PLACES)
        )
        self.features = 512 if name == "resnet18" else 2048
        self.register_buffer("mean", torch.tensor(MEAN).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("deviation", torch.tensor(DEVIATION).view(1, 3, 1, 1), persistent=False)
        self.requires_grad_(False).eval()

    def train(self, mode: bool = True) -> "LuExtractor":
        """Stay as it is: the paper sets the layers "non-trainable", batch normalisation included."""
        return super().train(False)

    def forward(self, grey: Tensor) -> Tensor:
        """Features ``[batch, features]`` of slices ``[batch, y, x]``, 0-1, shown in all three colours."""
        colours = grey[:, None].expand(-1, 3, -1, -1)
        found: Tensor = self.network((colours - self.get_buffer("mean")) / self.get_buffer("deviation"))
        return found

    def load_imagenet(self, path: Path) -> None:
        """Load torchvision's ImageNet weights; the classes are left out.

        Args:
            path: ``.safetensors``, or ``.pth`` read as numbers only.

        Raises:
            ModelError: the file cannot be read or is of another network.
        """
        state = {
            name: values
            for name, values in read_weights(path).items()
            if not name.startswith(("fc.", "AuxLogits.")) and not name.endswith("num_batches_tracked")
        }
        own = {
            name: values
            for name, values in self.network.state_dict().items()
            if not name.endswith("num_batches_tracked")
        }
        wrong = [name for name in own if name not in state or state[name].shape != own[name].shape]
        if wrong:
            raise ModelError(
                f"{path}: {len(wrong)} of {len(own)} weights are absent or differ, as {wrong[0]}"
            )
        self.network.load_state_dict(state, strict=False)


def _resnet(name: str) -> nn.Module:
    from monai.networks.nets import resnet

    network: nn.Module = getattr(resnet, name)(
        spatial_dims=2,
        n_input_channels=3,
        conv1_t_stride=2,
        shortcut_type="B",
        bias_downsample=False,
        feed_forward=False,
    )
    return network


def _inception() -> nn.Module:
    try:
        from torchvision.models import inception_v3
    except (ImportError, RuntimeError) as error:
        raise ModelError(
            "Inception v3 needs a torchvision that matches torch: pip install hematoma-expansion[inception], "
            f"or choose resnet50 ({error})"
        ) from error
    network: nn.Module = inception_v3(
        weights=None, aux_logits=False, transform_input=False, init_weights=True
    )
    network.fc = nn.Identity()
    return network
