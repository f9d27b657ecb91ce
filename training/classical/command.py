"""What ``python -m training.<paper>`` does: fit the classical models of a paper, save and measure them."""

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path

from HematomaExpansionLib.errors import HematomaExpansionError
from HematomaExpansionLib.files import written_whole
from HematomaExpansionLib.prediction.design import POLICIES

from .cohort import StudyCohort, study_cohort
from .fitted import Fitted, fit_model, save, sets_of
from .performance import performance
from .study import STUDIES

PREDICTIONS = "predictions.csv"


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options that every command on a cohort has."""
    parser.add_argument(
        "--cohort", type=Path, required=True, help="CSV, see HematomaExpansionLib.cohort_table"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder to write into")
    parser.add_argument("--radiomics", type=Path, help="table of `python -m training.radiomics`")
    parser.add_argument(
        "--missing", choices=POLICIES, default="complete-case", help="policy for missing inputs"
    )
    parser.add_argument(
        "--data", choices=("simulated", "real"), help="what the patients are; else as beside the CSV"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the division and of what is random in a fit")


def main(paper: str, arguments: Sequence[str] | None = None) -> None:
    """Fit to the training patients of ``--cohort``; write a bundle of each model, and what it says of all."""
    study = STUDIES[paper]
    parser = argparse.ArgumentParser(prog=f"python -m training.{paper}", description=main.__doc__)
    add_options(parser)
    parser.add_argument(
        "--model", action="append", choices=study.models, help="one model only; may be repeated"
    )
    options = parser.parse_args(arguments)
    simulated = None if options.data is None else options.data == "simulated"
    try:
        cohort = study_cohort(study, options.cohort, options.seed, simulated, options.radiomics)
        for sentence in describe(cohort):
            print(sentence)
        models = []
        for name in options.model or study.models:
            models.append(fit_model(name, cohort, options.seed, options.missing))
            save(models[-1], study, cohort, options.seed, options.out)
            print(summary(models[-1], cohort), flush=True)
        write_predictions(models, cohort, options.out / PREDICTIONS)
    except HematomaExpansionError as error:
        parser.error(" ".join(str(error).split()))


def describe(cohort: StudyCohort) -> list[str]:
    """Who is in which set, in sentences."""
    counts = ", ".join(
        f"{name} {len(of)} ({sum(one.expansion is True for one in of)} expanded)"
        for name, of in sets_of(cohort)
    )
    left_out = ", ".join(f"{count} {why}" for why, count in cohort.excluded.items()) or "nobody"
    return [
        f"{cohort.path}: {cohort.read} {cohort.source} patients; left out: {left_out}",
        f"{counts}; {cohort.split_rule}",
        *cohort.remarks,
    ]


def summary(model: Fitted, cohort: StudyCohort) -> str:
    """One line about a model."""
    if model.unavailable:
        return f"{model.name}: not available: {model.unavailable}"
    said = [f"{name} {performance(model, of).auc.text()}" for name, of in sets_of(cohort)]
    return f"{model.name}: AUC {', '.join(said)}"


def write_predictions(models: Sequence[Fitted], cohort: StudyCohort, path: Path) -> None:
    """Write what every model says of every patient: one line each, with the set and the outcome.

    In what a network differs from the paper's stands in every line of it: ``training.reproduce`` says so.

    Raises:
        OutputError: the folder cannot be written.
    """
    with written_whole(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["patient", "set", "model", "probability", "expansion", "reason", "unlike_paper"])
        for model in models:
            for patient in cohort.patients:
                probability = model.probabilities.get(patient.name)
                shown = "" if probability is None else f"{probability:.10g}"
                reason = model.unavailable or model.reasons.get(patient.name, "")
                expansion = int(patient.expansion is True)
                writer.writerow(
                    [patient.name, patient.split, model.name, shown, expansion, reason, model.unlike]
                )
