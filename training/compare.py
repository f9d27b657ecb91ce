"""Compare models on the patients that none of them was trained on.

    python -m training.compare cnn-run/predictions.csv zhong2021/predictions.csv --cohort C.csv --out DIR

takes the ``predictions.csv`` of commands with one division and one definition of expansion, and writes
``comparison.csv``, ``comparison.md``, ``roc`` and ``calibration`` (PNG and SVG). Models stand in the order of
their AUC; above them, for simulated patients, the true risk, which nothing can beat but by chance.
"""

import argparse
import csv
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import atanh, sqrt, tanh
from pathlib import Path

from HematomaExpansionLib.cohort_table import read_cohort
from HematomaExpansionLib.errors import InputRefused, UnreadableFile
from HematomaExpansionLib.statistics.brier import brier_score
from HematomaExpansionLib.statistics.calibration import calibration, calibration_curve
from HematomaExpansionLib.statistics.delong import compare_aucs, delong_auc
from HematomaExpansionLib.statistics.figures.calibration import draw_calibration
from HematomaExpansionLib.statistics.figures.roc import draw_roc
from HematomaExpansionLib.statistics.figures.style import write_figure
from HematomaExpansionLib.statistics.roc import roc_curve

from .classical.cohort import TEST
from .reproduce.figures import legend_below
from .reproduce.table import Table, p_text, with_interval, write_table
from .script import parser_of, run
from .stated_risk import stated_risks

TRUE_RISK = "true risk of the simulator"
GROUPS = 5
_COLUMNS = (
    "rank",
    "model",
    "patients",
    "AUC",
    "P against the first",
    "calibration slope",
    "in the large",
    "Brier",
)
_OF_RISK = "rank correlation with the true risk"


@dataclass
class HeldOut:
    """What models say of the patients held out.

    Attributes:
        expansion: by patient.
        models: probability by patient, None where there is none, by name of the model.
    """

    expansion: dict[str, bool] = field(default_factory=dict)
    models: dict[str, dict[str, float | None]] = field(default_factory=dict)

    def of(self, model: str) -> list[float | None]:
        """Probabilities in the order of the patients."""
        return [self.models[model].get(patient) for patient in self.expansion]


def read_held_out(paths: Sequence[Path]) -> HeldOut:
    """Read the patients held out from tables of predictions.

    Args:
        paths: with the columns patient, set, model, probability and expansion.

    Raises:
        UnreadableFile: a table cannot be read, or is no such table.
        InputRefused: the models are not of the same patients or outcome, or one stands there twice.
    """
    found = HeldOut()
    for path in paths:
        try:
            with path.open(newline="", encoding="utf-8-sig") as stream:
                rows = [row for row in csv.DictReader(stream) if row["set"] == TEST]
            told = [
                (row["model"], row["patient"], row["probability"], row["expansion"] == "1") for row in rows
            ]
            numbers = [float(shown) if shown else None for _, _, shown, _ in told]
        except (OSError, UnicodeDecodeError, KeyError, ValueError) as error:
            raise UnreadableFile(f"{path}: is no table of predictions ({error!r})") from error
        expansion = {patient: expanded for _, patient, _, expanded in told}
        if not expansion:
            raise InputRefused(f"{path}: no patient of the set {TEST!r}")
        if expansion != (found.expansion or expansion):
            raise InputRefused(
                f"{path}: other patients are held out than in {paths[0]}, or their expansion is defined "
                "otherwise; compare models of one division and one definition"
            )
        found.expansion = found.expansion or expansion
        for (model, patient, _, _), number in zip(told, numbers, strict=True):
            if patient in found.models.setdefault(model, {}):
                raise InputRefused(f"{path}: {model} stands there twice for {patient}")
            found.models[model][patient] = number
    return found


def comparison(held_out: HeldOut, source: str) -> Table:
    """The models in the order of their AUC.

    Args:
        held_out: of all models.
        source: what the patients are: simulated or real.
    """
    outcome = [int(one) for one in held_out.expansion.values()]
    aucs = {model: delong_auc(outcome, held_out.of(model)) for model in held_out.models}
    ranked = sorted((m for m in aucs if m != TRUE_RISK), key=lambda model: -(aucs[model].value or 0.0))
    rows = [
        (
            "" if rank == 0 else str(rank),
            model,
            str(aucs[model].n),
            with_interval(aucs[model], 3),
            ""
            if rank < 2
            else p_text(compare_aucs(outcome, held_out.of(model), held_out.of(ranked[0])).test),
            with_interval(calibration(outcome, held_out.of(model)).slope),
            with_interval(calibration(outcome, held_out.of(model)).in_the_large),
            with_interval(brier_score(outcome, held_out.of(model)).score, 3),
        )
        for rank, model in [*((0, m) for m in aucs if m == TRUE_RISK), *enumerate(ranked, 1)]
    ]
    title = f"{len(outcome)} {source} patients held out, {sum(outcome)} with expansion"
    notes = [
        "In brackets 95 % intervals: AUC and P of DeLong, the others of Wald.",
        "A calibration slope of 1 and 0 in the large are right; a lower Brier score is better.",
    ]
    columns = _COLUMNS
    if TRUE_RISK in held_out.models:
        columns = (*columns, _OF_RISK)
        risks = held_out.of(TRUE_RISK)
        rows = [(*row, likeness(held_out.of(row[1]), risks) if row[0] else "") for row in rows]
        notes.append(
            "The correlation (Spearman; interval of Bonett and Wright) says more of few patients than the "
            "AUC: an outcome is a draw of luck, a risk is none."
        )
    return Table("comparison", title, columns, tuple(rows), tuple(notes))


def likeness(said: Sequence[float | None], risks: Sequence[float | None]) -> str:
    """Spearman's correlation with the true risk, of the patients of whom the model says something.

    Args:
        said: by the model.
        risks: of the simulator, in the same order.

    Returns:
        With its 95 % interval (Bonett and Wright, Psychometrika 2000;65:23-28); empty for fewer than four
        patients, and where the model says the same of all or orders them exactly.
    """
    from scipy.stats import spearmanr

    pairs = [(own, risk) for own, risk in zip(said, risks, strict=True) if None not in (own, risk)]
    if len(pairs) < 4 or len({own for own, _ in pairs}) == 1:
        return ""
    found = float(spearmanr([own for own, _ in pairs], [risk for _, risk in pairs]).statistic)
    if abs(found) > 1 - 1e-9:
        return ""
    reach = 1.96 * sqrt((1 + found**2 / 2) / (len(pairs) - 3))
    low, high = tanh(atanh(found) - reach), tanh(atanh(found) + reach)
    return f"{found:.2f} [{low:.2f}, {high:.2f}]"


def draw(held_out: HeldOut, table: Table, out: Path) -> None:
    """Draw the ROC curves and the calibration, in the order of the table."""
    outcome = [int(one) for one in held_out.expansion.values()]
    said = {row[1]: held_out.of(row[1]) for row in table.rows}
    rocs = {model: (roc_curve(outcome, risks), delong_auc(outcome, risks)) for model, risks in said.items()}
    write_figure(legend_below(draw_roc(rocs, f"ROC\n{table.title}")), out / "roc")
    fits = {
        model: (calibration_curve(outcome, risks, GROUPS), calibration(outcome, risks).slope)
        for model, risks in said.items()
    }
    write_figure(legend_below(draw_calibration(fits, f"Calibration\n{table.title}")), out / "calibration")


def compare(options: argparse.Namespace) -> None:
    """Write the table and the figures, and print the table."""
    simulated = read_cohort(options.cohort).simulated
    held_out = read_held_out(options.predictions)
    risks = stated_risks(options.cohort, held_out.expansion) if simulated else {}
    if risks:
        held_out.models[TRUE_RISK] = dict(risks)
    table = comparison(held_out, "simulated" if simulated else "real")
    _, text = write_table(table, options.out)
    draw(held_out, table, options.out)
    print(text.read_text(encoding="utf-8"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; returns the exit code."""
    parser = parser_of("compare", __doc__)
    parser.add_argument("predictions", type=Path, nargs="+", help="predictions.csv of training commands")
    parser.add_argument("--cohort", type=Path, required=True, help="the table that they were trained with")
    parser.add_argument("--out", type=Path, required=True, help="folder to write into")
    parser.set_defaults(threads=None)
    return run("compare", compare, parser.parse_args(arguments))


if __name__ == "__main__":
    sys.exit(main())
