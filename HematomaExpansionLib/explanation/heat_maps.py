"""A heat map for each model that looks at the scan, and the reason where a model has none."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from ..errors import InputRefused
from ..prediction.fusion.inputs import IMAGE_SCORE
from ..prediction.fusion.predictor import Fusion
from ..prediction.image_predictor import ImagePredictor
from ..prediction.model_bundle import LoadedPredictor
from ..prediction.patient import Patient
from ..prediction.prediction import HeatMap, Prediction
from ..prediction.predictor import Predictor
from .grad_cam import explain
from .peak import where_is_the_peak

if TYPE_CHECKING:
    import SimpleITK as sitk

NO_IMAGE = "the model judges numbers, not the scan"
NO_PROBABILITY = "there is no probability to explain"
NO_GRADIENT = "the gradient of the answer vanishes: no place in the scan speaks for expansion"
NO_WEIGHT = "the answer of the fusion does not depend on the image model within it"
AGAINST = (
    "a higher score of the image model within the fusion lowers the fusion's probability, "
    "so what speaks for expansion in it speaks against expansion here"
)
NO_SCORE = "the image model within the fusion could not judge this patient"


def network_of(predictor: Predictor) -> ImagePredictor | None:
    """What sees the scan: the predictor, or the image model within a fusion; None where nothing does."""
    within = predictor.image if isinstance(predictor, Fusion) else predictor
    return cast(ImagePredictor, within) if hasattr(within, "judge") else None


def with_heat_maps(
    models: Sequence[LoadedPredictor],
    said: Sequence[Prediction],
    patient: Patient,
    device: str = "auto",
) -> "tuple[list[Prediction], dict[str, sitk.Image]]":
    """Explain what models said of a baseline.

    Args:
        models: that were asked.
        said: by each of them.
        patient: as they saw them, with the baseline and its segmentation.
        device: ``"auto"``, ``"cpu"`` or ``"cuda"``.

    Returns:
        The predictions, each with its heat map's file name and peak or the reason why there is none; and the
        heat maps by file name, 0-1 on the grid of the scan.

    Raises:
        InputRefused: the baseline or its segmentation cannot be read.
    """
    scan = patient.scan()
    labels = patient.labels(scan)
    patient = replace(patient, baseline=scan, baseline_mask=labels)
    explained: list[Prediction] = []
    images: dict[str, sitk.Image] = {}
    for model, one in zip(models, said, strict=True):
        found = _heat_map(model.predictor, one, patient, device)
        if isinstance(found, str):
            record = HeatMap(reason=found)
        else:
            peak = where_is_the_peak(found, labels)
            if peak is None:
                record = HeatMap(reason=NO_GRADIENT)
            else:
                file = _file(one.model, images)
                images[file] = found
                record = HeatMap(
                    file=file,
                    peak_mm=peak.position_mm,
                    peak_distance_mm=peak.distance_mm,
                    peak_place=peak.place,
                )
        explained.append(one.model_copy(update={"heat_map": record}))
    return explained, images


def _heat_map(predictor: Predictor, said: Prediction, patient: Patient, device: str) -> "sitk.Image | str":
    """The heat map, or why there is none."""
    network = network_of(predictor)
    if network is None:
        return NO_IMAGE
    if said.probability is None:
        return NO_PROBABILITY
    if isinstance(predictor, Fusion):
        # The image model's log odds enter linearly: their gradient is its own, up to this factor.
        if predictor.image_weight < 0:
            return AGAINST
        if predictor.image_weight == 0:
            return NO_WEIGHT
        if all(part.name != IMAGE_SCORE for part in said.contributions):
            return NO_SCORE
    try:
        return explain(network, patient, device)
    except InputRefused as error:
        return str(error)


def _file(model: str, taken: "dict[str, sitk.Image]") -> str:
    """A name of its own for each map; the second of two models of one name is told by its number."""
    names = (f"{model}{'' if number == 1 else f'-{number}'}-grad-cam.nii.gz" for number in range(1, 1000))
    return next(name for name in names if name not in taken)
