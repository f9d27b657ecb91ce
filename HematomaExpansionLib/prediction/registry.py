"""Predictors by the name of their kind, imported when they are first asked for."""

from importlib import import_module
from pathlib import Path

from ..bundle import read_bundle
from ..errors import ModelError
from .model_bundle import LoadedPredictor, load_state
from .placement import on_device
from .predictor import Predictor

PREDICTORS: dict[str, str] = {
    "fusion-che": "fusion.predictor:FusionChe",
    "fusion-che-strict": "fusion.predictor:FusionCheStrict",
    "fusion-rhe-ning": "fusion.predictor:Fusion",
    "lee2024-clinical": "lee2024.clinical:LeeClinical",
    "lee2024-image": "lee2024.image:LeeImage",
    "lee2024-integrated": "lee2024.image:LeeIntegrated",
    "lu2024-cnn": "lu2024.cnn:LuCnn",
    "lu2024-fusion": "lu2024.cnn:LuFusion",
    "lu2024-radiomics": "lu2024.radiomics:LuRadiomics",
    "ning2025-brain": "ning2025.brain:NingBrain",
    "ning2025-cnn": "ning2025_deep.cnn:NingCnn",
    "ning2025-clinical-radiologic": "ning2025.clinical_radiologic:NingClinicalRadiologic",
    "ning2025-combined-logistic": "ning2025.combined_logistic:NingCombinedLogistic",
    "ning2025-combined-svm": "ning2025.combined_svm:NingCombinedSvm",
    "zhong2021-bat": "zhong2021.bat:ZhongBat",
    "zhong2021-cnn": "zhong2021.cnn:ZhongCnn",
    "zhong2021-volume": "zhong2021.volume:ZhongVolume",
}
"""Name in a bundle's metadata (``architecture``) to module of this folder and class."""


def predictor_class(name: str) -> type[Predictor]:
    """The class of a kind of predictor.

    Raises:
        ModelError: there is no such kind.
    """
    if name not in PREDICTORS:
        raise ModelError(f"{name}: no such predictor; there are {', '.join(PREDICTORS)}")
    module, _, found = PREDICTORS[name].partition(":")
    kind: type[Predictor] = getattr(import_module(f".{module}", __package__), found)
    return kind


def load_predictor(folder: Path, device: str = "auto") -> LoadedPredictor:
    """Read a bundle of any kind of predictor and verify its weights.

    Args:
        folder: the bundle.
        device: ``"auto"``, ``"cpu"`` or ``"cuda"``, where its network runs; of no account without one.

    Raises:
        ModelError: it is absent, corrupt, of the wrong hash, no predictor, or of an unknown kind.
        UsageError: its network cannot run on the device.
    """
    bundle = read_bundle(folder)
    if bundle.metadata.outcome is None:
        raise ModelError(
            f"{folder}: is no predictor of expansion but tells {', '.join(bundle.metadata.classes)}"
        )
    kind = predictor_class(bundle.metadata.architecture)
    try:
        predictor = kind.from_state(load_state(bundle))
    except (AttributeError, KeyError, RuntimeError, TypeError, ValueError) as error:
        raise ModelError(f"{folder}: not a state of {kind.name} ({error})") from error
    return LoadedPredictor(bundle, on_device(predictor, device))
