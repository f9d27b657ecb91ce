"""What a selection of features may be given."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray


def check_selection(
    values: "NDArray[np.float64]", outcome: "NDArray[np.int64]", names: Sequence[str], folds: int
) -> "tuple[NDArray[np.float64], NDArray[np.int64]]":
    """The values and the outcome, when features can be selected from them.

    Raises:
        UsageError: shapes that do not fit, a missing value, an outcome other than 0 and 1, or fewer cases of
            one of them than folds.
    """
    x, y = np.asarray(values, np.float64), np.asarray(outcome)
    if x.shape != (len(y), len(names)) or not names:
        raise UsageError(
            f"values have shape {x.shape}; needed are {len(y)} cases by {len(names)} features, at least one"
        )
    if not np.isfinite(x).all():
        raise UsageError(
            f"{names[int(np.argwhere(~np.isfinite(x))[0, 1])]}: has a missing value; drop it first"
        )
    if not np.isin(y, (0, 1)).all():
        raise UsageError("the outcome is 0 or 1 in every case")
    rarer = int(min((y == 1).sum(), (y == 0).sum()))
    if folds < 2 or rarer < folds:
        raise UsageError(
            f"{folds} folds need at least 2 and as many cases of each outcome; the rarer has {rarer}"
        )
    return x, y.astype(np.int64)
