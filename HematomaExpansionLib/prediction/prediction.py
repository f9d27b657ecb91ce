"""What a model says of one patient."""

from pydantic import BaseModel, ConfigDict, Field

from .values import Known


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
