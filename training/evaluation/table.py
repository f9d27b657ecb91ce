"""The evaluation as Markdown."""

from collections.abc import Iterator, Mapping, Sequence

from .cases import Kind
from .intervals import Estimate, Proportion
from .measures import Class
from .summary import (
    LEAST_ML,
    PRESENT_ML,
    SIZEABLE_ML,
    STRATA_ML,
    Result,
    accuracy,
    cost,
    detection,
    dice_difference,
    false_volume,
)

WHAT = {
    Kind.SIMULATED: "Simulated bleeds",
    Kind.PASTED: "Pasted bleeds in real heads",
}
NO_VALUE = "-"


def markdown(
    results: Mapping[str, Sequence[Result]],
    absent: Mapping[str, str],
    left_out: Mapping[str, str],
    conditions: str,
) -> str:
    """The whole table.

    Args:
        results: of each back-end, in the order to show them; time is compared with the first one's.
        absent: back-ends that could not be run, and why.
        left_out: scans that could not be analysed, and why.
        conditions: date and machine, one line.
    """
    lines = ["# Segmentation back-ends on the same cases", "", conditions, ""]
    for kind in (Kind.SIMULATED, Kind.PASTED):
        own = {name: [r for r in scans if r.kind is kind] for name, scans in results.items()}
        if any(own.values()):
            lines += _accuracy(own, kind)
    lines += _clean({name: [r for r in scans if r.kind is Kind.CLEAN] for name, scans in results.items()})
    if any(results.values()):
        lines += _cost(results)
    for title, entries in (("Back-ends not measured", absent), ("Scans left out", left_out)):
        if entries:
            lines += [f"## {title}", "", *(f"- {name}: {reason}" for name, reason in entries.items()), ""]
    return "\n".join(lines)


def _accuracy(results: Mapping[str, Sequence[Result]], kind: Kind) -> Iterator[str]:
    first = next(iter(results.values()))
    patients = {r.patient for r in first}
    yield from (
        f"## Accuracy, {kind}",
        "",
        f"{WHAT[kind]}: these figures do not say how a back-end does on real haemorrhage. "
        f"{len(first)} scans of {len(patients)} patients; in brackets 95 % intervals (bootstrap by patient; "
        f"Wilson for proportions). Scans with {LEAST_ML} mL of the class or more; Dice and HD95 are medians, "
        "HD95 where the class was found; bias is found - true, limits are the 95 % limits of agreement. "
        f"{NO_VALUE} is a class that the back-end cannot tell or that no truth here holds.",
        "",
        "| class | back-end | scans | Dice | bias, mL | bias, % of all | bias, %, median scan | limits, mL "
        "| HD95, mm | not found |",
        f"|{' --- |' * 10}",
    )
    for class_ in Class:
        for name, scans in results.items():
            a = accuracy(scans, class_)
            if a is None:
                yield f"| {class_} | {name} | {' | '.join([NO_VALUE] * 8)} |"
                continue
            limits = NO_VALUE
            if a.lower_limit_ml and a.upper_limit_ml:
                limits = f"{a.lower_limit_ml.value:.1f} to {a.upper_limit_ml.value:.1f}"
            cells = (
                str(a.scans),
                _text(a.dice, 3),
                _text(a.bias_ml, 2),
                _text(a.bias_percent, 1),
                _text(a.typical_bias_percent, 1),
                limits,
                _text(a.hd95_mm, 1),
                str(a.not_found),
            )
            yield f"| {class_} | {name} | {' | '.join(cells)} |"
    if len(results) > 1:
        yield from _differences(results, kind)
    yield from _strata(results, kind)
    yield from _detection(results, kind)


def _differences(results: Mapping[str, Sequence[Result]], kind: Kind) -> Iterator[str]:
    reference, *others = results
    yield from (
        "",
        f"### Dice less that of {reference} on the same scan, {kind}: medians",
        "",
        f"| class | {' | '.join(others)} |",
        f"| --- |{' --- |' * len(others)}",
    )
    for class_ in Class:
        found = [dice_difference(results[name], results[reference], class_) for name in others]
        if any(found):
            yield f"| {class_} | {' | '.join(_text(difference, 3) for difference in found)} |"


def _strata(results: Mapping[str, Sequence[Result]], kind: Kind) -> Iterator[str]:
    names = list(results)
    yield from (
        "",
        f"### By true volume of the class, {kind}: median Dice / bias in %",
        "",
        f"| class, mL | scans | {' | '.join(names)} |",
        f"| --- | --- |{' --- |' * len(names)}",
    )
    for class_ in Class:
        for low, high in STRATA_ML:
            found = [accuracy(scans, class_, (low, high)) for scans in results.values()]
            counts = {a.scans for a in found if a is not None}
            if not counts:
                continue
            title = f"{class_} {max(low, LEAST_ML):g} to {high:g}".replace(" to inf", " and more")
            cells = [f"{a.dice.value:.3f} / {a.bias_percent.value:+.0f}" if a else NO_VALUE for a in found]
            yield f"| {title} | {max(counts)} | {' | '.join(cells)} |"


def _detection(results: Mapping[str, Sequence[Result]], kind: Kind) -> Iterator[str]:
    yield from (
        "",
        f"### Detection, {kind}",
        "",
        f"Present: at least {PRESENT_ML} mL found. Sensitivity over scans with at least {SIZEABLE_ML:g} mL "
        "(found in the right place), specificity over scans without any; new: none at baseline and at least "
        f"{SIZEABLE_ML:g} mL later, both noticed. False volume in scans without any of the class.",
        "",
        "| class | back-end | sensitivity | specificity | new later | false mL: median (largest) |",
        "| --- | --- | --- | --- | --- | --- |",
    )
    for class_ in (Class.ICH, Class.IVH, Class.ANY):
        for name, scans in results.items():
            d, false = detection(scans, class_), false_volume(scans, class_)
            volume = f"{false.median_ml:.2f} ({false.largest_ml:.2f})" if false else NO_VALUE
            cells = (_share(d.sensitivity), _share(d.specificity), _share(d.de_novo), volume)
            yield f"| {class_} | {name} | {' | '.join(cells)} |"
    yield ""


def _clean(results: Mapping[str, Sequence[Result]]) -> Iterator[str]:
    if not any(results.values()):
        return
    files = list(dict.fromkeys(r.patient for scans in results.values() for r in scans))
    yield from (
        "## False blood in real scans without any (clean), mL",
        "",
        f"| back-end | {' | '.join(files)} |",
        f"| --- |{' --- |' * len(files)}",
    )
    for name, scans in results.items():
        found = {r.patient: m.found_ml for r in scans if (m := r.measures[Class.ANY]) is not None}
        cells = [f"{found[file]:.2f}" if file in found else NO_VALUE for file in files]
        yield f"| {name} | {' | '.join(cells)} |"
    yield ""


def _cost(results: Mapping[str, Sequence[Result]]) -> Iterator[str]:
    reference = next(iter(results))
    anatomy = sorted(r.anatomy_seconds for r in next(iter(results.values())))
    yield from (
        "## Time and memory",
        "",
        "Of the back-end alone, medians; the anatomy that all back-ends share took "
        f"{anatomy[len(anatomy) // 2]:.1f} s more. CPU seconds are of all threads; other work on the machine "
        "lengthens seconds, not CPU seconds. Memory is the peak of a process that runs nothing else.",
        "",
        f"| back-end | device | scans | seconds | x {reference} | CPU seconds | x {reference} | MB |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    )
    for name, scans in results.items():
        c = cost(scans, results[reference])
        devices = ", ".join(sorted({r.device for r in scans}))
        times = (
            _text(c.seconds, 2),
            _text(c.times_reference, 2),
            _text(c.cpu_seconds, 2),
            _text(c.cpu_times_reference, 2),
        )
        yield f"| {name} | {devices} | {len(scans)} | {' | '.join(times)} | {c.peak_mb:.0f} |"
    yield ""


def _text(estimate: Estimate | None, digits: int) -> str:
    if estimate is None:
        return NO_VALUE
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.{digits}f}"
    return f"{estimate.value:.{digits}f} [{estimate.low:.{digits}f}, {estimate.high:.{digits}f}]"


def _share(proportion: Proportion | None) -> str:
    if proportion is None:
        return NO_VALUE
    low, high = 100 * proportion.low, 100 * proportion.high
    return f"{proportion.count} of {proportion.of} [{low:.0f}, {high:.0f}] %"
