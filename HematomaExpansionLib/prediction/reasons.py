"""What an estimate says of inputs that are not known."""

from collections.abc import Sequence

from .prediction import Estimate


def not_available(missing: Sequence[str]) -> Estimate:
    """No probability, because inputs are not known."""
    what = ", ".join(missing)
    return Estimate(missing=tuple(missing), reason=f"{what}: not known; the model uses complete cases only")


def filled_in(missing: Sequence[str]) -> tuple[str, ...]:
    """The warning of an estimate that stands in for unknown inputs; empty when all are known."""
    if not missing:
        return ()
    return (f"{', '.join(missing)}: not known; the median of the training patients stands in.",)
