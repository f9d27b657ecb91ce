"""What a model predicts: expansion under one definition, as its paper writes it."""

from dataclasses import dataclass

from ..volumetry.expansion import Definition, Limits, Volumes, is_met, judge_by


@dataclass(frozen=True)
class Outcome:
    """A definition of expansion with its comparison.

    Attributes:
        definition: the rule; see :mod:`..volumetry.expansion`.
        inclusive: whether reaching a limit exactly counts (>=) or not (>).
    """

    definition: Definition
    inclusive: bool = True

    @property
    def name(self) -> str:
        """Name for files: the definition, with ``-strict`` where the comparison is >."""
        return self.definition.value + ("" if self.inclusive else "-strict")

    @property
    def rule(self) -> str:
        """The rule in words."""
        return judge_by(self.definition, Volumes(None, None), self._limits).rule

    def judged(self, volumes: Volumes) -> bool | None:
        """Whether the rule is met; None when a volume that it needs is not known."""
        return is_met(self.definition, volumes, self._limits)

    @property
    def _limits(self) -> Limits:
        return Limits(inclusive=self.inclusive)


LEE2024 = Outcome(Definition.CHE)
"""At least 6 mL or 33 % (methods)."""
NING2025 = Outcome(Definition.RHE_NING)
"""Revised expansion: also IVH growth of at least 1 mL, or new IVH (methods)."""
ZHONG2021 = Outcome(Definition.CHE, inclusive=False)
"""More than 6 mL or 33 % (methods; the supplement writes >= once, the text decides)."""
LU2024 = Outcome(Definition.CHE, inclusive=False)
"""More than 6 mL or 33 % (methods, Labels)."""
