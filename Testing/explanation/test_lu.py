"""Grad-CAM through a vector machine: three slices of Lu 2024, by hand and against differences."""

from dataclasses import replace

import numpy as np
import pytest
import SimpleITK as sitk
import torch
from scipy.special import logit
from torch import nn

from HematomaExpansionLib.errors import MissingInput
from HematomaExpansionLib.explanation.grad_cam import explain
from HematomaExpansionLib.prediction.lu2024.cnn import LuCnn, LuFusion, LuVector, deep_features
from HematomaExpansionLib.prediction.lu2024.slices import POSITIONS, three_slices
from HematomaExpansionLib.prediction.patient import Patient
from Testing.prediction.heads import Head, head
from Testing.prediction.tiny import lu

GREY = {"brain": 35 / 80, "blood": 65 / 80}
BRIGHT, DARK = 0, 1
"""The features of :class:`Brightness`."""


class Brightness(nn.Module):
    """Of a slice: the mean of its pixels, and the mean of their negatives."""

    features, last_convolution, places = 2, "both", (1, 0.0)

    def __init__(self) -> None:
        super().__init__()
        self.both = nn.Conv2d(1, 2, 1, bias=False)
        with torch.no_grad():
            self.both.weight[:, 0, 0, 0] = torch.tensor([1.0, -1.0])
        self.requires_grad_(False)

    def forward(self, grey: torch.Tensor) -> torch.Tensor:
        return self.both(grey[:, None]).mean((2, 3))


@pytest.fixture(scope="module")
def subject() -> Head:
    return head()


def explained(predictor: LuCnn, patient: Patient) -> np.ndarray:
    return sitk.GetArrayFromImage(explain(predictor, patient, "cpu"))


def slices_of_scan(subject: Head) -> list[int]:
    """Where the slices of 1.5 mm lie among those of 6 mm, in the order of the positions."""
    prepared = three_slices(subject.scan, subject.labels, 80)
    return [
        round(
            subject.scan.image.TransformPhysicalPointToContinuousIndex(
                prepared.grid.slice_at(number).origin_mm
            )[2]
        )
        for number in prepared.numbers
    ]


@pytest.mark.parametrize("position", POSITIONS)
def test_by_hand(position: str, subject: Head):
    """The map is the slice that features were chosen of: blood 1, brain 35/65, skull and air 0."""
    found = explained(lu(Brightness(), [BRIGHT], [position]), subject.patient)
    (lit,) = np.flatnonzero(found.any(axis=(1, 2)))
    assert lit == slices_of_scan(subject)[POSITIONS.index(position)]
    blood = sitk.GetArrayFromImage(subject.labels)[lit] > 0
    assert blood[np.unravel_index(found[lit].argmax(), blood.shape)]
    inside = np.argwhere(blood).mean(axis=0).round().astype(int)
    assert found[lit][tuple(inside)] == pytest.approx(1, abs=0.02)
    mirrored = (inside[0], blood.shape[1] - 1 - inside[1])
    assert not blood[mirrored]
    assert found[lit][mirrored] == pytest.approx(GREY["brain"] / GREY["blood"], abs=0.02)
    assert found[lit][subject.scan.hu[lit] > 500].max() < 0.5


def test_the_slices_have_places_of_their_own(subject: Head):
    """Otherwise the test before could not tell them apart."""
    assert len(set(slices_of_scan(subject))) == 3


@pytest.mark.parametrize(
    ("feature", "sign", "shown"),
    [(BRIGHT, 1.0, True), (BRIGHT, -1.0, False), (DARK, 1.0, False), (DARK, -1.0, True)],
)
def test_what_speaks_for_expansion_is_shown(feature: int, sign: float, shown: bool, subject: Head):
    """A dark feature that lowers the risk is a bright one that raises it."""
    found = explained(lu(Brightness(), [feature], sign=sign), subject.patient)
    assert (found.max() > 0) == shown


def test_a_probability_that_falls_with_the_decision_turns_the_map_round(subject: Head):
    """The map asks what raises the probability, whichever side of the machine that is."""
    made = lu(Brightness(), [BRIGHT], sign=-1.0)
    machine = replace(made.vector.machine, platt=np.array([1.0, 0.0]))
    turned = replace(made, vector=replace(made.vector, machine=machine))
    assert explained(turned, subject.patient).max() == 1


def test_a_slice_counts_as_its_features_do(subject: Head):
    """A feature of twice the spread has half the slope; a slice without a feature has none."""
    made = lu(Brightness(), [BRIGHT], POSITIONS[:2])
    design = replace(made.vector.design, sd=np.array([1.0, 2.0]))
    largest, above, below = replace(made, vector=replace(made.vector, design=design)).views(subject.patient)
    assert largest.along[BRIGHT] == pytest.approx(2 * float(above.along[BRIGHT]), rel=1e-3)
    assert largest.along[BRIGHT] > 0
    assert largest.along[DARK] == above.along[DARK] == 0
    assert not below.along.any()


class Nudged(nn.Module):
    """An extractor with a little more of one feature of one slice."""

    def __init__(self, within: nn.Module, position: int, feature: int, more: float) -> None:
        super().__init__()
        self.within, self.at, self.more = within, (position, feature), more

    def forward(self, grey: torch.Tensor) -> torch.Tensor:
        found = self.within(grey).clone()
        found[self.at] += self.more
        return found


def curved(kind: type[LuCnn], others: list[str]) -> LuCnn:
    """Twelve support vectors on both sides, round where features of a random ResNet-18 lie."""
    made = lu(features=(3, 77), others=others, kind=kind)
    rng = np.random.default_rng(8)
    p = len(made.vector.design.columns)
    design = replace(made.vector.design, mean=np.full(p, 0.5), sd=rng.uniform(0.2, 2, p))
    machine = replace(
        made.vector.machine, vectors=rng.normal(size=(12, p)), dual=rng.normal(size=12), gamma=1 / p
    )
    return replace(made, vector=LuVector(design, machine, made.threshold))


@pytest.mark.parametrize(
    ("kind", "others"), [(LuCnn, []), (LuFusion, ["lu2024:a"])], ids=["network", "with radiomics"]
)
def test_slopes_against_differences_of_the_probability(kind: type[LuCnn], others: list[str], subject: Head):
    """Of each chosen feature of each slice; those that were not chosen change nothing."""
    made = curved(kind, others)
    patient = replace(subject.patient, radiomics=dict.fromkeys(others, 1.3))
    grey = three_slices(subject.scan, subject.labels, made.pixels).grey
    step = 0.05

    def log_odds(nudged: nn.Module) -> float:
        return logit(made.vector.predict(deep_features(patient, grey, nudged, made.kind, "cpu")).probability)

    for position, view in enumerate(made.views(patient)):
        assert set(np.flatnonzero(view.along)) == {3, 77}
        for feature in (3, 77, 78):
            above, below = (
                log_odds(Nudged(made.extractor, position, feature, way * step)) for way in (1, -1)
            )
            assert float(view.along[feature]) == pytest.approx(
                (above - below) / (2 * step), rel=5e-3, abs=1e-6
            )


def test_radiomics_bend_the_slopes_and_must_be_known(subject: Head):
    made = curved(LuFusion, ["lu2024:a"])
    (one, *_), (other, *_) = (
        made.views(replace(subject.patient, radiomics={"lu2024:a": known})) for known in (-2.0, 2.0)
    )
    assert not np.allclose(one.along, other.along, rtol=0.05)
    with pytest.raises(MissingInput, match="radiomics:lu2024:a: not known"):
        made.views(subject.patient)


def test_the_network_is_left_as_it_was(subject: Head):
    made = lu()
    explain(made, subject.patient, "cpu")
    assert not any(values.requires_grad for values in made.extractor.parameters())
    assert not made.extractor.network.layer4._forward_hooks
