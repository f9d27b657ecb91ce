"""The radiomics features of the combined models of Ning 2025."""

from collections.abc import Sequence

from ...errors import InputRefused, UsageError
from ..column import Column, radiomics
from ..feature_choice import candidates
from ..patient import Patient
from .clinical_radiologic import CLINICAL_RADIOLOGIC

PREFIX = "ning2025:"
MOST = 9
"""The paper kept nine of 488 stable features."""


def combined_columns(patients: Sequence[Patient], seed: int) -> tuple[Column, ...]:
    """The four clinical-radiologic predictors and the features that the LASSO keeps.

    Where it keeps more than the paper's nine, the nine with the largest coefficients stay: more would leave
    the unpenalised regression behind it with too few events for each coefficient.

    Args:
        patients: training patients with features of the settings ``ning2025``. Features of an ICC of 0.80 or
            less are left out of the table beforehand, as in the paper.
        seed: of the folds.

    Raises:
        InputRefused: nobody has features, too few patients, or the LASSO keeps none.
    """
    from ...radiomics.lasso import choose_by_lasso

    values, outcome, names = candidates(patients, PREFIX)
    try:
        choice = choose_by_lasso(values, outcome, names, seed)
    except UsageError as error:
        raise InputRefused(f"radiomics features cannot be chosen: {error}") from error
    if not choice.names:
        raise InputRefused(f"the LASSO keeps none of {choice.candidates} radiomics features")
    size = dict(zip(choice.names, map(abs, choice.coefficients), strict=True))
    largest = sorted(size, key=lambda name: (-size[name], name))[:MOST]
    kept = [name for name in choice.names if name in largest]
    return (*CLINICAL_RADIOLOGIC, *(radiomics(name) for name in kept))
