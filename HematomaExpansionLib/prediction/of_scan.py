"""The patient of a study as models see them: baseline, segmentation, values and radiomics features."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..ct.scan import HeadCT
from ..labels import Label
from ..scores.values import Value
from .column import RADIOMICS
from .feature_table import feature_name
from .model_bundle import LoadedPredictor
from .patient import Patient
from .values import known_values

if TYPE_CHECKING:
    import SimpleITK as sitk


def patient_of_scan(scan: HeadCT, labels: "sitk.Image", values: Mapping[str, Value]) -> Patient:
    """The patient of a study.

    Args:
        scan: the baseline.
        labels: its segmentation, on its grid.
        values: everything known at the baseline, from :func:`..scores.values.named_values`.
    """
    return Patient(values=known_values(values), baseline=scan, baseline_mask=labels)


def with_radiomics(models: Sequence[LoadedPredictor], patient: Patient) -> Patient:
    """The patient with the radiomics features of each settings that a model asks for, extracted once.

    Raises:
        InputRefused: an image that a model needs is absent or cannot be used.
        ModelError: a package that a model needs is not installed.
    """
    asked = [name.removeprefix(RADIOMICS) for model in models for name in model.predictor.inputs]
    settings = sorted({name.partition(":")[0] for name in asked if ":" in name})
    for which in settings:
        patient = _with_features(patient, which)
    return patient


def _with_features(patient: Patient, which: str) -> Patient:
    """The patient with the features of one settings; as before without parenchymal blood."""
    import SimpleITK as sitk

    from ..radiomics.extract import extract
    from ..radiomics.settings import read_settings

    scan = patient.scan()
    labels = patient.labels(scan)
    if not (sitk.GetArrayViewFromImage(labels) == Label.ICH).any():
        return patient
    found = extract(scan.image, labels, read_settings(which)).values
    known = {feature_name(which, name): value for name, value in found.items() if value is not None}
    return replace(patient, radiomics={**patient.radiomics, **known})
