"""The model registry: which weights there are, where from, and whether those on this machine are right.

Weights are never part of the project. ``Resources/models.json`` names each file's source (pinned to a
commit), SHA-256, size, licence, citation and intended use; the file itself lies in the user's cache folder,
or in the folder that ``HEMATOMA_EXPANSION_MODELS`` names, which may be read-only and filled beforehand. Only
:func:`fetch` uses the network, and nothing calls it but the user's own command.
"""

import hashlib
import os
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from .download import download
from .errors import ModelError, OutputError, UsageError
from .progress import Progress
from .resources import resource

FOLDER_VARIABLE = "HEMATOMA_EXPANSION_MODELS"


class Model(BaseModel):
    """One file of weights."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", description="The name a user chooses it by.")
    file: str = Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$", description="File name in the cache folder.")
    url: str = Field(
        pattern=r"^https://[^ ]+/[0-9a-f]{40}/[^ ]+$", description="Source, pinned to a commit; https only."
    )
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the file.")
    size_bytes: int = Field(gt=0, description="Size of the file, bytes.")
    licence: str = Field(min_length=1, description="SPDX identifier and copyright holder.")
    citation: str = Field(min_length=1, description="What to cite when it is used.")
    intended_use: str = Field(min_length=1, description="What it was made for, and what it is not for.")


class Registry(BaseModel):
    """Everything in ``Resources/models.json``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = Field(ge=1, le=1, description="Version of this format.")
    models: tuple[Model, ...] = Field(min_length=1)


class State(StrEnum):
    """Whether a model can be used."""

    ABSENT = "absent"
    PRESENT = "present"
    WRONG_HASH = "wrong hash"


@cache
def registered() -> tuple[Model, ...]:
    """The models of the registry, in its order.

    Raises:
        ModelError: when the registry is not among the installed resources.
    """
    registry = Registry.model_validate_json(resource("models.json").read_bytes())
    return registry.models


def model(name: str) -> Model:
    """The registered model of that name.

    Raises:
        UsageError: when there is none; the message lists the names.
    """
    for candidate in registered():
        if candidate.name == name:
            return candidate
    names = ", ".join(candidate.name for candidate in registered())
    raise UsageError(f"{name}: no such model; there are {names}")


def cache_folder() -> Path:
    """Where weights lie: ``HEMATOMA_EXPANSION_MODELS`` where it is set, else the user's cache folder."""
    chosen = os.environ.get(FOLDER_VARIABLE)
    if chosen:
        return Path(chosen).expanduser()
    from platformdirs import user_cache_path

    return user_cache_path("hematoma-expansion", appauthor=False) / "models"


def state(name: str) -> State:
    """Whether the file of a model is in the cache folder with the registered SHA-256.

    Raises:
        UsageError: when no model has that name.
        ModelError: when the file is there and cannot be read.
    """
    registered_model = model(name)
    path = cache_folder() / registered_model.file
    if not path.is_file():
        return State.ABSENT
    return State.PRESENT if _sha256(path) == registered_model.sha256 else State.WRONG_HASH


def list_models() -> list[tuple[Model, State]]:
    """Each registered model with its state, in the registry's order."""
    return [(entry, state(entry.name)) for entry in registered()]


def model_path(name: str) -> Path:
    """The verified file of a model. No network.

    Raises:
        UsageError: when no model has that name.
        ModelError: when the file is absent or wrong; the message says what to run or to copy.
    """
    found = state(name)
    entry = model(name)
    path = cache_folder() / entry.file
    if found is State.PRESENT:
        return path
    problem = "is not there" if found is State.ABSENT else "has another SHA-256 than the registry says"
    raise ModelError(f"{name}: {path} {problem}; {_how_to_get(entry)}")


def verify(names: Sequence[str]) -> None:
    """Check models against the registry.

    Raises:
        UsageError: when no model has one of the names.
        ModelError: for the first model that is absent or wrong.
    """
    for name in names:
        model_path(name)


def fetch(name: str, progress: Progress | None = None) -> Path:
    """Download a model unless the right file is there already.

    The file appears under its own name only when it is whole and its SHA-256 is the registered one.

    Args:
        name: the model.
        progress: told the fraction that has arrived; may cancel.

    Returns:
        The verified file.

    Raises:
        UsageError: when no model has that name.
        ModelError: when the download fails or is not the registered file.
        OutputError: when the cache folder cannot be written.
        Cancelled: when the user asked to stop.
    """
    entry = model(name)
    path = cache_folder() / entry.file
    if state(name) is State.PRESENT:
        return path
    try:
        download(entry.url, path, entry.sha256, entry.size_bytes, progress or Progress())
    except ModelError as error:
        raise ModelError(f"{name}: {error}; {_how_to_copy(entry)}") from error
    return path


def remove(name: str) -> bool:
    """Delete a model's file from the cache folder; returns whether there was one.

    Raises:
        UsageError: when no model has that name.
        OutputError: when the folder cannot be written.
    """
    path = cache_folder() / model(name).file
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise OutputError(f"{path}: cannot be removed ({error.strerror})") from error
    return True


def _how_to_get(entry: Model) -> str:
    return f"run `hematoma-expansion models fetch {entry.name}`, or {_how_to_copy(entry)}"


def _how_to_copy(entry: Model) -> str:
    return f"copy {entry.file} with SHA-256 {entry.sha256} into {cache_folder()}"


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror})") from error
