"""Write the DICOM objects of a study into one folder."""

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ...files import folder_written_whole
from ...result import ScanResult
from ...study import Comparison, Study, TimePoint
from ..slices import aligned_followups
from .anonymise import anonymous_sources, without_dates
from .document import encapsulated_pdf
from .secondary_capture import summary_series
from .seg import Algorithm, segmentation_object
from .segments import Segment, class_segments, growth_segments
from .slices import differences, labels_on_slices, volumes_on_slices
from .source import SourceSeries
from .sr import measurement_report

if TYPE_CHECKING:
    from highdicom.seg import Segmentation
    from pydicom import Dataset

    Drawn = tuple[Segmentation, list[Segment]]

FIRST_SERIES_NUMBER = 9100
"""Of the series that are written; far above those of scanners."""
REPORT_TITLE = "Intracerebral haemorrhage on head CT"


def write_dicom(
    study: Study,
    sources: Sequence[SourceSeries | None],
    out: Path,
    report: Sequence[Path] = (),
    anonymize: bool = False,
) -> tuple[list[Path], list[str]]:
    """Write what a study says of the scans that came from DICOM, all of it or nothing.

    A segmentation and a measurement report of each scan, and a segmentation of the growth map of each
    follow-up, belong to the study of that scan; the report as PDF and its figures to that of the last one.
    Every object has new UIDs and every kind a series of its own.

    Args:
        study: what was analysed.
        sources: the series of each scan, in order; None for one that has none.
        out: folder of the ``.dcm`` files; created when absent.
        report: files that :func:`HematomaExpansionLib.report.write.write_study` wrote; empty for no PDF and
            no figures.
        anonymize: whether to replace the patient and every UID and date of the source.

    Returns:
        The files, and what differs between the stored slices and where volumes were measured.

    Raises:
        OutputError: when the folder cannot be written.
    """
    if not any(sources):
        return [], []
    if anonymize:
        sources = anonymous_sources(sources)
    found = {index: source for index, source in enumerate(sources) if source is not None}
    with warnings.catch_warnings(), folder_written_whole(out) as folder:
        # highdicom and pydicom quote values they find odd, a patient's name among them.
        warnings.simplefilter("ignore", UserWarning)
        made, remarks = _scans(study, found)
        last = max(found)
        made |= _report(report, found[last], FIRST_SERIES_NUMBER + 10 * last)
        for name, dataset in made.items():
            if anonymize:
                without_dates(dataset)
            dataset.save_as(folder / name, enforce_file_format=True)
    return [out / name for name in sorted(made)], remarks


def _scans(study: Study, found: dict[int, SourceSeries]) -> "tuple[dict[str, Dataset], list[str]]":
    """The objects of each scan by the name of its file, and what is to be said of them."""
    baseline_uid = next(iter(found.values())).study_uid
    aligned = aligned_followups(study)
    made: dict[str, Dataset] = {}
    remarks: list[str] = []
    for index, source in found.items():
        point, scan = study.timepoints[index], study.result.scans[index]
        drawn, said = _classes(point, scan, source, baseline_uid, index)
        comparison = next((c for c in study.comparisons if c.timepoint == point.name), None)
        growth = None
        if comparison is not None and comparison.growth is not None and point.name in aligned:
            growth = _growth(comparison, source, baseline_uid, index)
            made[f"{point.name.replace('followup', 'growth')}-seg.dcm"] = growth[0]
        made[f"{point.name}-seg.dcm"] = drawn[0]
        baseline = found[0].images if index and 0 in found else ()
        made[f"{point.name}-sr.dcm"] = measurement_report(
            study.result, index, source, drawn, growth, baseline, FIRST_SERIES_NUMBER + 10 * index + 2, said
        )
        remarks += said
    return made, remarks


def _report(files: Sequence[Path], source: SourceSeries, series_number: int) -> "dict[str, Dataset]":
    made: dict[str, Dataset] = {}
    for pdf in (file for file in files if file.suffix == ".pdf"):
        made["report.dcm"] = encapsulated_pdf(pdf.read_bytes(), source, REPORT_TITLE, series_number + 3)
    pictures = [file for file in files if file.suffix == ".png"]
    for number, image in enumerate(summary_series(pictures, source, series_number + 4), 1):
        made[f"summary-{number}.dcm"] = image
    return made


def _classes(
    point: TimePoint, scan: ScanResult, source: SourceSeries, baseline_uid: str, index: int
) -> "tuple[Drawn, list[str]]":
    stored = labels_on_slices(point.segmentation.labels, source.slices)
    plain = class_segments(point.segmentation.classes, baseline_uid, {})
    there = volumes_on_slices(stored, source.slices, [segment.value for segment in plain])
    measured = {
        segment.key: volume.ml for segment in plain if (volume := scan.volumes[segment.key]) is not None
    }
    notes = differences(measured, {segment.key: there[segment.value] for segment in plain})
    segments = class_segments(point.segmentation.classes, baseline_uid, notes)
    algorithm = Algorithm(point.segmentation.backend, point.segmentation.backend == "mask")
    seg = segmentation_object(
        stored,
        source,
        segments,
        algorithm,
        f"HematomaExpansion {point.name}",
        FIRST_SERIES_NUMBER + 10 * index,
    )
    return (seg, segments), [f"{point.name}: {key} is {said}." for key, said in notes.items()]


def _growth(comparison: Comparison, source: SourceSeries, baseline_uid: str, index: int) -> "Drawn":
    segments = growth_segments(baseline_uid)
    seg = segmentation_object(
        labels_on_slices(comparison.growth, source.slices),
        source,
        segments,
        Algorithm("growth map"),
        f"HematomaExpansion growth, {comparison.timepoint}",
        FIRST_SERIES_NUMBER + 10 * index + 1,
    )
    return seg, segments
