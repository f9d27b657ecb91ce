"""Columns of numbers as they are given, checked, with the rows that lack a value left out and counted."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Samples:
    """The rows in which nothing is missing.

    Attributes:
        outcome: bool ``[n]``.
        columns: float64 ``[n]`` each, in the order given.
        missing: how many rows were left out.
    """

    outcome: "NDArray[np.bool_]"
    columns: "tuple[NDArray[np.float64], ...]"
    missing: int

    @property
    def n(self) -> int:
        """How many rows are complete."""
        return len(self.outcome)

    @property
    def one_class(self) -> str | None:
        """Why patients with and without the outcome cannot be compared; None when they can."""
        if self.n == 0:
            left_out = f" ({self.missing} with a missing value)" if self.missing else ""
            return f"there are no patients{left_out}"
        if not self.outcome.any():
            return f"none of the {self.n} patients has the outcome"
        if self.outcome.all():
            return f"all of the {self.n} patients have the outcome"
        return None


def column(values: "ArrayLike", name: str) -> "NDArray[np.float64]":
    """Numbers as float64 ``[n]``; missing ones (None or NaN) are NaN.

    Raises:
        UsageError: not one-dimensional, not numbers, or infinite.
    """
    try:
        given = np.asarray(values)
        numbers = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise UsageError(f"{name}: must be numbers, None or NaN ({error})") from error
    if given.dtype.kind in "US":
        raise UsageError(f"{name}: must be numbers, not text")
    if numbers.ndim != 1:
        raise UsageError(f"{name}: must be one column, not of shape {numbers.shape}")
    infinite = np.flatnonzero(np.isinf(numbers))
    if infinite.size:
        raise UsageError(f"{name}: infinite in row {infinite[0]}; must be finite or missing")
    return numbers


def known_values(values: "ArrayLike") -> list[object]:
    """Values of any kind as a list, None where missing (None or NaN)."""
    listed = np.asarray(values, dtype=object).tolist()
    return [None if value is None or value != value else value for value in listed]


def complete(outcome: "ArrayLike", *columns: "ArrayLike") -> Samples:
    """The rows where the outcome and every column are known.

    Args:
        outcome: 1 or True for patients with the outcome, 0 or False without, None or NaN where unknown.
        columns: numbers, of the same length.

    Raises:
        UsageError: lengths differ, an outcome is neither 0 nor 1, or see :func:`column`.
    """
    said = column(outcome, "outcome")
    read = [column(values, f"column {number}") for number, values in enumerate(columns, 1)]
    lengths = [len(said), *(len(values) for values in read)]
    if len(set(lengths)) > 1:
        raise UsageError(f"columns of different length: {', '.join(map(str, lengths))} rows")
    wrong = said[~np.isnan(said) & (said != 0) & (said != 1)]
    if wrong.size:
        raise UsageError(f"outcome: {wrong[0]:g} is neither 0 nor 1")
    known = ~np.isnan(said)
    for values in read:
        known &= ~np.isnan(values)
    return Samples(said[known] == 1, tuple(values[known] for values in read), int((~known).sum()))


def complete_probabilities(outcome: "ArrayLike", *columns: "ArrayLike") -> Samples:
    """The same for columns of probabilities.

    Raises:
        UsageError: a probability lies outside 0-1, or see :func:`complete`.
    """
    samples = complete(outcome, *columns)
    for values in samples.columns:
        outside = values[(values < 0) | (values > 1)]
        if outside.size:
            raise UsageError(f"probability: {outside[0]:g} lies outside 0-1")
    return samples


def logits(probabilities: "NDArray[np.float64]") -> "NDArray[np.float64] | str":
    """Log odds, or why there are none."""
    certain = int(((probabilities == 0) | (probabilities == 1)).sum())
    if certain:
        return f"{certain} predicted probabilities are exactly 0 or 1, whose log odds are infinite"
    return np.asarray(np.log(probabilities / (1 - probabilities)), dtype=np.float64)
