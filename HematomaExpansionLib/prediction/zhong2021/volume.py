"""The volume model of Zhong 2021: a univariate logistic regression on the baseline haematoma volume."""

from typing import ClassVar

from ..column import Column, value
from ..locking import ThresholdRule
from ..logistic import Logistic
from ..outcome import ZHONG2021, Outcome


class ZhongVolume(Logistic):
    """Expansion from the parenchymal volume alone ("Logistic regression models", Zhong 2021).

    The paper does not say how sensitivity and specificity were read off; here the threshold with the largest
    Youden index of the training patients is locked.
    """

    name: ClassVar[str] = "zhong2021-volume"
    outcome: ClassVar[Outcome] = ZHONG2021
    columns: ClassVar[tuple[Column, ...]] = (value("ich_ml", "Haematoma volume, mL"),)
    threshold_rule: ClassVar[ThresholdRule] = ThresholdRule.YOUDEN
