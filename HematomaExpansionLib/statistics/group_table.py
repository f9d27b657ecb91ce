"""The table of patients' characteristics by group, with the counts of missing values."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from ..errors import UsageError
from .group_tests import Means, compare_counts, compare_means, compare_ranks, looks_normal
from .samples import column, known_values
from .significance import SignificanceTest

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


class Shown(StrEnum):
    """How a measurement is summarised."""

    MEAN = "mean +- SD"
    MEDIAN = "median [IQR]"


@dataclass(frozen=True)
class Measured:
    """A measurement in one group; what cannot be computed from its known values is None.

    Attributes:
        n: known values.
        missing: unknown ones.
        mean: of the known.
        standard_deviation: n - 1.
        median: of the known.
        lower_quartile: interpolated linearly, as in numpy.
        upper_quartile: the same.
    """

    n: int
    missing: int
    mean: float | None
    standard_deviation: float | None
    median: float | None
    lower_quartile: float | None
    upper_quartile: float | None

    def text(self, shown: Shown, digits: int = 1) -> str:
        """``61.0 ± 15.0`` or ``61.0 [50.0-72.0]``; ``-`` where nothing is known."""
        if self.mean is None:
            return "-"
        if shown is Shown.MEAN:
            spread = "" if self.standard_deviation is None else f" ± {self.standard_deviation:.{digits}f}"
            return f"{self.mean:.{digits}f}{spread}"
        return f"{self.median:.{digits}f} [{self.lower_quartile:.{digits}f}-{self.upper_quartile:.{digits}f}]"


@dataclass(frozen=True)
class Counted:
    """A category in one group: how many have it, of how many that are known."""

    count: int
    n: int
    missing: int

    @property
    def percent(self) -> float | None:
        """Of the known; None where nothing is known."""
        return 100 * self.count / self.n if self.n else None

    def text(self, digits: int = 1) -> str:
        """``55 (46.6)``; ``-`` where nothing is known."""
        return "-" if self.percent is None else f"{self.count} ({self.percent:.{digits}f})"


@dataclass(frozen=True)
class MeasuredRow:
    """A measurement over the groups."""

    variable: str
    shown: Shown
    cells: tuple[Measured, ...]
    test: SignificanceTest


@dataclass(frozen=True)
class CountedRow:
    """A variable with categories; ``levels`` holds for each category its cells over the groups."""

    variable: str
    levels: dict[str, tuple[Counted, ...]]
    test: SignificanceTest


@dataclass(frozen=True)
class GroupTable:
    """The whole table.

    Attributes:
        groups: names, in the order of the cells.
        sizes: patients of each.
        rows: in the order of the columns given.
        missing: patients left out because their group is unknown.
    """

    groups: tuple[str, ...]
    sizes: tuple[int, ...]
    rows: tuple[MeasuredRow | CountedRow, ...]
    missing: int


def group_table(
    columns: "Mapping[str, ArrayLike]",
    groups: "ArrayLike",
    order: Sequence[object],
    *,
    categorical: Collection[str] = (),
    shown: Mapping[str, Shown] | None = None,
    means: Means = Means.STUDENT,
) -> GroupTable:
    """Summarise and test variables between groups.

    A measurement that looks normal in every group (Shapiro and Wilk) is shown as mean and tested by t, any
    other as median and tested by Mann-Whitney, unless ``shown`` says. Text, booleans and what ``categorical``
    names are counted.

    Args:
        columns: variables by name, ``[n]``; None or NaN where missing.
        groups: the group of each patient, ``[n]``; None or NaN where unknown.
        order: the groups, in the order to show them.
        categorical: numbers that are categories.
        shown: how to show some of the measurements.
        means: which t-test.

    Raises:
        UsageError: lengths differ, or a group that ``order`` does not have.
    """
    members = known_values(groups)
    strange = {value for value in members if value is not None} - set(order)
    if strange:
        raise UsageError(f"group {', '.join(sorted(map(str, strange)))} is not in the order of groups")
    inside = [np.array([member == group for member in members], dtype=bool) for group in order]
    rows: list[MeasuredRow | CountedRow] = []
    for name, values in columns.items():
        if len(np.asarray(values, dtype=object)) != len(members):
            raise UsageError(f"{name}: {len(np.asarray(values))} values for {len(members)} patients")
        if name in categorical or _is_category(values):
            rows.append(_counted(name, known_values(values), inside))
        else:
            rows.append(_measured(name, column(values, name), inside, (shown or {}).get(name), means))
    sizes = tuple(int(mask.sum()) for mask in inside)
    return GroupTable(tuple(map(str, order)), sizes, tuple(rows), sum(m is None for m in members))


def _measured(
    name: str,
    values: "NDArray[np.float64]",
    inside: "Sequence[NDArray[np.bool_]]",
    shown: Shown | None,
    means: Means,
) -> MeasuredRow:
    parts = [values[mask] for mask in inside]
    known = [part[~np.isnan(part)] for part in parts]
    if shown is None:
        shown = Shown.MEAN if looks_normal(known) else Shown.MEDIAN
    test = compare_means(known, means) if shown is Shown.MEAN else compare_ranks(known)
    cells = tuple(_summary(part, len(whole)) for part, whole in zip(known, parts, strict=True))
    return MeasuredRow(name, shown, cells, test)


def _summary(known: "NDArray[np.float64]", size: int) -> Measured:
    n = len(known)
    if n == 0:
        return Measured(0, size, None, None, None, None, None)
    lower, median, upper = map(float, np.percentile(known, [25, 50, 75]))
    deviation = float(known.std(ddof=1)) if n > 1 else None
    return Measured(n, size - n, float(known.mean()), deviation, median, lower, upper)


def _counted(name: str, values: list[object], inside: "Sequence[NDArray[np.bool_]]") -> CountedRow:
    categories = sorted({value for value in values if value is not None}, key=_sorting)
    parts = [[value for value, here in zip(values, mask, strict=True) if here] for mask in inside]
    known = [[value for value in part if value is not None] for part in parts]
    levels = {
        _name(each): tuple(
            Counted(part.count(each), len(part), len(whole) - len(part))
            for part, whole in zip(known, parts, strict=True)
        )
        for each in categories
    }
    counts = np.array([[cell.count for cell in cells] for cells in levels.values()], dtype=np.int64)
    if not categories:
        test = SignificanceTest.unavailable("chi-squared test", 0, "no value is known")
    else:
        test = compare_counts(counts)
    return CountedRow(name, levels, test)


def _is_category(values: "ArrayLike") -> bool:
    return any(isinstance(value, str | bool | np.bool_) for value in known_values(values))


def _sorting(value: object) -> tuple[int, float, str]:
    return (0, float(value), "") if isinstance(value, int | float | np.number) else (1, 0.0, str(value))


def _name(value: object) -> str:
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, int | float | np.number) else str(value)
