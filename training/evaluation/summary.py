"""What the measures of many scans say of a back-end."""

from collections.abc import Sequence
from dataclasses import dataclass

from .cases import BASELINE, Kind
from .intervals import (
    Estimate,
    Proportion,
    bias,
    bias_percent,
    estimate,
    lower_limit,
    median,
    proportion,
    upper_limit,
)
from .measures import Class, Measures

STRATA_ML = ((0.0, 1.0), (1.0, 5.0), (5.0, 30.0), (30.0, float("inf")))
"""By the true volume of the class; the upper end is not in the stratum."""
WHOLE = (0.0, float("inf"))
LEAST_ML = 0.1
"""Least true volume that overlap and outline are judged on; less is a few voxels of partial volume."""
PRESENT_ML = 0.5
"""A back-end calls a class present in a scan from this volume on."""
SIZEABLE_ML = 1.0
"""Blood of at least this volume ought to be detected: the limit of the revised definitions of expansion."""


@dataclass(frozen=True)
class Result:
    """One back-end on one scan.

    Attributes:
        kind: where the truth comes from.
        patient: see :class:`.cases.Scan`.
        time_point: see :class:`.cases.Scan`.
        backend: see :data:`.backends.BACKENDS`.
        provenance: device, parameters and SHA-256 of weights.
        seconds: of the back-end, wall clock.
        cpu_seconds: of all its threads.
        anatomy_seconds: of what all back-ends share.
        peak_mb: most resident memory of the back-end's process so far.
        measures: by class; None where the back-end or the truth cannot tell.
    """

    kind: Kind
    patient: str
    time_point: str
    backend: str
    provenance: dict[str, object]
    seconds: float
    cpu_seconds: float
    anatomy_seconds: float
    peak_mb: float
    measures: dict[Class, Measures | None]

    @property
    def device(self) -> str:
        """Where it ran."""
        return str(self.provenance["device"])

    @property
    def scan(self) -> tuple[str, str]:
        """Which scan it was."""
        return self.patient, self.time_point


@dataclass(frozen=True)
class Accuracy:
    """Agreement with the truth over the scans that hold a class.

    Attributes:
        scans: how many.
        patients: of how many.
        dice: median.
        hd95_mm: median over the scans where the class was found.
        not_found: scans where nothing of the class was found.
        bias_ml: mean of found - true.
        bias_percent: the same of all true volume, percent.
        typical_bias_percent: median over the scans of found / true - 1, percent.
        lower_limit_ml: lower 95 % limit of agreement; None for a single scan.
        upper_limit_ml: upper one.
    """

    scans: int
    patients: int
    dice: Estimate
    hd95_mm: Estimate | None
    not_found: int
    bias_ml: Estimate
    bias_percent: Estimate
    typical_bias_percent: Estimate
    lower_limit_ml: Estimate | None
    upper_limit_ml: Estimate | None


@dataclass(frozen=True)
class FalseVolume:
    """What was found of a class in the scans that have none."""

    scans: int
    median_ml: float
    largest_ml: float


@dataclass(frozen=True)
class Detection:
    """Whether the presence of a class was noticed.

    Attributes:
        sensitivity: scans with at least :data:`SIZEABLE_ML` where at least :data:`PRESENT_ML` was found, some
            of it in the right place.
        specificity: scans without any where less than :data:`PRESENT_ML` was found.
        de_novo: patients without any at baseline and at least :data:`SIZEABLE_ML` in a follow-up where both
            were noticed.
    """

    sensitivity: Proportion | None
    specificity: Proportion | None
    de_novo: Proportion | None


@dataclass(frozen=True)
class Cost:
    """Time and memory of a back-end over all scans it was run on.

    Attributes:
        seconds: median, wall clock.
        cpu_seconds: median, of all threads.
        times_reference: median over the scans of its seconds / those of the reference back-end.
        cpu_times_reference: the same of CPU seconds.
        peak_mb: most resident memory of its process.
    """

    seconds: Estimate
    cpu_seconds: Estimate
    times_reference: Estimate | None
    cpu_times_reference: Estimate | None
    peak_mb: float


def accuracy(
    results: Sequence[Result], class_: Class, stratum: tuple[float, float] = WHOLE
) -> Accuracy | None:
    """Agreement over the scans whose true volume is in a stratum; None where there is no such scan."""
    low, high = max(stratum[0], LEAST_ML), stratum[1]
    held = [(r, m) for r in results if (m := r.measures[class_]) is not None and low <= m.truth_ml < high]
    if not held:
        return None
    patients = [r.patient for r, _ in held]
    volumes = [(m.truth_ml, m.found_ml) for _, m in held]
    outlined = [(r.patient, m.hd95_mm) for r, m in held if m.hd95_mm is not None]
    several = len(held) > 1
    return Accuracy(
        scans=len(held),
        patients=len(set(patients)),
        dice=estimate([(m.dice or 0.0,) for _, m in held], patients, median),
        hd95_mm=estimate([(d,) for _, d in outlined], [p for p, _ in outlined], median) if outlined else None,
        not_found=len(held) - len(outlined),
        bias_ml=estimate(volumes, patients, bias),
        bias_percent=estimate(volumes, patients, bias_percent),
        typical_bias_percent=estimate(
            [(100 * (found / true - 1),) for true, found in volumes], patients, median
        ),
        lower_limit_ml=estimate(volumes, patients, lower_limit) if several else None,
        upper_limit_ml=estimate(volumes, patients, upper_limit) if several else None,
    )


def dice_difference(results: Sequence[Result], reference: Sequence[Result], class_: Class) -> Estimate | None:
    """Median of Dice - Dice of the reference back-end, scan by scan; None where no scan has both."""
    dice_of = {r.scan: m.dice for r in reference if (m := r.measures[class_]) is not None}
    pairs = [
        (r.patient, (m.dice - other,))
        for r in results
        if (m := r.measures[class_]) is not None
        and m.truth_ml >= LEAST_ML
        and m.dice is not None
        and (other := dice_of.get(r.scan)) is not None
    ]
    return estimate([d for _, d in pairs], [p for p, _ in pairs], median) if pairs else None


def false_volume(results: Sequence[Result], class_: Class) -> FalseVolume | None:
    """Volume found where the truth has none; None where there is no such scan."""
    found = sorted(m.found_ml for r in results if (m := r.measures[class_]) is not None and m.truth_ml == 0)
    if not found:
        return None
    middle = len(found) // 2
    typical = found[middle] if len(found) % 2 else (found[middle - 1] + found[middle]) / 2
    return FalseVolume(len(found), typical, found[-1])


def detection(results: Sequence[Result], class_: Class) -> Detection:
    """Whether a class was noticed, by scan and as new blood by patient."""
    told = [(r, m) for r in results if (m := r.measures[class_]) is not None]
    sizeable = [m for _, m in told if m.truth_ml >= SIZEABLE_ML]
    none = [m for _, m in told if m.truth_ml == 0]
    baselines = {r.patient: m for r, m in told if r.time_point == BASELINE and m.truth_ml == 0}
    new = {
        r.patient: _noticed(m) and not _called(baselines[r.patient])
        for r, m in told
        if r.time_point != BASELINE and r.patient in baselines and m.truth_ml >= SIZEABLE_ML
    }
    return Detection(
        sensitivity=proportion(sum(map(_noticed, sizeable)), len(sizeable)),
        specificity=proportion(sum(not _called(m) for m in none), len(none)),
        de_novo=proportion(sum(new.values()), len(new)),
    )


def cost(results: Sequence[Result], reference: Sequence[Result]) -> Cost:
    """Time and memory; the ratio is taken scan by scan."""
    reference_of = {r.scan: r for r in reference}
    pairs = [(r, reference_of[r.scan]) for r in results if r.scan in reference_of]
    patients = [r.patient for r in results]
    both = [r.patient for r, _ in pairs]
    return Cost(
        seconds=estimate([(r.seconds,) for r in results], patients, median),
        cpu_seconds=estimate([(r.cpu_seconds,) for r in results], patients, median),
        times_reference=estimate([(r.seconds / o.seconds,) for r, o in pairs], both, median)
        if pairs
        else None,
        cpu_times_reference=estimate([(r.cpu_seconds / o.cpu_seconds,) for r, o in pairs], both, median)
        if pairs
        else None,
        peak_mb=max(r.peak_mb for r in results),
    )


def _called(measures: Measures) -> bool:
    return measures.found_ml >= PRESENT_ML


def _noticed(measures: Measures) -> bool:
    return _called(measures) and measures.overlap_ml > 0
