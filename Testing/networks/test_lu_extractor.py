"""The frozen networks of Lu 2024; Inception v3 where a torchvision that matches torch is installed."""

import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from HematomaExpansionLib.errors import ModelError
from HematomaExpansionLib.networks.lu_extractor import LuExtractor
from Testing.networks.with_torchvision import with_torchvision


@pytest.fixture(scope="module")
def small() -> LuExtractor:
    torch.manual_seed(0)
    return LuExtractor("resnet18")


def test_three_slices_of_resnet50_make_6144_features():
    """torchvision's ResNet-50 has 25,557,032 parameters with 1000 classes of 2,048 inputs and a bias."""
    extractor = LuExtractor("resnet50")
    assert sum(values.numel() for values in extractor.parameters()) == 25_557_032 - 1000 * 2049
    with torch.inference_mode():
        assert extractor(torch.rand(3, 64, 64)).shape == (3, 2048)
    assert extractor.features * 3 == 6144


@with_torchvision
def test_inception_has_2048_features():
    """torchvision's Inception v3 has 27,161,264 with auxiliary classifier (3,326,696) and 1000 classes."""
    extractor = LuExtractor("inception-v3")
    count = sum(values.numel() for values in extractor.parameters())
    assert count == 27_161_264 - 3_326_696 - 1000 * 2049
    with torch.inference_mode():
        assert extractor(torch.rand(1, 80, 80)).shape == (1, 2048)


def test_without_torchvision_one_line_says_what_to_do(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "torchvision", None)
    monkeypatch.setitem(sys.modules, "torchvision.models", None)
    with pytest.raises(ModelError, match=r"pip install hematoma-expansion\[inception\], or choose resnet50"):
        LuExtractor("inception-v3")


def test_the_network_is_frozen(small: LuExtractor):
    small.train()
    assert not small.training
    assert not any(module.training for module in small.modules())
    assert not any(values.requires_grad for values in small.parameters())


def test_grey_is_shown_in_three_colours_as_imagenet_was(small: LuExtractor):
    """Grey 0.5 becomes (0.5 - 0.485) / 0.229 in red, (0.5 - 0.456) / 0.224 in green ..."""
    seen = []
    hook = small.network.register_forward_pre_hook(lambda _module, inputs: seen.append(inputs[0]))
    small(torch.full((1, 64, 64), 0.5))
    hook.remove()
    expected = torch.tensor([0.015 / 0.229, 0.044 / 0.224, 0.094 / 0.225])
    torch.testing.assert_close(seen[0][0, :, 0, 0], expected)
    assert seen[0].shape == (1, 3, 64, 64)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device on this machine")
def test_cuda_agrees(small: LuExtractor):
    grey = torch.rand(2, 64, 64)
    with torch.inference_mode():
        expected = small(grey)
        torch.testing.assert_close(small.to("cuda")(grey.cuda()).cpu(), expected, atol=2e-3, rtol=2e-3)
        small.to("cpu")


def test_public_weights_there_and_back(small: LuExtractor, tmp_path: Path):
    state = {**small.network.state_dict(), "fc.weight": torch.zeros(1000, 512), "fc.bias": torch.zeros(1000)}
    save_file(state, tmp_path / "resnet18.safetensors")
    torch.manual_seed(5)
    other = LuExtractor("resnet18")
    other.load_imagenet(tmp_path / "resnet18.safetensors")
    grey = torch.rand(1, 64, 64)
    with torch.inference_mode():
        assert torch.equal(small(grey), other(grey))
    del state["layer1.0.conv1.weight"]
    save_file(state, tmp_path / "other.safetensors")
    with pytest.raises(ModelError, match=r"other\.safetensors: 1 of .* weights are absent"):
        other.load_imagenet(tmp_path / "other.safetensors")
