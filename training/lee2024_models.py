"""From the nDL scores of Lee 2024 to its regressions, their bundles, and what was measured."""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch

from HematomaExpansionLib.device import choose_device
from HematomaExpansionLib.errors import InputRefused
from HematomaExpansionLib.files import written_whole
from HematomaExpansionLib.prediction.lee2024.clinical import CLINICAL
from HematomaExpansionLib.prediction.lee2024.image import NDL, LeeImage, LeeIntegrated, with_score
from HematomaExpansionLib.prediction.lee2024.networks import LeeNetworks
from HematomaExpansionLib.prediction.logistic import Logistic
from HematomaExpansionLib.prediction.model_bundle import save_predictor
from HematomaExpansionLib.prediction.patient import Patient
from HematomaExpansionLib.statistics.delong import delong_auc
from HematomaExpansionLib.statistics.likelihood_ratio import likelihood_ratio_test
from HematomaExpansionLib.statistics.logit import fit_logit

from .image_cohort import ImageCohort
from .image_scores import write_scores
from .provenance import hardware, versions

Scores = Mapping[str, float | None]


def fitted(kind: type[LeeImage], patients: Sequence[Patient]) -> Logistic | str:
    """The regression of a predictor on scores out of fold, or why there is none."""
    try:
        return kind.kind.fit(patients, seed=0)
    except InputRefused as error:
        return str(error)


def told(regression: Logistic, patients: Sequence[Patient]) -> dict[str, object]:
    """AUC with DeLong's interval on patients with a score; who gets no probability is counted."""
    pairs = [(one.expansion is True, regression.predict(one).probability) for one in patients]
    known = [(outcome, probability) for outcome, probability in pairs if probability is not None]
    found = delong_auc([outcome for outcome, _ in known], [probability for _, probability in known])
    return {
        "patients": len(known),
        "without_probability": len(pairs) - len(known),
        "expanded": sum(outcome for outcome, _ in known),
        "auc": found.value,
        "auc_95": None if found.interval is None else [found.interval.low, found.interval.high],
        "reason": found.reason,
    }


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


def write(
    options: argparse.Namespace,
    run: Path,
    cohort: ImageCohort,
    networks: LeeNetworks,
    trainings: dict[str, object],
    scores: Scores,
    test_scores: Scores,
) -> None:
    """Fit the regressions, write the bundles, and measure them on the test patients.

    Args:
        options: of the command.
        run: folder for the scores and for what was measured on the test patients.
        cohort: the patients.
        networks: trained on all training patients.
        trainings: what was trained and how it went.
        scores: nDL score of the training patients, out of fold.
        test_scores: of the test patients.
    """
    training = [with_score(one, scores[one.name]) for one in cohort.training if one.name in scores]
    test = [with_score(one, test_scores[one.name]) for one in cohort.test if one.name in test_scores]
    write_scores(run / "scores.csv", scores, test_scores)
    record = {
        "cohort_sha256": cohort.table.sha256,
        "patients": len(training),
        "expanded": sum(one.expansion is True for one in training),
        "folds_of_the_score": options.folds,
        "networks": trainings,
        "seed": options.seed,
        "hardware": hardware(torch.device(choose_device(options.device))),
        "versions": versions(),
    }
    measured: dict[str, object] = {"patients": len(test)}
    integrated = options.out.with_name(options.out.name + "-integrated")
    for kind, folder in ((LeeImage, options.out), (LeeIntegrated, integrated)):
        regression = fitted(kind, training)
        if isinstance(regression, str):
            print(f"{kind.name}: not written, {regression}", flush=True)
            continue
        predictor = kind(networks, regression)
        metrics = {"training, nDL score out of fold": told(regression, training)}
        if kind is LeeIntegrated:
            metrics["against Clinical-to-HE"] = compared(training)
        save_predictor(
            predictor,
            folder,
            training=record,
            metrics=metrics,
            simulated=cohort.table.simulated is True,
            preprocessing={"window_hu": [0, 100], **networks.settings.record()},
        )
        measured[kind.name] = told(regression, test) if test else None
        print(f"{folder}: {kind.name}", flush=True)
    with written_whole(run / "test.json") as temporary:
        temporary.write_text(json.dumps(measured, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(measured, indent=2), flush=True)
