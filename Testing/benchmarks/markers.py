"""How often the markers are read as they were made: the marker tables of the README.

    python -m Testing.benchmarks.markers [--cache DIR] [--cases N]

Two sets of simulated bleeds, scored on their true labels. ``lobes`` has the shapes and textures that the
limits were chosen on, with other seeds; ``walk`` has another generator of both, not looked at while they were
chosen. Volumes are 3-80 mL, slices 1-5 mm, noise, kernels and artefacts those of clinical scanners.
"""

import argparse
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from HematomaExpansionLib.markers.marker import Marker
from HematomaExpansionLib.markers.read import read_markers
from Testing.benchmarks.marker_cases import Family, MarkerCase, cases, single_thread

SEEDS: dict[Family, int] = {"lobes": 2101, "walk": 2102}
FIRST: dict[Family, int] = {"lobes": 40, "walk": 0}
"""The reported sets, and where they begin. Limits were chosen on seed 11 of ``lobes`` and on 0-39 of 2101."""
CASES = 180


@dataclass(frozen=True)
class Rate:
    """A share with its Wilson interval (95 %)."""

    hits: int
    of: int

    @property
    def share(self) -> float:
        """The share; 0 where there was nothing."""
        return self.hits / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's score interval (J Am Stat Assoc 1927;22:209)."""
        from scipy.stats import binomtest

        found = binomtest(self.hits, self.of).proportion_ci(method="wilson")
        return float(found.low), float(found.high)

    def __str__(self) -> str:
        """``0.93 (0.85-0.97)``."""
        low, high = self.interval
        return f"{self.share:.2f} ({low:.2f}-{high:.2f})"


@dataclass(frozen=True)
class Score:
    """One marker in one set."""

    sensitivity: Rate
    specificity: Rate
    indeterminate: int


def score(made: Iterable[MarkerCase]) -> dict[Marker, Score]:
    """Read every case and count; an indeterminate answer is a wrong one."""
    counts = {marker: {"hit": 0, "present": 0, "rejected": 0, "absent": 0, "open": 0} for marker in Marker}
    for case in made:
        markers = read_markers(case.scan, case.labels, case.brain)
        if markers is None:
            raise RuntimeError(f"{case.name}: has no parenchymal blood")
        for marker, found in markers.findings.items():
            count = counts[marker]
            count["open"] += found.state == "indeterminate"
            if case.markers[marker]:
                count["present"] += 1
                count["hit"] += found.state == "present"
            else:
                count["absent"] += 1
                count["rejected"] += found.state == "absent"
    return {
        marker: Score(
            Rate(count["hit"], count["present"]), Rate(count["rejected"], count["absent"]), count["open"]
        )
        for marker, count in counts.items()
    }


def table(scores: dict[Marker, Score]) -> str:
    """Markdown, one row per marker."""
    rows = ["| marker | present / absent | sensitivity | specificity |", "| --- | --- | --- | --- |"]
    for marker, found in scores.items():
        name = str(marker).replace("_", " ")
        cases_ = f"{found.sensitivity.of} / {found.specificity.of}"
        rows.append(f"| {name} | {cases_} | {found.sensitivity} | {found.specificity} |")
    return "\n".join(rows)


def main() -> None:
    """Make the cases that are not there, read them, and print both tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cache", type=Path, default=Path("build/marker-cases"), help="where cases are kept")
    parser.add_argument("--cases", type=int, default=CASES, help=f"of each set, {CASES} unless told")
    parser.add_argument("--family", choices=list(SEEDS), action="append", help="one set only")
    arguments = parser.parse_args()
    single_thread()
    for family in arguments.family or SEEDS:
        made = cases(SEEDS[family], FIRST[family], arguments.cases, family, arguments.cache)
        print(f"\n{arguments.cases} bleeds of family {family}, seed {SEEDS[family]}, true labels\n")
        print(table(score(made)), flush=True)


if __name__ == "__main__":
    main()
