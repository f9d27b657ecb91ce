"""Reading score files; a wrong one is refused with its line."""

from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from ..errors import ScoreFileError, UnreadableFile
from ..resources import resource
from ..yaml_file import YamlFile, read_yaml
from .definition import Score, Unavailable, UnavailableScores

UNAVAILABLE = "unavailable.yaml"

_Model = TypeVar("_Model", bound=BaseModel)


@cache
def all_scores() -> tuple[Score, ...]:
    """The scores of ``Resources/scores``: those of expansion first, then by name of file.

    Raises:
        ScoreFileError: a file is wrong.
    """
    files = sorted(path for path in resource("scores").glob("*.yaml") if path.name != UNAVAILABLE)
    return tuple(sorted((read_score(path) for path in files), key=lambda score: score.predicts))


@cache
def unavailable_scores() -> tuple[Unavailable, ...]:
    """Scores that are known by name, each with the reason why it is not computed."""
    return _read(resource("scores", UNAVAILABLE), UnavailableScores).unavailable


def read_score(path: Path) -> Score:
    """Read one score file.

    Raises:
        ScoreFileError: it is not YAML or does not follow the schema; the message names file, line, field,
            value and what is allowed.
    """
    return _read(path, Score)


def _read(path: Path, model: type[_Model]) -> _Model:
    try:
        file = read_yaml(path)
    except UnreadableFile as error:
        raise ScoreFileError(str(error)) from error
    try:
        return model.model_validate(file.content)
    except ValidationError as error:
        raise ScoreFileError(_sentence(file, error)) from error


def _sentence(file: YamlFile, error: ValidationError) -> str:
    # What is missing has no line of its own; a misspelt name, the reason of it, has.
    first: Any = min(error.errors(), key=lambda problem: problem["type"] == "missing")
    where = first["loc"]
    said = first["ctx"]["error"] if "error" in first.get("ctx", {}) else first["msg"]
    value = f" ({first['input']!r})" if isinstance(first["input"], str | int | float) else ""
    field = ".".join(str(step) for step in where)
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return f"{file.path}: line {file.line(where)}: {field + ': ' if field else ''}{said}{value}{more}"
