"""ImageNet weights from a file with torchvision's names, made here: what fits is loaded, the rest refused."""

import re
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from HematomaExpansionLib.errors import ModelError
from HematomaExpansionLib.networks.ning_imagenet import load_imagenet
from HematomaExpansionLib.prediction.ning2025_deep.settings import NingSettings

BLOCKS = {"resnet101": (1, 1, 1, 1), "densenet121": (2, 1, 1, 1)}
STEM = {"resnet101": "conv1.weight", "densenet121": "features.conv0.weight"}


def settings(architecture: str) -> NingSettings:
    return NingSettings(architecture, width=4, blocks=BLOCKS[architecture])


def as_torchvision(architecture: str, *, old: bool = False) -> dict[str, torch.Tensor]:
    """Weights as torchvision would name them: three colours, a layer of 1000 classes."""
    torch.manual_seed(3)
    weights = {}
    for name, values in settings(architecture).network().network.state_dict().items():
        if name.startswith("class_layers"):
            continue
        if name == STEM[architecture]:
            values = torch.stack([values[:, 0], 2 * values[:, 0], 3 * values[:, 0]], dim=1)
        separator = "." if old else ""
        name = re.sub(r"\.layers\.(norm|conv)(\d)\.", rf".\g<1>{separator}\2.", name)
        weights[name] = values.clone()
    return weights | {"fc.weight": torch.zeros(1000, 8), "classifier.weight": torch.zeros(1000, 8)}


@pytest.mark.parametrize(
    ("architecture", "old"), [("resnet101", False), ("densenet121", False), ("densenet121", True)]
)
def test_the_features_are_those_of_the_file(architecture: str, old: bool, tmp_path: Path):
    weights = as_torchvision(architecture, old=old)
    torch.save(weights, tmp_path / "weights.pth")
    torch.manual_seed(9)
    network = settings(architecture).network()
    load_imagenet(network, tmp_path / "weights.pth")
    torch.manual_seed(3)
    expected = settings(architecture).network().network.state_dict()
    for name, values in network.network.state_dict().items():
        if name.startswith("class_layers"):
            continue
        # 1 + 2 + 3 of the grey kernel.
        factor = 6 if name == STEM[architecture] else 1
        assert torch.allclose(values, factor * expected[name]), name


def test_another_network_is_refused(tmp_path: Path):
    save_file(as_torchvision("densenet121"), tmp_path / "weights.safetensors")
    with pytest.raises(ModelError, match=r"weights of this network are not in it, conv1\.weight among them"):
        load_imagenet(settings("resnet101").network(), tmp_path / "weights.safetensors")


def test_what_is_no_weights_is_refused(tmp_path: Path):
    (tmp_path / "weights.pth").write_bytes(b"nothing")
    with pytest.raises(ModelError, match="cannot be read as weights"):
        load_imagenet(settings("resnet101").network(), tmp_path / "weights.pth")
