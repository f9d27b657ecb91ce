"""A heat map for each model that looks at the scan, and the reason where a model has none."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from ..ct.scan import HeadCT
from ..errors import InputRefused
from ..prediction.image_predictor import ImagePredictor
from ..prediction.model_bundle import LoadedPredictor
from ..prediction.prediction import HeatMap, Prediction
from ..prediction.predictor import Predictor
from .grad_cam import explain
from .peak import where_is_the_peak

if TYPE_CHECKING:
    import SimpleITK as sitk

NO_IMAGE = "the model judges numbers, not the scan"
NO_WAY_BACK = "the answer passes through a model of numbers, through which no place in the scan can be traced"
NO_PROBABILITY = "there is no probability to explain"
NO_GRADIENT = "the gradient of the answer vanishes: no place in the scan speaks for expansion"


def network_of(predictor: Predictor) -> ImagePredictor | None:
    """The predictor as one whose answer can be traced back to places in the scan; None where it cannot."""
    return cast(ImagePredictor, predictor) if hasattr(predictor, "judge") else None


def with_heat_maps(
    models: Sequence[LoadedPredictor],
    said: Sequence[Prediction],
    scan: HeadCT,
    labels: "sitk.Image",
    device: str = "auto",
) -> "tuple[list[Prediction], dict[str, sitk.Image]]":
    """Explain what models said of a baseline.

    Args:
        models: that were asked.
        said: by each of them.
        scan: the baseline.
        labels: its segmentation, on its grid.
        device: ``"auto"``, ``"cpu"`` or ``"cuda"``.

    Returns:
        The predictions, each with its heat map's file name and peak or the reason why there is none; and the
        heat maps by file name, 0-1 on the grid of the scan.
    """
    explained: list[Prediction] = []
    images: dict[str, sitk.Image] = {}
    for model, one in zip(models, said, strict=True):
        found = _heat_map(model.predictor, one, scan, labels, device)
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


def _heat_map(
    predictor: Predictor, said: Prediction, scan: HeadCT, labels: "sitk.Image", device: str
) -> "sitk.Image | str":
    """The heat map, or why there is none."""
    network = network_of(predictor)
    if network is None:
        return NO_WAY_BACK if "baseline" in predictor.inputs else NO_IMAGE
    if said.probability is None:
        return NO_PROBABILITY
    try:
        return explain(network, scan, labels, device)
    except InputRefused as error:
        return str(error)


def _file(model: str, taken: "dict[str, sitk.Image]") -> str:
    """A name of its own for each map; the second of two models of one name is told by its number."""
    names = (f"{model}{'' if number == 1 else f'-{number}'}-grad-cam.nii.gz" for number in range(1, 1000))
    return next(name for name in names if name not in taken)
