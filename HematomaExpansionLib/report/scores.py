"""The published scores: a page to read, and a CSV file to compute with."""

import csv
from collections.abc import Sequence
from pathlib import Path

from ..result import StudyResult
from ..scores.answer import Bounds, ItemAnswer, ScoreAnswer, ScoresAnswer, UnavailableAnswer
from .content import Block, Bullets, Section, Table, Text
from .wording import MISSING, timepoint

NOTE = (
    "Published scores, computed from what was measured, read and recorded. An item that is missing gives the "
    "fewest and the most points it could. Research only: not for any clinical decision."
)
_COLUMNS = (
    *("timepoint", "score", "item", "value", "unit", "source", "note"),
    *("points", "minimum", "maximum", "probability_low", "probability_high", "complete", "above_cut"),
)
TOTAL = "total"
UNAVAILABLE = "unavailable"


def scores_section(result: StudyResult) -> Section:
    """The page of the scores: each with its points, probability and items, and those that are unavailable."""
    answer = result.scores
    blocks: list[Block] = [Text(NOTE), _table(answer.scores)]
    notes = _notes(answer.scores)
    if notes:
        blocks.append(Bullets(notes, "To know"))
    if answer.unavailable:
        blocks.append(Bullets(_unavailable(answer.unavailable), "Not available"))
    return Section("Risk scores", tuple(blocks), own_page=True)


def scores_provenance(answer: ScoresAnswer) -> Table:
    """Where each score comes from, once."""
    once = {score.id: score for score in answer.scores}
    return Table(
        "Scores",
        ("Score", "Made for", "Performance", "Source"),
        tuple(
            (
                score.name,
                f"{score.population}. {score.window}. Exclusions: {score.exclusions}.",
                score.performance,
                f"{score.citation}. {score.verification[0].upper()}{score.verification[1:]}.",
            )
            for score in once.values()
        ),
        stacks=True,
        shares=(0.1, 0.31, 0.19, 0.4),
    )


def _table(scores: Sequence[ScoreAnswer]) -> Table:
    return Table(
        "",
        ("Score", "Result", "Points, item, value and where it comes from"),
        tuple(
            (
                f"{score.name}\n{timepoint(score.timepoint)}",
                _result(score),
                "\n".join(_item(item) for item in score.items),
            )
            for score in scores
        ),
        stacks=True,
        shares=(0.15, 0.25, 0.6),
    )


def span(bounds: Bounds) -> str:
    """Points, as "3" or, where something is missing, "2 to 5"."""
    low, high = bounds.minimum, bounds.maximum
    return str(low) if low == high else f"{low} to {high}"


def _result(score: ScoreAnswer) -> str:
    """The points, the cut, and the probability with what it is of; else what the score predicts."""
    lines = [f"{span(score)} of {score.range[1]} points"]
    if score.points is not None and not score.complete:
        lines.append(f"{score.points} by its own rule")
    if score.cut is not None:
        said = {True: "yes", False: "no", None: f"{MISSING} cannot be told"}[score.above_cut]
        lines.append(f"{score.cut}: {said}")
    if score.probability is None:
        lines.append(f"Predicts: {score.outcome[0].lower()}{score.outcome[1:]}")
    else:
        low, high = (f"{100 * value:.3g}" for value in score.probability)
        lines.append(f"{low if low == high else f'{low} to {high}'} %: {score.probability_of}")
    return "\n".join(lines)


def _item(item: ItemAnswer) -> str:
    if item.value is None:
        rule = "" if item.points is None else f", counted as {item.points}"
        return f"{item.minimum} to {item.maximum}: {item.name}, missing{rule}"
    numeric = isinstance(item.value, float | int)
    value = f"{item.value:.3g} {item.unit or ''}".strip() if numeric else item.value
    note = f"; {item.note}" if item.note else ""
    return f"{item.points}: {item.name}, {value} [{item.source}{note}]"


def _notes(scores: Sequence[ScoreAnswer]) -> tuple[str, ...]:
    """Each warning and other reading once, with the scores it is of."""
    whose: dict[str, list[str]] = {}
    for score in scores:
        other = score.alternative
        said = [] if other is None else [f"With {other.note}: {span(other)} points."]
        for text in (*said, *score.warnings):
            names = whose.setdefault(text, [])
            if score.name not in names:
                names.append(score.name)
    return tuple(f"{', '.join(names)}: {text}" for text, names in whose.items())


def _unavailable(scores: Sequence[UnavailableAnswer]) -> tuple[str, ...]:
    names: dict[str, list[str]] = {}
    for score in scores:
        names.setdefault(score.reason, []).append(score.name)
    return tuple(f"{', '.join(listed)}: {reason}." for reason, listed in names.items())


def write_scores_csv(result: StudyResult, path: Path) -> None:
    """Write one row per score, time point and item, and ``total``; an empty cell is a missing value.

    A score that is not computed has one row, ``unavailable``, with the reason as its note.
    """
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(_COLUMNS)
        for score in result.scores.scores:
            start = [score.timepoint, score.id]
            for item in score.items:
                said = [item.name, item.value, item.unit, item.source, item.note]
                table.writerow([*start, *said, item.points, item.minimum, item.maximum, *[None] * 4])
            chances = score.probability or (None, None)
            ends = [score.points, score.minimum, score.maximum, *chances, score.complete, score.above_cut]
            table.writerow([*start, TOTAL, None, None, None, "; ".join(score.warnings), *ends])
        for absent in result.scores.unavailable:
            row = [None, absent.name, UNAVAILABLE, None, None, None, absent.reason]
            table.writerow([*row, *[None] * (len(_COLUMNS) - len(row))])
