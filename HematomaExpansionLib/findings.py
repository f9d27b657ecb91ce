"""From images to what is said of them: the findings of one scan, and of the change between two."""

from .ct.anatomy import Anatomy
from .ct.scan import HeadCT
from .labels import APPEARANCE, Label
from .markers.marker import Marker
from .markers.read import Markers
from .markers.reading import MarkerReading
from .result import (
    Change,
    Growth,
    MarkerResult,
    Registration,
    ScanGeometry,
    ScanMarkers,
    ScanResult,
    SegmentationRecord,
    Volume,
)
from .segmentation.segmenter import Segmentation
from .volumetry.error_model import ErrorModel
from .volumetry.expansion import Limits, Volumes, judge
from .volumetry.location import locate
from .volumetry.midline import midline_shift_mm
from .volumetry.symmetry import Plane
from .volumetry.volume import measure, volume_ml
from .volumetry.window import window_warnings

UNTRUSTED = (
    "The two skulls do not line up (Dice {quality:.2f}): are both scans of one patient? "
    "The growth map is not to be read."
)
NO_ICH = "No parenchymal blood was found: there is no clot that could have or lack a marker."
ICH_NOT_TOLD = "The segmentation cannot tell parenchymal blood, so no marker was read in it."
SURGERY = (
    "Surgery or a ventricular drain lies before this scan (clinical record): "
    "the change is not the bleed's alone."
)


def describe_scan(
    timepoint: str,
    scan: HeadCT,
    anatomy: Anatomy,
    segmentation: Segmentation,
    hours: float | None,
    markers: ScanMarkers,
    symmetry: Plane | None = None,
) -> ScanResult:
    """Measure one scan in its own space.

    Args:
        timepoint: ``"baseline"``, ``"followup-1"`` ...
        scan: the head CT.
        anatomy: anatomy on its grid.
        segmentation: labels on its grid.
        hours: after the baseline; None when not known.
        markers: from :func:`describe_markers`.
        symmetry: plane of symmetry of the inside of the skull; found here when None.
    """
    volumes = {
        look.key: measure(segmentation.labels, label) if label in segmentation.classes else None
        for label, look in APPEARANCE.items()
    }
    return ScanResult(
        timepoint=timepoint,
        hours_after_baseline=hours,
        source=scan.modality_source,
        sha256=scan.sha256,
        series=None if scan.series is None else f"{scan.series.description}: {scan.series.reason}",
        geometry=ScanGeometry(
            kind=scan.geometry.kind.value,
            slice_count=scan.geometry.slice_count,
            slice_distances_mm=list(scan.geometry.slice_distances_mm),
            tilt_degrees=scan.geometry.tilt_degrees,
            corrections=list(scan.geometry.corrections),
            spacing_mm=scan.spacing_mm,
            voxel_ml=scan.voxel_ml,
        ),
        brain_ml=volume_ml(anatomy.brain, 1),
        atlas_quality=anatomy.quality,
        volumes=volumes,
        total_ml=_sum(volumes["ich"], volumes["ivh"]),
        location=locate(segmentation.labels, anatomy) if Label.ICH in segmentation.classes else None,
        midline_shift_mm=midline_shift_mm(scan, anatomy, symmetry),
        segmentation=SegmentationRecord(
            backend=segmentation.backend,
            classes=[APPEARANCE[label].key for label in sorted(segmentation.classes)],
            parameters=segmentation.parameters,
            weights_sha256=segmentation.weights_sha256,
            device="cuda" if segmentation.device.startswith("cuda") else "cpu",
        ),
        markers=markers,
        warnings=[*scan.warnings, *anatomy.warnings, *segmentation.warnings],
    )


def describe_markers(
    found: Markers | None, segmentation: Segmentation, reader: MarkerReading | None
) -> ScanMarkers:
    """What is said of the markers of one scan: the software's values, and a reader's where there are some.

    Args:
        found: what was read automatically; None without parenchymal blood.
        segmentation: what it was read in.
        reader: a reader's values, which decide; None for none.

    Raises:
        UsageError: a reader has no name.
    """
    automatic = None if found is None else found.record
    reading = MarkerReading.unread() if automatic is None else MarkerReading.automatic(automatic)
    reading = reading if reader is None else reading.overridden_by(reader)
    told = Label.ICH in segmentation.classes
    return ScanMarkers(
        status="read" if found is not None else "not applicable" if told else "not told",
        reason="" if found is not None else NO_ICH if told else ICH_NOT_TOLD,
        markers=[
            MarkerResult(
                marker=marker,
                value=reading.entries[marker].value,
                decided_by=reading.entries[marker].decided_by,
                automatic=reading.entries[marker].automatic,
                reader_value=reading.entries[marker].reader_value,
            )
            for marker in Marker
        ],
        automatic=automatic,
    )


def describe_change(
    baseline: ScanResult,
    followup: ScanResult,
    registration: Registration,
    growth: Growth | None,
    limits: Limits,
    error_model: ErrorModel,
    surgery: bool = False,
) -> Change:
    """Compare a follow-up's measurements with the baseline's and judge expansion.

    ``surgery`` says that there was some, or a ventricular drain, between the two scans.
    """
    before, after = ({key: _ml(scan, key) for key in ("ich", "ivh")} for scan in (baseline, followup))
    ich_ml = _difference(before["ich"], after["ich"])
    volumes = Volumes(before["ich"], after["ich"], before["ivh"], after["ivh"])
    warnings = window_warnings(followup.hours_after_baseline)
    if not registration.trusted:
        warnings.append(UNTRUSTED.format(quality=registration.quality))
    if surgery:
        warnings.append(SURGERY)
    return Change(
        timepoint=followup.timepoint,
        hours=followup.hours_after_baseline,
        ich_ml=ich_ml,
        ich_percent=100.0 * ich_ml / before["ich"] if ich_ml is not None and before["ich"] else None,
        ivh_ml=_difference(before["ivh"], after["ivh"]),
        total_ml=_difference(baseline.total_ml, followup.total_ml),
        error_model=error_model.record(),
        expansion=judge(volumes, limits, error_model),
        registration=registration,
        growth=growth,
        warnings=warnings,
    )


def _ml(scan: ScanResult, key: str) -> float | None:
    volume = scan.volumes[key]
    return None if volume is None else volume.ml


def _sum(first: Volume | None, second: Volume | None) -> float | None:
    return None if first is None or second is None else first.ml + second.ml


def _difference(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else after - before
