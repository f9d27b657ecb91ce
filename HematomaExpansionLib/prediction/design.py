"""Training patients as numbers: complete cases, or training medians with an indicator; then z-scores.

Both policies are stated with every model and every estimate. ``complete-case`` leaves out who lacks an input
and gives them no probability. ``median`` fills in the median of the training patients, adds a column that
says so wherever a training patient lacked the input, and names what was filled in with each estimate.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from ..errors import InputRefused
from .column import Column
from .patient import Patient

if TYPE_CHECKING:
    from numpy.typing import NDArray

Missing = Literal["complete-case", "median"]
POLICIES: tuple[Missing, ...] = get_args(Missing)
INDICATOR = "missing:"
"""Prefix of the name of a column that says whether an input was filled in."""


@dataclass(frozen=True)
class Design:
    """How a patient becomes a row of numbers.

    Attributes:
        columns: in order.
        policy: for missing values.
        indicators: names of the columns that have an indicator, which follow the columns in this order.
        median: of the training patients ``[columns]``.
        mean: of each column and indicator in the training patients ``[columns + indicators]``.
        sd: likewise, population standard deviation.
        patients: training patients that were used.
        expanded: those of them with expansion.
        left_out: training patients that were not, because an input or the outcome is not known.
    """

    columns: tuple[Column, ...]
    policy: Missing
    indicators: tuple[str, ...]
    median: "NDArray[np.float64]"
    mean: "NDArray[np.float64]"
    sd: "NDArray[np.float64]"
    patients: int
    expanded: int
    left_out: int

    @property
    def names(self) -> tuple[str, ...]:
        """Of all columns, indicators last."""
        return (*(column.name for column in self.columns), *(INDICATOR + name for name in self.indicators))

    def raw(self, patient: Patient) -> "NDArray[np.float64]":
        """The columns ``[columns]`` as they are, NaN where not known."""
        return _raw(self.columns, patient)

    def row(self, raw: "NDArray[np.float64]") -> "NDArray[np.float64] | None":
        """z-scores ``[columns + indicators]``; None for an incomplete patient under ``complete-case``.

        Args:
            raw: from :meth:`raw`.
        """
        if np.isnan(raw).any() and self.policy == "complete-case":
            return None
        return np.asarray((self._filled(raw[None])[0] - self.mean) / self.sd, dtype=np.float64)

    def missing(self, patient: Patient, raw: "NDArray[np.float64]") -> tuple[str, ...]:
        """Inputs of the columns that are not known, each once."""
        absent = [column for column, number in zip(self.columns, raw, strict=True) if np.isnan(number)]
        return tuple(dict.fromkeys(name for column in absent for name in column.missing(patient)))

    def parameters(self) -> dict[str, Any]:
        """The JSON-able part of the state."""
        return {
            "columns": [column.name for column in self.columns],
            "missing": self.policy,
            "indicators": list(self.indicators),
            "patients": self.patients,
            "expanded": self.expanded,
            "left_out": self.left_out,
        }

    def arrays(self) -> "dict[str, NDArray[np.float64]]":
        """The numbers of the state."""
        return {"median": self.median, "mean": self.mean, "sd": self.sd}

    @classmethod
    def from_state(
        cls, columns: Sequence[Column], parameters: Mapping[str, Any], arrays: "Mapping[str, NDArray[Any]]"
    ) -> "Design":
        """Make it again.

        Raises:
            KeyError: the state lacks something.
            ValueError: the state is of other columns.
        """
        policy = next((one for one in POLICIES if one == parameters["missing"]), None)
        if policy is None or [column.name for column in columns] != list(parameters["columns"]):
            raise ValueError(f"columns {parameters['columns']}, missing {parameters['missing']}")
        design = cls(
            tuple(columns),
            policy,
            tuple(parameters["indicators"]),
            arrays["median"],
            arrays["mean"],
            arrays["sd"],
            int(parameters["patients"]),
            int(parameters["expanded"]),
            int(parameters["left_out"]),
        )
        if not len(design.mean) == len(design.sd) == len(design.names):
            raise ValueError(f"{len(design.mean)} means for {len(design.names)} columns")
        return design

    def _filled(self, raw: "NDArray[np.float64]") -> "NDArray[np.float64]":
        return _filled(raw, [column.name for column in self.columns], self.indicators, self.median)


def make_design(
    columns: Sequence[Column], patients: Sequence[Patient], policy: Missing
) -> "tuple[Design, NDArray[np.float64], NDArray[np.bool_]]":
    """Learn a design from training patients.

    Args:
        columns: what each row is made of.
        patients: training patients; those without a known outcome are left out.
        policy: for missing values.

    Returns:
        The design, the rows as z-scores ``[patients, columns + indicators]`` and the outcomes ``[patients]``.

    Raises:
        InputRefused: no patient is left, all have the same outcome, or a column is the same in all.
    """
    known = [patient for patient in patients if patient.expansion is not None]
    raw = np.array([_raw(columns, patient) for patient in known]).reshape(len(known), len(columns))
    outcome = np.array([patient.expansion is True for patient in known], dtype=bool)
    complete = ~np.isnan(raw).any(axis=1)
    if policy == "complete-case":
        raw, outcome = raw[complete], outcome[complete]
    names = [column.name for column in columns]
    empty = [name for name, cells in zip(names, raw.T, strict=True) if np.isnan(cells).all()]
    if len(raw) and empty:
        raise InputRefused(f"{', '.join(empty)}: not known in any training patient; it cannot be fitted")
    if not len(outcome):
        raise InputRefused(f"no training patient has a known outcome and all of {', '.join(names)}")
    if not 0 < outcome.sum() < len(outcome):
        raise InputRefused(
            f"{int(outcome.sum())} of {len(outcome)} training patients with known {', '.join(names)} "
            "expanded; some with and some without expansion are needed"
        )
    median = np.nanmedian(raw, axis=0)
    indicators = tuple(name for name, cells in zip(names, raw.T, strict=True) if np.isnan(cells).any())
    filled = _filled(raw, names, indicators, median)
    mean, sd = filled.mean(axis=0), filled.std(axis=0)
    every = [*names, *(INDICATOR + name for name in indicators)]
    constant = [name for name, spread in zip(every, sd, strict=True) if not spread > 0]
    if constant:
        raise InputRefused(f"{', '.join(constant)}: the same in all {len(filled)} training patients")
    design = Design(
        tuple(columns),
        policy,
        indicators,
        median,
        mean,
        sd,
        len(outcome),
        int(outcome.sum()),
        len(patients) - len(outcome),
    )
    return design, (filled - mean) / sd, outcome


def _raw(columns: Sequence[Column], patient: Patient) -> "NDArray[np.float64]":
    numbers = [column.of(patient) for column in columns]
    return np.array([np.nan if number is None else number for number in numbers], dtype=np.float64)


def _filled(
    raw: "NDArray[np.float64]", names: Sequence[str], indicators: Sequence[str], median: "NDArray[np.float64]"
) -> "NDArray[np.float64]":
    """Rows with medians for what is missing, and the indicators behind them."""
    absent = np.isnan(raw)
    flags = absent[:, [names.index(name) for name in indicators]].astype(np.float64)
    return np.hstack([np.where(absent, median, raw), flags])
