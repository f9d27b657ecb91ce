"""Networks so small that they answer at once, and whose evidence for expansion is never nothing."""

import torch

from HematomaExpansionLib.networks.zhong_unet3d import ZhongUNet3d
from HematomaExpansionLib.prediction.ning2025_deep.cnn import NingCnn
from HematomaExpansionLib.prediction.ning2025_deep.settings import NingSettings
from HematomaExpansionLib.prediction.predictor import Threshold
from HematomaExpansionLib.prediction.zhong2021.cnn import ZhongCnn
from HematomaExpansionLib.prediction.zhong2021.preprocessing import ZhongSettings

LOCKED = Threshold(0.4, "by hand")


def ning(dimensions: int = 2, sign: float = 1.0) -> NingCnn:
    """A network whose features, which are not negative, all speak for expansion (or all against it)."""
    torch.manual_seed(4)
    settings = NingSettings("resnet101", dimensions, 96, 4, (1, 1, 1, 1))
    network = settings.network()
    (last,) = (layer for layer in network.modules() if isinstance(layer, torch.nn.Linear))
    with torch.no_grad():
        last.weight.copy_(sign * last.weight.abs())
    return NingCnn(settings, network.eval(), LOCKED)


def zhong() -> ZhongCnn:
    """A network that passes brightness on, blurred, so that its evidence is strongest in the brightest."""
    network = ZhongUNet3d(4)
    with torch.no_grad():
        network.expansion.weight.abs_()
        for layer in network.modules():
            if isinstance(layer, torch.nn.Conv3d):
                layer.weight.fill_(1 / layer.weight[0].numel())
                layer.bias.zero_()
    return ZhongCnn(ZhongSettings((16, 48, 48), (160.0, 192.0, 160.0), 4), network.eval(), LOCKED)
