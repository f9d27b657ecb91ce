"""Put the content of a report together from a result and its figures."""

from ..result import StudyResult
from .changes import change_blocks
from .content import Block, Bullets, Content, Figure, Section, Text
from .headline import answers, decisive_change, headline
from .markers import markers_section
from .prediction import prediction_answer, prediction_section
from .provenance import provenance_tables
from .scores import scores_provenance, scores_section
from .volumes import volumes_table
from .wording import number, timepoint


def build_content(
    result: StudyResult,
    figures: tuple[Figure, ...],
    of_markers: tuple[Figure, ...] = (),
    of_predictions: tuple[Figure, ...] = (),
) -> Content:
    """Content of the report.

    Args:
        result: the numbers.
        figures: pictures in reading order.
        of_markers: the pictures of the baseline's markers, which stand beside their table.
        of_predictions: the heat maps of the models, which stand on the page of the predictions.
    """
    warnings = _warnings(result)
    sections = [Section("Volumes", (volumes_table(result),))]
    if result.changes:
        sections.append(Section("Change and expansion", _changes(result)))
    sections += [markers_section(result, of_markers), scores_section(result)]
    if result.predictions:
        sections.append(prediction_section(result, of_predictions))
    if figures:
        sections.append(Section("Images", figures))
    nothing = Text("None.")
    sections.append(Section("Warnings", (Bullets(warnings) if warnings else nothing,)))
    sections.append(Section("Provenance", (*provenance_tables(result), scores_provenance(result.scores))))
    return Content(
        title="Intracerebral haemorrhage on head CT",
        subtitle=_subtitle(result),
        disclaimer=result.disclaimer,
        headline=headline(result),
        answers=(*answers(result), *([prediction_answer(result)] if result.predictions else [])),
        notice=_notice(len(warnings)),
        sections=tuple(sections),
    )


def _notice(count: int) -> str:
    if count == 0:
        return ""
    return f"{count} warning{'s' if count > 1 else ''}: read the section Warnings before the numbers."


def _subtitle(result: StudyResult) -> str:
    followups = len(result.changes)
    scans = {0: "Baseline only", 1: "Baseline and 1 follow-up"}.get(
        followups, f"Baseline and {followups} follow-ups"
    )
    last = result.changes[-1].hours if result.changes else None
    span = f" over {number(last)} h" if last is not None else ""
    backends = ", ".join(dict.fromkeys(scan.segmentation.backend for scan in result.scans))
    return f"{scans}{span}. Segmented by {backends}. {result.software.name} {result.software.version}."


def _changes(result: StudyResult) -> tuple[Block, ...]:
    blocks: list[Block] = []
    decisive = decisive_change(result)
    if len(result.changes) > 1 and decisive is not None:
        why = "it has the most ICH of the follow-ups" if result.largest_followup else "it is the last"
        blocks.append(Text(f"The headline speaks of {timepoint(decisive.timepoint).lower()}: {why}."))
    followups = {scan.timepoint: scan for scan in result.scans}
    for change in result.changes:
        blocks += change_blocks(result.scans[0], followups[change.timepoint], change)
    return tuple(blocks)


def _warnings(result: StudyResult) -> tuple[str, ...]:
    """Every warning once, with the scan or the comparison it belongs to."""
    said: dict[str, str] = {}
    for scan in result.scans:
        for text in scan.warnings:
            said.setdefault(f"{timepoint(scan.timepoint)}: {text}", text)
    for change in result.changes:
        for text in change.warnings:
            said.setdefault(f"{timepoint(change.timepoint)} against baseline: {text}", text)
    general = [text for text in dict.fromkeys(result.warnings) if text not in said.values()]
    return (*general, *said)
