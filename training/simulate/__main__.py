"""``python -m training.simulate``: write simulated patients with their truth."""

import argparse
from pathlib import Path

from .case import write
from .draw import draw_case


def main() -> None:
    """Write ``--cases`` patients into folders ``case-0001``, ``case-0002``, ... of ``--out``."""
    parser = argparse.ArgumentParser(prog="python -m training.simulate", description=main.__doc__)
    parser.add_argument("--cases", type=int, required=True, help="how many patients")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same files")
    parser.add_argument("--out", type=Path, required=True, help="folder to write into")
    parser.add_argument("--followup", action="store_true", help="a second scan of each patient")
    options = parser.parse_args()
    if options.cases < 1 or options.seed < 0:
        parser.error("--cases must be at least 1 and --seed at least 0")
    for number in range(1, options.cases + 1):
        folder = options.out / f"case-{number:04d}"
        scans = write(draw_case(options.seed, number, options.followup), folder)
        volumes = ", ".join(f"ICH {s.truth_ml['ich']:.1f} mL, IVH {s.truth_ml['ivh']:.1f} mL" for s in scans)
        print(f"{folder}: {volumes}")


if __name__ == "__main__":
    main()
