"""The radiomics module of Lu 2024: forward selection and a support vector machine."""

from collections.abc import Sequence
from typing import ClassVar, Self

from ...errors import InputRefused, UsageError
from ..column import Column, radiomics
from ..design import Missing
from ..feature_choice import candidates
from ..outcome import LU2024, Outcome
from ..patient import Patient
from ..vector_machine import machine_of
from ..vector_predictor import VectorPredictor

PREFIX = "lu2024:original_"
"""The 107 features of the original image, "for each case, 107 features" (Results)."""
COSTS = (0.1, 1.0, 10.0)
FOLDS = 2
"""Of the selection: "divided into two stratified sets for cross-validation"."""
MOST = 10
"""Features at most."""
EVENTS_A_FEATURE = 10
"""Training patients of the rarer outcome for each feature: the usual rule of ten."""


class LuRadiomics(VectorPredictor):
    """Support vector machine on the features that help it most, added one by one.

    Features and cost are chosen together by the mean over two stratified folds of the training patients. The
    paper takes the best accuracy; with a quarter expanding that rewards calling nobody expanding, which is
    what its radiomics module does (recall 0), so the AUC is taken here. The grid of the paper is not printed:
    three costs, and one feature for every ten training patients of the rarer outcome, up to ten. With more,
    a cohort of the paper's size is learnt by heart.
    """

    name: ClassVar[str] = "lu2024-radiomics"
    outcome: ClassVar[Outcome] = LU2024
    columns: ClassVar[tuple[Column, ...]] = ()

    @classmethod
    def fit(cls, patients: Sequence[Patient], seed: int, missing: Missing = "complete-case") -> Self:
        """Choose features and cost, then fit.

        Raises:
            InputRefused: nobody has features of the settings ``lu2024``, or too few patients of one outcome.
        """
        from ...radiomics.forward import choose_forward

        values, outcome, names = candidates(patients, PREFIX)
        rarer = int(min(outcome.sum(), len(outcome) - outcome.sum()))
        most = min(max(rarer // EVENTS_A_FEATURE, 1), MOST)
        try:
            tried = [
                (choose_forward(machine_of(cost), values, outcome, names, seed, most, folds=FOLDS), cost)
                for cost in COSTS
            ]
        except UsageError as error:
            raise InputRefused(f"{cls.name}: {error}") from error
        choice, cost = max(tried, key=lambda pair: pair[0].scores[-1])
        return cls.fit_columns([radiomics(name) for name in choice.names], patients, seed, missing, cost)
