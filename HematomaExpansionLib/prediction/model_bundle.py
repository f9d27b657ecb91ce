"""Predictors as bundles: safetensors with every fitted number, metadata and a card. No pickles."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..bundle import CARD, METADATA, WEIGHTS, Bundle, Metadata, sha256
from ..errors import ModelError
from ..files import folder_written_whole
from .model_card import model_card
from .patient import Patient
from .placement import device_of
from .population import population_of
from .prediction import Prediction
from .predictor import Predictor, State

EXPANSION = "expansion"
LICENCE = "Apache-2.0, Copyright HematomaExpansion contributors"
INTENDED_USE = (
    "Probability of haematoma expansion from the baseline, for research. Not for clinical decisions."
)
SIMULATED = (
    "Trained on simulated patients and never tested on real ones: "
    "its probability says nothing about a real patient."
)
NOT_VALIDATED = (
    "Trained on the cohort of one user and not validated elsewhere: its probability is not for any decision."
)


@dataclass(frozen=True)
class LoadedPredictor:
    """A predictor with the verified bundle it came from."""

    bundle: Bundle
    predictor: Predictor

    def predict(self, patient: Patient) -> Prediction:
        """The predictor's estimate with the model's name, threshold, warning and hash."""
        estimate = self.predictor.predict(patient)
        metadata, threshold = self.bundle.metadata, self.predictor.threshold
        return Prediction(
            **dict(estimate) | {"warnings": (*estimate.warnings, *outside(metadata.name, patient))},
            model=metadata.name,
            version=metadata.version,
            outcome=self.predictor.outcome.name,
            outcome_rule=self.predictor.outcome.rule,
            threshold=None if threshold is None else threshold.probability,
            threshold_rule="" if threshold is None else threshold.rule,
            expected=None if threshold is None else threshold.reached_by(estimate.probability),
            warning=metadata.warning,
            weights_sha256=metadata.weights_sha256,
            intended_use=metadata.intended_use,
            device=device_of(self.predictor),
        )


def outside(model: str, patient: Patient) -> tuple[str, ...]:
    """The warning for a patient whom the model was not made for; empty when there is nothing to warn of."""
    population = population_of(model)
    criteria = () if population is None else population.outside(patient)
    return (f"Outside the population of the model: {', '.join(criteria)}.",) if criteria else ()


def save_predictor(
    predictor: Predictor,
    folder: Path,
    *,
    training: Mapping[str, Any],
    metrics: Mapping[str, Any],
    simulated: bool,
    preprocessing: Mapping[str, Any] | None = None,
) -> Metadata:
    """Write a predictor as a bundle, whole or not at all; the same predictor gives the same bytes.

    Nothing of a test set may be in ``training`` or ``metrics``: it is written beside the bundle, not into it.

    Args:
        predictor: fitted.
        folder: the bundle.
        training: data, seed, policy for missing values, versions.
        metrics: what was measured on the training patients, and how.
        simulated: whether the training patients were simulated.
        preprocessing: of images; None for a model without images.

    Raises:
        OutputError: the folder cannot be written.
    """
    from safetensors.numpy import save_file

    state = predictor.state()
    with folder_written_whole(folder) as temporary:
        # np.ascontiguousarray would make a list of one of a single number.
        arrays = {name: np.asarray(state.arrays[name], order="C") for name in sorted(state.arrays)}
        save_file(arrays, temporary / WEIGHTS)
        digest = sha256(temporary / WEIGHTS)
        metadata = Metadata(
            name=predictor.name,
            version=digest[:12],
            architecture=predictor.name,
            architecture_parameters=dict(state.parameters),
            classes=(EXPANSION,),
            outcome=predictor.outcome.name,
            preprocessing=dict(preprocessing or {}),
            training=dict(training),
            metrics=dict(metrics),
            licence=LICENCE,
            intended_use=INTENDED_USE,
            warning=SIMULATED if simulated else NOT_VALIDATED,
            weights_sha256=digest,
        )
        (temporary / METADATA).write_text(metadata.model_dump_json(indent=2) + "\n", encoding="utf-8")
        (temporary / CARD).write_text(model_card(metadata, predictor.outcome.rule), encoding="utf-8")
    return metadata


def load_state(bundle: Bundle) -> State:
    """The state in a verified bundle.

    Raises:
        ModelError: the weights are not safetensors, or not all of them are numbers.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        arrays = load_file(bundle.weights)
    except SafetensorError as error:
        raise ModelError(f"{bundle.weights}: is not a safetensors file ({error})") from error
    for name, values in arrays.items():
        if not np.isfinite(values).all():
            raise ModelError(f"{bundle.weights}: {name} holds NaN or infinity; finite numbers are allowed")
    return State(bundle.metadata.architecture_parameters, arrays)
