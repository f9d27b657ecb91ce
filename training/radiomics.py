"""``python -m training.radiomics``: the features of a cohort, and of these the stable ones.

    python -m training.radiomics --cohort cohort.csv --out features.csv [--settings ning2025] [--workers 2]
                                 [--redrawn 2] [--stability-cases 60]

Writes the table that ``--radiomics`` of the other training commands reads. With ``--redrawn`` the masks of
some training patients are redrawn so many times as another reader might have drawn them; features whose ICC
is 0.80 or less are left out of the table, and ``features-stability.csv`` says of each why. Ning had a second
reader draw 60 masks; a cohort has one mask a patient. Test patients have no say in what is stable.
"""

import argparse
import csv
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from HematomaExpansionLib.cohort_table import CohortTable, read_cohort
from HematomaExpansionLib.errors import HematomaExpansionError, MissingInput
from HematomaExpansionLib.files import written_whole
from HematomaExpansionLib.progress import Progress
from HematomaExpansionLib.radiomics.case import Case
from HematomaExpansionLib.radiomics.cases import extract_cases
from HematomaExpansionLib.radiomics.features import Features, write_features
from HematomaExpansionLib.radiomics.perturb import Redraw
from HematomaExpansionLib.radiomics.settings import DEFAULT_SETTINGS, Settings, read_settings
from HematomaExpansionLib.radiomics.stability import Stability, stable_features
from HematomaExpansionLib.shell_progress import cancelled_by_signals, shown
from HematomaExpansionLib.statistics.icc import IccForm


def main(arguments: Sequence[str] | None = None) -> None:
    """Extract the features of every patient with a baseline and its mask; keep the stable ones."""
    parser = argparse.ArgumentParser(prog="python -m training.radiomics", description=main.__doc__)
    parser.add_argument("--cohort", type=Path, required=True, help="CSV with baseline and baseline_mask")
    parser.add_argument("--out", type=Path, required=True, help="table to write, .csv")
    parser.add_argument("--settings", default=DEFAULT_SETTINGS, help="ning2025, lu2024 or a .yaml file")
    parser.add_argument("--workers", type=int, default=1, help="processes")
    parser.add_argument(
        "--redrawn", type=int, default=0, help="how often masks are redrawn; 0 keeps all features"
    )
    parser.add_argument(
        "--stability-cases", type=int, default=60, help="training patients whose masks are redrawn"
    )
    parser.add_argument("--seed", type=int, default=1, help="of who is redrawn and how")
    options = parser.parse_args(arguments)
    try:
        cohort, settings = read_cohort(options.cohort), read_settings(options.settings)
        cases = cases_of(cohort)
        with cancelled_by_signals() as cancelled, shown("auto", cancelled) as progress:
            progress.stage("features")
            found = extract_cases(cases, settings, workers=options.workers, progress=progress)
            table: Mapping[str, Features] = found.features
            if options.redrawn:
                chosen = stability_cases(cohort, table, options.stability_cases, options.seed)
                ratings = repeated(cases, chosen, table, settings, options, progress)
                stability = stable_features(ratings, form=IccForm.ONE_SINGLE)
                table = {name: only(features, stability.stable) for name, features in table.items()}
        write_features(table, options.out)
        if options.redrawn:
            write_stability(stability, options.out.with_name(f"{options.out.stem}-stability.csv"))
    except HematomaExpansionError as error:
        parser.error(" ".join(str(error).split()))
    for name, reason in found.refused.items():
        print(f"{name}: {reason}")
    print(f"{len(table)} of {len(cohort.rows)} patients: {options.out}")
    if options.redrawn:
        print(
            f"{len(stability.stable)} of {len(stability.icc)} features have an ICC({stability.form}) above "
            f"{stability.threshold:g} over {stability.ratings} masks of {stability.cases} training patients"
        )


def cases_of(cohort: CohortTable) -> list[Case]:
    """The patients with a baseline and its mask.

    Raises:
        MissingInput: there is none.
    """
    rows = [row for row in cohort.rows if {"baseline", "baseline_mask"} <= set(row.files)]
    if not rows:
        raise MissingInput(f"{cohort.path}: no patient with both baseline and baseline_mask")
    return [Case(row.name, row.files["baseline"], row.files["baseline_mask"]) for row in rows]


def stability_cases(cohort: CohortTable, table: Mapping[str, Features], count: int, seed: int) -> list[str]:
    """Training patients with features, drawn by the seed; all of them where there are no more."""
    names = [row.name for row in cohort.rows if row.split in (None, "train") and row.name in table]
    drawn = np.random.default_rng(seed).permutation(len(names))[:count]
    return [names[index] for index in sorted(drawn)]


def repeated(
    cases: Sequence[Case],
    chosen: Sequence[str],
    table: Mapping[str, Features],
    settings: Settings,
    options: argparse.Namespace,
    progress: Progress,
) -> list[dict[str, Features]]:
    """Features of the chosen patients from the masks as given and redrawn; who lost a mask is left out."""
    subset = [case for case in cases if case.name in chosen]
    ratings: list[Mapping[str, Features]] = [table]
    for number in range(options.redrawn):
        progress.stage(f"redrawn {number + 1}")
        redraw = Redraw(options.seed + number)
        ratings.append(
            extract_cases(
                subset, settings, redraw=redraw, workers=options.workers, progress=progress
            ).features
        )
    kept = [name for name in chosen if all(name in rating for rating in ratings)]
    return [{name: rating[name] for name in kept} for rating in ratings]


def only(features: Features, names: Sequence[str]) -> Features:
    """Some of the features."""
    return replace(features, values={name: features.values.get(name) for name in names})


def write_stability(stability: Stability, path: Path) -> None:
    """A CSV with one line a feature: the coefficient, its interval, and why it is not kept."""
    with written_whole(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["feature", "icc", "low", "high", "n", "kept", "reason"])
        for name, one in stability.icc.items():
            ends = ("", "") if one.interval is None else (one.interval.low, one.interval.high)
            value = "" if one.value is None else one.value
            reason = stability.rejected.get(name, "")
            writer.writerow([name, value, *ends, one.n, "no" if reason else "yes", reason])


if __name__ == "__main__":
    main()
