"""The V-Net of the DeepBleed-style back-end."""

from pathlib import Path

import pytest
import torch
from monai.networks.nets.vnet import VNet
from safetensors.torch import load_file, save_file
from torch import nn

from HematomaExpansionLib.networks.deepbleed_vnet import DeepBleedVNet


def test_with_16_channels_it_is_monais_v_net():
    """45,593,892 parameters, by the same names and shapes."""
    with torch.device("meta"):
        ours, theirs = DeepBleedVNet(), VNet()
    assert sum(values.numel() for values in ours.parameters()) == 45_593_892
    shapes = [{k: v.shape for k, v in each.state_dict().items()} for each in (ours, theirs)]
    assert shapes[0] == shapes[1]


@pytest.fixture(scope="module")
def small() -> DeepBleedVNet:
    torch.manual_seed(0)
    return DeepBleedVNet(width=2, dropout=0.0)


def test_one_logit_a_voxel_and_one_window(small: DeepBleedVNet):
    small.eval()
    with torch.inference_mode():
        assert small(torch.zeros(2, 16, 32, 16)).shape == (2, 16, 32, 16)
        dense = small(torch.full((1, 16, 16, 16), 100.0))
        assert torch.equal(dense, small(torch.full((1, 16, 16, 16), 900.0)))
        assert not torch.equal(dense, small(torch.full((1, 16, 16, 16), 90.0)))


def test_one_step_learns(small: DeepBleedVNet):
    small.train()
    hu, truth = 100 * torch.rand(2, 16, 16, 16), (torch.rand(2, 16, 16, 16) > 0.5).float()
    loss = nn.BCEWithLogitsLoss()
    before = loss(small(hu), truth)
    before.backward()
    torch.optim.SGD(small.parameters(), 1e-2).step()
    assert float(loss(small(hu), truth).detach()) < float(before.detach())


def test_weights_there_and_back(small: DeepBleedVNet, tmp_path: Path):
    save_file(small.state_dict(), tmp_path / "w.safetensors")
    other = DeepBleedVNet(width=2).eval()
    other.load_state_dict(load_file(tmp_path / "w.safetensors"))
    hu = 100 * torch.rand(1, 16, 16, 16)
    with torch.inference_mode():
        assert torch.equal(small.eval()(hu), other(hu))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device on this machine")
def test_cuda_agrees(small: DeepBleedVNet):
    hu = 100 * torch.rand(1, 16, 16, 16)
    with torch.inference_mode():
        expected = small.eval()(hu)
        torch.testing.assert_close(small.cuda()(hu.cuda()).cpu(), expected, atol=2e-3, rtol=1e-3)
        small.cpu()
