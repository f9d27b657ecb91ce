"""``hematoma-expansion predict`` with each model that comes with the package, from the command to its end.

    python -m Testing.benchmarks.predict [--runs 3]

Each run is a process of its own, as a user's is; the models take turns. One needs the scan alone, the other
its outlined bleed and the clinical record, so the ratio says what the outline costs.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from HematomaExpansionLib.prediction.shipped import shipped

SAMPLE = Path(__file__).resolve().parents[2] / "Resources" / "sample"


def compare(runs: int = 3) -> dict[str, list[float]]:
    """Seconds of each run, by model.

    Args:
        runs: of each model, after one that is not counted and fills the disk cache.
    """
    names = list(shipped())
    for name in names:
        _seconds(name)
    found: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(runs):
        for name in names:
            found[name].append(_seconds(name))
    return found


def table(found: dict[str, list[float]]) -> str:
    """As text, the quickest model first; ratios are to the slowest, and of medians."""
    slowest = max(median(seconds) for seconds in found.values())
    lines = [f"{'model':24} {'median s':>8} {'ratio':>6}  all"]
    for name, seconds in sorted(found.items(), key=lambda item: median(item[1])):
        middle = median(seconds)
        each = " ".join(f"{one:.2f}" for one in seconds)
        lines.append(f"{name:24} {middle:8.2f} {middle / slowest:6.2f}  {each}")
    return "\n".join(lines)


def _seconds(model: str) -> float:
    command = [sys.executable, "-m", "HematomaExpansionLib.cli", "predict", str(SAMPLE / "baseline.nii.gz")]
    command += ["--model", model, "--clinical", str(SAMPLE / "clinical.yaml"), "--json", "-"]
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> None:
    """Run them and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    print(table(compare(parser.parse_args().runs)))


if __name__ == "__main__":
    main()
