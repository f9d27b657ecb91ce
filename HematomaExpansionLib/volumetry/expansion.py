"""Did it grow? Four definitions of haematoma expansion, each answered with its numbers.

========  ==============================================================================================
che       parenchymal growth >= 6 mL or >= 33 % (Lee 2024, Ning 2025)
rhe1      che, or any new or growing IVH (Yogendrakumar 2020)
rhe2      che, or IVH growth >= 1 mL (Yogendrakumar 2020)
rhe-ning  che, or IVH growth >= 1 mL, or new IVH of any size (Ning 2025)
========  ==============================================================================================

Lu 2024 and the text of Zhong 2021 write > for >=; that is a parameter. The threshold of che is
min(6 mL, 0.33 V0): above V0 = 6 / 0.33 = 18.18 mL the absolute branch is reached first, below it the
relative one.

Without parenchymal blood at baseline a relative increase is not defined: growth from 0 to 0 would be "at
least 33 % of nothing". The relative branch is then left out, and a new haematoma counts from 6 mL on.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite

from ..errors import InputRefused, UsageError
from ..result import ExpansionAnswer
from .error_model import ErrorModel, reader_error
from .probability import Measured, probability_of_growth

# Volumes are sums of voxels: differences of a billionth of a litre are rounding, 10 -> 13.3 mL is 33 %.
TOLERANCE_ML = 1e-6


class Definition(StrEnum):
    """The four definitions, by the names used in files and on the command line."""

    CHE = "che"
    RHE1 = "rhe1"
    RHE2 = "rhe2"
    RHE_NING = "rhe-ning"


NAMES: dict[Definition, str] = {
    Definition.CHE: "conventional expansion (cHE)",
    Definition.RHE1: "revised expansion 1 (rHE-1, Yogendrakumar 2020)",
    Definition.RHE2: "revised expansion 2 (rHE-2, Yogendrakumar 2020)",
    Definition.RHE_NING: "revised expansion (rHE, Ning 2025)",
}


@dataclass(frozen=True)
class Limits:
    """The limits of the rules.

    Attributes:
        absolute_ml: parenchymal growth that counts.
        relative: parenchymal growth that counts, as a fraction of the baseline.
        ivh_growth_ml: IVH growth that counts in rhe2 and rhe-ning.
        inclusive: whether reaching a limit exactly counts (>=) or not (>).
    """

    absolute_ml: float = 6.0
    relative: float = 0.33
    ivh_growth_ml: float = 1.0
    inclusive: bool = True

    def __post_init__(self) -> None:
        """Refuse limits that are not above 0.

        Raises:
            UsageError: a limit is 0, negative or not a number.
        """
        for name in ("absolute_ml", "relative", "ivh_growth_ml"):
            value = getattr(self, name)
            if not (isfinite(value) and value > 0):
                raise UsageError(f"expansion limit {name} is {value}; a number above 0 is allowed")

    @property
    def comparison(self) -> str:
        """The comparison in words."""
        return "at least" if self.inclusive else "more than"

    def reached(self, growth: float, limit: float) -> bool:
        """Compare a growth with a limit, both in mL."""
        return growth >= limit - TOLERANCE_ML if self.inclusive else growth > limit + TOLERANCE_ML

    def needed_ml(self, baseline_ml: float) -> float:
        """Parenchymal volume at follow-up from which che is met."""
        if baseline_ml <= 0:
            return self.absolute_ml
        return baseline_ml + min(self.absolute_ml, self.relative * baseline_ml)

    @property
    def crossing_ml(self) -> float:
        """Baseline volume at which both branches of che need the same growth."""
        return self.absolute_ml / self.relative


@dataclass(frozen=True)
class Volumes:
    """Measured volumes of a baseline and a follow-up, mL; None where a class cannot be told.

    Attributes:
        ich0: intraparenchymal at baseline.
        ich1: intraparenchymal at follow-up.
        ivh0: intraventricular at baseline.
        ivh1: intraventricular at follow-up.
    """

    ich0: float | None
    ich1: float | None
    ivh0: float | None = None
    ivh1: float | None = None

    def __post_init__(self) -> None:
        """Refuse what is no volume.

        Raises:
            InputRefused: a volume is negative or not a number.
        """
        for name in ("ich0", "ich1", "ivh0", "ivh1"):
            value = getattr(self, name)
            if value is not None and not (isfinite(value) and value >= 0):
                raise InputRefused(f"volume {name} is {value} mL; 0 or more is allowed")


@dataclass(frozen=True)
class _Branch:
    """One alternative of a rule: met, not met, or not known (None); and why."""

    met: bool | None
    reason: str


def judge(
    volumes: Volumes, limits: Limits | None = None, error_model: ErrorModel | None = None
) -> list[ExpansionAnswer]:
    """Answer all four definitions, in the order of :class:`Definition`.

    See :func:`judge_by` for the arguments.
    """
    return [judge_by(definition, volumes, limits, error_model) for definition in Definition]


def judge_by(
    definition: Definition,
    volumes: Volumes,
    limits: Limits | None = None,
    error_model: ErrorModel | None = None,
) -> ExpansionAnswer:
    """Answer one definition.

    One branch that is met is enough, so a rule may be met although another branch is not known; it is
    unmet only when every branch is known and not met.

    Args:
        definition: which rule.
        volumes: the four measured volumes.
        limits: the limits of the rule; the published ones when None.
        error_model: the error of the volumes; that of one reader when None.
    """
    limits = limits or Limits()
    error_model = error_model or reader_error()
    branches = _branches(definition, volumes, limits)
    probability = _probability(definition, volumes, limits, error_model)
    return ExpansionAnswer(
        definition=definition.value,
        name=NAMES[definition],
        rule=_rule(definition, limits),
        parameters=_parameters(definition, limits),
        expanded=_any_met(branches),
        reasons=[branch.reason for branch in branches],
        probability=probability,
        certainty=None if probability is None else error_model.certainty(probability),
    )


def is_met(definition: Definition, volumes: Volumes, limits: Limits | None = None) -> bool | None:
    """Whether a rule is met, as :func:`judge_by` says, without reasons and probability.

    Args:
        definition: which rule.
        volumes: the four measured volumes.
        limits: the limits of the rule; the published ones when None.
    """
    return _any_met(_branches(definition, volumes, limits or Limits()))


def _branches(definition: Definition, volumes: Volumes, limits: Limits) -> list[_Branch]:
    return [*_ich_branches(volumes, limits), *_ivh_branches(definition, volumes, limits)]


def _any_met(branches: list[_Branch]) -> bool | None:
    if any(branch.met for branch in branches):
        return True
    return False if all(branch.met is False for branch in branches) else None


def _ich_branches(volumes: Volumes, limits: Limits) -> list[_Branch]:
    before, after = volumes.ich0, volumes.ich1
    if before is None or after is None:
        return [_Branch(None, "Parenchymal growth is not known: no ICH volume in one of the scans.")]
    growth = after - before
    absolute = limits.reached(growth, limits.absolute_ml)
    branches = [
        _Branch(
            absolute,
            f"Parenchymal growth {growth:+.3f} mL ({before:.2f} to {after:.2f} mL); "
            f"the rule asks for {limits.comparison} {limits.absolute_ml:g} mL: {_met(absolute)}.",
        )
    ]
    if before == 0:
        branches.append(
            _Branch(
                False,
                "No parenchymal blood at baseline: relative growth is not defined, only the mL limit counts.",
            )
        )
        return branches
    relative = limits.reached(growth, limits.relative * before)
    branches.append(
        _Branch(
            relative,
            f"Relative parenchymal growth {100 * growth / before:+.2f} %; "
            f"the rule asks for {limits.comparison} {100 * limits.relative:g} %: {_met(relative)}.",
        )
    )
    return branches


def _ivh_branches(definition: Definition, volumes: Volumes, limits: Limits) -> list[_Branch]:
    if definition is Definition.CHE:
        return []
    before, after = volumes.ivh0, volumes.ivh1
    if before is None or after is None:
        return [_Branch(None, "IVH growth is not known: no IVH volume in one of the scans.")]
    growth = after - before
    numbers = f"IVH growth {growth:+.3f} mL ({before:.2f} to {after:.2f} mL)"
    if definition is Definition.RHE1:
        grown = growth > TOLERANCE_ML
        return [_Branch(grown, f"{numbers}; any new or growing IVH counts: {_met(grown)}.")]
    grown = limits.reached(growth, limits.ivh_growth_ml)
    branches = [
        _Branch(
            grown,
            f"{numbers}; the rule asks for {limits.comparison} {limits.ivh_growth_ml:g} mL: {_met(grown)}.",
        )
    ]
    if definition is Definition.RHE_NING:
        new = before == 0 and after > 0
        seen = "no IVH at baseline" if before == 0 else "IVH already at baseline"
        branches.append(
            _Branch(new, f"New IVH of any size ({seen}, {after:.3f} mL at follow-up): {_met(new)}.")
        )
    return branches


def _probability(
    definition: Definition, volumes: Volumes, limits: Limits, error_model: ErrorModel
) -> float | None:
    """P(ICH branch or IVH branch), the two being independent; None when a volume is not known."""
    if volumes.ich0 is None or volumes.ich1 is None:
        return None
    ich = probability_of_growth(
        Measured(volumes.ich0, error_model.ich_sd_ml(volumes.ich0), certain=True),
        Measured(volumes.ich1, error_model.ich_sd_ml(volumes.ich1), certain=True),
        limits.needed_ml,
        bends_ml=(limits.crossing_ml,),
    )
    if definition is Definition.CHE:
        return ich
    if volumes.ivh0 is None or volumes.ivh1 is None:
        return None

    def needed_ml(baseline_ml: float) -> float:
        if definition is Definition.RHE1 or (definition is Definition.RHE_NING and baseline_ml <= 0):
            return baseline_ml
        return baseline_ml + limits.ivh_growth_ml

    ivh = probability_of_growth(
        Measured(volumes.ivh0, error_model.ivh_sd_ml(volumes.ivh0), certain=False),
        Measured(volumes.ivh1, error_model.ivh_sd_ml(volumes.ivh1), certain=False),
        needed_ml,
    )
    return 1.0 - (1.0 - ich) * (1.0 - ivh)


def _rule(definition: Definition, limits: Limits) -> str:
    than = limits.comparison
    ich = f"parenchymal growth {than} {limits.absolute_ml:g} mL or {than} {100 * limits.relative:g} %"
    ivh = f"IVH growth {than} {limits.ivh_growth_ml:g} mL"
    return {
        Definition.CHE: ich,
        Definition.RHE1: f"{ich}, or any new or growing IVH",
        Definition.RHE2: f"{ich}, or {ivh}",
        Definition.RHE_NING: f"{ich}, or {ivh}, or new IVH of any size",
    }[definition]


def _parameters(definition: Definition, limits: Limits) -> dict[str, float | bool]:
    parameters: dict[str, float | bool] = {
        "absolute_ml": limits.absolute_ml,
        "relative": limits.relative,
        "inclusive": limits.inclusive,
        "tolerance_ml": TOLERANCE_ML,
    }
    if definition in (Definition.RHE2, Definition.RHE_NING):
        parameters["ivh_growth_ml"] = limits.ivh_growth_ml
    return parameters


def _met(met: bool) -> str:
    return "met" if met else "not met"
