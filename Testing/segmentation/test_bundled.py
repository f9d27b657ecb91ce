"""The bundled back-end: what is around the network, by hand; the committed weights, on the sample study."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
import torch
from safetensors.torch import save_file

from HematomaExpansionLib.bundle import METADATA, WEIGHTS, read_bundle, sha256
from HematomaExpansionLib.ct.anatomy import Anatomy
from HematomaExpansionLib.ct.brain import brain_mask
from HematomaExpansionLib.ct.reader import read_ct
from HematomaExpansionLib.ct.scan import HeadCT
from HematomaExpansionLib.errors import Cancelled, ModelError
from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.networks.haemorrhage_unet import HaemorrhageUNet
from HematomaExpansionLib.progress import Progress
from HematomaExpansionLib.segmentation import backends
from HematomaExpansionLib.segmentation.bundle_network import load_network
from HematomaExpansionLib.segmentation.bundled import (
    BundledParameters,
    BundledSegmenter,
    decided,
    labels_of,
)
from Testing.conftest import ROOT

COMMITTED = ROOT / "Resources" / "models" / "bundled"


@pytest.fixture(scope="module")
def baseline() -> tuple[HeadCT, Anatomy]:
    """The sample's baseline; of its anatomy the back-end uses the brain only."""
    scan = read_ct(ROOT / "Resources" / "sample" / "baseline.nii.gz")
    brain = brain_mask(scan)
    return scan, Anatomy(brain, brain, brain, sitk.Transform(), 1.0)


@pytest.fixture
def untrained(tmp_path: Path) -> Path:
    """A bundle whose weights are PyTorch's random ones."""
    torch.manual_seed(1)
    weights = HaemorrhageUNet(base=8).state_dict()
    save_file({key: value.contiguous() for key, value in weights.items()}, tmp_path / WEIGHTS)
    metadata = {
        "name": "tiny",
        "version": "1",
        "architecture": "HaemorrhageUNet",
        "architecture_parameters": {"base": 8},
        "classes": ["ich", "ivh"],
        "preprocessing": {},
        "training": {},
        "metrics": {},
        "licence": "Apache-2.0",
        "intended_use": "tests",
        "warning": "Trained on simulated bleeds.",
        "weights_sha256": sha256(tmp_path / WEIGHTS),
    }
    (tmp_path / METADATA).write_text(json.dumps(metadata))
    return tmp_path


def test_result_lies_on_the_scan_inside_the_brain_and_says_what_it_is(untrained, baseline):
    scan, anatomy = baseline
    found = BundledSegmenter("cpu", untrained).segment(scan, anatomy, Progress())
    labels = sitk.GetArrayFromImage(found.labels)
    assert found.labels.GetSize() == scan.image.GetSize()
    assert found.labels.TransformIndexToPhysicalPoint((3, 4, 5)) == scan.image.TransformIndexToPhysicalPoint(
        (3, 4, 5)
    )
    assert not labels[sitk.GetArrayFromImage(anatomy.brain) == 0].any()
    assert set(np.unique(labels)) <= {0, Label.ICH, Label.IVH}, "a class that it does not tell"
    assert found.classes == {Label.ICH, Label.IVH}
    assert found.warnings == ("Trained on simulated bleeds.",)
    assert found.weights_sha256 == {"tiny": sha256(untrained / WEIGHTS)}
    assert found.parameters == {"version": "1", **asdict(BundledParameters())}


def test_mirroring_makes_the_answer_symmetrical(untrained, baseline):
    """The mirrored head gets the mirrored labels."""
    scan, anatomy = baseline
    network = load_network(HaemorrhageUNet, read_bundle(untrained), "cpu")
    middle = slice(14, 17)
    hu, brain = scan.hu[middle], sitk.GetArrayFromImage(anatomy.brain)[middle] > 0
    there, mirrored = (
        labels_of(network, h.copy(), b.copy(), scan.spacing_mm, "cpu", BundledParameters(), Progress())
        for h, b in ((hu, brain), (hu[..., ::-1], brain[..., ::-1]))
    )
    assert np.mean(there == mirrored[..., ::-1]) > 0.995


@pytest.mark.parametrize(
    ("probabilities", "expected"),
    [
        ((0.55, 0.2, 0.0, 0.25, 0.0), Label.EXTRA_AXIAL),  # 0.45 of blood, though background is likeliest
        ((0.65, 0.1, 0.0, 0.25, 0.0), Label.BACKGROUND),
        ((0.3, 0.0, 0.3, 0.2, 0.2), Label.IVH),
        ((0.57, 0.2, 0.23, 0.0, 0.0), Label.BACKGROUND),  # 0.43 of blood, but IVH must have 0.45
        ((0.2, 0.25, 0.1, 0.0, 0.45), Label.OEDEMA),
        ((0.1, 0.3, 0.15, 0.0, 0.45), Label.ICH),
        ((0.4, 0.2, 0.0, 0.0, 0.4), Label.BACKGROUND),
        ((1.0, 0.0, 0.0, 0.0, 0.0), Label.BACKGROUND),
    ],
)
def test_first_whether_it_is_blood_then_which(probabilities, expected):
    assert decided(torch.tensor(probabilities)[:, None], 0.4, 0.45).tolist() == [expected]


def test_nothing_in_nothing_out(untrained):
    network = load_network(HaemorrhageUNet, read_bundle(untrained), "cpu")
    hu, brain = np.zeros((5, 64, 64), np.float32), np.zeros((5, 64, 64), bool)
    assert not labels_of(network, hu, brain, (5.0, 1.0, 1.0), "cpu", BundledParameters(), Progress()).any()


def test_it_can_be_cancelled(untrained, baseline):
    with pytest.raises(Cancelled):
        BundledSegmenter("cpu", untrained).segment(*baseline, Progress(cancelled=lambda: True))


def test_wrong_weights_are_one_line(untrained: Path):
    metadata = json.loads((untrained / METADATA).read_text())
    for change, message in (
        ({"architecture": "ResNet"}, r"architecture is 'ResNet'; known is HaemorrhageUNet"),
        ({"architecture_parameters": {"base": 16}}, r"not weights of HaemorrhageUNet"),
        ({"architecture_parameters": {"depth": 3}}, r"not weights of HaemorrhageUNet"),
    ):
        (untrained / METADATA).write_text(json.dumps(metadata | change))
        with pytest.raises(ModelError, match=message) as caught:
            load_network(HaemorrhageUNet, read_bundle(untrained), "cpu")
        assert "\n" not in str(caught.value)


def test_a_damaged_bundle_is_refused_before_any_work(untrained: Path):
    """As ``analyze`` does, with all other stages still to come."""
    with (untrained / WEIGHTS).open("ab") as stream:
        stream.write(b"x")
    with pytest.raises(ModelError, match=r"weights\.safetensors: SHA-256 is"):
        backends.check_ready(BundledSegmenter("cpu", untrained))


def test_committed_weights_are_small_and_documented():
    metadata = read_bundle(COMMITTED).metadata
    assert (COMMITTED / WEIGHTS).stat().st_size <= 15e6
    assert set(metadata.classes) == {"ich", "ivh", "extra_axial", "oedema"}
    assert "simulated bleeds" in metadata.warning
    card = (COMMITTED / "MODEL_CARD.md").read_text()
    assert metadata.weights_sha256 in card
    assert metadata.warning in card


def test_committed_weights_find_the_sample_bleed(baseline):
    scan, anatomy = baseline
    found = BundledSegmenter("cpu").segment(scan, anatomy, Progress())
    labels = sitk.GetArrayFromImage(found.labels)
    file = ROOT / "Resources" / "sample" / "baseline-labels.nii.gz"
    true = sitk.GetArrayFromImage(sitk.DICOMOrient(sitk.ReadImage(str(file)), "LPS"))
    a, b = labels == Label.ICH, true == Label.ICH
    assert 2 * (a & b).sum() / (a.sum() + b.sum()) > 0.85


def test_cuda_gives_the_labels_of_the_cpu(baseline):
    """Half precision on CUDA changes at most one voxel of the brain in a thousand."""
    if not torch.cuda.is_available():
        pytest.skip("this machine has no CUDA device")
    scan, anatomy = baseline
    here, there = (
        sitk.GetArrayFromImage(BundledSegmenter(device).segment(scan, anatomy, Progress()).labels)
        for device in ("cpu", "cuda")
    )
    brain = sitk.GetArrayFromImage(anatomy.brain) > 0
    assert np.mean(here[brain] == there[brain]) >= 0.999
