"""Grad-CAM against a network worked out by hand, put back where it was seen, and shaken by random weights."""

import gc
from collections.abc import Sequence

import numpy as np
import pytest
import SimpleITK as sitk
import torch
from torch import nn
from torch.nn import functional

from HematomaExpansionLib.explanation.grad_cam import between_places, explain
from HematomaExpansionLib.networks.lee_image_to_he import LeeImageToHE
from HematomaExpansionLib.networks.lee_unet import LeeUNet
from HematomaExpansionLib.networks.lu_extractor import LuExtractor, Name
from HematomaExpansionLib.networks.zhong_unet3d import ZhongUNet3d
from HematomaExpansionLib.prediction.image_predictor import Judge, Places, View
from HematomaExpansionLib.prediction.input_grid import InputGrid
from HematomaExpansionLib.prediction.lu2024.cnn import LuCnn
from HematomaExpansionLib.prediction.ning2025_deep.cnn import NingCnn
from HematomaExpansionLib.prediction.ning2025_deep.settings import NingSettings
from HematomaExpansionLib.prediction.patient import Patient
from HematomaExpansionLib.prediction.predictor import Threshold
from HematomaExpansionLib.prediction.zhong2021.cnn import ZhongCnn
from HematomaExpansionLib.prediction.zhong2021.preprocessing import ZhongSettings
from Testing.networks.with_torchvision import with_torchvision
from Testing.prediction.heads import SHAPE, Head, head
from Testing.prediction.tiny import lu

LOCKED = Threshold(0.5, "by hand")


@pytest.fixture(scope="module")
def subject() -> Head:
    return head()


class TwoChannels(nn.Module):
    """The image and its negative as features; the logit is weight x mean of each."""

    def __init__(self, weights: tuple[float, float]) -> None:
        super().__init__()
        self.features = nn.Conv2d(1, 2, 1, bias=False)
        with torch.no_grad():
            self.features.weight[:, 0, 0, 0] = torch.tensor([1.0, -1.0])
        self.weights = nn.Parameter(torch.tensor(weights), requires_grad=False)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return (self.features(image).mean((2, 3)) * self.weights).sum(1)


class SlicePredictor:
    """Sees chosen slices of a scan as they are, each with a weight."""

    def __init__(self, weights: tuple[float, float], slices: dict[int, float]) -> None:
        self.network = TwoChannels(weights)
        self.slices = slices

    def views(self, patient: Patient) -> Sequence[View]:
        scan = patient.scan()
        hu, _, rows, columns = scan.hu, *scan.hu.shape
        return [
            View(
                torch.from_numpy(hu[z])[None, None],
                InputGrid.in_box(
                    scan.image,
                    np.array([z - 0.5, -0.5, -0.5]),
                    np.array([z + 0.5, rows - 0.5, columns - 0.5]),
                    (1, rows, columns),
                ),
                weight,
            )
            for z, weight in self.slices.items()
        ]

    def judge(self) -> Judge:
        return Judge(self.network, lambda network, image: network(image), "features", Places())


def explained(predictor, subject: Head) -> np.ndarray:
    return sitk.GetArrayFromImage(explain(predictor, subject.patient, "cpu"))


def test_by_hand(subject: Head):
    """Gradients of 2 and 0 over the pixels: the map is the slice, where positive; 1 at the brightest."""
    found = explained(SlicePredictor((2.0, 0.0), {12: 1.0}), subject)
    expected = subject.scan.hu[12].clip(min=0)
    assert found[12] == pytest.approx(expected / expected.max(), abs=1e-5)
    assert found[:12].max() == found[13:].max() == 0


def test_evidence_against_expansion_is_not_shown(subject: Head):
    """With the other sign only what is below 0 HU speaks for expansion: the air."""
    found = explained(SlicePredictor((-2.0, 0.0), {12: 1.0}), subject)
    assert np.array_equal(found[12] > 1e-3, subject.scan.hu[12] < 0)


def test_slices_are_put_back_with_their_weights(subject: Head):
    """The skull is 900 HU in both slices: the one that counts half as much shows it half as bright."""
    found = explained(SlicePredictor((1.0, 0.0), {8: 1.0, 15: 0.5}), subject)
    bone = subject.scan.hu == 900
    assert found[8][bone[8]] == pytest.approx(1)
    assert found[15][bone[15]] == pytest.approx(0.5)
    assert found[[7, 9, 14, 16]].max() == 0


def test_nothing_stays_in_memory(subject: Head):
    """Hooks that hold each other keep a network and its features for as long as the program runs."""

    def networks() -> int:
        gc.collect()
        return sum(type(one) is ZhongUNet3d for one in gc.get_objects())

    predictor = ZhongCnn(ZhongSettings((8, 32, 32), (160.0, 192.0, 160.0), 2), ZhongUNet3d(2), LOCKED)
    before = networks()
    for _ in range(3):
        explained(predictor, subject)
    assert networks() == before
    assert all(values.requires_grad and values.grad is None for values in predictor.network.parameters())


def test_no_evidence_is_a_map_of_0(subject: Head):
    assert explained(SlicePredictor((0.0, 0.0), {12: 1.0}), subject).max() == 0


def test_the_predictor_is_as_it_was(subject: Head):
    """Frozen weights stay frozen, and no hook stays behind."""
    predictor = SlicePredictor((1.0, 0.0), {12: 1.0})
    predictor.network.requires_grad_(False)
    assert explained(predictor, subject).max() == 1
    assert not predictor.network.features._forward_hooks
    assert not any(values.requires_grad for values in predictor.network.parameters())


def zhong(seed: int) -> ZhongCnn:
    torch.manual_seed(seed)
    network = ZhongUNet3d(4)
    with torch.no_grad():
        # Evidence for expansion, whatever the features.
        network.expansion.weight.abs_()
    return ZhongCnn(ZhongSettings((16, 48, 48), (160.0, 192.0, 160.0), 4), network, LOCKED, "cpu")


def ning(seed: int, dimensions: int, architecture: str) -> NingCnn:
    torch.manual_seed(seed)
    settings = NingSettings(architecture, dimensions, 96, 4, (1, 1, 1, 1))
    network = settings.network()
    (last,) = (layer for layer in network.modules() if isinstance(layer, nn.Linear))
    with torch.no_grad():
        last.weight.abs_()
    return NingCnn(settings, network.eval(), LOCKED, "cpu")


def lu_of(name: Name, seed: int, pixels: int) -> LuCnn:
    torch.manual_seed(seed)
    extractor = LuExtractor(name)
    for layer in extractor.modules():
        if isinstance(layer, nn.Conv2d):
            # The initial weights of Inception would give features of a billion.
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    return lu(extractor, range(0, 512, 64), pixels=pixels)


PREDICTORS = {
    "zhong": zhong,
    "lu resnet18": lambda seed: lu_of("resnet18", seed, 160),
    "lu resnet50": lambda seed: lu_of("resnet50", seed, 80),
    **{
        f"ning {dimensions}D {architecture}": lambda seed, d=dimensions, a=architecture: ning(seed, d, a)
        for dimensions in (2, 3)
        for architecture in ("resnet101", "densenet121")
    },
}


@pytest.mark.parametrize("name", PREDICTORS)
def test_a_map_lies_on_the_scan_within_what_was_seen(name: str, subject: Head):
    predictor = PREDICTORS[name](1)
    image = explain(predictor, subject.patient, "cpu")
    found = sitk.GetArrayFromImage(image)
    assert found.shape == SHAPE
    for geometry in ("GetOrigin", "GetSpacing", "GetDirection"):
        assert getattr(image, geometry)() == getattr(subject.scan.image, geometry)()
    assert (found.min(), found.max()) == (0, 1)
    if name.startswith("ning"):
        blood = sitk.GetArrayFromImage(subject.labels) > 0
        shown = [(int(places.min()), int(places.max())) for places in np.nonzero(found)]
        bled = [(int(places.min()), int(places.max())) for places in np.nonzero(blood)]
        for (first, last), (low, high) in zip(shown, bled, strict=True):
            assert low - 2 <= first <= last <= high + 2


def test_a_network_that_looks_for_blood_is_shown_to(subject: Head):
    """A network whose features are the brightness itself has its peak in the bleed."""
    predictor = zhong(1)
    with torch.no_grad():
        for layer in predictor.network.modules():
            if isinstance(layer, nn.Conv3d):
                # Means of what is before: brightness, blurred.
                layer.weight.fill_(1 / layer.weight[0].numel())
                layer.bias.zero_()
    found = explained(predictor, subject)
    blood = sitk.GetArrayFromImage(subject.labels) > 0
    assert blood[np.unravel_index(found.argmax(), found.shape)]


@pytest.mark.parametrize("name", PREDICTORS)
def test_random_weights_change_the_map(name: str, subject: Head):
    """The sanity check of Adebayo (2018): a map that did not depend on the weights would explain nothing."""
    first, again, other = (explained(PREDICTORS[name](seed), subject) for seed in (1, 1, 2))
    seen = (first > 0) | (other > 0)
    assert np.corrcoef(first[seen], again[seen])[0, 1] == pytest.approx(1)
    assert np.corrcoef(first[seen], other[seen])[0, 1] < 0.8


def seen_by_one_place(predictor, shape: tuple[int, ...], place: int) -> list[float]:
    """Middle of the input voxels that a place of the last features looks at, along each axis."""
    judge = predictor.judge()
    network = judge.network.eval()
    with_equal_weights(network)
    kept = []
    network.get_submodule(judge.layer).register_forward_hook(lambda *given: kept.append(given[-1]))
    image = torch.ones(1, 1, *shape, requires_grad=True)
    judge.answer(network, image)
    kept[0][(0, slice(None), *([place] * len(shape)))].sum().backward()
    return middle_of(image.grad[0, 0])


def with_equal_weights(network: nn.Module) -> None:
    """Let a gradient be how often a voxel is looked at: equal weights, and means in place of maxima."""
    for layer in list(network.modules()):
        for name, child in list(layer.named_children()):
            if isinstance(child, nn.MaxPool2d | nn.MaxPool3d):
                kind = nn.AvgPool2d if isinstance(child, nn.MaxPool2d) else nn.AvgPool3d
                setattr(layer, name, kind(child.kernel_size, child.stride, child.padding))
            if isinstance(child, nn.Conv2d | nn.Conv3d):
                nn.init.constant_(child.weight, 1 / child.weight[0].numel())
                if child.bias is not None:
                    nn.init.zeros_(child.bias)


def middle_of(seen: torch.Tensor) -> list[float]:
    """The centre of gravity along each axis."""
    axes = range(seen.ndim)
    sums = [seen.double().sum([other for other in axes if other != axis]) for axis in axes]
    return [float((part * torch.arange(len(part))).sum() / part.sum()) for part in sums]


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("zhong", (96, 96, 96)),
        ("lu resnet18", (512, 512)),
        ("lu resnet50", (768, 768)),
        ("ning 2D resnet101", (1024, 1024)),
        ("ning 2D densenet121", (1024, 1024)),
    ],
)
def test_a_place_lies_where_the_network_looks(name: str, shape: tuple[int, ...]):
    predictor = PREDICTORS[name](1)
    places = predictor.judge().places
    middle = shape[0] // places.step // 2
    expected = places.first + places.step * middle
    assert seen_by_one_place(predictor, shape, middle) == pytest.approx([expected] * len(shape), abs=0.05)


@with_torchvision
def test_places_of_inception(monkeypatch: pytest.MonkeyPatch):
    """It pads alike on all sides: of seven places the middle one lies over the middle of what is seen.

    Each place needs 32 pixels more; 75 are enough for one.
    """
    monkeypatch.setattr(functional, "max_pool2d", functional.avg_pool2d)
    predictor = lu_of("inception-v3", 1, 80)
    places = predictor.judge().places
    side = 75 + 6 * places.step
    assert seen_by_one_place(predictor, (side, side), 3) == pytest.approx(
        [places.first + 3 * places.step] * 2
    )
    assert places.first + 3 * places.step == (side - 1) / 2
    judge, kept = predictor.judge(), []
    judge.network.get_submodule(judge.layer).register_forward_hook(lambda *given: kept.append(given[-1]))
    for size in (side - 1, side):
        with torch.inference_mode():
            judge.answer(judge.network, torch.ones(1, 1, size, size))
    assert [tuple(found.shape[1:]) for found in kept] == [(2048, 6, 6), (2048, 7, 7)]


@with_torchvision
def test_inception_has_a_map_that_random_weights_change(subject: Head):
    """Of five places along each axis, whose borders look alike in any network."""
    first, other = (explained(lu_of("inception-v3", seed, 203), subject) for seed in (1, 2))
    assert first.max() == other.max() == 1
    seen = (first > 0) | (other > 0)
    assert np.corrcoef(first[seen], other[seen])[0, 1] < 0.9


@pytest.mark.parametrize("name", ["lu resnet18", "lu resnet50"])
def test_features_are_the_means_of_the_layer(name: str):
    """So that what the vector machine judges is what the map shows; nothing is dropped between."""
    judge, kept = PREDICTORS[name](1).judge(), []
    hook = judge.network.get_submodule(judge.layer).register_forward_hook(lambda *it: kept.append(it[-1]))
    with torch.inference_mode():
        answer = judge.answer(judge.network, torch.rand(2, 1, 96, 96))
    hook.remove()
    assert (kept[0] >= 0).all()
    torch.testing.assert_close(answer, kept[0].mean((2, 3)))


def test_between_places_by_hand():
    """Places at 1, 5 and 9 of eleven columns, and at rows 1 and 5 of two, which end at the first."""
    found = torch.tensor([[[[0.0, 4.0, 2.0], [1.0, 1.0, 1.0]]]])
    lines = between_places(found, Places(4, 1.0), (2, 11))[0, 0]
    assert torch.equal(lines[0], lines[1])
    assert lines[0].tolist() == [0, 0, 1, 2, 3, 4, 3.5, 3, 2.5, 2, 2]
    assert torch.equal(between_places(found, Places(), (2, 3)), found)


def test_both_parts_of_lee_lie_round_the_places_of_his_judge():
    """The slice's own features lie at 16 i, those of the U-Net at 16 i + 7.5; the map of both is between."""
    firsts = []
    for network, features in (
        (LeeUNet(2), lambda network, image: network(image)[1]),
        (LeeImageToHE(32, 2).slice, lambda network, image: network(image)),
    ):
        with_equal_weights(network.eval())
        image = torch.ones(1, 1, 512, 512, requires_grad=True)
        features(network, image)[0, :, 16, 16].sum().backward()
        firsts.append([middle - 16 * 16 for middle in middle_of(image.grad[0, 0])])
    assert np.allclose(firsts, [[7.5, 7.5], [0, 0]], atol=0.05)
