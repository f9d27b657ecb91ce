"""Model bundles: a folder with weights, what they are, and a card for people.

``weights.safetensors`` holds numbers only (no pickle, no code), ``metadata.json`` says what they are and
gives their SHA-256, ``MODEL_CARD.md`` tells a person.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .errors import ModelError

WEIGHTS, METADATA, CARD = "weights.safetensors", "metadata.json", "MODEL_CARD.md"


class Metadata(BaseModel):
    """Everything in ``metadata.json``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int = Field(default=1, ge=1, le=1, description="Version of this format.")
    name: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", description="The model's name.")
    version: str = Field(min_length=1, description="Changes whenever the weights do.")
    architecture: str = Field(min_length=1, description="Class in .networks, or kind of predictor.")
    architecture_parameters: dict[str, Any] = Field(default={}, description="Its arguments or settings.")
    classes: tuple[str, ...] = Field(min_length=1, description="Keys of what it tells, in output order.")
    outcome: str | None = Field(default=None, description="Expansion that it predicts; null for others.")
    preprocessing: dict[str, Any] = Field(description="How a scan is prepared for it.")
    training: dict[str, Any] = Field(description="Data, command, seed, hours, hardware, versions.")
    metrics: dict[str, Any] = Field(description="What was measured, and on what.")
    licence: str = Field(min_length=1, description="SPDX identifier and copyright holder.")
    intended_use: str = Field(min_length=1, description="What it was made for, and what it is not for.")
    warning: str = Field(min_length=1, description="The sentence shown beside whatever it finds.")
    weights_sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the weights.")


@dataclass(frozen=True)
class Bundle:
    """A verified bundle.

    Attributes:
        folder: where it lies.
        metadata: what it is.
    """

    folder: Path
    metadata: Metadata

    @property
    def weights(self) -> Path:
        """The file of weights; its hash is the one in the metadata."""
        return self.folder / WEIGHTS


def read_bundle(folder: Path) -> Bundle:
    """Read a bundle and verify its weights.

    Args:
        folder: with :data:`METADATA` and :data:`WEIGHTS`.

    Raises:
        ModelError: when a file is absent, the metadata is not what it should be, or the hash is another.
    """
    path = folder / METADATA
    try:
        metadata = Metadata.model_validate(json.loads(path.read_text(encoding="utf-8")))
        found = sha256(folder / WEIGHTS)
    except OSError as error:
        raise ModelError(f"{error.filename}: cannot be read ({error.strerror}); install again") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ModelError(f"{path}: {where}: {first['msg']}; install again") from error
    except ValueError as error:
        raise ModelError(f"{path}: is not JSON; install again") from error
    if found != metadata.weights_sha256:
        raise ModelError(
            f"{folder / WEIGHTS}: SHA-256 is {found}, not {metadata.weights_sha256}; install again"
        )
    return Bundle(folder, metadata)


def sha256(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
