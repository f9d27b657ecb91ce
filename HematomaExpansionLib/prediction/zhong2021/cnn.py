"""The deep model of Zhong 2021: expansion from the deepest layer of a network that outlines the haematoma."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from ...device import choose_device
from ...errors import NotAHeadCT
from ..image_predictor import Judge, Places, View, load_weights, weights_of
from ..locking import threshold_of, threshold_state
from ..outcome import ZHONG2021, Outcome
from ..patient import Patient
from ..prediction import Estimate
from ..predictor import State, Threshold
from ..reasons import not_available
from .preprocessing import ZhongSettings, prepare

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ...networks.zhong_unet3d import ZhongUNet3d

_NETWORK = "network."


@dataclass(frozen=True)
class ZhongCnn:
    """From the baseline CT alone to the probability of expansion; no outline and no clinical value is needed.

    Attributes:
        settings: size of input and network.
        network: trained.
        threshold: locked; the paper does not say how its operating point was chosen.
        device: ``"auto"``, ``"cpu"`` or ``"cuda"``.
    """

    name: ClassVar[str] = "zhong2021-cnn"
    outcome: ClassVar[Outcome] = ZHONG2021

    settings: ZhongSettings
    network: "ZhongUNet3d"
    threshold: Threshold
    device: str = "auto"

    @property
    def inputs(self) -> tuple[str, ...]:
        """The baseline CT."""
        return ("baseline",)

    def predict(self, patient: Patient) -> Estimate:
        """The probability.

        Raises:
            InputRefused: the scan cannot be read.
        """
        if patient.baseline is None:
            return not_available(["baseline"])
        scan = patient.scan()
        try:
            image, _ = prepare(scan, self.settings)
        except NotAHeadCT:
            return Estimate(reason="skull stripping leaves no brain of a plausible volume")
        return Estimate(probability=self.probability(image))

    def probability(self, image: "NDArray[np.float32]") -> float:
        """The probability for a prepared input ``[z, y, x]``, see :func:`.preprocessing.prepare`."""
        import torch

        device = choose_device(self.device)
        with torch.inference_mode():
            logit = self.network.to(device).eval().judge_image(torch.from_numpy(image)[None, None].to(device))
        return float(logit.sigmoid())

    def views(self, patient: Patient) -> Sequence[View]:
        """The one input, see :class:`..image_predictor.ImagePredictor`.

        Raises:
            InputRefused: the scan cannot be read, or has no plausible brain.
        """
        import torch

        image, grid = prepare(patient.scan(), self.settings)
        return (View(torch.from_numpy(image)[None, None], grid),)

    def judge(self) -> Judge:
        """The network without its decoder; the last convolution is the second one of the classifier."""
        return Judge(
            self.network, lambda network, image: network.judge_image(image), "classifier.3", Places(4)
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
        from ...networks.zhong_unet3d import MULTIPLE, ZhongUNet3d

        settings = ZhongSettings.read(state.parameters["settings"])
        if any(side % MULTIPLE for side in settings.shape):
            raise ValueError(f"shape {settings.shape}; multiples of {MULTIPLE} are allowed")
        network = ZhongUNet3d(settings.width)
        load_weights(network, state.arrays, _NETWORK)
        return cls(settings, network.eval(), threshold_of(state))
