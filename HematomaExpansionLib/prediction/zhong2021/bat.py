"""The BAT model of Zhong 2021: a univariate logistic regression on the BAT score."""

from typing import ClassVar

from ..column import Column, score
from ..locking import ThresholdRule
from ..logistic import Logistic
from ..outcome import ZHONG2021, Outcome


class ZhongBat(Logistic):
    """Expansion from the points of the BAT score, 0-5 (Zhong 2021, supplemental table 3).

    The threshold with the largest Youden index of the training patients is locked, as in the volume model.
    """

    name: ClassVar[str] = "zhong2021-bat"
    outcome: ClassVar[Outcome] = ZHONG2021
    columns: ClassVar[tuple[Column, ...]] = (
        score("bat", "BAT score", ("blend", "hypodensity", "onset_to_ct_h")),
    )
    threshold_rule: ClassVar[ThresholdRule] = ThresholdRule.YOUDEN
