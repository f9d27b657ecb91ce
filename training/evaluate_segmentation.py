"""Measure every installed segmentation back-end on the same cases.

    python -m training.evaluate_segmentation --cases DIR --pasted HOST.nii.gz --clean HOST.nii.gz --out DIR

writes ``metrics.json``, ``cases.csv``, ``table.md`` and ``bland-altman-*.png``. The anatomy of a scan is
found once and given to all back-ends, as ``analyze`` does. A back-end whose package or weights are absent is
named in the table with the reason. Each result is kept at once in ``results.jsonl``, for ``--resume``.
Figures on simulated and pasted bleeds are never mixed, and are labelled.
"""

import argparse
import csv
import itertools
import json
import os
import platform
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from HematomaExpansionLib.ct.anatomy import locate_anatomy
from HematomaExpansionLib.errors import HematomaExpansionError, InputRefused, ModelError
from HematomaExpansionLib.files import folder_written_whole

from .evaluation.backends import BACKENDS, Answer, Choice, Worker
from .evaluation.cases import Kind, Refused, Scan, clean, pasted, simulated
from .evaluation.figure import bland_altman
from .evaluation.measures import Class, measure
from .evaluation.record import Record
from .evaluation.summary import STRATA_ML, WHOLE, Result, accuracy, cost, detection, false_volume
from .evaluation.table import markdown

VERSION = 1


def main() -> None:
    """Measure, and write the results."""
    parser = _parser()
    options = parser.parse_args()
    if not (options.cases or options.pasted or options.clean):
        parser.error("give --cases, --pasted or --clean")
    choices = [Choice(name, options.device, options.weights) for name in options.backends]
    try:
        record = Record(options.out / "results.jsonl", options.resume)
        write(evaluate(_scans(options), choices, record), options.out)
    except HematomaExpansionError as error:
        parser.exit(error.exit_code, f"python -m training.evaluate_segmentation: {error}\n")
    print((options.out / "table.md").read_text())


@dataclass(frozen=True)
class Evaluation:
    """What was measured.

    Attributes:
        results: by back-end.
        absent: the back-ends that could not be run, and why.
        left_out: the scans that could not be analysed, and why.
    """

    results: dict[str, list[Result]]
    absent: dict[str, str]
    left_out: dict[str, str]


def evaluate(scans: Iterable[Scan | Refused], choices: Sequence[Choice], record: Record) -> Evaluation:
    """Run every back-end on every scan.

    Args:
        scans: the scans.
        choices: the back-ends.
        record: results that are there already, and where new ones go at once.
    """
    results: dict[str, list[Result]] = {choice.name: [] for choice in choices}
    absent: dict[str, str] = {}
    left_out: dict[str, str] = {}
    with ExitStack() as stack:
        workers = {choice.name: stack.enter_context(Worker(choice)) for choice in choices}
        for scan in scans:
            if isinstance(scan, Refused):
                left_out[scan.name] = scan.reason
                continue
            there = {name: found for name in workers if (found := record.find(scan, name)) is not None}
            for name, result in there.items():
                results[name].append(result)
            missing = [name for name in workers if name not in there and name not in absent]
            if not missing:
                continue
            start = time.perf_counter()
            try:
                anatomy = locate_anatomy(scan.ct)
            except InputRefused as error:
                left_out[f"{scan.patient} {scan.time_point}"] = str(error)
                continue
            anatomy_seconds = time.perf_counter() - start
            for name in missing:
                worker = workers[name]
                try:
                    answer = worker.segment(scan.ct, anatomy)
                except ModelError as error:
                    absent[name] = str(error)
                    del results[name]
                    continue
                result = _result(name, scan, answer, anatomy_seconds)
                record.add(result)
                results[name].append(result)
                print(f"{scan.patient} {scan.time_point} {name}: {answer.seconds:.1f} s", file=sys.stderr)
    return Evaluation(results, absent, left_out)


def _result(name: str, scan: Scan, answer: Answer, anatomy_seconds: float) -> Result:
    told, true = answer.classes, scan.classes
    spacing, voxel_ml = scan.ct.spacing_mm, scan.ct.voxel_ml
    return Result(
        kind=scan.kind,
        patient=scan.patient,
        time_point=scan.time_point,
        backend=name,
        provenance=answer.provenance,
        seconds=answer.seconds,
        cpu_seconds=answer.cpu_seconds,
        anatomy_seconds=anatomy_seconds,
        peak_mb=answer.peak_mb,
        measures={
            class_: measure(scan.truth, answer.labels, class_, told, true, spacing, voxel_ml)
            for class_ in Class
        },
    )


def write(evaluation: Evaluation, folder: Path) -> None:
    """Write ``metrics.json``, ``cases.csv``, ``table.md`` and a figure for each kind of case.

    Raises:
        OutputError: when the folder cannot be written.
    """
    results = evaluation.results
    reference = next(iter(results), "")
    threads = os.environ.get("OMP_NUM_THREADS", "all")
    conditions = (
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores, {threads} threads."
    )
    with folder_written_whole(folder) as out:
        metrics = {
            "version": VERSION,
            "conditions": conditions,
            "not_measured": evaluation.absent,
            "left_out": evaluation.left_out,
            "backends": {name: _metrics(results, name, reference) for name in results},
            "provenance": {name: scans[0].provenance for name, scans in results.items() if scans},
        }
        (out / "metrics.json").write_text(json.dumps(metrics, indent=2, allow_nan=False) + "\n")
        (out / "table.md").write_text(markdown(results, evaluation.absent, evaluation.left_out, conditions))
        _write_csv([r for scans in results.values() for r in scans], out / "cases.csv")
        for kind in (Kind.SIMULATED, Kind.PASTED):
            own = {name: [r for r in scans if r.kind is kind] for name, scans in results.items()}
            if any(own.values()):
                bland_altman(own, kind, out / f"bland-altman-{kind.replace(' ', '-')}.png")


def _metrics(results: Mapping[str, Sequence[Result]], name: str, reference: str) -> dict[str, object]:
    found: dict[str, object] = {"cost": asdict(cost(results[name], results[reference]))}
    for kind in Kind:
        scans = [r for r in results[name] if r.kind is kind]
        if not scans:
            continue
        by_class: dict[str, object] = {}
        for class_ in Class:
            false = false_volume(scans, class_)
            by_class[class_] = {
                "accuracy": {
                    _title(stratum): asdict(found_there)
                    for stratum in (WHOLE, *STRATA_ML)
                    if (found_there := accuracy(scans, class_, stratum)) is not None
                },
                "detection": asdict(detection(scans, class_)),
                "false_volume": asdict(false) if false is not None else None,
            }
        found[kind] = by_class
    return found


def _title(stratum: tuple[float, float]) -> str:
    low, high = stratum
    if stratum == WHOLE:
        return "all"
    return f"{low:g}-{high:g} mL" if high < float("inf") else f"from {low:g} mL"


def _write_csv(results: Sequence[Result], path: Path) -> None:
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        measured = ["truth_ml", "found_ml", "overlap_ml", "dice", "hd95_mm"]
        about = [
            "kind",
            "patient",
            "time_point",
            "backend",
            "device",
            "seconds",
            "cpu_seconds",
            "anatomy_seconds",
            "peak_mb",
        ]
        table.writerow([*about, "class", *measured])
        for result in results:
            for class_, measures in result.measures.items():
                if measures is not None:
                    own = [_cell(getattr(result, column)) for column in about]
                    table.writerow([*own, class_, *(_cell(getattr(measures, column)) for column in measured)])


def _cell(value: object) -> object:
    return "" if value is None else f"{value:.4f}" if isinstance(value, float) else value


def _scans(options: argparse.Namespace) -> Iterable[Scan | Refused]:
    return itertools.chain(
        itertools.chain.from_iterable(simulated(folder) for folder in options.cases),
        itertools.chain.from_iterable(
            pasted(host, options.seed, options.pasted_cases) for host in options.pasted
        ),
        map(clean, options.clean),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training.evaluate_segmentation",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--cases", type=Path, nargs="+", default=[], help="folders of case folders")
    parser.add_argument(
        "--pasted",
        type=Path,
        nargs="+",
        default=[],
        help="head CTs to paste bleeds into; one with NAME_mask.nii.gz beside it is taken as it is",
    )
    parser.add_argument("--pasted-cases", type=int, default=12, help="bleeds for each of them")
    parser.add_argument("--clean", type=Path, nargs="+", default=[], help="head CTs without blood")
    parser.add_argument("--backends", nargs="+", choices=BACKENDS, default=list(BACKENDS))
    parser.add_argument("--weights", type=Path, help="bundle for the back-end bundled")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="cpu")
    parser.add_argument("--seed", type=int, default=1, help="of the pasted bleeds")
    parser.add_argument("--resume", action="store_true", help="keep the results that are in --out already")
    parser.add_argument("--out", type=Path, required=True, help="folder to write into")
    return parser


if __name__ == "__main__":
    main()
