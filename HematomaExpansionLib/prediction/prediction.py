"""What a model says of one patient."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from ..device import Device
from .values import Known

Place = Literal["inside", "rim", "outside"]
"""Where a place lies against the haematoma."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Contribution(_Frozen):
    """What one input adds in a linear model."""

    name: str
    value: Known = Field(description="The input as it was given.")
    log_odds: float = Field(
        description="Coefficient x (input - mean of the training patients); the odds are multiplied by exp."
    )


class Estimate(_Frozen):
    """What a predictor computes; it does not know which file it came from."""

    probability: float | None = Field(
        default=None, ge=0, le=1, description="Of expansion, 0-1; null when it cannot be said."
    )
    interval: tuple[float, float] | None = Field(
        default=None, description="95 % interval of the probability; null when the model has none."
    )
    interval_method: str = Field(default="", description="How the interval came about; empty without one.")
    missing: tuple[str, ...] = Field(default=(), description="Inputs that are not known.")
    reason: str = Field(default="", description="Why there is no probability; empty where there is one.")
    contributions: tuple[Contribution, ...] = Field(
        default=(), description="Of each input, in a linear model; empty for others."
    )
    warnings: tuple[str, ...] = Field(default=(), description="What a reader must know of this estimate.")


class HeatMap(_Frozen):
    """Where in the baseline a network saw the evidence for expansion (Grad-CAM)."""

    file: str = Field(
        default="", description="Name of the file beside the result, 0-1 on the grid of the scan; else empty."
    )
    reason: str = Field(default="", description="Why there is no heat map; empty where there is one.")
    peak_mm: tuple[float, float, float] | None = Field(
        default=None, description="Where the evidence is strongest, (x, y, z), LPS mm; null without a map."
    )
    peak_distance_mm: float | None = Field(
        default=None, description="From the peak to the ICH, mm; 0 inside, null without a map or ICH."
    )
    peak_place: Place | None = Field(
        default=None, description="Of the peak: inside the ICH, at its rim within 5 mm, or outside."
    )


class Prediction(Estimate):
    """An estimate with the model it came from."""

    model: str = Field(description="Name of the model.")
    version: str
    outcome: str = Field(description="Name of the definition of expansion, as rhe-ning or che-strict.")
    outcome_rule: str = Field(description="The definition in words.")
    threshold: float | None = Field(
        description="Probability from which expansion is expected; locked in training."
    )
    threshold_rule: str = Field(description="How the threshold was chosen; empty without one.")
    expected: bool | None = Field(description="Whether the probability reaches the threshold; null without.")
    warning: str = Field(description="The sentence that stands beside whatever this model says.")
    weights_sha256: str
    intended_use: str
    device: Device | None = Field(default=None, description="Where its network ran; null without a network.")
    heat_map: HeatMap | None = Field(default=None, description="Null where none was asked for.")
