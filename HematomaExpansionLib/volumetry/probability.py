"""P(the true volumes meet a rule | the measured volumes) under independent normal errors."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from math import exp, pi, sqrt

# Standard errors to either side of the measured value that are integrated over; 1e-15 lies outside.
_REACH = 8.0


@dataclass(frozen=True)
class Measured:
    """A measured volume and what it says about the true one.

    The true volume is normal around the measured one, and cannot be negative. What lies below 0 is treated in
    one of two ways:

    * ``certain``: the blood is known to be there (the haematoma that the patient has), so the normal
      distribution is cut off at 0;
    * otherwise (IVH, where a few millilitres may be the edge of the ICH or choroid plexus) what lies below 0
      is the probability that there is none: the true volume is then exactly 0.

    Attributes:
        ml: measured volume.
        sd_ml: its standard error; 0 means that the measured volume is the true one.
        certain: whether the true volume is known to be above 0.
    """

    ml: float
    sd_ml: float
    certain: bool

    def probability_of_none(self) -> float:
        """P(true volume is exactly 0)."""
        if self.sd_ml == 0:
            return float(self.ml == 0)
        return 0.0 if self.certain else _phi(-self.ml / self.sd_ml)

    def probability_above(self, limit_ml: float) -> float:
        """P(true volume > limit) for a limit of 0 or more."""
        if self.sd_ml == 0:
            return float(self.ml > limit_ml)
        return _phi((self.ml - limit_ml) / self.sd_ml) / self._kept()

    def density(self, volume_ml: float) -> float:
        """Probability density of a true volume above 0, per mL; only where there is an error."""
        z = (volume_ml - self.ml) / self.sd_ml
        return exp(-0.5 * z * z) / (sqrt(2.0 * pi) * self.sd_ml * self._kept())

    def _kept(self) -> float:
        return _phi(self.ml / self.sd_ml) if self.certain else 1.0


def probability_of_growth(
    baseline: Measured,
    followup: Measured,
    needed_ml: Callable[[float], float],
    bends_ml: tuple[float, ...] = (),
) -> float:
    """P(true follow-up volume > needed_ml(true baseline volume)), by numerical integration.

    Args:
        baseline: measured baseline volume.
        followup: measured follow-up volume.
        needed_ml: the follow-up volume that a baseline volume needs to grow to; 0 or more everywhere, and
            smooth above 0 except at ``bends_ml``. At 0 it may jump.
        bends_ml: baseline volumes at which it bends.

    Returns:
        A probability 0-1, within 1e-8.
    """
    if baseline.sd_ml == 0:
        return followup.probability_above(needed_ml(baseline.ml))
    from scipy.integrate import quad

    lowest = max(0.0, baseline.ml - _REACH * baseline.sd_ml)
    highest = baseline.ml + _REACH * baseline.sd_ml
    inside = sorted(bend for bend in bends_ml if lowest < bend < highest)
    edges = [lowest, *inside, highest]
    present = sum(
        quad(lambda v: baseline.density(v) * followup.probability_above(needed_ml(v)), start, end, limit=200)[
            0
        ]
        for start, end in pairwise(edges)
    )
    absent = baseline.probability_of_none() * followup.probability_above(needed_ml(0.0))
    return min(max(float(present + absent), 0.0), 1.0)


def _phi(z: float) -> float:
    from scipy.special import ndtr

    return float(ndtr(z))
