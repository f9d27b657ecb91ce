"""Measurement groups of the report (TID 1501) and what they are made of."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from .codes import unit

if TYPE_CHECKING:
    from highdicom.sr import (
        CodedConcept,
        Measurement,
        MeasurementsAndQualitativeEvaluations,
        QualitativeEvaluation,
        TimePointContext,
        TrackingIdentifier,
    )


def measurement(
    name: "CodedConcept",
    value: float | None,
    symbol: str,
    method: "CodedConcept | None" = None,
    derivation: "CodedConcept | None" = None,
) -> "list[Measurement]":
    """One numeric value as a list of one; an unknown value is no item, never a 0."""
    from highdicom import sr

    if value is None:
        return []
    return [sr.Measurement(name=name, value=value, unit=unit(symbol), method=method, derivation=derivation)]


def at(timepoint: str) -> "TimePointContext":
    """The time point a group speaks of (TID 1502).

    Its order and its hours after the baseline are left to :mod:`.scan_groups`: readers of TID 1500 (dcmqi,
    highdicom) take numeric context for measurements.
    """
    from highdicom import sr

    return sr.TimePointContext(time_point=timepoint)


def tracked(name: str, uid: str | None = None) -> "TrackingIdentifier":
    """A tracking identifier; without a UID a new one."""
    import highdicom as hd

    return hd.sr.TrackingIdentifier(uid=uid or hd.UID(), identifier=name)


def group(
    name: str,
    timepoint: str,
    measurements: "Iterable[Measurement]" = (),
    evaluations: "Sequence[QualitativeEvaluation]" = (),
    method: "CodedConcept | None" = None,
) -> "list[MeasurementsAndQualitativeEvaluations]":
    """A group without a region, as a list of one; empty where there is nothing to say."""
    from highdicom import sr

    numbers = list(measurements)
    if not numbers and not evaluations:
        return []
    return [
        sr.MeasurementsAndQualitativeEvaluations(
            tracking_identifier=tracked(f"{timepoint}: {name}"),
            time_point_context=at(timepoint),
            method=method,
            measurements=numbers or None,
            qualitative_evaluations=list(evaluations) or None,
        )
    ]
