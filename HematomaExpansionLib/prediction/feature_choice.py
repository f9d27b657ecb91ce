"""The training patients' radiomics features as z-scores, for a selection."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..errors import InputRefused
from .patient import Patient

if TYPE_CHECKING:
    from numpy.typing import NDArray


def candidates(
    patients: Sequence[Patient], prefix: str
) -> "tuple[NDArray[np.float64], NDArray[np.int64], tuple[str, ...]]":
    """Features that every training patient with radiomics has, and that are not constant.

    Args:
        patients: training patients; those without radiomics or outcome are left out.
        prefix: of the features' keys, as ``ning2025:``.

    Returns:
        z-scores ``[case, feature]``, outcomes ``[case]`` and keys of the features.

    Raises:
        InputRefused: nobody has such a feature.
    """
    from ..radiomics.standardise import fit_standardisation

    known = [
        one
        for one in patients
        if one.expansion is not None and any(name.startswith(prefix) for name in one.radiomics)
    ]
    if not known:
        raise InputRefused(
            f"no training patient has radiomics features {prefix}...; make a table with "
            f"`python -m training.radiomics --settings {prefix.partition(':')[0]}` and give it as --radiomics"
        )
    names = sorted({name for one in known for name in one.radiomics if name.startswith(prefix)})
    values = np.array(
        [[one.radiomics.get(name, np.nan) for name in names] for one in known], dtype=np.float64
    )
    fitted = fit_standardisation(values, names)
    outcome = np.array([int(one.expansion is True) for one in known], dtype=np.int64)
    return fitted.apply(values, names), outcome, fitted.names
