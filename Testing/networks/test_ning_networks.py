"""The eight networks of Ning 2025: sizes, shapes, one step of learning, weights that come back."""

from functools import cache
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional

from HematomaExpansionLib.networks.ning_densenet import NingDenseNet
from HematomaExpansionLib.networks.ning_resnet import NingResNet
from HematomaExpansionLib.prediction.ning2025_deep.settings import ARCHITECTURES, SIZES, NingSettings

Network = NingResNet | NingDenseNet
PUBLISHED = {
    "resnet101": 44_549_160 - (2048 * 1000 + 1000) + (2048 + 1) - 2 * 64 * 49,
    "resnet152": 60_192_808 - (2048 * 1000 + 1000) + (2048 + 1) - 2 * 64 * 49,
    "densenet121": 7_978_856 - (1024 * 1000 + 1000) + (1024 + 1) - 2 * 64 * 49,
    "densenet201": 20_013_928 - (1920 * 1000 + 1000) + (1920 + 1) - 2 * 64 * 49,
}
"""Of the published networks for 1000 classes and three colours, with one output and one grey instead."""
LAST = {"resnet101": "expansion", "densenet121": "network.class_layers.out"}
"""Dropout and the last layer."""


@cache
def on_meta(architecture: str, dimensions: int) -> Network:
    with torch.device("meta"):
        return NingSettings(architecture, dimensions).network()


def thin(architecture: str, dimensions: int) -> Network:
    """All layers of the network, few channels."""
    torch.manual_seed(0)
    return NingSettings(architecture, dimensions, width=4).network()


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_in_two_dimensions_the_parameters_are_those_of_the_published_networks(architecture: str):
    assert sum(p.numel() for p in on_meta(architecture, 2).parameters()) == PUBLISHED[architecture]


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_in_three_dimensions_only_the_kernels_grow(architecture: str):
    """A kernel of k x k becomes k x k x k: k times the numbers."""
    flat = on_meta(architecture, 2)
    expected = sum(p.numel() * (p.shape[-1] if p.ndim == 4 else 1) for p in flat.parameters())
    assert sum(p.numel() for p in on_meta(architecture, 3).parameters()) == expected


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("dimensions", [2, 3])
def test_the_last_features_are_32_times_as_coarse_as_the_input(architecture: str, dimensions: int):
    """224 -> 7 and 112 -> 4 (3.5, rounded up by the ResNet and down by the DenseNet)."""
    network = on_meta(architecture, dimensions)
    found = []
    layer = network.get_submodule(network.LAST_CONVOLUTION)
    handle = layer.register_forward_hook(lambda _, __, out: found.append(tuple(out.shape[2:])))
    side = SIZES[dimensions]
    image = torch.zeros(1, 1, *[side] * dimensions, device="meta")
    assert network(image).shape == (1,)
    handle.remove()
    coarse = {(2, "r"): 7, (2, "d"): 7, (3, "r"): 4, (3, "d"): 3}[dimensions, architecture[0]]
    assert found == [(coarse,) * dimensions]


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_batches_are_normalised_and_half_of_the_last_features_dropped(architecture: str):
    layers = list(on_meta(architecture, 2).modules())
    convolutions = sum(isinstance(layer, nn.Conv2d) for layer in layers)
    assert sum(isinstance(layer, nn.BatchNorm2d) for layer in layers) >= convolutions
    assert [layer.p for layer in layers if isinstance(layer, nn.Dropout)] == [0.5]


@pytest.mark.parametrize("architecture", ["resnet101", "densenet121"])
@pytest.mark.parametrize("dimensions", [2, 3])
def test_one_step_learns(architecture: str, dimensions: int):
    """One block a stage: through a hundred layers of a few channels no gradient points far enough."""
    torch.manual_seed(0)
    network = NingSettings(architecture, dimensions, width=8, blocks=(1, 1, 1, 1)).network()
    network.get_submodule(LAST[architecture])[0].p = 0.0
    # More than one place in the last features: one of four examples is too few to normalise by.
    image = torch.rand(4, 1, *([96, 96] if dimensions == 2 else [64, 64, 64]))
    expansion = torch.tensor([1.0, 0.0, 1.0, 0.0])
    before = functional.binary_cross_entropy_with_logits(network(image), expansion)
    before.backward()
    assert all(values.grad is not None and values.grad.abs().max() > 0 for values in network.parameters())
    torch.optim.SGD(network.parameters(), lr=1e-3).step()
    assert functional.binary_cross_entropy_with_logits(network(image), expansion) < before


@pytest.mark.parametrize("architecture", ["resnet152", "densenet201"])
@pytest.mark.parametrize("dimensions", [2, 3])
def test_weights_come_back(architecture: str, dimensions: int, tmp_path: Path):
    network = thin(architecture, dimensions).eval()
    save_file(network.state_dict(), tmp_path / "weights.safetensors")
    other = NingSettings(architecture, dimensions, width=4).network().eval()
    image = torch.rand(1, 1, *[32] * dimensions)
    with torch.inference_mode():
        assert not torch.equal(other(image), network(image))
        other.load_state_dict(load_file(tmp_path / "weights.safetensors"))
        assert torch.equal(other(image), network(image))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device on this machine")
@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("dimensions", [2, 3])
def test_cuda_says_what_the_cpu_says(architecture: str, dimensions: int):
    network = thin(architecture, dimensions).eval()
    image = torch.rand(1, 1, *[64] * dimensions)
    with torch.inference_mode():
        here = network(image)
        assert torch.allclose(here, network.to("cuda")(image.to("cuda")).cpu(), atol=1e-3)
