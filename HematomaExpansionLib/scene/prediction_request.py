"""What is handed to the process that asks models, and what it answers. This file knows no scene."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, TypeAdapter

from ..clinical.record import ClinicalRecord
from ..ct.scan import HeadCT
from ..errors import UnreadableFile
from ..prediction.prediction import Prediction
from ..result import ScanResult
from .scan_files import Grid, ScanFile, read_image, read_scan, write_image, write_scan

if TYPE_CHECKING:
    import SimpleITK as sitk

FILE, ANSWER, HEAT_MAP = "request.json", "predictions.json", "heat-map.nrrd"
_LABELS = "labels.nrrd"
_PREDICTIONS = TypeAdapter(list[Prediction])


@dataclass(frozen=True)
class PredictionRequest:
    """A baseline and everything that is known of it.

    Attributes:
        scan: the baseline.
        labels: its segmentation, on its grid.
        described: what was found in it, with a reader's markers.
        models: folders of the models.
        clinical: what is known beside the images.
    """

    scan: HeadCT
    labels: "sitk.Image"
    described: ScanResult
    models: tuple[Path, ...]
    clinical: ClinicalRecord | None = None


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid")

    scan: ScanFile
    labels: Grid
    described: ScanResult
    models: tuple[Path, ...]
    clinical: ClinicalRecord | None


def write_prediction_request(request: PredictionRequest, folder: Path) -> None:
    """Write a request into a folder.

    Raises:
        OSError: the folder cannot be written.
        RuntimeError: an image cannot be written.
    """
    content = _Request(
        scan=write_scan(request.scan, folder, "baseline"),
        labels=write_image(request.labels, folder / _LABELS),
        described=request.described,
        models=tuple(model.resolve() for model in request.models),
        clinical=request.clinical,
    )
    (folder / FILE).write_text(content.model_dump_json(), encoding="utf-8")


def read_prediction_request(folder: Path) -> PredictionRequest:
    """Read what :func:`write_prediction_request` wrote.

    Raises:
        UnreadableFile: a file is absent or damaged.
    """
    try:
        content = _Request.model_validate_json((folder / FILE).read_bytes())
        scan = read_scan(content.scan, folder)
        labels = read_image(folder / _LABELS, content.labels)
    except (OSError, ValueError, RuntimeError) as error:
        raise UnreadableFile(f"{folder / FILE}: is no request of this version ({error})") from error
    return PredictionRequest(scan, labels, content.described, content.models, content.clinical)


def write_predictions(said: list[Prediction], folder: Path) -> None:
    """Write what the models said."""
    (folder / ANSWER).write_bytes(_PREDICTIONS.dump_json(said))


def read_predictions(folder: Path) -> list[Prediction]:
    """Read what the models said.

    Raises:
        UnreadableFile: the answer is absent or damaged.
    """
    try:
        return _PREDICTIONS.validate_json((folder / ANSWER).read_bytes())
    except (OSError, ValueError) as error:
        raise UnreadableFile(f"{folder / ANSWER}: is no answer of this version ({error})") from error
