"""``make bench``: time and memory of stages and shipped models; ratios to PyRadiomics and upstream BLAST-CT.

    python -m Testing.benchmarks [--no-upstream]

Bare seconds belong to one machine on one day; compare only figures of one run.
"""

import argparse
import os
import platform
import resource
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from HematomaExpansionLib.progress import Progress
from HematomaExpansionLib.report.write import write_study
from HematomaExpansionLib.study import Options, analyze
from Testing.benchmarks import predict, radiomics
from Testing.benchmarks.blast_ct_upstream import SCAN, WEIGHTS, compare

SAMPLE = Path(__file__).resolve().parents[2] / "Resources" / "sample"
OUT = Path("build/bench")


class PeakMemory:
    """Peak resident memory between two calls, MB (Linux; elsewhere the peak since the start)."""

    def restart(self) -> None:
        """Forget the peak so far."""
        clear = Path("/proc/self/clear_refs")
        if clear.exists():
            clear.write_text("5")

    def mb(self) -> float:
        """The peak since the last restart."""
        status = Path("/proc/self/status")
        if status.exists():
            line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
            return int(line.split()[1]) / 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Run the benchmarks and print them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--no-upstream", action="store_true", help="leave out the comparison (it takes minutes)"
    )
    arguments = parser.parse_args()
    console = Console()
    console.print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.processor() or platform.machine()}, {_cores()}")
    console.print(_stages())
    console.print("predict, the sample's baseline, with the models that come with the package")
    console.print(predict.table(predict.compare()), highlight=False)
    console.print("radiomics, 30 mL in 512 x 512 x 32, ours against plain PyRadiomics")
    console.print(radiomics.table(radiomics.compare()), highlight=False)
    if arguments.no_upstream:
        return
    if not (SCAN.is_file() and WEIGHTS.is_dir()):
        console.print(
            "blast-ct against upstream: not run, the real scans or the weights are not beside the checkout"
        )
        return
    found = compare()
    table = Table(title="blast-ct, one model, same scan, same threads")
    for column in ("", "seconds", "peak MB", "blood mL"):
        table.add_column(column, justify="left" if not column else "right")
    table.add_row(
        "upstream", f"{found.upstream_s:.1f}", f"{found.upstream_mb:.0f}", f"{found.upstream_ml:.2f}"
    )
    table.add_row("our back-end", f"{found.backend_s:.1f}", f"{found.ours_mb:.0f}", f"{found.ours_ml:.2f}")
    table.add_row("with reading and anatomy", f"{found.whole_s:.1f}", "", "")
    console.print(table)
    console.print(
        f"ratio {found.ratio:.2f} (with reading and anatomy {found.whole_ratio:.2f}); wanted: 1.0 or less"
    )


def _stages() -> Table:
    peak = PeakMemory()
    peaks: dict[str, float] = {}

    def report(stage: str, _fraction: float, _message: str) -> None:
        if stage not in peaks:
            peak.restart()
        peaks[stage] = peak.mb()

    progress = Progress(report)
    scans = (SAMPLE / "baseline.nii.gz", SAMPLE / "followup-1.nii.gz")
    options = Options(hours=(20.0,))
    study = analyze(scans[0], scans[1:], options, progress)
    progress.stage("report")
    started = datetime.now(UTC)
    write_study(study, OUT)
    progress(1.0)
    seconds = {stage.name: stage.seconds for stage in study.result.stages}
    seconds["report"] = (datetime.now(UTC) - started).total_seconds()
    table = Table(title=f"analyze, sample pair (256 x 256 x 33 each), segmenter {options.segmenter}")
    for column in ("stage", "seconds", "peak MB"):
        table.add_column(column, justify="left" if column == "stage" else "right")
    for name, taken in seconds.items():
        table.add_row(name, f"{taken:.2f}", f"{peaks[name]:.0f}")
    table.add_row("all", f"{sum(seconds.values()):.2f}", f"{max(peaks.values()):.0f}")
    return table


def _cores() -> str:
    return f"{os.cpu_count()} cores"


if __name__ == "__main__":
    main()
