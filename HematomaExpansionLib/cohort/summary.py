"""Counting and summing up over patients, in the words of the report."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from ..report.wording import MISSING, number
from ..result import ScanResult
from ..statistics.proportion import proportion


@dataclass(frozen=True)
class Count:
    """How many of those of whom it is known.

    Attributes:
        yes: how many.
        known: of how many.
        unknown: how many more there are, of whom it is not known.
    """

    yes: int
    known: int
    unknown: int

    @property
    def share(self) -> float | None:
        """0-1; None when it is known of nobody."""
        return self.yes / self.known if self.known else None

    @property
    def percent(self) -> str:
        """The share to read."""
        return MISSING if self.share is None else f"{100 * self.share:.0f} %"

    @property
    def interval(self) -> str:
        """Its 95 % interval (Wilson)."""
        found = proportion(self.yes, self.known).interval
        return MISSING if found is None else f"{100 * found.low:.0f} to {100 * found.high:.0f} %"

    @property
    def said(self) -> str:
        """All of it in a line."""
        return f"{self.yes} of {self.known} ({self.percent}, 95 % interval {self.interval})"


def counted(values: Iterable[bool | None]) -> Count:
    """Count yes, no, and not known."""
    listed = list(values)
    known = [value for value in listed if value is not None]
    return Count(sum(known), len(known), len(listed) - len(known))


def quartiles(values: Sequence[float | None]) -> tuple[str, str, str, str]:
    """Number of known values, median, quartiles (linear between values), range; as text."""
    import numpy as np

    known = [value for value in values if value is not None]
    if not known:
        return "0", MISSING, MISSING, MISSING
    low, high = (float(cut) for cut in np.percentile(known, (25, 75)))
    return (
        str(len(known)),
        number(float(median(known))),
        f"{number(low)} to {number(high)}",
        f"{number(min(known))} to {number(max(known))}",
    )


def ml_of(scan: ScanResult, key: str) -> float | None:
    """Volume of a class, mL; None where it cannot be told."""
    found = scan.volumes.get(key)
    return None if found is None else found.ml
