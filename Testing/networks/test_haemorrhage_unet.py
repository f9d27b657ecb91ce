"""The shape, the size and the symmetry of the bundled network; it has no weights to be right or wrong."""

import pytest
import torch

from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.networks.haemorrhage_unet import CLASSES, CONTEXT_SLICES, MULTIPLE, HaemorrhageUNet


@pytest.fixture(scope="module")
def network() -> HaemorrhageUNet:
    torch.manual_seed(0)
    return HaemorrhageUNet().eval()


def test_every_label_has_an_output(network: HaemorrhageUNet):
    assert len(Label) == CLASSES == 5
    with torch.inference_mode():
        classes, ventricles = network(torch.zeros(2, CONTEXT_SLICES, 2 * MULTIPLE, 3 * MULTIPLE))
    assert classes.shape == (2, 5, 64, 96)
    assert ventricles.shape == (2, 64, 96)


def test_weights_fit_the_repository(network: HaemorrhageUNet):
    """15 MB is the limit for what is committed."""
    parameters = sum(values.numel() for values in network.state_dict().values())
    assert 1.9e6 < parameters < 2.1e6


@pytest.mark.parametrize("change", [(-2000.0, -1000.0), (400.0, 3000.0)])
def test_densities_beyond_the_windows_are_one(network: HaemorrhageUNet, change: tuple[float, float]):
    """Air is air whether the scanner stores -1000 or -2000, and metal is bone."""
    heads = [torch.full((1, CONTEXT_SLICES, 32, 32), hu) for hu in change]
    with torch.inference_mode():
        first, second = (network(head)[0] for head in heads)
    assert torch.equal(first, second)


def test_one_hu_makes_a_difference(network: HaemorrhageUNet):
    with torch.inference_mode():
        first, second = (network(torch.full((1, CONTEXT_SLICES, 32, 32), hu))[0] for hu in (40.0, 41.0))
    assert not torch.allclose(first, second, atol=1e-5)
