"""Groups of the report for volumes: one a class that was looked for, one a part of a growth map."""

from typing import TYPE_CHECKING

from ...result import Growth, Volume
from .codes import concept, private
from .groups import at, measurement, tracked
from .segments import Segment

if TYPE_CHECKING:
    from highdicom.seg import Segmentation
    from highdicom.sr import Measurement, VolumetricROIMeasurementsAndQualitativeEvaluations

    from .source import SourceSeries


def volume_groups(
    volumes: dict[str, Volume | None],
    segments: list[Segment],
    seg: "Segmentation",
    source: "SourceSeries",
    timepoint: str,
) -> "list[VolumetricROIMeasurementsAndQualitativeEvaluations]":
    """One group (TID 1411) per segment of a scan, with every way its volume was measured.

    Args:
        volumes: of the scan, by key of the class.
        segments: of ``seg``, in its order.
        seg: the segmentation of the scan.
        source: the series of the scan.
        timepoint: ``"baseline"``, ``"followup-1"`` ....
    """
    return [
        _region(segment, number, seg, source, timepoint, _measured(found))
        for number, segment in enumerate(segments, 1)
        if (found := volumes[segment.key]) is not None
    ]


def growth_groups(
    growth: Growth, segments: list[Segment], seg: "Segmentation", source: "SourceSeries", timepoint: str
) -> "list[VolumetricROIMeasurementsAndQualitativeEvaluations]":
    """One group (TID 1411) for blood that is new, stayed or went, as it was measured."""
    return [
        _region(segment, number, seg, source, timepoint, _voxels(getattr(growth, f"{segment.key}_ml")))
        for number, segment in enumerate(segments, 1)
    ]


def _measured(found: Volume) -> "list[Measurement]":
    """Every volume under a name of its own: readers that pass over methods must not mix them up."""
    from pydicom.sr.codedict import codes

    abc2, abc3 = (private(f"volume_abc{n}", f"Volume by ABC/{n}, weighted C rule") for n in (2, 3))
    items = _voxels(found.ml)
    items += measurement(
        codes.DCM.VolumeEstimatedFromThreeOrMoreNonCoplanar2DRegions, found.planimetry_ml, "mL"
    )
    items += measurement(abc2, found.abc2_ml, "mL") + measurement(abc3, found.abc3_ml, "mL")
    items += measurement(codes.DCM.VolumeOfEllipsoid, found.ellipsoid_ml, "mL")
    for names, lengths in (("A B C", found.abc_mm), ("D1 D2 D3", found.diameters_mm)):
        for name, value in zip(names.split(), lengths or (None,) * 3, strict=True):
            items += measurement(private(f"diameter_{name}", f"Diameter {name}"), value, "mm")
    return items


def _voxels(ml: float) -> "list[Measurement]":
    from pydicom.sr.codedict import codes

    return measurement(codes.SCT.Volume, ml, "mL", codes.DCM.SumOfSegmentedVoxelMethodForVolume)


def _region(
    segment: Segment,
    number: int,
    seg: "Segmentation",
    source: "SourceSeries",
    timepoint: str,
    measurements: "list[Measurement]",
) -> "VolumetricROIMeasurementsAndQualitativeEvaluations":
    from highdicom import sr

    return sr.VolumetricROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=tracked(segment.key, segment.tracking_uid),
        referenced_segment=sr.ReferencedSegment(
            sop_class_uid=seg.SOPClassUID,
            sop_instance_uid=seg.SOPInstanceUID,
            segment_number=number,
            source_series=sr.SourceSeriesForSegmentation(source.series_uid),
        ),
        time_point_context=at(timepoint),
        finding_category=concept(segment.look.category),
        finding_type=concept(segment.look.type),
        finding_sites=[sr.FindingSite(concept(segment.look.region))],
        measurements=measurements,
    )
