"""How the numbers came about: software, scans, geometry, back-end, weights and time."""

import json

from ..result import ScanResult, SegmentationRecord, StudyResult
from .content import Table
from .wording import MISSING, listed, number, plain, timepoint

_HASH_LETTERS = 12


def provenance_tables(result: StudyResult) -> tuple[Table, ...]:
    """Scans, then each distinct way they were segmented, then the software."""
    return (_scans(result.scans), *_segmentations(result.scans), _software(result))


def _scans(scans: list[ScanResult]) -> Table:
    rows = (
        ("Format", *(scan.source for scan in scans)),
        ("Series", *(scan.series or f"{MISSING} no DICOM series" for scan in scans)),
        ("Slices as read", *(f"{s.geometry.slice_count}, {s.geometry.kind}" for s in scans)),
        ("Slice distances, mm", *(listed(scan.geometry.slice_distances_mm) for scan in scans)),
        ("Gantry tilt", *(f"{number(scan.geometry.tilt_degrees)}°" for scan in scans)),
        ("Geometry corrections", *("\n".join(s.geometry.corrections) or "none" for s in scans)),
        (
            "Grid spacing z, y, x, mm",
            *(", ".join(f"{mm:.2f}" for mm in s.geometry.spacing_mm) for s in scans),
        ),
        ("Voxel, mL", *(f"{scan.geometry.voxel_ml:.3g}" for scan in scans)),
        ("Intracranial space", *(f"{number(scan.brain_ml, 0)} mL" for scan in scans)),
        ("Atlas overlap (Dice)", *(f"{scan.atlas_quality:.2f}" for scan in scans)),
        ("SHA-256 of the voxels", *(f"{scan.sha256[:_HASH_LETTERS]}…" for scan in scans)),
    )
    return Table("Scans", ("", *(timepoint(scan.timepoint) for scan in scans)), rows)


def _segmentations(scans: list[ScanResult]) -> tuple[Table, ...]:
    """One table per distinct record: most often all scans share one."""
    shared: dict[str, list[ScanResult]] = {}
    for scan in scans:
        shared.setdefault(json.dumps(scan.segmentation.model_dump(), sort_keys=True), []).append(scan)
    return tuple(_segmentation(group, group[0].segmentation) for group in shared.values())


def _segmentation(group: list[ScanResult], record: SegmentationRecord) -> Table:
    hashes = {name: f"{sha256[:_HASH_LETTERS]}…" for name, sha256 in record.weights_sha256.items()}
    rows = (
        ("Back-end", record.backend),
        ("Classes it can tell", listed(record.classes)),
        ("Device", record.device.upper()),
        ("Parameters", listed(record.parameters)),
        ("Weights, SHA-256", listed(hashes)),
    )
    names = ", ".join(timepoint(scan.timepoint) for scan in group)
    return Table("Segmentation", ("", names), rows)


def _software(result: StudyResult) -> Table:
    software = result.software
    packages = ", ".join(f"{name} {version}" for name, version in software.packages.items())
    seconds = ", ".join(f"{stage.name} {stage.seconds:.1f}" for stage in result.stages)
    total = sum(stage.seconds for stage in result.stages)
    rows = (
        ("Software", f"{software.name} {software.version}, called from {plain(result.door)}"),
        (
            "Python and packages",
            f"Python {software.python}, {packages}" if packages else f"Python {software.python}",
        ),
        ("Options", listed(result.options)),
        ("Seconds", f"{seconds}; together {total:.1f}" if seconds else f"{MISSING} not measured"),
        ("Schema of result.json", result.schema_version),
    )
    return Table("Software", ("", "This analysis"), rows)
