"""Networks so small that they answer at once, and whose evidence for expansion is never nothing."""

from collections.abc import Sequence

import numpy as np
import torch

from HematomaExpansionLib.networks.lu_extractor import LuExtractor
from HematomaExpansionLib.networks.zhong_unet3d import ZhongUNet3d
from HematomaExpansionLib.prediction.column import radiomics
from HematomaExpansionLib.prediction.design import Design
from HematomaExpansionLib.prediction.lu2024.cnn import DEEP, LuCnn, LuVector
from HematomaExpansionLib.prediction.lu2024.slices import POSITIONS
from HematomaExpansionLib.prediction.ning2025_deep.cnn import NingCnn
from HematomaExpansionLib.prediction.ning2025_deep.settings import NingSettings
from HematomaExpansionLib.prediction.predictor import Threshold
from HematomaExpansionLib.prediction.vector_machine import VectorMachine
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


def lu(
    extractor: torch.nn.Module | None = None,
    features: Sequence[int] = range(0, 512, 8),
    positions: Sequence[str] = POSITIONS,
    others: Sequence[str] = (),
    sign: float = 1.0,
    pixels: int = 80,
    kind: type[LuCnn] = LuCnn,
) -> LuCnn:
    """A model whose chosen features, which are not negative, all speak for expansion (or all against it).

    The one support vector lies 1000 off along every feature: on the way there nothing curves.

    Args:
        extractor: frozen; None for a ResNet-18 of random weights.
        features: chosen of each slice.
        positions: of the slices that features are chosen of.
        others: radiomics features that are chosen beside them.
        sign: of the support vector's coefficient.
        pixels: rows and columns of a slice.
        kind: of model.
    """
    if extractor is None:
        torch.manual_seed(4)
        extractor = LuExtractor("resnet18")
    names = [f"{DEEP}resnet18:{position}:{number:04d}" for position in positions for number in features]
    names += others
    p = len(names)
    zeros, ones = np.zeros(p), np.ones(p)
    design = Design(tuple(map(radiomics, names)), "complete-case", (), zeros, zeros, ones, 20, 10, 0)
    machine = VectorMachine(
        np.full((1, p), 1000.0), np.array([sign]), 0.0, 1e-6 / p, np.array([-1.0, 0.0], dtype=np.float64)
    )
    return kind(extractor, "resnet18", LuVector(design, machine, LOCKED), pixels)
