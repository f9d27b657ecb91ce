"""``python -m training.reproduce PAPER``: the tables and figures of a paper from a cohort."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from HematomaExpansionLib.errors import HematomaExpansionError
from HematomaExpansionLib.files import check_folder
from HematomaExpansionLib.prediction.locking import ThresholdRule
from training.classical.cohort import study_cohort
from training.classical.command import PREDICTIONS, add_options, describe, summary, write_predictions
from training.classical.fitted import fit_model, save
from training.classical.study import STUDIES

from . import lee2024, lu2024, ning2025, zhong2021
from .checklists import write_checklists
from .given import read_given
from .index import write_index
from .run import Run

PAPERS: dict[str, tuple[Callable[[Run], None], ThresholdRule]] = {
    "lee2024": (lee2024.reproduce, ThresholdRule.YOUDEN),
    "ning2025": (ning2025.reproduce, ThresholdRule.HALF),
    "zhong2021": (zhong2021.reproduce, ThresholdRule.YOUDEN),
    "lu2024": (lu2024.reproduce, ThresholdRule.HALF),
}
"""What writes a paper, and the rule of the threshold of its deep models."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit the classical models of PAPER to a cohort, and write its tables, figures and checklists."""
    parser = argparse.ArgumentParser(prog="python -m training.reproduce", description=main.__doc__)
    parser.add_argument("paper", choices=PAPERS)
    add_options(parser)
    parser.add_argument(
        "--predictions",
        type=Path,
        help="CSV with patient, model, probability of models trained elsewhere on the same division",
        action="append",
        default=[],
    )
    options = parser.parse_args(arguments)
    study = STUDIES[options.paper]
    write, rule = PAPERS[options.paper]
    simulated = None if options.data is None else options.data == "simulated"
    try:
        check_folder(options.out)
        cohort = study_cohort(study, options.cohort, options.seed, simulated, options.radiomics)
        for sentence in describe(cohort):
            print(sentence)
        models = {}
        for name in study.models:
            models[name] = fit_model(name, cohort, options.seed, options.missing)
            save(models[name], study, cohort, options.seed, options.out / "models")
            print(summary(models[name], cohort), flush=True)
        for path in options.predictions:
            for name, model in read_given(path, cohort, rule).items():
                models[name] = model
                print(f"{summary(model, cohort)} (given)", flush=True)
        run = Run(study, cohort, models, options.seed, options.missing, options.out)
        write_predictions(list(models.values()), cohort, options.out / PREDICTIONS)
        write(run)
        write_checklists(run)
        print(write_index(run))
    except HematomaExpansionError as error:
        parser.error(" ".join(str(error).split()))


if __name__ == "__main__":
    main()
