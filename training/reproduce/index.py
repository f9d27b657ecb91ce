"""A list of what a run wrote."""

from pathlib import Path

from HematomaExpansionLib.files import written_whole
from training.classical.fitted import Fitted

from .run import Run

INDEX = "README.md"


def write_index(run: Run) -> Path:
    """Write ``README.md``: what the input was, which models there are, and every table and figure.

    Raises:
        OutputError: the folder cannot be written.
    """
    tables = sorted(path.name for path in run.out.glob("*.md") if path.name != INDEX)
    figures = sorted(path.name for path in run.out.glob("figure-*.png")) + sorted(
        path.name for path in run.out.glob("supplemental-*.png")
    )
    lines = [
        f"# {run.study.paper}: {run.study.citation}",
        "",
        *(f"- {note}" for note in run.notes()),
        "",
        "## Models",
        "",
        *(f"- {name}: {_state(model)}" for name, model in run.models.items()),
        "",
        "## Tables and checklists",
        "",
        *(f"- [{name}]({name})" for name in tables),
        "",
        "## Figures",
        "",
        *(f"![{name}]({name})" for name in figures),
    ]
    path = run.out / INDEX
    with written_whole(path) as temporary:
        temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _state(model: Fitted) -> str:
    if model.unavailable:
        return f"not available: {model.unavailable}"
    return "fitted here" if model.predictor else "predictions were given"
