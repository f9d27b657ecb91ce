"""Which of the volumes in a scene are head CTs of one patient, in time order. No patient is named."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ..ct.checks import MIN_SLICES
from ..ct.dicom import SliceHeader
from ..ct.series import choose
from ..errors import InputRefused
from .bootstrap import ensure_scene
from .dicom_slices import slice_headers

if TYPE_CHECKING:
    import slicer

MADE = "HematomaExpansion.made"
"""Attribute of the volumes that an analysis added: they are no new scans."""


@dataclass(frozen=True)
class FoundScan:
    """A volume that may be a head CT.

    Attributes:
        volume: the node.
        acquired: when; None where no file says.
    """

    volume: "slicer.vtkMRMLScalarVolumeNode"
    acquired: datetime | None


def find_patients() -> tuple[tuple[FoundScan, ...], ...]:
    """The head CTs in the scene, patient by patient, each in time order.

    Of the series of one study only the axial soft-tissue one counts. Scans without a time follow the others
    in the order they were loaded. Volumes without DICOM headers are taken for one patient where nothing in
    the subject hierarchy tells them apart.
    """
    by_patient: dict[str, dict[str, list[tuple[FoundScan, list[SliceHeader]]]]] = {}
    for volume in _volumes():
        headers = slice_headers(volume)
        if headers and headers[0].series.modality != "CT":
            continue
        acquired = min((each.acquired for each in headers if each.acquired), default=None)
        study = headers[0].series.study_uid if headers else volume.GetID()
        studies = by_patient.setdefault(_patient(volume, headers), {})
        studies.setdefault(study, []).append((FoundScan(volume, acquired), headers))
    return tuple(
        _in_time_order(scan for study in studies.values() for scan in _soft_tissue(study))
        for studies in by_patient.values()
    )


def hours_after(scans: "tuple[FoundScan, ...]") -> list[float | None]:
    """Hours from the first scan to each; None where a time is not known."""
    first = scans[0].acquired
    return [
        None if first is None or scan.acquired is None else (scan.acquired - first).total_seconds() / 3600.0
        for scan in scans
    ]


def _volumes() -> "Iterator[slicer.vtkMRMLScalarVolumeNode]":
    scene = ensure_scene()
    for index in range(scene.GetNumberOfNodesByClass("vtkMRMLScalarVolumeNode")):
        node = scene.GetNthNodeByClass(index, "vtkMRMLScalarVolumeNode")
        data = node.GetImageData()
        if (
            node.GetClassName() == "vtkMRMLScalarVolumeNode"
            and not node.GetHideFromEditors()
            and not node.GetAttribute(MADE)
            and data is not None
            and min(data.GetDimensions()) >= MIN_SLICES
        ):
            yield node


def _patient(volume: "slicer.vtkMRMLScalarVolumeNode", headers: list[SliceHeader]) -> str:
    if headers:
        return headers[0].series.patient_id
    import slicer

    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
    item = hierarchy.GetItemByDataNode(volume)
    return str(hierarchy.GetItemAncestorAtLevel(item, "Patient")) if item else "0"


def _soft_tissue(study: list[tuple[FoundScan, list[SliceHeader]]]) -> list[FoundScan]:
    """The series of a study that an analysis would take; all where that cannot be said."""
    if len(study) == 1:
        return [study[0][0]]
    try:
        chosen = choose([header for _, headers in study for header in headers], "study")[0][0].series.uid
    except InputRefused:
        return [scan for scan, _ in study]
    return [scan for scan, headers in study if headers and headers[0].series.uid == chosen]


def _in_time_order(scans: Iterable[FoundScan]) -> tuple[FoundScan, ...]:
    return tuple(sorted(scans, key=lambda scan: (scan.acquired is None, scan.acquired or datetime.min)))
