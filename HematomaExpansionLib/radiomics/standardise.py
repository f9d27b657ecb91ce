"""z-scores with the mean and spread of the training cases, and of no others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..errors import MissingInput, UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROUNDING = 1e-12


@dataclass(frozen=True)
class Standardisation:
    """Mean and standard deviation of the training cases.

    Attributes:
        names: features, those that can be standardised.
        mean: of each.
        sd: of each (divided by n).
        n: training cases.
        dropped: why each of the others cannot be standardised.
    """

    names: tuple[str, ...]
    mean: tuple[float, ...]
    sd: tuple[float, ...]
    n: int
    dropped: Mapping[str, str]

    def apply(self, values: "NDArray[np.float64]", names: Sequence[str]) -> "NDArray[np.float64]":
        """z-scores ``[case, feature]`` of any cases; columns are ``self.names``.

        Args:
            values: ``[case, feature]``.
            names: of their columns; those that were dropped in training may be among them.

        Raises:
            MissingInput: a feature is not among them. A value that is missing stays NaN.
        """
        columns = {name: index for index, name in enumerate(names)}
        missing = [name for name in self.names if name not in columns]
        if missing:
            raise MissingInput(
                f"{len(missing)} of {len(self.names)} features are missing, the first is {missing[0]}; "
                "extract with the settings that the model was trained with"
            )
        chosen = np.asarray(values, np.float64)[:, [columns[name] for name in self.names]]
        scores: NDArray[np.float64] = (chosen - np.array(self.mean)) / np.array(self.sd)
        return scores


def fit_standardisation(training: "NDArray[np.float64]", names: Sequence[str]) -> Standardisation:
    """Mean and spread of each feature; a constant one or one with missing values is dropped, with the reason.

    Args:
        training: ``[case, feature]`` of training cases only.
        names: of the columns.

    Raises:
        UsageError: the columns are not as many as the names, or there is no case.
    """
    values = np.asarray(training, np.float64)
    if values.ndim != 2 or values.shape[1] != len(names) or len(values) == 0:
        raise UsageError(
            f"training values have shape {values.shape}; needed are cases by {len(names)} features"
        )
    mean, sd = values.mean(axis=0), values.std(axis=0)
    missing = np.isnan(values).sum(axis=0)
    dropped = {}
    for index, name in enumerate(names):
        if missing[index]:
            dropped[name] = f"no value in {missing[index]} of {len(values)} training cases"
        elif sd[index] <= _ROUNDING * np.abs(values[:, index]).max():
            dropped[name] = "the same in all training cases"
    kept = [index for index, name in enumerate(names) if name not in dropped]
    return Standardisation(
        names=tuple(names[index] for index in kept),
        mean=tuple(float(mean[index]) for index in kept),
        sd=tuple(float(sd[index]) for index in kept),
        n=len(values),
        dropped=dropped,
    )
