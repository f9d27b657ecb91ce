"""Tables for a terminal."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from .labels import APPEARANCE
from .result import ExpansionAnswer, Volume

if TYPE_CHECKING:
    from rich.table import Table

    from .bundle import Bundle
    from .models import Model, State

_NAMES = {look.key: look.name for look in APPEARANCE.values()}


def volume_table(volumes: Mapping[str, Volume | None]) -> "Table":
    """Volumes by class, mL; a class that was not told says so."""
    table = _table("class", "voxel mL", "planimetry", "ABC/2", "ABC/3", "ellipsoid")
    for key, found in volumes.items():
        if found is None:
            table.add_row(_NAMES[key], "not told", *[""] * 4)
        else:
            figures = (found.ml, found.planimetry_ml, found.abc2_ml, found.abc3_ml, found.ellipsoid_ml)
            table.add_row(_NAMES[key], *("-" if value is None else f"{value:.2f}" for value in figures))
    return table


def expansion_table(answers: Sequence[ExpansionAnswer]) -> "Table":
    """One row per definition."""
    table = _table("definition", "expansion", "probability", "certainty", "why")
    for answer in answers:
        said = "not known" if answer.expanded is None else "yes" if answer.expanded else "no"
        probability = "-" if answer.probability is None else f"{answer.probability:.3f}"
        table.add_row(answer.name, said, probability, answer.certainty or "-", " ".join(answer.reasons))
    return table


def model_table(entries: "Sequence[tuple[Model, State]]") -> "Table":
    """One row per registered model."""
    table = _table("model", "state", "MB", "licence", "SHA-256")
    for model, state in entries:
        megabytes = f"{model.size_bytes / 1e6:.1f}"
        table.add_row(model.name, state.value, megabytes, model.licence, model.sha256[:12])
    return table


def shipped_table(bundles: "Sequence[Bundle]") -> "Table":
    """One row per predictor that comes with the package."""
    table = _table("comes with it", "predicts", "MB", "trained on", "SHA-256")
    for bundle in bundles:
        told = bundle.metadata
        megabytes = f"{bundle.weights.stat().st_size / 1e6:.1f}"
        table.add_row(
            bundle.folder.name, str(told.outcome), megabytes, told.warning, told.weights_sha256[:12]
        )
    return table


def _table(*columns: str) -> "Table":
    from rich.table import Table

    table = Table()
    for column in columns:
        table.add_column(column)
    return table
