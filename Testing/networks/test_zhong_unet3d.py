"""The 3D U-Net of Zhong 2021: its size, its shapes, that it learns, and that its weights come back."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional

from HematomaExpansionLib.networks.zhong_unet3d import MULTIPLE, ZhongUNet3d


@pytest.fixture
def network() -> ZhongUNet3d:
    torch.manual_seed(0)
    return ZhongUNet3d(width=4)


def test_the_count_of_parameters_is_that_of_the_nearest_natural_reading():
    """The supplement counts 3,802,578, which no number of such layers gives."""
    with torch.device("meta"):
        network = ZhongUNet3d()
    assert sum(values.numel() for values in network.parameters()) == 3_802_786


def test_the_levels_have_the_channels_and_the_places_of_the_supplement():
    """32 x 256 x 256 (16) -> 16 x 128 x 128 (32) -> 8 x 64 x 64 (64, 128) -> ... (64) -> (32)."""
    with torch.device("meta"):
        network = ZhongUNet3d()
    found = []
    for layer in (
        network.level1,
        network.level2,
        network.level3,
        network.bridge,
        network.decoder2,
        network.decoder1,
        network.classifier,
    ):
        layer.register_forward_hook(lambda _, __, out: found.append(tuple(out.shape[1:])))
    outline, expansion = network(torch.zeros(1, 1, 32, 256, 256, device="meta"))
    assert found == [
        (16, 32, 256, 256),
        (32, 16, 128, 128),
        (64, 8, 64, 64),
        (128, 8, 64, 64),
        (64, 16, 128, 128),
        (32, 32, 256, 256),
        (128, 8, 64, 64),
    ]
    assert (outline.shape, expansion.shape) == ((1, 32, 256, 256), (1,))


def test_no_layer_normalises_a_batch():
    with torch.device("meta"):
        layers = {type(layer) for layer in ZhongUNet3d().modules()}
    assert layers == {ZhongUNet3d, nn.Sequential, nn.Conv3d, nn.ReLU, nn.ConvTranspose3d, nn.Linear}


def test_one_step_learns_both_tasks(network: ZhongUNet3d):
    image, outline = torch.rand(2, 1, 8, 16, 16), torch.zeros(2, 8, 16, 16)
    outline[:, 2:6, 4:12, 4:12] = 1
    expansion = torch.tensor([1.0, 0.0])

    def losses() -> torch.Tensor:
        drawn, judged = network(image)
        return functional.binary_cross_entropy_with_logits(
            drawn, outline
        ) + functional.binary_cross_entropy_with_logits(judged, expansion)

    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    before = losses()
    before.backward()
    assert all(values.grad is not None and values.grad.abs().max() > 0 for values in network.parameters())
    optimizer.step()
    assert losses() < before


def test_judging_alone_gives_the_same_answer(network: ZhongUNet3d):
    image = torch.rand(2, 1, MULTIPLE, 2 * MULTIPLE, 3 * MULTIPLE)
    with torch.inference_mode():
        assert torch.equal(network(image)[1], network.judge_image(image))


def test_weights_come_back(network: ZhongUNet3d, tmp_path: Path):
    save_file(network.state_dict(), tmp_path / "weights.safetensors")
    torch.manual_seed(1)
    other = ZhongUNet3d(width=4)
    image = torch.rand(1, 1, 8, 16, 16)
    with torch.inference_mode():
        assert not torch.equal(other(image)[0], network(image)[0])
        other.load_state_dict(load_file(tmp_path / "weights.safetensors"))
        assert torch.equal(other(image)[0], network(image)[0])


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device on this machine")
def test_cuda_says_what_the_cpu_says(network: ZhongUNet3d):
    image = torch.rand(1, 1, 8, 32, 32)
    with torch.inference_mode():
        here = network(image)
        there = network.to("cuda")(image.to("cuda"))
    for one, other in zip(here, there, strict=True):
        assert torch.allclose(one, other.cpu(), atol=1e-3)
