"""The one evaluator of all scores.

Nothing is imputed. A missing item may give any of its points, so a score has a lowest and a highest value
over all completions, and is complete only when they agree.
"""

from collections.abc import Iterable, Mapping

from ..errors import UsageError
from .answer import (
    AlternativeAnswer,
    Bounds,
    ItemAnswer,
    ScoreAnswer,
    ScoresAnswer,
    UnavailableAnswer,
)
from .definition import Item, Score
from .read import all_scores, unavailable_scores
from .values import PRESENT, Value, kinds

BASELINE = "baseline"


def evaluate_all(
    values: Mapping[str, Mapping[str, Value]], scores: Iterable[Score] | None = None
) -> ScoresAnswer:
    """Compute every score at every time point it is made for.

    Args:
        values: time point (``baseline``, ``followup-1`` ...) to the values known then, by name.
        scores: those of ``Resources/scores`` when None.
    """
    chosen = all_scores() if scores is None else tuple(scores)
    return ScoresAnswer(
        scores=[
            evaluate(score, known, timepoint)
            for score in chosen
            for timepoint, known in values.items()
            if timepoint == BASELINE or score.timepoints == "every"
        ],
        unavailable=[UnavailableAnswer(name=one.name, reason=one.reason) for one in unavailable_scores()],
    )


def evaluate(score: Score, values: Mapping[str, Value], timepoint: str = BASELINE) -> ScoreAnswer:
    """Compute one score.

    Args:
        score: its definition.
        values: what is known, by the names of :func:`.values.kinds`; anything else is ignored.
        timepoint: of the values, for the record and for warnings.

    Raises:
        UsageError: a value is not of its kind.
    """
    items = [_item(item, values.get(item.value)) for item in score.items]
    bounds = _bounds(score, items)
    decided = [item.points for item in items if item.points is not None]
    complete = bounds.minimum == bounds.maximum
    points = bounds.minimum if complete else sum(decided) if len(decided) == len(items) else None
    cut = score.cut
    return ScoreAnswer(
        **bounds.model_dump(),
        id=score.id,
        name=score.name,
        timepoint=timepoint,
        predicts=score.predicts,
        outcome=score.outcome,
        points=points,
        complete=complete,
        range=score.range,
        cut=None if cut is None else f"{cut.name} from {cut.from_points} points on",
        above_cut=None if cut is None else _above(bounds, cut.from_points),
        probability_of=None if score.probability is None else score.probability.of,
        items=items,
        alternative=_alternative(score, values, items),
        window=score.window.text,
        population=score.population,
        exclusions=score.exclusions,
        performance=score.performance,
        citation=score.citation,
        verification=f"{score.verification.status}: {score.verification.note}",
        warnings=_warnings(score, values, timepoint, items),
    )


def _item(item: Item, known: Value | None) -> ItemAnswer:
    value = None if known is None else known.value
    _check(item.value, value)
    if value is None:
        points, lowest, highest = item.when_missing, min(item.possible), max(item.possible)
    else:
        points = lowest = highest = item.points(value)
    return ItemAnswer(
        name=item.name,
        value=value,
        unit=kinds()[item.value].unit,
        source=None if known is None else known.source,
        note="" if known is None else known.note,
        points=points,
        minimum=lowest,
        maximum=highest,
    )


def _check(name: str, value: float | str | None) -> None:
    categories = kinds()[name].categories
    fits = value in categories if categories else isinstance(value, int | float)
    if value is not None and not fits:
        raise UsageError(f"{name}: {value!r}; {' or '.join(categories) or 'a number'} is allowed")


def _bounds(score: Score, items: list[ItemAnswer]) -> Bounds:
    lowest, highest = sum(item.minimum for item in items), sum(item.maximum for item in items)
    probability = None
    if score.probability is not None:
        first = score.range[0]
        reached = score.probability.by_points[lowest - first : highest - first + 1]
        probability = (min(reached), max(reached))
    return Bounds(minimum=lowest, maximum=highest, probability=probability)


def _above(bounds: Bounds, limit: int) -> bool | None:
    if bounds.minimum >= limit:
        return True
    return False if bounds.maximum < limit else None


def _alternative(
    score: Score, values: Mapping[str, Value], strict: list[ItemAnswer]
) -> AlternativeAnswer | None:
    """The score with the other value of each item that has one; None when that changes nothing."""
    items, notes = list(strict), []
    for number, item in enumerate(score.items):
        if item.alternative is None:
            continue
        other = _item(item, values.get(item.alternative.value))
        # An alternative that is not known says less than the strict value, not something else.
        if other.value is not None and other.points != strict[number].points:
            items[number] = other
            notes.append(item.alternative.note)
    if not notes:
        return None
    return AlternativeAnswer(**_bounds(score, items).model_dump(), note="; ".join(notes))


def _warnings(
    score: Score, values: Mapping[str, Value], timepoint: str, items: list[ItemAnswer]
) -> list[str]:
    said = []
    ruled = [item for item in items if item.value is None and item.points is not None]
    said += [
        f"{item.name} is missing: the score counts {item.points} for it; {item.minimum} to {item.maximum} "
        "would be possible."
        for item in ruled
    ]
    hours = values.get("onset_to_ct_h")
    limit = score.window.onset_to_ct_h
    if (
        limit is not None
        and hours is not None
        and isinstance(hours.value, int | float)
        and hours.value > limit
    ):
        said.append(f"{hours.value:.1f} h from onset to CT: the score was made for up to {limit:g} h.")
    surgery = values.get("surgery_before_followup")
    if timepoint != BASELINE:
        said.append("Clinical values are those on admission.")
        if surgery is not None and surgery.value == PRESENT:
            said.append(
                "Surgery or a ventricular drain lies before this scan: its volumes are not the bleed's."
            )
    if score.verification.status != "verified":
        said.append(f"Points {score.verification.status}: {score.verification.note}")
    return said
