"""From the nDL scores of Lee 2024 to its regressions, their bundles, and what they say of everybody."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from HematomaExpansionLib.errors import InputRefused
from HematomaExpansionLib.prediction.lee2024.clinical import CLINICAL
from HematomaExpansionLib.prediction.lee2024.image import NDL, LeeImage, LeeIntegrated, with_score
from HematomaExpansionLib.prediction.lee2024.networks import LeeNetworks, LeeSettings
from HematomaExpansionLib.prediction.lee2024.slices import WINDOW_HU
from HematomaExpansionLib.prediction.logistic import Logistic
from HematomaExpansionLib.prediction.model_bundle import save_predictor
from HematomaExpansionLib.prediction.patient import Patient
from HematomaExpansionLib.statistics.delong import delong_auc
from HematomaExpansionLib.statistics.likelihood_ratio import likelihood_ratio_test
from HematomaExpansionLib.statistics.logit import fit_logit

from .classical.command import PREDICTIONS, summary, write_predictions
from .classical.fitted import Fitted, differences
from .image_cohort import ImageCohort
from .image_scores import write_scores

Scores = Mapping[str, float | None]
REPRODUCE = "reproduce.csv"
"""For ``training.reproduce lee2024 --predictions``."""
FOLDERS = {LeeImage: "", LeeIntegrated: "-integrated"}
"""What is added to the name of the bundle."""


def write(
    options: argparse.Namespace,
    run: Path,
    cohort: ImageCohort,
    networks: LeeNetworks,
    record: Mapping[str, Any],
    scores: Scores,
    held_out_scores: Scores,
) -> None:
    """Fit the regressions, write the bundles, and let them predict everybody.

    Args:
        options: of the command.
        run: folder for scores and predictions.
        cohort: the patients.
        networks: trained on all training patients.
        record: of the training, for the bundles.
        scores: nDL score of the training patients, out of fold.
        held_out_scores: of the others.
    """
    training = [with_score(one, scores[one.name]) for one in cohort.training if one.name in scores]
    held_out = [
        with_score(one, held_out_scores[one.name]) for one in cohort.held_out if one.name in held_out_scores
    ]
    unlike = differences(networks.settings.record(), LeeSettings().record())
    models = [_fitted(kind, training, held_out, unlike) for kind in FOLDERS]
    for (kind, suffix), (model, regression) in zip(FOLDERS.items(), models, strict=True):
        print(summary(model, cohort.study), flush=True)
        if regression is None:
            continue
        found = delong_auc([one.expansion is True for one in training], model.of(training))
        metrics: dict[str, Any] = {
            "AUC, training patients, nDL score out of fold": found.text(),
            "patients": found.n,
        }
        if kind is LeeIntegrated:
            metrics["against Clinical-to-HE"] = compared(training)
        save_predictor(
            kind(networks, regression),
            options.out.with_name(options.out.name + suffix),
            training=record,
            metrics=metrics,
            simulated=cohort.study.simulated,
            preprocessing={"window_hu": WINDOW_HU, **networks.settings.record()},
        )
    image, integrated = (model for model, _ in models)
    write_scores(
        run / "scores.csv",
        {one.name: image.probabilities.get(one.name) for one in training},
        {one.name: image.probabilities.get(one.name) for one in held_out},
    )
    write_predictions([image, integrated], cohort.study, run / PREDICTIONS)
    # Tables 2 and 3 of the paper take the nDL score itself for the probability of Image-to-HE.
    ndl = {name: None if one is None else one / 100 for name, one in {**scores, **held_out_scores}.items()}
    shown = Fitted(image.name, probabilities=ndl, unlike=unlike)
    write_predictions([shown, integrated], cohort.study, run / REPRODUCE)


def _fitted(
    kind: type[LeeImage], training: Sequence[Patient], held_out: Sequence[Patient], unlike: str
) -> tuple[Fitted, Logistic | None]:
    """The regression on scores out of fold, and what it says of everybody with a score."""
    try:
        regression = kind.kind.fit(training, seed=0)
    except InputRefused as error:
        return Fitted(kind.name, unavailable=str(error)), None
    said = {one.name: regression.predict(one) for one in (*training, *held_out)}
    return Fitted(
        kind.name,
        probabilities={name: estimate.probability for name, estimate in said.items()},
        reasons={name: estimate.reason for name, estimate in said.items() if estimate.reason},
        threshold=regression.threshold,
        unlike=unlike,
    ), regression


def compared(patients: Sequence[Patient]) -> dict[str, object]:
    """Integrated-to-HE against Clinical-to-HE: likelihood-ratio test and AIC on the same complete patients.

    The paper finds AIC 369.93 against 400.72, p < 0.001.
    """
    columns = {
        column.name: np.array([np.nan if (cell := column.of(one)) is None else cell for one in patients])
        for column in (*CLINICAL, *LeeImage.kind.columns)
    }
    # The score is NaN in none of those who are compared: both models on the same patients.
    known = ~np.isnan(columns[NDL])
    columns = {name: cells[known] for name, cells in columns.items()}
    outcome = np.array([one.expansion is True for one in patients])[known]
    clinical = fit_logit({name: cells for name, cells in columns.items() if name != NDL}, outcome)
    integrated = fit_logit(columns, outcome)
    if clinical.log_likelihood is None or integrated.log_likelihood is None:
        return {"reason": clinical.reason or integrated.reason}
    test = likelihood_ratio_test(clinical.log_likelihood, integrated.log_likelihood, 1, integrated.n)
    return {
        "patients": integrated.n,
        "aic_clinical": clinical.aic,
        "aic_integrated": integrated.aic,
        "likelihood_ratio": test.statistic,
        "p_value": test.p_value,
        "odds_ratio_of_a_point": integrated.terms[-1].odds_ratio.value,
    }
