"""The schema of a score file: what a score is made of, and what must agree within it."""

from itertools import pairwise
from math import inf
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from .values import kinds


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class NumberClass(_Strict):
    """A class of a number and its points; classes stand in ascending order and the last has no limit."""

    below: float | None = Field(None, description="The class ends before this limit.")
    up_to: float | None = Field(None, description="The class ends with this limit, which belongs to it.")
    points: int

    @property
    def limit(self) -> float | None:
        """The upper limit, whether it belongs to the class or not."""
        return self.up_to if self.below is None else self.below

    def holds(self, number: float) -> bool:
        """Whether a number is not above the class."""
        if self.below is not None:
            return number < self.below
        return self.up_to is None or number <= self.up_to


class Alternative(_Strict):
    """Another value for the same item, shown beside the strict one where it gives other points."""

    value: str = Field(description="Name of the other value.")
    note: str = Field(min_length=1, description="What is done differently.")

    @model_validator(mode="after")
    def _known(self) -> Self:
        _kind(self.value)
        return self


class Item(_Strict):
    """One item: either classes of a number or points of categories."""

    name: str = Field(min_length=1)
    value: str = Field(description="Name of the value it asks for, see scores/values.py.")
    classes: tuple[NumberClass, ...] | None = Field(None, description="For a number.")
    categories: dict[str, int] | None = Field(None, description="For a category: points of each.")
    when_missing: int | None = Field(None, description="Points by the score's own rule for a missing item.")
    alternative: Alternative | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        allowed = kinds()[self.value].categories if self.value in kinds() else ()
        _kind(self.value)
        if allowed:
            if self.classes is not None or set(self.categories or {}) != set(allowed):
                raise ValueError(f"{self.value} needs categories: {', '.join(allowed)}")
            return self
        if self.categories is not None or not self.classes:
            raise ValueError(f"{self.value} is a number and needs classes")
        limits = [one.limit for one in self.classes]
        if limits[-1] is not None or None in limits[:-1]:
            raise ValueError("every class but the last has below or up_to, and the last has neither")
        if any(one.below is not None and one.up_to is not None for one in self.classes):
            raise ValueError("a class has below or up_to, not both")
        numbers = [limit for limit in limits if limit is not None]
        if any(first >= second for first, second in pairwise(numbers)):
            raise ValueError(f"limits {', '.join(f'{n:g}' for n in numbers)} do not ascend")
        return self

    def points(self, value: float | str) -> int:
        """Points of a known value."""
        if self.categories is not None:
            return self.categories[str(value)]
        return next(one.points for one in self.classes or () if one.holds(float(value)))

    @property
    def possible(self) -> tuple[int, ...]:
        """All points the item can give."""
        if self.categories is not None:
            return tuple(self.categories.values())
        return tuple(one.points for one in self.classes or ())


class Window(_Strict):
    """When the score was derived."""

    text: str = Field(min_length=1)
    onset_to_ct_h: float | None = Field(None, gt=0, description="Longest time from onset to CT, hours.")


class Cut(_Strict):
    """A dichotomy."""

    from_points: int
    name: str = Field(min_length=1, description="What a patient at or above the cut is called.")


class ProbabilityTable(_Strict):
    """Published probability of each score."""

    of: str = Field(min_length=1, description="Of what.")
    by_points: tuple[float, ...] = Field(description="From the lowest score to the highest, 0-1.")

    @model_validator(mode="after")
    def _are_probabilities(self) -> Self:
        if not all(0 <= value <= 1 for value in self.by_points):
            raise ValueError("probabilities lie between 0 and 1")
        return self


class Verification(_Strict):
    """Whether the items and points were compared with a published source."""

    status: Literal["verified", "to verify"]
    note: str = Field(min_length=1)


class Score(_Strict):
    """One score: everything that is needed to compute it and to judge whether it applies."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    name: str = Field(min_length=1)
    predicts: Literal["expansion", "outcome"]
    outcome: str = Field(min_length=1, description="Definition of what it predicts.")
    timepoints: Literal["baseline", "every"] = Field(description="At which scans it is computed.")
    items: tuple[Item, ...] = Field(min_length=1)
    range: tuple[int, int] = Field(description="Lowest and highest score.")
    cut: Cut | None = None
    probability: ProbabilityTable | None = None
    window: Window
    population: str = Field(min_length=1)
    exclusions: str = Field(min_length=1)
    performance: str = Field(min_length=1)
    citation: str = Field(min_length=1)
    verification: Verification

    @field_validator("range")
    @classmethod
    def _adds_up(cls, value: tuple[int, int], info: ValidationInfo) -> tuple[int, int]:
        items = info.data.get("items", ())
        found = (sum(min(item.possible) for item in items), sum(max(item.possible) for item in items))
        if items and found != value:
            raise ValueError(f"{list(value)} is not what the items give, {list(found)}")
        return value

    @field_validator("cut")
    @classmethod
    def _cuts(cls, value: Cut | None, info: ValidationInfo) -> Cut | None:
        low, high = info.data.get("range", (-inf, inf))
        if value is not None and not low < value.from_points <= high:
            raise ValueError(f"{value.from_points} is not allowed; a score above {low}, up to {high}, is")
        return value

    @field_validator("probability")
    @classmethod
    def _for_each_score(cls, value: ProbabilityTable | None, info: ValidationInfo) -> ProbabilityTable | None:
        if value is None or "range" not in info.data:
            return value
        low, high = info.data["range"]
        if len(value.by_points) != high - low + 1:
            raise ValueError(f"{len(value.by_points)} entries for {high - low + 1} possible scores")
        return value


class Unavailable(_Strict):
    """A score that is known by name and not computed."""

    name: str = Field(min_length=1)
    reason: str = Field(min_length=1)


class UnavailableScores(_Strict):
    """Everything in ``Resources/scores/unavailable.yaml``."""

    unavailable: tuple[Unavailable, ...]


def _kind(name: str) -> None:
    if name not in kinds():
        raise ValueError(f"{name!r} is no known value; allowed are {', '.join(kinds())}")
