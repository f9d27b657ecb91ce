"""Image-to-HE and Integrated-to-HE of Lee 2024: a scan's nDL score, alone and with the clinical variables."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from ...device import choose_device
from ...errors import MissingInput
from ..column import value
from ..image_predictor import Judge, Places, View
from ..input_grid import InputGrid
from ..locking import ThresholdRule
from ..logistic import Logistic
from ..outcome import LEE2024, Outcome
from ..patient import Patient
from ..prediction import Estimate
from ..predictor import State, Threshold
from ..reasons import not_available
from .clinical import CLINICAL
from .networks import LeeNetworks, LeeSettings
from .slices import grey_slices

if TYPE_CHECKING:
    from numpy.typing import NDArray

NDL = "ndl_score"
NO_SCORE = "the networks find no haematoma in any slice, so there is no nDL score"
_NETWORKS, _REGRESSION = "networks.", "regression."
_SCORE = value(NDL, "nDL score, 0-100")


class ImageRegression(Logistic):
    """Expansion on the nDL score alone (Table 2, Image-to-HE)."""

    name: ClassVar[str] = "lee2024-image"
    outcome: ClassVar[Outcome] = LEE2024
    columns = (_SCORE,)
    threshold_rule: ClassVar[ThresholdRule] = ThresholdRule.YOUDEN


class IntegratedRegression(Logistic):
    """Expansion on age, GCS group, fibrinogen and the nDL score (Table 2, Integrated-to-HE)."""

    name: ClassVar[str] = "lee2024-integrated"
    outcome: ClassVar[Outcome] = LEE2024
    columns = (*CLINICAL, _SCORE)
    threshold_rule: ClassVar[ThresholdRule] = ThresholdRule.YOUDEN


def with_score(patient: Patient, normalised: float | None) -> Patient:
    """The patient with the nDL score among the values, as the regressions ask for it."""
    return replace(patient, values={**patient.values, NDL: normalised})


@dataclass(frozen=True)
class LeeImage:
    """From the baseline CT to the nDL score, and by a logistic regression to the probability.

    The paper fits the regressions to the nDL scores that the networks give the patients they were trained
    on, which are too good. Here they are fitted to scores out of fold (:mod:`training.lee2024_cnn`).

    Attributes:
        networks: the three networks.
        regression: fitted to nDL scores.
        device: ``"auto"``, ``"cpu"`` or ``"cuda"``.
    """

    name: ClassVar[str] = "lee2024-image"
    outcome: ClassVar[Outcome] = LEE2024
    kind: ClassVar[type[Logistic]] = ImageRegression

    networks: LeeNetworks
    regression: Logistic
    device: str = "auto"

    @property
    def inputs(self) -> tuple[str, ...]:
        """The baseline CT, and the values of the regression."""
        return ("baseline", *(name for name in self.regression.inputs if name != NDL))

    @property
    def threshold(self) -> Threshold:
        """The one of the regression."""
        return self.regression.threshold

    def predict(self, patient: Patient) -> Estimate:
        """The probability; the nDL score stands among the contributions.

        Raises:
            InputRefused: the scan cannot be read.
        """
        missing = [name for name in self.inputs if name != "baseline" and patient.values.get(name) is None]
        if patient.baseline is None:
            return not_available(["baseline", *missing])
        if missing and self.regression.design.policy == "complete-case":
            return not_available(missing)
        score = self.networks.score(patient.scan().hu, choose_device(self.device))
        if score.normalised is None:
            return Estimate(reason=NO_SCORE)
        return self.regression.predict(with_score(patient, score.normalised))

    def views(self, patient: Patient) -> Sequence[View]:
        """The slices that count, each by its area; see :class:`..image_predictor.ImagePredictor`.

        Raises:
            InputRefused: the scan cannot be read, or no slice shows a haematoma.
        """
        scan = patient.scan()
        score = self.networks.score(scan.hu, choose_device(self.device))
        if score.normalised is None:
            raise MissingInput(f"{scan.name}: {NO_SCORE}")
        size = self.networks.settings.size
        grey = grey_slices(scan.hu, size)
        columns, rows, _ = scan.image.GetSize()
        return [
            View(
                grey[z][None],
                InputGrid.in_box(
                    scan.image,
                    np.array([z - 0.5, -0.5, -0.5]),
                    np.array([z + 0.5, rows - 0.5, columns - 0.5]),
                    (1, size, size),
                ),
                area,
            )
            for z, area in zip(score.slices, score.areas, strict=True)
        ]

    def judge(self) -> Judge:
        """U-Net and Image-to-HE of a slice; the last convolution is the second one that mixes both."""
        from torch import nn

        parts = nn.ModuleDict({"unet": self.networks.unet, "image_to_he": self.networks.image_to_he})
        return Judge(
            parts,
            lambda both, grey: both["image_to_he"](grey, both["unet"](grey)[1])[0],
            "image_to_he.mix.1",
            # The slice's own features lie at 0, 16, 32 ..., those of the U-Net 7.5 further: between them.
            Places(16, 3.75),
        )

    def state(self) -> State:
        """The weights of the networks and the fitted numbers of the regression."""
        fitted = self.regression.state()
        networks, regression = self.networks.arrays(), fitted.arrays
        return State(
            {"networks": self.networks.settings.record(), "regression": dict(fitted.parameters)},
            {_NETWORKS + name: values for name, values in networks.items()}
            | {_REGRESSION + name: values for name, values in regression.items()},
        )

    @classmethod
    def from_state(cls, state: State) -> Self:
        """Make it again.

        Raises:
            KeyError: the state lacks something.
            ValueError: the state does not fit together.
        """
        settings = LeeSettings.read(state.parameters["networks"])
        networks = LeeNetworks.from_arrays(settings, _part(state, _NETWORKS))
        fitted = State(state.parameters["regression"], _part(state, _REGRESSION))
        return cls(networks, cls.kind.from_state(fitted))


class LeeIntegrated(LeeImage):
    """Integrated-to-HE: the nDL score with age, GCS group and fibrinogen; complete cases only, as there."""

    name: ClassVar[str] = "lee2024-integrated"
    kind: ClassVar[type[Logistic]] = IntegratedRegression


def _part(state: State, prefix: str) -> "dict[str, NDArray[Any]]":
    return {
        name.removeprefix(prefix): values for name, values in state.arrays.items() if name.startswith(prefix)
    }
