"""Groups of the report for the published risk scores."""

from typing import TYPE_CHECKING

from ...scores.answer import ScoreAnswer, ScoresAnswer
from .codes import private
from .groups import group, measurement

if TYPE_CHECKING:
    from highdicom.sr import Measurement, MeasurementsAndQualitativeEvaluations


def score_groups(scores: ScoresAnswer, timepoint: str) -> "list[MeasurementsAndQualitativeEvaluations]":
    """One group a score of this time point: its points, and what it could be over everything missing."""
    return [
        made
        for score in scores.scores
        if score.timepoint == timepoint
        for made in group(f"score {score.id}", timepoint, _numbers(score), (), private(score.id, score.name))
    ]


def _numbers(score: ScoreAnswer) -> "list[Measurement]":
    from pydicom.sr.codedict import codes

    lowest, highest = codes.SCT.Minimum, codes.SCT.Maximum
    found = measurement(codes.SCT.Score, score.points, "1")
    found += measurement(codes.SCT.Score, score.minimum, "1", None, lowest)
    found += measurement(codes.SCT.Score, score.maximum, "1", None, highest)
    if score.probability is not None:
        low, high = score.probability
        name = codes.DCM.Probability
        found += measurement(name, low, "1", None, lowest)
        found += measurement(name, high, "1", None, highest)
    return found
