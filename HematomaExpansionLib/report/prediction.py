"""What models say of the hours after the baseline: a page to read, and a CSV file to compute with."""

import csv
from collections.abc import Sequence
from math import exp
from pathlib import Path

from ..explanation.peak import peak_sentence
from ..prediction.prediction import Contribution, HeatMap, Prediction
from ..result import StudyResult
from ..scores.values import kinds
from .content import Answer, Block, Bullets, Figure, Section, Table, Text
from .wording import MISSING, percent

NOTE = (
    "Probability that the bleed expands, by models that were asked for, from the baseline alone. Each model "
    "is only as good as the patients it was trained on. Research only: not for any clinical decision."
)
_COLUMNS = (
    *("model", "version", "outcome", "probability", "low", "high", "interval_method"),
    *("threshold", "expected", "missing", "reason", "warning", "weights_sha256"),
    *("device", "heat_map", "peak_place", "peak_distance_mm"),
)


def prediction_section(result: StudyResult, figures: Sequence[Figure] = ()) -> Section:
    """The page of the predictions, each with the sentence on what its model was trained on.

    Args:
        result: the numbers.
        figures: the heat maps of the models that have one.
    """
    blocks: list[Block] = [Text(NOTE), _table(result.predictions)]
    said = {
        f"{one.model}: {text}": None for one in result.predictions for text in (one.warning, *one.warnings)
    }
    blocks.append(Bullets(tuple(said), "To know"))
    seen = tuple(f"{one.model}: {_evidence(one.heat_map)}" for one in result.predictions if one.heat_map)
    if seen:
        blocks.append(Bullets(seen, "Where in the baseline each model saw its evidence"))
    return Section("Prediction", (*blocks, *figures), own_page=True)


def _evidence(found: HeatMap) -> str:
    if found.reason:
        return f"heat map not available: {found.reason}."
    return peak_sentence(found.peak_place, found.peak_distance_mm)


def prediction_answer(result: StudyResult) -> Answer:
    """Will it grow? The span of what the models say."""
    question = "Will it grow?"
    known = sorted(one.probability for one in result.predictions if one.probability is not None)
    count = len(result.predictions)
    of = f"{count} model{'s' if count > 1 else ''} asked"
    warnings = " ".join(dict.fromkeys(one.warning for one in result.predictions))
    if not known:
        return Answer(question, "Not known", f"{of}, none can say. {warnings}", "unknown")
    span = " to ".join(dict.fromkeys((percent(known[0]), percent(known[-1]))))
    return Answer(question, f"P(expansion) {span}", f"{len(known)} of {of}. {warnings}")


def _table(predictions: Sequence[Prediction]) -> Table:
    return Table(
        "",
        ("Model", "Probability", "What it predicts and from what"),
        tuple((f"{one.model}\n{one.version}", _result(one), _basis(one)) for one in predictions),
        note="Odds: what an input multiplies them by, against the average training patient.",
        stacks=True,
        shares=(0.22, 0.25, 0.53),
    )


def _result(one: Prediction) -> str:
    if one.probability is None:
        return f"{MISSING} not available"
    lines = [percent(one.probability)]
    if one.interval is not None:
        lines.append(f"95 % interval {percent(one.interval[0])} to {percent(one.interval[1])}")
    if one.threshold is not None:
        lines.append(f"expected from {percent(one.threshold)} on: {'yes' if one.expected else 'no'}")
    return "\n".join(lines)


def _basis(one: Prediction) -> str:
    lines = [one.outcome_rule, *(_contribution(each) for each in one.contributions)]
    if one.missing:
        lines.append(f"Missing: {', '.join(map(_words, one.missing))}")
    if one.reason:
        lines.append(f"{one.reason[0].upper()}{one.reason[1:]}")
    return "\n".join(lines)


def _contribution(one: Contribution) -> str:
    kind = kinds().get(one.name)
    unit = "" if kind is None else kind.unit or ""
    if one.value is None:
        value = "missing"
    elif isinstance(one.value, bool):
        value = "yes" if one.value else "no"
    else:
        value = one.value if isinstance(one.value, str) else f"{one.value:.3g} {unit}".strip()
    return f"{_words(one.name)} {value}: odds x {exp(one.log_odds):.2f}"


def _words(name: str) -> str:
    """A name without its unit, as ``sbp_mmhg`` as "sbp"; ICH and IVH are written large."""
    parts = name.split("_")
    if parts[-1] in {"ml", "mm", "mmhg", "h", "s", "years"}:
        parts = parts[:-1]
    return " ".join(
        part.upper() if part in {"ich", "ivh", "sbp", "dbp", "gcs", "inr", "ct"} else part for part in parts
    )


def write_predictions_csv(result: StudyResult, path: Path) -> None:
    """Write one row per model; an empty cell is a missing value."""
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(_COLUMNS)
        for one in result.predictions:
            low, high = one.interval or (None, None)
            start = [one.model, one.version, one.outcome, one.probability, low, high, one.interval_method]
            end = [one.threshold, one.expected, ", ".join(one.missing), one.reason, one.warning]
            seen = one.heat_map or HeatMap()
            where = [seen.file or None, seen.peak_place, seen.peak_distance_mm]
            table.writerow([*start, *end, one.weights_sha256, one.device, *where])
