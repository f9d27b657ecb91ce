"""The deep models of Ning 2025: revised expansion from the haematoma, cropped in two or three dimensions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from ...device import choose_device
from ...errors import MissingInput
from ..image_predictor import Judge, Places, View, load_weights, weights_of
from ..locking import threshold_of, threshold_state
from ..outcome import NING2025, Outcome
from ..patient import Patient
from ..prediction import Estimate
from ..predictor import State, Threshold
from ..reasons import not_available
from .preprocessing import prepare
from .settings import NingSettings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from ...networks.ning_densenet import NingDenseNet
    from ...networks.ning_resnet import NingResNet

_NETWORK = "network."


@dataclass(frozen=True)
class NingCnn:
    """From the baseline CT and its segmentation to the probability of revised expansion.

    Attributes:
        settings: which network.
        network: trained.
        threshold: locked; the paper does not say how its operating point was chosen.
        device: ``"auto"``, ``"cpu"`` or ``"cuda"``.
    """

    name: ClassVar[str] = "ning2025-cnn"
    outcome: ClassVar[Outcome] = NING2025

    settings: NingSettings
    network: "NingResNet | NingDenseNet"
    threshold: Threshold
    device: str = "auto"

    @property
    def inputs(self) -> tuple[str, ...]:
        """The baseline CT and its segmentation."""
        return ("baseline", "baseline_mask")

    def predict(self, patient: Patient) -> Estimate:
        """The probability.

        Raises:
            InputRefused: scan or segmentation cannot be read.
        """
        missing = [name for name in self.inputs if getattr(patient, name) is None]
        if missing:
            return not_available(missing)
        scan = patient.scan()
        try:
            image, _ = prepare(scan, patient.labels(scan), self.settings)
        except MissingInput:
            return Estimate(
                reason=f"the segmentation shows no {' or '.join(self.settings.region)} to crop to"
            )
        return Estimate(probability=self.probability(image))

    def probability(self, image: "NDArray[np.float32]") -> float:
        """The probability for a prepared input, see :func:`.preprocessing.prepare`."""
        import torch

        device = choose_device(self.device)
        with torch.inference_mode():
            logit = self.network.to(device).eval()(self.as_tensor(image).to(device))
        return float(logit.sigmoid())

    def as_tensor(self, image: "NDArray[np.float32]") -> "Tensor":
        """A prepared input as the network takes it: ``[1, 1, y, x]`` or ``[1, 1, z, y, x]``."""
        import torch

        tensor = torch.from_numpy(image)[None]
        return tensor if self.settings.dimensions == 2 else tensor[None]

    def views(self, patient: Patient) -> Sequence[View]:
        """The one input, see :class:`..image_predictor.ImagePredictor`.

        Raises:
            InputRefused: scan or segmentation cannot be read, or there is nothing to crop to.
        """
        scan = patient.scan()
        image, grid = prepare(scan, patient.labels(scan), self.settings)
        return (View(self.as_tensor(image), grid),)

    def judge(self) -> Judge:
        """The network; the features are those of its last stage."""
        return Judge(
            self.network,
            lambda network, image: network(image),
            self.network.LAST_CONVOLUTION,
            Places(*self.network.PLACES),
        )

    def state(self) -> State:
        """Settings, weights and threshold."""
        return State(
            {"settings": self.settings.record(), "threshold_rule": self.threshold.rule},
            weights_of(self.network, _NETWORK) | threshold_state(self.threshold),
        )

    @classmethod
    def from_state(cls, state: State) -> Self:
        """Make it again.

        Raises:
            KeyError: the state lacks something.
            ValueError: the state does not fit together.
        """
        settings = NingSettings.read(state.parameters["settings"])
        network = settings.network()
        load_weights(network, state.arrays, _NETWORK)
        return cls(settings, network.eval(), threshold_of(state))
