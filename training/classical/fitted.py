"""Models fitted to the training patients, and what they say of everybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import cast

from HematomaExpansionLib import __version__
from HematomaExpansionLib.errors import InputRefused
from HematomaExpansionLib.prediction.design import Missing
from HematomaExpansionLib.prediction.model_bundle import save_predictor
from HematomaExpansionLib.prediction.patient import Patient, Split
from HematomaExpansionLib.prediction.predictor import Threshold, Trainable
from HematomaExpansionLib.prediction.registry import predictor_class
from HematomaExpansionLib.statistics.delong import delong_auc

from .cohort import TRAIN, StudyCohort, fingerprint
from .study import Study

PACKAGES = ("numpy", "scipy", "scikit-learn", "statsmodels", "safetensors")


@dataclass(frozen=True)
class Fitted:
    """One model of a paper.

    Attributes:
        name: of the model.
        predictor: None when it could not be fitted, or when its predictions were given.
        probabilities: of expansion by patient; None where the model has none.
        reasons: why there is no probability, by patient.
        threshold: locked in training; None without.
        unavailable: why there is no model; empty where there is one.
        unlike: in what it differs from the paper's model of that name; empty where it does not.
    """

    name: str
    predictor: Trainable | None = None
    probabilities: Mapping[str, float | None] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    threshold: Threshold | None = None
    unavailable: str = ""
    unlike: str = ""

    def of(self, patients: Sequence[Patient]) -> list[float | None]:
        """Probabilities in the order of the patients."""
        return [self.probabilities.get(patient.name) for patient in patients]


def differences(settings: Mapping[str, object], published: Mapping[str, object]) -> str:
    """The settings of a network that are not the paper's, in words; empty where all are.

    Args:
        settings: of input and network, as its bundle records them.
        published: the paper's, likewise.
    """
    return ", ".join(
        f"{name} {value if not isinstance(value, list) else '/'.join(map(str, value))}".replace("_", " ")
        for name, value in settings.items()
        if value != published[name]
    )


def fit_model(name: str, cohort: StudyCohort, seed: int, missing: Missing) -> Fitted:
    """Fit one model to the training patients, and let it predict everybody.

    A model that the cohort cannot be fitted with (no radiomics, one outcome, separation) says why.
    """
    kind = cast(type[Trainable], predictor_class(name))
    try:
        predictor = kind.fit(cohort.of(TRAIN), seed, missing)
    except InputRefused as error:
        return Fitted(name, unavailable=str(error))
    said = {patient.name: predictor.predict(patient) for patient in cohort.patients}
    return Fitted(
        name,
        predictor,
        {patient: estimate.probability for patient, estimate in said.items()},
        {patient: estimate.reason for patient, estimate in said.items() if estimate.reason},
        predictor.threshold,
    )


def save(model: Fitted, study: Study, cohort: StudyCohort, seed: int, folder: Path) -> None:
    """Write the bundle of a model; it holds nothing of the test patients.

    Args:
        model: fitted.
        study: its paper.
        cohort: that it was fitted to.
        seed: of the fit.
        folder: of all models; the bundle is a folder of the model's name in it.
    """
    if model.predictor is None:
        return
    train = cohort.of(TRAIN)
    apparent = delong_auc([one.expansion is True for one in train], model.of(train))
    save_predictor(
        model.predictor,
        folder / model.name,
        simulated=cohort.simulated,
        training={
            "paper": study.citation,
            "data": {
                "source": cohort.source,
                "patients": len(train),
                "expanded": sum(one.expansion is True for one in train),
                "sha256": fingerprint(train),
            },
            "division": cohort.split_rule,
            "seed": seed,
            "versions": {"hematoma-expansion": __version__} | {name: version(name) for name in PACKAGES},
        },
        metrics={"AUC, training patients (apparent)": apparent.text(), "patients": apparent.n},
    )


def sets_of(cohort: StudyCohort) -> list[tuple[Split, tuple[Patient, ...]]]:
    """Each set with its patients."""
    return [(one, cohort.of(one)) for one in cohort.sets]
