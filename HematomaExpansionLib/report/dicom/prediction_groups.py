"""Groups of the report for what models say of the patient, from the baseline."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...prediction.prediction import Prediction
from .codes import private
from .groups import group, measurement

if TYPE_CHECKING:
    from highdicom.sr import MeasurementsAndQualitativeEvaluations


def prediction_groups(
    predictions: Sequence[Prediction], timepoint: str
) -> "list[MeasurementsAndQualitativeEvaluations]":
    """One group a model that gives a probability; its interval and whether it expects expansion with it."""
    from highdicom.sr import QualitativeEvaluation
    from pydicom.sr.codedict import codes

    made = []
    for said in predictions:
        lower, upper = said.interval or (None, None)
        numbers = measurement(codes.DCM.Probability, said.probability, "1")
        numbers += measurement(private("probability_low", "95 % interval, lower end"), lower, "1")
        numbers += measurement(private("probability_high", "95 % interval, upper end"), upper, "1")
        answers = []
        if said.expected is not None:
            expected = codes.SCT.Yes if said.expected else codes.SCT.No
            answers = [QualitativeEvaluation(private("expected", f"{said.outcome} is expected"), expected)]
        method = private(said.model, f"{said.model} {said.version}")
        made += group(f"model {said.model}", timepoint, numbers, answers, method)
    return made


def prediction_sentences(predictions: Sequence[Prediction]) -> list[str]:
    """What must stand beside each model: its own warning, what it predicts, why it says nothing."""
    return [
        f"Model {said.model}: {text}"
        for said in predictions
        for text in (said.warning, f"{said.outcome}: {said.outcome_rule}", said.reason, *said.warnings)
        if text
    ]
