r"""Train the fusion of image, markers, radiomics and clinical record.

    python -m training.fusion --paper lee2024 --cohort cohort.csv --radiomics features.csv \
        --image lee2024 --scores lee2024-run/scores.csv --out fusion

``--paper`` says which outcome, which patients and which division: those of that paper, so that both can be
compared on the same patients. ``--image`` is the bundle of any image model; ``--scores`` the ``scores.csv``
of its training, which holds what it said of the training patients out of fold. Seconds to minutes on one
core.

``<out>-run/predictions.csv`` holds the probability of every patient, of training patients out of fold,
whether or not the fusion abstains; ``abstentions.csv`` says of whom it does. No bundle knows of the patients
held out.
"""

import argparse
import csv
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from HematomaExpansionLib.errors import HematomaExpansionError, InputRefused
from HematomaExpansionLib.files import written_whole
from HematomaExpansionLib.prediction.fusion.ensemble import MEMBERS
from HematomaExpansionLib.prediction.fusion.inputs import IMAGE_SCORE, log_odds
from HematomaExpansionLib.prediction.fusion.predictor import AGREEMENT, KINDS, Judgement
from HematomaExpansionLib.prediction.model_bundle import LoadedPredictor, save_predictor
from HematomaExpansionLib.prediction.patient import Patient
from HematomaExpansionLib.prediction.registry import load_predictor
from HematomaExpansionLib.statistics.calibration import calibration
from HematomaExpansionLib.statistics.delong import delong_auc

from .classical.cohort import TRAIN, StudyCohort, fingerprint, study_cohort
from .classical.command import PREDICTIONS, describe, summary, write_predictions
from .classical.fitted import Fitted, sets_of
from .classical.study import STUDIES
from .image_cohort import folds
from .image_scores import read_scores

ABSTENTIONS = "abstentions.csv"


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, and write the bundle."""
    options = _options(arguments)
    try:
        _train(options)
    except HematomaExpansionError as error:
        print(f"training.fusion: {error}", file=sys.stderr)
        return error.exit_code
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m training.fusion",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--paper", choices=STUDIES, default="ning2025", help="whose outcome and division")
    parser.add_argument("--cohort", type=Path, required=True, help="table of the patients")
    parser.add_argument("--radiomics", type=Path, help="table of `hematoma-expansion radiomics`")
    parser.add_argument("--image", type=Path, help="bundle of the image model")
    parser.add_argument("--scores", type=Path, help="the scores.csv that was written beside it")
    parser.add_argument("--out", type=Path, required=True, help="the bundle to write")
    parser.add_argument("--data", choices=("simulated", "real"), help="what the patients are; else as beside")
    parser.add_argument("--members", type=int, default=MEMBERS, help="regressions in the ensemble")
    parser.add_argument("--calibration", choices=("platt", "isotonic"), default="platt")
    parser.add_argument("--folds", type=int, default=5, help="for calibration and threshold")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    if options.members < 2 or options.folds < 2:
        parser.error(f"--members {options.members}, --folds {options.folds}: at least 2 of each are needed")
    if (options.image is None) != (options.scores is None):
        parser.error("--image and --scores go together: the bundle, and what it said out of fold")
    return options


def _train(options: argparse.Namespace) -> None:
    run = options.out.with_name(options.out.name + "-run")
    study = STUDIES[options.paper]
    simulated = None if options.data is None else options.data == "simulated"
    cohort = study_cohort(study, options.cohort, options.seed, simulated, options.radiomics)
    print("\n".join(describe(cohort)), flush=True)
    image = None if options.image is None else load_predictor(options.image)
    scores = {} if image is None else _scores(options.scores, cohort)
    patients = [
        replace(one, values={**one.values, IMAGE_SCORE: scores.get(one.name)}) for one in cohort.patients
    ]
    training = [one for one in patients if one.split == TRAIN]
    of = folds(training, options.folds, options.seed)
    fusion, held_out = KINDS[study.outcome.name].fit(
        training,
        of,
        options.seed,
        image=None if image is None else image.predictor,
        members=options.members,
        calibration=options.calibration,
    )
    if image is not None and fusion.image is None:
        known = sum(one.values[IMAGE_SCORE] is not None for one in training)
        raise InputRefused(
            f"{options.scores}: has scores out of fold of {known} of {len(training)} training patients; half "
            "of them are needed, and not the same of all, to build on the image model (train it with --folds)"
        )
    told = dict(zip((one.name for one in training), fusion.calibrator.probability(held_out), strict=True))
    said = {one.name: fusion.judge_values(one) for one in patients}
    probabilities = {name: float(told.get(name, judged.probability)) for name, judged in said.items()}
    model = Fitted(fusion.name, probabilities=probabilities, threshold=fusion.threshold)
    save_predictor(
        fusion,
        options.out,
        training=_record(options, cohort, image),
        metrics=_metrics(model, training),
        simulated=cohort.simulated,
    )
    write_predictions([model], cohort, run / PREDICTIONS)
    _write_abstentions(run / ABSTENTIONS, patients, said)
    print(summary(model, cohort))
    print("\n".join(_of_the_answered(cohort, said)))


def _scores(path: Path, cohort: StudyCohort) -> dict[str, float]:
    """Log odds of the image model by patient.

    Raises:
        InputRefused: the model was trained on another division of the patients.
    """
    training, others = read_scores(path)
    learnt = {one.name for one in cohort.of(TRAIN)}
    for names, wrong, what in (
        (training, set(training) - learnt, "the image model learnt from, and this paper does not"),
        (others, set(others) & learnt, "this paper learns from, and the image model did not"),
    ):
        if wrong:
            raise InputRefused(
                f"{path}: {len(wrong)} of {len(names)} patients that {what}, {min(wrong)} the first; "
                "train both with the same paper's division, or fill in the column split"
            )
    return {name: log_odds(score) for name, score in (training | others).items() if score is not None}


def _metrics(model: Fitted, training: Sequence[Patient]) -> dict[str, Any]:
    outcome = [one.expansion is True for one in training]
    probability = model.of(training)
    found = calibration(outcome, probability)
    return {
        "AUC, training patients, out of fold": delong_auc(outcome, probability).text(),
        "calibration slope, likewise (fitted there)": found.slope.text(),
        "calibration in the large, likewise": found.in_the_large.text(),
        "patients": len(training),
    }


def _record(
    options: argparse.Namespace, cohort: StudyCohort, image: LoadedPredictor | None
) -> dict[str, Any]:
    train = cohort.of(TRAIN)
    return {
        "outcome_and_division_of": STUDIES[options.paper].citation,
        "data": {
            "source": cohort.source,
            "patients": len(train),
            "expanded": sum(one.expansion is True for one in train),
            "sha256": fingerprint(train),
        },
        "division": cohort.split_rule,
        "image_model": None if image is None else image.bundle.metadata.version,
        "members": options.members,
        "folds": options.folds,
        "abstains_below_agreement_of": AGREEMENT,
        "seed": options.seed,
    }


def _write_abstentions(path: Path, patients: Sequence[Patient], said: Mapping[str, Judgement]) -> None:
    with written_whole(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["patient", "set", "low", "high", "agreement", "reason"])
        for one in patients:
            judged = said[one.name]
            low, high = judged.interval
            writer.writerow(
                [one.name, one.split, f"{low:.4f}", f"{high:.4f}", f"{judged.agreement:.2f}", judged.doubt]
            )


def _of_the_answered(cohort: StudyCohort, said: Mapping[str, Judgement]) -> list[str]:
    """How good the fusion is where it does not abstain, in the sets that were held out."""
    lines = []
    for name, patients in sets_of(cohort):
        if name == TRAIN:
            continue
        answered = [one for one in patients if not said[one.name].doubt]
        found = delong_auc(
            [one.expansion is True for one in answered], [said[one.name].probability for one in answered]
        )
        lines.append(f"{name}: answers {len(answered)} of {len(patients)}, AUC of these {found.text()}")
    return lines


if __name__ == "__main__":
    sys.exit(main())
