"""The deep models of Lu 2024: features of frozen networks, alone and with radiomics, in a vector machine."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from ...device import Device, choose_device
from ...errors import InputRefused, MissingInput, UsageError
from ..column import RADIOMICS, radiomics
from ..feature_choice import candidates
from ..image_predictor import Judge, Places, View, load_weights, weights_of
from ..outcome import LU2024, Outcome
from ..patient import Patient
from ..prediction import Estimate
from ..predictor import State, Threshold
from ..reasons import not_available
from ..vector_machine import machine_of
from ..vector_predictor import VectorPredictor
from .radiomics import COSTS, FOLDS, MOST, PREFIX
from .slices import PIXELS, POSITIONS, three_slices

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ...networks.lu_extractor import LuExtractor, Name

DEEP = "lu2024-cnn:"
"""Prefix of the key of a deep feature among a patient's features."""
CANDIDATES = 200
NO_DEEP_FEATURE = "no feature of the network was chosen: the model judges radiomics features alone"
_NETWORK = "extractor."


class LuVector(VectorPredictor):
    """The vector machine on the chosen features."""

    name: ClassVar[str] = "lu2024-vector"
    outcome: ClassVar[Outcome] = LU2024
    columns = ()


@dataclass(frozen=True)
class LuCnn:
    """Three slices through a frozen network; sequential forward selection; a support vector machine.

    The paper evaluates slices and keeps the model with the best accuracy on its test set. Neither is repeated
    here: slices of one patient on both sides of a division, and a test set that chooses, both make a model
    look better than it is. Patients are divided, and features are chosen on training patients alone.

    The paper counts 6,144 features of ResNet-50, three times its last 2,048, and 4,096 of Inception v3, whose
    last layer has 2,048 too; three slices make 6,144 for both here.

    The paper augments the slices and trains a softmax on top with Adam, but its figures come from the vector
    machine. With every layer frozen, turned copies of a slice would only be rows of the same patient again,
    so slices are not augmented.

    Forward selection tries every candidate at every step; of thousands, only those that tell the training
    patients' outcomes apart best, one by one, are candidates.

    Attributes:
        extractor: the frozen network.
        kind: its name.
        vector: fitted to the chosen features.
        pixels: rows and columns of a slice.
        device: ``"auto"``, ``"cpu"`` or ``"cuda"``.
    """

    name: ClassVar[str] = "lu2024-cnn"
    outcome: ClassVar[Outcome] = LU2024
    prefixes: ClassVar[tuple[str, ...]] = (DEEP,)

    extractor: "LuExtractor"
    kind: "Name"
    vector: LuVector
    pixels: int = PIXELS
    device: str = "auto"

    @property
    def inputs(self) -> tuple[str, ...]:
        """The baseline with its mask, and the radiomics features that were chosen."""
        chosen = (name for name in self.vector.inputs if not name.startswith(RADIOMICS + DEEP))
        return ("baseline", "baseline_mask", *chosen)

    @property
    def threshold(self) -> Threshold:
        """A probability of one half."""
        return self.vector.threshold

    @classmethod
    def fit_features(
        cls,
        extractor: "LuExtractor",
        kind: "Name",
        patients: Sequence[Patient],
        seed: int,
        pixels: int = PIXELS,
        most_candidates: int = CANDIDATES,
    ) -> Self:
        """Choose features and cost, and fit.

        Args:
            extractor: that the patients' deep features are of.
            kind: its name.
            patients: training patients with deep features, see :func:`deep_features`.
            seed: of the folds.
            pixels: of the slices that the features are of.
            most_candidates: for the forward selection.

        Raises:
            InputRefused: features that are needed are absent, or too few patients of one outcome.
        """
        from ...radiomics.forward import choose_forward
        from ...statistics.roc import mann_whitney_auc

        usable = [one for one in patients if all(_has(one, prefix) for prefix in cls.prefixes)]
        parts = [candidates(usable, prefix) for prefix in cls.prefixes]
        values = np.hstack([part[0] for part in parts])
        names = [name for part in parts for name in part[2]]
        outcome = parts[0][1]
        apart = np.abs(mann_whitney_auc(values[outcome == 1].T, values[outcome == 0].T) - 0.5)
        best = np.sort(np.argsort(-apart, kind="stable")[:most_candidates])
        values, names = values[:, best], [names[index] for index in best]
        try:
            tried = [
                (choose_forward(machine_of(cost), values, outcome, names, seed, MOST, folds=FOLDS), cost)
                for cost in COSTS
            ]
        except UsageError as error:
            raise InputRefused(f"{cls.name}: {error}") from error
        choice, cost = max(tried, key=lambda pair: pair[0].scores[-1])
        columns = [radiomics(name) for name in choice.names]
        vector = LuVector.fit_columns(columns, usable, seed, "complete-case", cost)
        return cls(extractor, kind, vector, pixels)

    def predict(self, patient: Patient) -> Estimate:
        """The probability by Platt's sigmoid.

        Raises:
            InputRefused: the scan or its mask cannot be read.
        """
        missing = [
            name
            for name, given in (("baseline", patient.baseline), ("baseline_mask", patient.baseline_mask))
            if given is None
        ]
        if missing:
            return not_available(missing)
        scan = patient.scan()
        try:
            grey = three_slices(scan, patient.labels(scan), self.pixels).grey
        except MissingInput as error:
            return Estimate(reason=str(error))
        device = choose_device(self.device)
        return self.vector.predict(deep_features(patient, grey, self.extractor, self.kind, device))

    def views(self, patient: Patient) -> Sequence[View]:
        """The three slices; see :class:`..image_predictor.ImagePredictor`.

        The vector machine judges the features of all three together, so that the slopes of one slice's
        features depend on the other slices and on the radiomics features. A slice of which no feature was
        chosen has slopes of 0.

        Raises:
            InputRefused: scan or segmentation cannot be read, the slices cannot be prepared, a feature that
                was chosen is not known, or none that was chosen is of the network.
        """
        import torch

        if not any(name.startswith(RADIOMICS + DEEP) for name in self.vector.inputs):
            raise MissingInput(NO_DEEP_FEATURE)
        scan = patient.scan()
        slices = three_slices(scan, patient.labels(scan), self.pixels)
        device = choose_device(self.device)
        known = deep_features(patient, slices.grey, self.extractor, self.kind, device)
        said = self.vector.predict(known)
        if said.probability is None:
            raise MissingInput(said.reason)
        slopes = self.vector.slopes(known)
        return [
            View(
                torch.from_numpy(grey)[None, None],
                slices.grid.slice_at(number),
                along=torch.tensor(
                    [
                        slopes.get(RADIOMICS + _key(self.kind, position, feature), 0.0)
                        for feature in range(self.extractor.features)
                    ]
                ),
            )
            for position, grey, number in zip(POSITIONS, slices.grey, slices.numbers, strict=True)
        ]

    def judge(self) -> Judge:
        """The frozen network, whose features are the means of its last convolution.

        On a slice of 128 pixels that has 4 x 4 places in ResNet, 48 mm apart, and 2 x 2 in Inception: such a
        map tells little more than the part of the head.
        """
        return Judge(
            self.extractor,
            lambda network, grey: network(grey[:, 0]),
            self.extractor.last_convolution,
            Places(*self.extractor.places),
        )

    def state(self) -> State:
        """Weights of the frozen network, and the vector machine."""
        fitted = self.vector.state()
        return State(
            {**fitted.parameters, "extractor": self.kind, "pixels": self.pixels},
            weights_of(self.extractor, _NETWORK) | dict(fitted.arrays),
        )

    @classmethod
    def from_state(cls, state: State) -> Self:
        """Make it again.

        Raises:
            KeyError: the state lacks something.
            ValueError: the state does not fit together.
            ModelError: Inception v3 is needed and torchvision is not there.
        """
        from ...networks.lu_extractor import NAMES, LuExtractor

        named = state.parameters["extractor"]
        kind = next((one for one in NAMES if one == named), None)
        if kind is None:
            raise ValueError(f"extractor {named}; known are {', '.join(NAMES)}")
        extractor = LuExtractor(kind)
        load_weights(extractor, state.arrays, _NETWORK)
        vector = LuVector.from_state(state)
        return cls(extractor, kind, vector, int(state.parameters["pixels"]))


class LuFusion(LuCnn):
    """The paper's fusion: deep features and the 107 radiomics features chosen from together."""

    name: ClassVar[str] = "lu2024-fusion"
    prefixes: ClassVar[tuple[str, ...]] = (DEEP, PREFIX)


def deep_features(
    patient: Patient, grey: "NDArray[np.float32]", extractor: "LuExtractor", kind: str, device: Device
) -> Patient:
    """The patient with the features of the three slices among the others.

    Args:
        patient: to add to.
        grey: ``[3, y, x]`` from :func:`.slices.three_slices`.
        extractor: the frozen network.
        kind: its name.
        device: where to compute.
    """
    import torch

    with torch.inference_mode():
        found = extractor.to(device)(torch.from_numpy(grey).to(device)).cpu().numpy()
    features = {
        _key(kind, position, number): float(value)
        for position, values in zip(POSITIONS, found, strict=True)
        for number, value in enumerate(values)
    }
    return replace(patient, radiomics={**patient.radiomics, **features})


def _key(kind: str, position: str, number: int) -> str:
    """Of a feature of the slice at a position among a patient's features."""
    return f"{DEEP}{kind}:{position}:{number:04d}"


def _has(patient: Patient, prefix: str) -> bool:
    return patient.expansion is not None and any(name.startswith(prefix) for name in patient.radiomics)
