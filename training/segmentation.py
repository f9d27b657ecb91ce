"""Train the network of the back-end ``bundled`` on simulated heads and on real heads without blood.

    python -m training.simulate --cases 300 --seed 1 --out cases --followup
    python -m training.segmentation --cases cases --minutes 50 --out bundle

Scans are prepared once (about 1 s each) and kept in ``--cache``. The folder ``<out>-run`` holds the curves
and the checkpoint that ``--resume`` goes on from. Live figures are printed and kept in ``curves.csv``.
"""

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from HematomaExpansionLib.bundle import read_bundle
from HematomaExpansionLib.device import choose_device
from HematomaExpansionLib.errors import UsageError
from HematomaExpansionLib.labels import APPEARANCE

from . import script
from .provenance import hardware, versions
from .segmentation_bundle import write_bundle
from .segmentation_data import Prepared, find_cases, prepare, real_host
from .segmentation_run import Plan, Run
from .training_log import Curves, Panel

NAME = "segmentation"
SHOW_S, VALIDATE_S = 20.0, 180.0
LIVE_SCANS = 16
"""Validation scans that are scored while training; all of them are at the end."""
VALIDATION_SHARE = 10
"""One patient in so many is for validation."""
PANELS = (Panel("training loss", "loss"), Panel("Dice, validation scans (median)", "dice_", (0, 1)))


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, and write the bundle."""
    return script.run(NAME, _train, _options(arguments))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = script.parser_of(NAME, __doc__)
    parser.add_argument("--cases", type=Path, nargs="+", required=True, help="folders of simulated cases")
    parser.add_argument("--real-host", type=Path, nargs="+", default=[], help="real CTs without blood")
    parser.add_argument(
        "--real-repeat", type=int, default=1, help="draw scans with a real head so many times as often"
    )
    parser.add_argument(
        "--leave-out", nargs="+", default=[], help="real heads (file names without suffix) never trained on"
    )
    parser.add_argument("--cache", type=Path, help="folder of prepared scans (default: OUT-run/prepared)")
    parser.add_argument("--out", type=Path, required=True, help="the bundle to write")
    parser.add_argument("--start-from", type=Path, help="a bundle whose weights to begin with")
    length = parser.add_mutually_exclusive_group(required=True)
    length.add_argument("--minutes", type=float, default=0.0, help="train so long by the clock")
    length.add_argument("--steps", type=int, default=0, help="train so many steps; repeats exactly")
    length.add_argument("--prepare-only", action="store_true", help="fill the cache and stop")
    parser.add_argument("--batch", type=int, default=16, help="slices in a step")
    script.add_machine(parser)
    script.add_resume(parser)
    options = parser.parse_args(arguments)
    script.check_least(parser, options, "real_repeat", "batch", "threads")
    if not options.prepare_only and options.minutes <= 0 and options.steps < 1:
        parser.error("--minutes and --steps must be more than 0")
    return options


def _train(options: argparse.Namespace) -> None:
    device = choose_device(options.device)
    folder = script.run_folder(options.out)
    sources = [source for cases in options.cases for source in find_cases(cases)]
    sources += [real_host(file) for file in options.real_host]
    scans = prepare(sources, options.cache or folder / "prepared")
    if options.prepare_only:
        return
    training, validation, left_out = split(scans, options.leave_out)
    plan = Plan(options.steps, options.minutes, options.batch, options.seed, fingerprint(training))
    repeated = [scan for scan in training for _ in range(options.real_repeat if scan.host else 1)]
    run = Run(plan, repeated, device)
    if options.resume:
        run.resume(folder / "checkpoint.pt")
    elif options.start_from:
        from safetensors.torch import load_file

        run.start_from(load_file(read_bundle(options.start_from).weights))
    print(
        f"{len(training)} scans to train on, {len(validation)} to validate on, {len(left_out)} left out; "
        f"{hardware(run.device)}, {'bfloat16' if run.bfloat16 else 'float32'}",
        flush=True,
    )
    _follow(run, Curves(folder / "curves.csv", run.steps), folder, validation[:LIVE_SCANS])
    metrics = {"validation": run.validate(validation)}
    if left_out:
        metrics["left out"] = run.validate(left_out)
    metadata = write_bundle(
        options.out,
        run.average.module.state_dict(),
        _learnt(training),
        _record(options, run, training, left_out),
        metrics,
    )
    print(json.dumps(metrics, indent=2))
    print(f"{options.out}: {metadata.weights_sha256}")


def split(
    scans: Sequence[Prepared], leave_out: Sequence[str]
) -> tuple[list[Prepared], list[Prepared], list[Prepared]]:
    """Divide scans by patient.

    One patient with a simulated head in ten is for validation, chosen by the hash of its name, so that it
    stays on its side when cases are added. Real heads are trained on, unless they are left out.

    Args:
        scans: all.
        leave_out: names of real heads.

    Returns:
        Scans to train on, to validate on, and those left out.

    Raises:
        UsageError: when a name is no real head, or too few patients are left.
    """
    unknown = set(leave_out) - {scan.host for scan in scans}
    if unknown:
        hosts = ", ".join(sorted({scan.host for scan in scans if scan.host})) or "none"
        raise UsageError(f"--leave-out {', '.join(sorted(unknown))}: no such real head; there are {hosts}")
    left_out = [scan for scan in scans if scan.host in leave_out]
    kept = [scan for scan in scans if scan.host not in leave_out]
    simulated = sorted({scan.patient for scan in kept if not scan.host}, key=_hash)
    if len(simulated) < 2:
        raise UsageError(f"{len(simulated)} patients with simulated heads; give at least 2")
    chosen = {name for name in simulated if _hash(name) % VALIDATION_SHARE == 0} or {simulated[0]}
    validation = [scan for scan in kept if scan.patient in chosen]
    return [scan for scan in kept if scan.patient not in chosen], validation, left_out


def fingerprint(scans: Sequence[Prepared]) -> str:
    """A hash of which scans these are and what they show."""
    text = json.dumps([[scan.name, scan.counts] for scan in scans])
    return hashlib.sha256(text.encode()).hexdigest()


def _hash(name: str) -> int:
    return int(hashlib.sha256(name.encode()).hexdigest(), 16)


def _follow(run: Run, curves: Curves, folder: Path, validation: Sequence[Prepared]) -> None:
    """Train to the end; print, keep and draw how it goes, and save it."""
    shown = validated = time.monotonic()
    losses: list[float] = []
    while run.done < 1:
        losses.append(run.step())
        now = time.monotonic()
        ended = run.done >= 1
        if not (ended or now - shown > SHOW_S):
            continue
        row = {"step": run.steps, "minutes": run.seconds / 60, "loss": float(np.mean(losses))}
        if ended or now - validated > VALIDATE_S:
            row |= run.validate(validation)
            run.save(folder / "checkpoint.pt")
            validated = time.monotonic()
        curves.add(**row)
        curves.draw(folder / "curves.png", PANELS)
        speed = len(losses) * run.plan.batch / (now - shown)
        told = [f"{key} {value:.3f}" for key, value in row.items() if key not in ("step", "minutes")]
        progress = f"{100 * run.done:5.1f} %, step {run.steps}, {row['minutes']:.1f} min"
        print(f"{progress}, {speed:.0f} slices/s: {', '.join(told)}", flush=True)
        shown, losses = time.monotonic(), []


def _learnt(scans: Sequence[Prepared]) -> tuple[str, ...]:
    """Keys of the classes that occur."""
    totals = sum(np.sum(scan.counts, axis=0) for scan in scans)
    return tuple(look.key for label, look in APPEARANCE.items() if totals[label] > 0)


def _record(
    options: argparse.Namespace, run: Run, scans: Sequence[Prepared], left_out: Sequence[Prepared]
) -> dict[str, object]:
    with_class = {
        look.key: sum(bool(np.sum(scan.counts, axis=0)[label]) for scan in scans)
        for label, look in APPEARANCE.items()
    }
    return {
        "data": {
            "scans": len(scans),
            "patients": len({scan.patient for scan in scans}),
            "simulated_heads": sum(not scan.host for scan in scans),
            "real_heads": sorted({scan.host for scan in scans if scan.host}),
            "real_repeat": options.real_repeat,
            "left_out": sorted({scan.host for scan in left_out}),
            "scans_with": with_class,
            "fingerprint": run.plan.data,
        },
        "started_from": read_bundle(options.start_from).metadata.version if options.start_from else None,
        "seed": run.plan.seed,
        "batch": run.plan.batch,
        "steps": run.steps,
        "hours": round(run.seconds / 3600, 3),
        "ended_by": "steps" if run.plan.steps else "clock",
        "hardware": hardware(run.device),
        "precision": "bfloat16" if run.bfloat16 else "float32",
        "versions": versions(),
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
    }


if __name__ == "__main__":
    sys.exit(main())
