"""What a score says of one patient at one time point."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class ItemAnswer(_Frozen):
    """One item with its value."""

    name: str
    value: float | str | None = Field(description="Null when it is not known.")
    unit: str | None = Field(description="Unit of a number; null for a category.")
    source: str | None = Field(description="Where the value comes from; null when it was not given at all.")
    note: str
    points: int | None = Field(
        description="Null when the value is not known and the score has no rule for it."
    )
    minimum: int = Field(description="Fewest points a missing value could give.")
    maximum: int = Field(description="Most points a missing value could give.")


class Bounds(_Frozen):
    """The lowest and highest score and probability over everything that is missing."""

    minimum: int
    maximum: int
    probability: tuple[float, float] | None = Field(
        description="Lowest and highest published probability, 0-1; null where none is published."
    )


class AlternativeAnswer(Bounds):
    """The score read in another way."""

    note: str


class ScoreAnswer(Bounds):
    """One score at one time point."""

    id: str
    name: str
    timepoint: str
    predicts: Literal["expansion", "outcome"]
    outcome: str
    points: int | None = Field(
        description="The score. With missing items only where the score itself says what they count."
    )
    complete: bool = Field(description="Whether nothing that is missing can change the score.")
    range: tuple[int, int]
    cut: str | None = Field(description="The cut in words; null where there is none.")
    above_cut: bool | None = Field(description="Null without a cut, or when missing items decide.")
    probability_of: str | None
    items: list[ItemAnswer]
    alternative: AlternativeAnswer | None
    window: str
    population: str
    exclusions: str
    performance: str
    citation: str
    verification: str
    warnings: list[str]


class UnavailableAnswer(_Frozen):
    """A score that is not computed."""

    name: str
    reason: str


class ScoresAnswer(_Frozen):
    """All scores at all time points."""

    scores: list[ScoreAnswer]
    unavailable: list[UnavailableAnswer]
