"""``python -m training.simulate.cohort``: write simulated patients without images."""

import argparse
from pathlib import Path

from HematomaExpansionLib.errors import OutputError

from .draw import draw_cohort
from .files import write_cohort


def main() -> None:
    """Write ``--out`` and, beside it, its data dictionary."""
    parser = argparse.ArgumentParser(prog="python -m training.simulate.cohort", description=main.__doc__)
    parser.add_argument("--patients", type=int, required=True, help="how many patients")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same bytes")
    parser.add_argument("--out", type=Path, required=True, help="CSV file to write")
    parser.add_argument("--latent", action="store_true", help="write the true risk, too")
    options = parser.parse_args()
    if options.patients < 1 or options.seed < 0:
        parser.error("--patients must be at least 1 and --seed at least 0")
    if options.out.suffix != ".csv":
        parser.error(f"--out {options.out}: a .csv file is allowed")
    try:
        said = write_cohort(
            draw_cohort(options.patients, options.seed), options.out, options.seed, options.latent
        )
    except OutputError as error:
        parser.error(str(error))
    print(f"{options.out}: {said['patients']} simulated patients, {said['expanded']} with expansion")
    print(f"best reachable AUC {said['best_reachable_auc']} (true risk, expected)")


if __name__ == "__main__":
    main()
