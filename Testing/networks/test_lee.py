"""The networks of Lee 2024: shapes, sizes, one step of learning, weights there and back."""

from itertools import pairwise
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from HematomaExpansionLib.errors import ModelError
from HematomaExpansionLib.networks.lee_attention import BottleneckAttention
from HematomaExpansionLib.networks.lee_image_to_he import LeeImageToHE
from HematomaExpansionLib.networks.lee_imagenet import load_imagenet
from HematomaExpansionLib.networks.lee_slice_classifier import LeeSliceClassifier
from HematomaExpansionLib.networks.lee_unet import LeeUNet

SMALL = (1, 1, 1, 1)


def parameters(network: nn.Module) -> int:
    return sum(values.numel() for values in network.parameters())


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


def test_the_published_sizes():
    """SE-ResNeXt-50 has 27,559,896 for three channels and 1000 classes: two channels less in 64 kernels of
    7 x 7, and 999 outputs of 2048 inputs and a bias less. The U-Net of 2015 with padding has 31,030,593 with
    one output; its 18 convolutions of 3 x 3 are normalised, by a scale and a shift for each channel."""
    assert parameters(LeeSliceClassifier()) == 27_559_896 - 2 * 64 * 49 - 999 * 2049 == 25_506_673
    widths = [64, 128, 256, 512, 1024]
    convolutions = (9 * 1 * 64 + 64) + (9 * 64 * 64 + 64)
    for low, high in pairwise(widths):
        convolutions += (9 * low * high + high) + (9 * high * high + high)
        convolutions += (4 * high * low + low) + (9 * high * low + low) + (9 * low * low + low)
    assert convolutions + 65 == 31_030_593
    # The last transposed convolution of BasicUNet keeps its channels, so the next one takes 64 more.
    kept = 4 * 128 * 64 + 64 + 9 * 64 * 64
    normalised = 2 * 2 * (64 + 128 + 256 + 512 + 1024 + 512 + 256 + 128 + 64)
    assert parameters(LeeUNet()) == 31_030_593 + kept + normalised
    image = 9 * (1 * 32 + 32 * 64 + 64 * 128 + 128 * 256 + (256 + 1024) * 256 + 256 * 256)
    assert parameters(LeeImageToHE()) == image + 2 * (32 + 64 + 128 + 3 * 256) + 257 + 257


@pytest.mark.parametrize("attention", [False, True])
def test_the_classifier_says_one_thing_a_slice(attention: bool):
    network = LeeSliceClassifier(SMALL, attention, size=64)
    assert network(torch.rand(2, 1, 64, 64)).shape == (2,)


def test_the_unet_gives_the_outline_and_the_features_after_its_encoder():
    outline, features = LeeUNet(width=2)(torch.rand(3, 1, 32, 48))
    assert outline.shape == (3, 32, 48)
    assert features.shape == (3, 32, 2, 3)


def test_image_to_he_gives_a_logit_and_evidence_at_the_features_resolution():
    logit, evidence = LeeImageToHE(32, width=2)(torch.rand(3, 1, 32, 48), torch.rand(3, 32, 2, 3))
    assert logit.shape == (3,)
    assert evidence.shape == (3, 2, 3)


class Whole(nn.Module):
    """The U-Net and Image-to-HE as one network of a slice."""

    def __init__(self) -> None:
        super().__init__()
        self.unet, self.image_to_he = LeeUNet(2), LeeImageToHE(32, 2, dropout=0.0)

    def forward(self, grey: torch.Tensor) -> torch.Tensor:
        return self.image_to_he(grey, self.unet(grey)[1])[0]


@pytest.mark.parametrize(
    ("make", "not_asked"),
    [
        (lambda: LeeSliceClassifier(SMALL), ()),
        (lambda: LeeSliceClassifier(SMALL, attention=True, size=32), ()),
        # The logit hangs on the features after the encoder, not on the decoder, and not on the evidence.
        (Whole, ("unet.unet.upcat_", "unet.unet.final_conv.", "image_to_he.evidence.")),
    ],
)
def test_one_step_learns(make, not_asked: tuple[str, ...]):
    network = make()
    grey, truth = torch.rand(4, 1, 32, 32), torch.tensor([0.0, 1.0, 0.0, 1.0])
    loss = nn.BCEWithLogitsLoss()
    before = loss(network(grey), truth)
    before.backward()
    for name, values in network.named_parameters():
        assert (values.grad is None) == name.startswith(not_asked), name
    torch.optim.SGD(network.parameters(), 1e-3).step()
    assert loss(network(grey), truth).item() < before.item()


def test_one_step_learns_to_outline():
    network = LeeUNet(2)
    grey, truth = torch.rand(2, 1, 32, 32), (torch.rand(2, 32, 32) > 0.5).float()
    loss = nn.BCEWithLogitsLoss()
    before = loss(network(grey)[0], truth)
    before.backward()
    torch.optim.SGD(network.parameters(), 1e-2).step()
    assert loss(network(grey)[0], truth).item() < before.item()


@pytest.mark.parametrize("make", [lambda: LeeSliceClassifier(SMALL), Whole])
def test_weights_there_and_back(make, tmp_path: Path):
    network = make().eval()
    save_file(network.state_dict(), tmp_path / "w.safetensors")
    torch.manual_seed(9)
    other = make().eval()
    other.load_state_dict(load_file(tmp_path / "w.safetensors"))
    grey = torch.rand(2, 1, 32, 32)
    with torch.inference_mode():
        assert torch.equal(network(grey), other(grey))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device on this machine")
@pytest.mark.parametrize("make", [lambda: LeeSliceClassifier(SMALL, True, 64), Whole])
def test_cuda_agrees(make):
    network, grey = make().eval(), torch.rand(2, 1, 64, 64)
    with torch.inference_mode():
        on_cpu = network(grey)
        torch.testing.assert_close(network.cuda()(grey.cuda()).cpu(), on_cpu, atol=2e-3, rtol=1e-3)


def test_attention_by_hand():
    """One head, one channel, two columns, all projections 1: q = k = v = x, weights softmax(q k + q r).

    x = (1, 2): from column 0 the logits are 1*1 + 1*r0 and 1*2 + 1*r1, with r = (0.5, 0, -0.5) for the
    distances -1, 0, 1; from column 1 they are 2*1 + 2*0.5 and 2*2 + 2*0.
    """
    block = BottleneckAttention(1, 1, 2, heads=1)
    with torch.no_grad():
        block.project.weight.fill_(1.0)
        block.relative_rows.zero_()
        block.relative_columns.copy_(torch.tensor([[0.5], [0.0], [-0.5]]))
        out = block(torch.tensor([[[[1.0, 2.0]]]]))[0, 0, 0]
    first = torch.tensor([1.0, 1.5]).softmax(0)
    second = torch.tensor([3.0, 4.0]).softmax(0)
    expected = torch.stack([first[0] + 2 * first[1], second[0] + 2 * second[1]])
    torch.testing.assert_close(out, expected)


def test_attention_needs_whole_heads():
    with pytest.raises(ValueError, match="6 channels cannot be shared among 4 heads"):
        BottleneckAttention(6, 2, 2)


def cadene(classifier: LeeSliceClassifier) -> dict[str, torch.Tensor]:
    """The weights under the names and shapes of the public file, three colours in the first kernel."""
    state = {}
    for name, values in classifier.network.state_dict().items():
        for new, old in (
            ("se_layer.fc.0", "se_module.fc1"),
            ("se_layer.fc.2", "se_module.fc2"),
            ("project.conv", "downsample.0"),
            ("project.adn.N", "downsample.1"),
        ):
            if new in name:
                name = name.replace(new, old)
                values = values[..., None, None] if "fc" in old and values.dim() == 2 else values
        for number in "123":
            name = name.replace(f"conv{number}.adn.N", f"bn{number}")
            if name.startswith("layer0"):
                continue
            name = name.replace(f"conv{number}.conv.", f"conv{number}.")
        state[name] = values.repeat(1, 3, 1, 1) / 3 if name == "layer0.conv1.weight" else values
    return state


def test_imagenet_weights_are_found_under_their_public_names(tmp_path: Path):
    source = LeeSliceClassifier(SMALL)
    save_file({k: v.contiguous() for k, v in cadene(source).items()}, tmp_path / "imagenet.safetensors")
    torch.manual_seed(4)
    target = LeeSliceClassifier(SMALL)
    last = target.network.last_linear.weight.clone()
    loaded = load_imagenet(target, tmp_path / "imagenet.safetensors")
    want, have = source.network.state_dict(), target.network.state_dict()
    assert loaded == len(want) - 2
    assert all(torch.allclose(want[name], have[name]) for name in want if "last_linear" not in name)
    assert torch.equal(target.network.last_linear.weight, last)


def test_other_weights_are_refused(tmp_path: Path):
    save_file({"a": torch.zeros(1)}, tmp_path / "a.safetensors")
    with pytest.raises(ModelError, match="no weights of an SE-ResNeXt-50 in it"):
        load_imagenet(LeeSliceClassifier(SMALL), tmp_path / "a.safetensors")
    (tmp_path / "b.pth").write_bytes(b"nothing")
    with pytest.raises(ModelError, match=r"b\.pth: cannot be read as weights"):
        load_imagenet(LeeSliceClassifier(SMALL), tmp_path / "b.pth")
