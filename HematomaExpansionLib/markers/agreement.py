"""How far two readers of the same scans agree on the markers."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import UsageError
from ..statistics.interval import Estimate
from ..statistics.kappa import cohen_kappa
from .finding import State
from .marker import Marker
from .reading import MarkerReading, Whose


@dataclass(frozen=True)
class Disagreement:
    """Two values of one marker in one scan.

    Attributes:
        scan: which, as the caller names it.
        marker: which.
        first: of the first reading; None where it did not read the marker.
        second: of the second.
    """

    scan: str
    marker: Marker
    first: State | None
    second: State | None


@dataclass(frozen=True)
class Agreement:
    """Agreement on one marker, or on all of them taken together.

    Attributes:
        scans: how many were read as present or absent by both.
        agreed: how many of them the same way.
        kappa: Cohen's; not available where both give one and the same answer throughout.
    """

    scans: int
    agreed: int
    kappa: Estimate


@dataclass(frozen=True)
class Comparison:
    """Two sets of readings of the same scans.

    Attributes:
        by_marker: agreement on each marker.
        overall: over all markers of all scans.
        disagreements: every difference, also where one did not read or could not tell.
    """

    by_marker: dict[Marker, Agreement]
    overall: Agreement
    disagreements: tuple[Disagreement, ...]


def compare(
    scans: Sequence[str],
    first: Sequence[MarkerReading],
    second: Sequence[MarkerReading],
    whose: tuple[Whose, Whose] = ("value", "value"),
) -> Comparison:
    """Compare two sets of readings, or the two sides of one set.

    Args:
        scans: names of the scans.
        first: readings of the scans, in this order.
        second: the same of another reader; the same objects to compare software and reader.
        whose: which value of each set; ``("automatic", "reader_value")`` compares software and reader.

    Raises:
        UsageError: the sequences differ in length.
    """
    if not len(scans) == len(first) == len(second):
        raise UsageError(f"{len(scans)} scans, {len(first)} and {len(second)} readings; one of each per scan")
    pairs: dict[Marker, list[tuple[bool, bool]]] = {marker: [] for marker in Marker}
    disagreements = []
    for scan, one, other in zip(scans, first, second, strict=True):
        for marker in Marker:
            left: State | None = getattr(one.entries[marker], whose[0])
            right: State | None = getattr(other.entries[marker], whose[1])
            if left != right:
                disagreements.append(Disagreement(scan, marker, left, right))
            if left in _TOLD and right in _TOLD:
                pairs[marker].append((left is State.PRESENT, right is State.PRESENT))
    everything = [pair for found in pairs.values() for pair in found]
    return Comparison(
        by_marker={marker: _agreement(found) for marker, found in pairs.items()},
        overall=_agreement(everything),
        disagreements=tuple(disagreements),
    )


_TOLD = (State.PRESENT, State.ABSENT)


def _agreement(pairs: Sequence[tuple[bool, bool]]) -> Agreement:
    answers = ((True, True), (True, False), (False, True), (False, False))
    both, first_only, second_only, neither = (pairs.count(answer) for answer in answers)
    return Agreement(len(pairs), both + neither, cohen_kappa([[both, first_only], [second_only, neither]]))
