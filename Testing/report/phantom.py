"""Studies built by hand: an ellipsoid head with ellipsoid bleeds, and a result whose numbers are counted."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import SimpleITK as sitk

from HematomaExpansionLib.clinical import ClinicalRecord
from HematomaExpansionLib.ct.anatomy import Anatomy
from HematomaExpansionLib.ct.scan import Geometry, HeadCT, SliceGeometry
from HematomaExpansionLib.findings import describe_markers
from HematomaExpansionLib.labels import APPEARANCE, Label
from HematomaExpansionLib.markers.read import read_markers
from HematomaExpansionLib.markers.reading import MarkerReading
from HematomaExpansionLib.prediction.prediction import Prediction
from HematomaExpansionLib.result import (
    Change,
    Growth,
    Location,
    Registration,
    ScanGeometry,
    ScanResult,
    SegmentationRecord,
    Software,
    Stage,
    StudyResult,
    Volume,
)
from HematomaExpansionLib.scores.evaluate import evaluate_all
from HematomaExpansionLib.scores.values import named_values
from HematomaExpansionLib.segmentation.segmenter import Segmentation
from HematomaExpansionLib.study import Comparison, Study, TimePoint
from HematomaExpansionLib.volumetry.error_model import reader_error
from HematomaExpansionLib.volumetry.expansion import Volumes, judge
from HematomaExpansionLib.volumetry.growth import GrowthLabel

SIZE_ZYX = (28, 96, 80)
SPACING_XYZ = (2.0, 2.0, 5.0)
BOTH = frozenset({Label.ICH, Label.IVH})


@dataclass(frozen=True)
class Bleed:
    """Radii in mm of an ICH in the patient's right half and of an IVH in the middle; 0 is none.

    ``hole_mm`` is the radius of a dark, sharply bounded ball in the ICH; ``reader`` read its markers.
    """

    ich_mm: float = 0.0
    ivh_mm: float = 0.0
    oedema_mm: float = 0.0
    hours: float | None = 0.0
    classes: frozenset[Label] = BOTH
    warnings: tuple[str, ...] = ()
    series: str | None = None
    tilt_degrees: float = 0.0
    corrections: tuple[str, ...] = field(default=())
    hole_mm: float = 0.0
    reader: MarkerReading | None = None


def study(
    *bleeds: Bleed,
    trusted: bool = True,
    clinical: ClinicalRecord | None = None,
    predictions: Sequence[Prediction] = (),
) -> Study:
    """A study with one scan per bleed, baseline first, all on the same grid."""
    names = ["baseline", *(f"followup-{index}" for index in range(1, len(bleeds)))]
    points = tuple(_timepoint(name, bleed) for name, bleed in zip(names, bleeds, strict=True))
    scans = [_scan_result(point, bleed) for point, bleed in zip(points, bleeds, strict=True)]
    growths = [_growth_image(points[0], point) for point in points[1:]]
    ich = {scan.timepoint: scan.volumes["ich"] for scan in scans[1:]}
    known = {name: volume.ml for name, volume in ich.items() if volume is not None}
    result = StudyResult(
        door="python",
        options={"segmenter": "mask", "device": "auto"},
        software=Software(version="0.1.0", python="3.11.9", packages={"numpy": "2.0", "SimpleITK": "2.4"}),
        scans=scans,
        changes=[
            _change(scans[0], scan, growth, trusted) for scan, growth in zip(scans[1:], growths, strict=True)
        ],
        largest_followup=max(known, key=lambda name: known[name]) if known else None,
        clinical=None,
        scores=evaluate_all(
            {scan.timepoint: named_values(scan, scan.markers.reading(), clinical) for scan in scans}
        ),
        predictions=list(predictions),
        warnings=[],
        stages=[Stage(name="read", seconds=0.42), Stage(name="segment", seconds=12.3)],
    )
    comparisons = tuple(
        Comparison(point.name, sitk.Euler3DTransform(), growth)
        for point, growth in zip(points[1:], growths, strict=True)
    )
    return Study(result, points, comparisons)


def _timepoint(name: str, bleed: Bleed) -> TimePoint:
    z, y, x = _millimetres()
    head = (z / 68) ** 2 + (y / 88) ** 2 + (x / 72) ** 2
    brain = (z / 60) ** 2 + (y / 80) ** 2 + (x / 64) ** 2 < 1
    ventricles = (z / 20) ** 2 + (y / 26) ** 2 + (x / 10) ** 2 < 1
    hu = np.select([ventricles, brain, head < 1, head < 1.12], [6, 32, 900, 40], -1000).astype(np.int16)
    labels = np.zeros(hu.shape, np.uint8)
    ball = np.sqrt((z - 6) ** 2 + y**2 + (x + 34) ** 2)
    middle = np.sqrt(z**2 + (y + 6) ** 2 + x**2)
    labels[ball < bleed.oedema_mm] = Label.OEDEMA
    labels[ball < bleed.ich_mm] = Label.ICH
    labels[middle < bleed.ivh_mm] = Label.IVH
    hu[labels == Label.OEDEMA] = 22
    hu[(labels == Label.ICH) | (labels == Label.IVH)] = 66
    hu[np.sqrt((z - 6) ** 2 + y**2 + (x + 34) ** 2) < bleed.hole_mm] = 28
    hu += np.random.default_rng(7).normal(0, 3, hu.shape).astype(np.int16)
    labels[~np.isin(labels, list(bleed.classes))] = 0
    geometry = Geometry(
        SliceGeometry.TILTED if bleed.tilt_degrees else SliceGeometry.REGULAR,
        SIZE_ZYX[0],
        (SPACING_XYZ[2],),
        bleed.tilt_degrees,
        bleed.corrections,
    )
    scan = HeadCT(
        _image(hu), "DOE^JANE.nii.gz", "NIfTI", geometry, acquired=datetime(2001, 2, 3), sha256="ab12" * 16
    )
    anatomy = Anatomy(
        _image(brain.astype(np.uint8)),
        _image(ventricles.astype(np.float32)),
        _image(brain.astype(np.uint8)),
        sitk.Euler3DTransform(),
        0.95,
    )
    segmentation = Segmentation(
        _image(labels), bleed.classes, "mask", {"mapping": {"1": "ich", "2": "ivh"}, "grow": True}
    )
    return TimePoint(
        name, scan, anatomy, segmentation, read_markers(scan, segmentation.labels, anatomy.brain)
    )


def _scan_result(point: TimePoint, bleed: Bleed) -> ScanResult:
    labels = sitk.GetArrayViewFromImage(point.segmentation.labels)
    volumes = {
        appearance.key: _volume(int((labels == label).sum())) if label in bleed.classes else None
        for label, appearance in APPEARANCE.items()
    }
    ich, ivh = volumes["ich"], volumes["ivh"]
    geometry = point.scan.geometry
    return ScanResult(
        timepoint=point.name,
        hours_after_baseline=bleed.hours,
        source="NIfTI" if bleed.series is None else "DICOM",
        sha256=point.scan.sha256,
        series=bleed.series,
        geometry=ScanGeometry(
            kind=str(geometry.kind),
            slice_count=geometry.slice_count,
            slice_distances_mm=list(geometry.slice_distances_mm),
            tilt_degrees=geometry.tilt_degrees,
            corrections=list(geometry.corrections),
            spacing_mm=point.scan.spacing_mm,
            voxel_ml=point.scan.voxel_ml,
        ),
        brain_ml=1286.8,
        atlas_quality=0.95,
        volumes=volumes,
        total_ml=None if ich is None or ivh is None else ich.ml + ivh.ml,
        location=Location(region="deep", side="right", fractions={"deep": 0.82, "lobar": 0.18})
        if ich is not None and ich.ml > 0
        else None,
        midline_shift_mm=4.2 if ich is not None and ich.ml > 0 else None,
        segmentation=SegmentationRecord(
            backend="mask",
            classes=[APPEARANCE[label].key for label in sorted(bleed.classes)],
            parameters=point.segmentation.parameters,
            weights_sha256={"model-1": "cd34" * 16},
            device="cpu",
        ),
        markers=describe_markers(point.markers, point.segmentation, bleed.reader),
        warnings=list(bleed.warnings),
    )


def _volume(voxels: int) -> Volume:
    ml = voxels * float(np.prod(SPACING_XYZ)) / 1000
    some = voxels > 0
    return Volume(
        ml=ml,
        planimetry_ml=ml,
        abc2_ml=0.95 * ml if some else None,
        abc3_ml=0.63 * ml if some else None,
        ellipsoid_ml=0.99 * ml if some else None,
        abc_mm=(40.0, 30.0, 25.0) if some else None,
        diameters_mm=(40.0, 30.0, 25.0) if some else None,
        voxels=voxels,
    )


def _change(baseline: ScanResult, followup: ScanResult, growth: sitk.Image, trusted: bool) -> Change:
    ich0, ich1, ivh0, ivh1 = (
        None if volume is None else volume.ml
        for volume in (scan.volumes[key] for key in ("ich", "ivh") for scan in (baseline, followup))
    )
    ich = None if ich0 is None or ich1 is None else ich1 - ich0
    ivh = None if ivh0 is None or ivh1 is None else ivh1 - ivh0
    counts = [int((sitk.GetArrayViewFromImage(growth) == value).sum()) for value in GrowthLabel]
    new, stable, resolved = (count * baseline.geometry.voxel_ml for count in counts)
    return Change(
        timepoint=followup.timepoint,
        hours=followup.hours_after_baseline,
        ich_ml=ich,
        ich_percent=None if ich is None or not ich0 else 100 * ich / ich0,
        ivh_ml=ivh,
        total_ml=None if ich is None or ivh is None else ich + ivh,
        error_model=reader_error().record(),
        expansion=judge(Volumes(ich0, ich1, ivh0, ivh1)),
        registration=Registration(
            rotation_degrees=3.2, translation_mm=8.0, quality=0.95 if trusted else 0.41, trusted=trusted
        ),
        growth=Growth(new_ml=new, stable_ml=stable, resolved_ml=resolved),
        warnings=[],
    )


def _growth_image(baseline: TimePoint, followup: TimePoint) -> sitk.Image:
    before, after = (
        np.isin(sitk.GetArrayViewFromImage(point.segmentation.labels), (Label.ICH, Label.IVH))
        for point in (baseline, followup)
    )
    values = np.select(
        [after & ~before, after & before, before & ~after],
        [GrowthLabel.NEW, GrowthLabel.STABLE, GrowthLabel.RESOLVED],
        0,
    )
    return _image(values.astype(np.uint8))


def _millimetres() -> tuple[np.ndarray, ...]:
    """Distance of each voxel from the middle of the grid along z, y and x."""
    axes = [
        (np.arange(size) - (size - 1) / 2) * step
        for size, step in zip(SIZE_ZYX, reversed(SPACING_XYZ), strict=True)
    ]
    return tuple(np.meshgrid(*axes, indexing="ij"))


def _image(array: np.ndarray) -> sitk.Image:
    image = sitk.GetImageFromArray(array)
    image.SetSpacing(SPACING_XYZ)
    return image
