"""Write everything a study has to say into one folder."""

from pathlib import Path

from ..files import folder_written_whole
from ..segmentation.seg_nrrd import write_overlapping, write_seg_nrrd
from ..segmentation.segment_style import class_styles
from ..study import Study
from .build import build_content
from .figures import draw_figures
from .growth_style import GROWTH_STYLES
from .heat_map_figure import heat_map_figures
from .html import html_report
from .marker_evidence import marker_masks
from .marker_figure import marker_figure
from .markers import write_markers_csv
from .pdf import pdf_report
from .prediction import write_predictions_csv
from .scores import write_scores_csv
from .slices import aligned_followups
from .volumes import write_volumes_csv


def write_study(study: Study, out: Path) -> list[Path]:
    """Write the result, the report, the tables, the segmentations and the figures, all of them or none.

    Args:
        study: what :func:`HematomaExpansionLib.study.analyze` returned.
        out: folder; it is created when absent, and other files in it stay.

    Returns:
        The files written: ``result.json``, ``report.html``, ``report.pdf``, ``volumes.csv``,
        ``markers.csv``, ``scores.csv``, ``predictions.csv`` (where models were asked),
        ``baseline.seg.nrrd``, ``followup-1.seg.nrrd`` ...,
        ``baseline-markers.seg.nrrd`` ... (of each scan with a marker that is present),
        ``growth-1.seg.nrrd`` ... (of each follow-up that could be aligned to the baseline),
        ``MODEL-grad-cam.nii.gz`` ... (of each model with a heat map, on the grid of the baseline),
        ``followup-1-to-baseline.tfm`` ... (the rigid transform, ITK, from physical points of the follow-up to
        the baseline, LPS mm) and ``figure-*.png``.

    Raises:
        OutputError: when the folder cannot be created or written.
    """
    first, *later = (
        marker_figure(point, scan.markers)
        for point, scan in zip(study.timepoints, study.result.scans, strict=True)
    )
    figures = (*draw_figures(study), *(figure for figure in later if figure is not None))
    of_markers = () if first is None else (first,)
    content = build_content(study.result, figures, of_markers, heat_map_figures(study))
    with folder_written_whole(out) as folder:
        (folder / "result.json").write_text(study.result.model_dump_json(indent=2) + "\n", encoding="utf-8")
        (folder / "report.html").write_text(html_report(content), encoding="utf-8")
        (folder / "report.pdf").write_bytes(pdf_report(content))
        write_volumes_csv(study.result, folder / "volumes.csv")
        write_markers_csv(study.result, folder / "markers.csv")
        write_scores_csv(study.result, folder / "scores.csv")
        if study.result.predictions:
            write_predictions_csv(study.result, folder / "predictions.csv")
        for figure in content.figures:
            (folder / figure.file).write_bytes(figure.png)
        _write_images(study, folder)
        names = sorted(item.name for item in folder.iterdir())
    return [out / name for name in names]


def _write_images(study: Study, folder: Path) -> None:
    import SimpleITK as sitk

    for point, scan in zip(study.timepoints, study.result.scans, strict=True):
        styles = class_styles(point.segmentation.classes)
        write_seg_nrrd(folder / f"{point.name}.seg.nrrd", point.segmentation.labels, styles)
        masks = marker_masks(point, scan.markers)
        if masks:
            write_overlapping(folder / f"{point.name}-markers.seg.nrrd", masks)
    aligned = aligned_followups(study)
    for comparison in study.comparisons:
        sitk.WriteTransform(comparison.to_baseline, str(folder / f"{comparison.timepoint}-to-baseline.tfm"))
        if comparison.growth is not None and comparison.timepoint in aligned:
            name = comparison.timepoint.replace("followup", "growth")
            write_seg_nrrd(folder / f"{name}.seg.nrrd", comparison.growth, GROWTH_STYLES)
    for name, heat_map in study.heat_maps.items():
        sitk.WriteImage(heat_map, str(folder / name), useCompression=True)
