"""The fusion as a predictor: a calibrated probability with an interval, or a refusal to judge."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from ...errors import InputRefused
from ..column import Column, columns_named
from ..locking import ThresholdRule, lock, threshold_of, threshold_state
from ..outcome import LEE2024, LU2024, NING2025, Outcome
from ..patient import Patient
from ..prediction import Contribution, Estimate
from ..predictor import Predictor, State, Threshold
from .calibrator import Calibrator, Kind, fit_calibrator
from .ensemble import MEMBERS, Ensemble, fit_ensemble
from .inputs import IMAGE_SCORE, KNOWN, chosen_radiomics, informative, log_odds, numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

AGREEMENT = 0.8
"""Share of the members that must be on one side of the threshold; with less the fusion abstains."""
KNOWN_SHARE = 0.5
"""Share of the inputs that must be known; with less it abstains."""
INTERVAL = "2.5th to 97.5th percentile of the members, each fitted to a bootstrap sample of the patients"
_IMAGE = "image."


@dataclass(frozen=True)
class Judgement:
    """What the ensemble says of one patient, whether or not it abstains.

    Attributes:
        probability: calibrated.
        interval: 2.5th and 97.5th percentile of the members' calibrated probabilities.
        agreement: share of the members that are on the side of the threshold where most are, 0.5-1.
        known: share of the inputs that are known.
    """

    probability: float
    interval: tuple[float, float]
    agreement: float
    known: float

    @property
    def doubt(self) -> str:
        """Why the fusion abstains; empty when it does not."""
        if self.known < KNOWN_SHARE:
            return (
                f"abstains: {self.known:.0%} of its inputs are known; at least {KNOWN_SHARE:.0%} are needed"
            )
        if self.agreement < AGREEMENT:
            return (
                f"abstains: {self.agreement:.0%} of its members are on one side of the threshold; "
                f"at least {AGREEMENT:.0%} must agree"
            )
        return ""


@dataclass(frozen=True)
class Fusion:
    """An ensemble of ridge regressions on clinical record, blood, markers, radiomics and an image model.

    Attributes:
        columns: the inputs.
        ensemble: fitted to all training patients.
        calibrator: fitted to log odds out of fold.
        threshold: largest Youden index of the calibrated probabilities out of fold.
        image: the model that gives the image score; None without.
    """

    name: ClassVar[str] = "fusion-rhe-ning"
    outcome: ClassVar[Outcome] = NING2025

    columns: tuple[Column, ...]
    ensemble: Ensemble
    calibrator: Calibrator
    threshold: Threshold
    image: Predictor | None = None

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the values and features, and whatever the image model asks for."""
        own = dict.fromkeys(name for column in self.columns for name in column.inputs if name != IMAGE_SCORE)
        return tuple(own | dict.fromkeys(() if self.image is None else self.image.inputs))

    @property
    def image_weight(self) -> float:
        """How the log odds before calibration rise with those of the image model.

        Calibration turns no order round. 0 where it says the same of everybody, or where the image model's
        score is not among the inputs.
        """
        names = [column.name for column in self.columns]
        if IMAGE_SCORE not in names or self.calibrator.is_flat:
            return 0.0
        place = names.index(IMAGE_SCORE)
        return float(self.ensemble.coefficients[:, 1 + place].mean() / self.ensemble.sd[place])

    @classmethod
    def fit(
        cls,
        patients: Sequence[Patient],
        folds: Sequence[int],
        seed: int,
        *,
        image: Predictor | None = None,
        members: int = MEMBERS,
        calibration: Kind = "platt",
    ) -> "tuple[Self, NDArray[np.float64]]":
        """Fit to training patients.

        Args:
            patients: with a known outcome; with the image score, out of fold, among their values.
            folds: of each patient, for calibration and threshold.
            seed: of everything random.
            image: the model that gives the image score to new patients.
            members: of the ensemble.
            calibration: kind of the calibrator.

        Returns:
            The predictor, and the training patients' log odds out of fold ``[n]``.

        Raises:
            InputRefused: one outcome only, in all or outside of a fold, or nothing is known of the patients.
        """
        outcome = np.array([one.expansion is True for one in patients], dtype=bool)
        of = np.asarray(folds)
        held_out = np.empty(len(patients))
        for fold in np.unique(of):
            learnt = [one for one, where in zip(patients, of, strict=True) if where != fold]
            columns, ensemble = _fitted(cls.name, learnt, seed, members)
            rows = numbers(columns, [one for one, where in zip(patients, of, strict=True) if where == fold])
            held_out[of == fold] = ensemble.log_odds(rows).mean(axis=1)
        columns, ensemble = _fitted(cls.name, patients, seed, members)
        calibrator = fit_calibrator(held_out, outcome, calibration)
        threshold = lock(ThresholdRule.YOUDEN, outcome, calibrator.probability(held_out))
        used = any(IMAGE_SCORE in column.inputs for column in columns)
        return cls(columns, ensemble, calibrator, threshold, image if used else None), held_out

    def judge_values(self, patient: Patient) -> Judgement:
        """What the ensemble says, from a patient with the image score among the values."""
        row = numbers(self.columns, [patient])
        members = self.ensemble.log_odds(row)[0]
        each = self.calibrator.probability(members)
        low, high = np.percentile(each, (2.5, 97.5))
        expected = float(np.mean(each >= self.threshold.probability))
        return Judgement(
            probability=float(self.calibrator.probability(members.mean())),
            interval=(float(low), float(high)),
            agreement=max(expected, 1 - expected),
            known=float(np.mean(~np.isnan(row))),
        )

    def predict(self, patient: Patient) -> Estimate:
        """The probability, or why the fusion abstains; the interval stands there either way.

        Raises:
            InputRefused: the image model cannot read the scan.
        """
        warnings: tuple[str, ...] = ()
        if self.image is not None:
            seen = self.image.predict(patient)
            score = None if seen.probability is None else log_odds(seen.probability)
            patient = replace(patient, values={**patient.values, IMAGE_SCORE: score})
            if score is None:
                warnings = (f"{self.image.name}: {seen.reason}",)
        said = self.judge_values(patient)
        row = numbers(self.columns, [patient])[0]
        unknown = [column for column, number in zip(self.columns, row, strict=True) if np.isnan(number)]
        missing = tuple(dict.fromkeys(name for column in unknown for name in column.missing(patient)))
        if missing:
            warnings += (
                f"{', '.join(missing)}: not known; each member puts another training patient's value there, "
                "which widens the interval.",
            )
        added = self.ensemble.contributions(row)
        return Estimate(
            probability=None if said.doubt else said.probability,
            reason=said.doubt,
            interval=said.interval,
            interval_method=INTERVAL,
            missing=missing,
            contributions=tuple(
                Contribution(name=column.name, value=float(number), log_odds=float(more))
                for column, number, more in zip(self.columns, row, added, strict=True)
                if not np.isnan(number)
            ),
            warnings=warnings,
        )

    def state(self) -> State:
        """Every fitted number, and the image model within."""
        parameters: dict[str, Any] = {
            "columns": [column.name for column in self.columns],
            "calibration": self.calibrator.kind,
            "threshold_rule": self.threshold.rule,
            "agreement": AGREEMENT,
            "known_share": KNOWN_SHARE,
            "image": None,
        }
        arrays = self.ensemble.arrays() | threshold_state(self.threshold)
        arrays |= {"calibration_x": self.calibrator.x, "calibration_y": self.calibrator.y}
        if self.image is not None:
            within = self.image.state()
            parameters["image"] = {"name": self.image.name, "parameters": dict(within.parameters)}
            arrays |= {_IMAGE + name: values for name, values in within.arrays.items()}
        return State(parameters, arrays)

    @classmethod
    def from_state(cls, state: State) -> Self:
        """Make it again.

        Raises:
            KeyError: the state lacks something.
            ValueError: the state does not fit together.
        """
        columns = columns_named(state.parameters["columns"], KNOWN)
        kind = state.parameters["calibration"]
        if kind not in ("platt", "isotonic"):
            raise ValueError(f"calibration {kind}; platt or isotonic is known")
        return cls(
            columns,
            Ensemble.from_arrays(state.arrays, len(columns)),
            Calibrator(kind, state.arrays["calibration_x"], state.arrays["calibration_y"]),
            threshold_of(state),
            _image_of(state),
        )


class FusionChe(Fusion):
    """For conventional expansion, at least 6 mL or 33 % (Lee 2024)."""

    name: ClassVar[str] = "fusion-che"
    outcome: ClassVar[Outcome] = LEE2024


class FusionCheStrict(Fusion):
    """For conventional expansion, more than 6 mL or 33 % (Zhong 2021, Lu 2024)."""

    name: ClassVar[str] = "fusion-che-strict"
    outcome: ClassVar[Outcome] = LU2024


KINDS: dict[str, type[Fusion]] = {kind.outcome.name: kind for kind in (Fusion, FusionChe, FusionCheStrict)}
"""The fusion for an outcome by its name."""


def _fitted(
    name: str, patients: Sequence[Patient], seed: int, members: int
) -> tuple[tuple[Column, ...], Ensemble]:
    outcome = np.array([one.expansion is True for one in patients], dtype=bool)
    if not 0 < outcome.sum() < len(outcome):
        raise InputRefused(
            f"{name}: {outcome.sum()} of {len(outcome)} patients to learn from expanded; some with and some "
            "without expansion are needed"
        )
    columns = tuple(informative([*KNOWN, *chosen_radiomics(patients)], patients))
    if not columns:
        raise InputRefused(f"{name}: no input is known in half of the patients and differs among them")
    rows = numbers(columns, patients)
    return columns, fit_ensemble(rows, outcome, np.random.default_rng(seed), members)


def _image_of(state: State) -> Predictor | None:
    from ..registry import predictor_class

    within = state.parameters["image"]
    if within is None:
        return None
    arrays = {
        name.removeprefix(_IMAGE): values for name, values in state.arrays.items() if name.startswith(_IMAGE)
    }
    return predictor_class(within["name"]).from_state(State(within["parameters"], arrays))
