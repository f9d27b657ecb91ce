"""The BRAIN model of Ning 2025: a logistic regression on the BRAIN score."""

from typing import ClassVar

from ..column import Column, score
from ..locking import ThresholdRule
from ..logistic import Logistic
from ..outcome import NING2025, Outcome


class NingBrain(Logistic):
    """Revised expansion from the points of the BRAIN score, 0-24 (Ning 2025, supplementary table S2).

    Sensitivity and specificity are read at a probability of 0.5 ("Statistical analysis"). Anticoagulation is
    warfarin, as in the score.
    """

    name: ClassVar[str] = "ning2025-brain"
    outcome: ClassVar[Outcome] = NING2025
    columns: ClassVar[tuple[Column, ...]] = (
        score("brain", "BRAIN score", ("ich_ml", "previous_ich", "warfarin", "ivh", "onset_to_ct_h")),
    )
    threshold_rule: ClassVar[ThresholdRule] = ThresholdRule.HALF
