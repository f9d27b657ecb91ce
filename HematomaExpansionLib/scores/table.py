"""Scores for a terminal: each with its items, their values and where they come from."""

from typing import TYPE_CHECKING

from .answer import Bounds, ItemAnswer, ScoreAnswer, ScoresAnswer

if TYPE_CHECKING:
    from rich.console import Group
    from rich.table import Table


def score_tables(answer: ScoresAnswer) -> "Group":
    """One table per score and time point, then what is not computed."""
    from rich.console import Group
    from rich.text import Text

    names: dict[str, list[str]] = {}
    for one in answer.unavailable:
        names.setdefault(one.reason, []).append(one.name)
    lines = [Text(f"Not available: {', '.join(listed)}: {reason}.") for reason, listed in names.items()]
    return Group(*(_table(score) for score in answer.scores), *lines)


def _table(score: ScoreAnswer) -> "Table":
    from rich.box import SIMPLE
    from rich.table import Table
    from rich.text import Text

    notes = [f"! {warning}" for warning in score.warnings]
    other = score.alternative
    if other is not None:
        notes.insert(0, f"With {other.note}: {_span(other)}{_probability(other)}")
    table = Table(
        title=Text(_headline(score), style="bold"),
        caption=Text("\n".join(notes)) if notes else None,
        title_justify="left",
        caption_justify="left",
        box=SIMPLE,
        expand=True,
    )
    table.add_column("item", ratio=3)
    table.add_column("value", ratio=2)
    table.add_column("source", ratio=4)
    table.add_column("points", justify="right", min_width=8)
    for item in score.items:
        source = ", ".join(part for part in (item.source, item.note) if part)
        points = f"{item.minimum} to {item.maximum}" if item.value is None else str(item.points)
        table.add_row(item.name, _value(item), source, points)
    return table


def _headline(score: ScoreAnswer) -> str:
    by_rule = f", {score.points} by its own rule" if score.points is not None and not score.complete else ""
    of = f" {score.probability_of}" if score.probability_of else f"; predicts: {score.outcome}"
    cut = f"; {score.cut}" if score.above_cut else ""
    lowest, highest = score.range
    said = f"{_span(score)} of {lowest} to {highest}{by_rule}{cut}"
    return f"{score.name}, {score.timepoint}: {said}{_probability(score)}{of}"


def _value(item: ItemAnswer) -> str:
    if item.value is None:
        return "missing"
    if isinstance(item.value, str):
        return item.value
    return f"{item.value:.4g} {item.unit or ''}".strip()


def _span(bounds: Bounds) -> str:
    low, high = bounds.minimum, bounds.maximum
    return str(low) if low == high else f"{low} to {high}"


def _probability(bounds: Bounds) -> str:
    if bounds.probability is None:
        return ""
    low, high = (f"{100 * value:.1f}" for value in bounds.probability)
    return f"; {low} %" if low == high else f"; {low} to {high} %"
