"""The hidden commands that the application starts beside itself. This file knows no scene."""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..prediction.prediction import Prediction

DICOM = "dicom"
"""Folder of the DICOM objects in that of the answer; absent for scans without a DICOM series."""
STUDY = "study"
"""Folder of the answer, in the folder of the request."""


def analyze_request(folder: Path) -> None:
    """Analyse the request in a folder and write everything that the study has to say beside it."""
    from ..report.dicom.source import read_source
    from ..report.dicom.write import write_dicom
    from ..report.write import write_study
    from ..shell_progress import cancelled_by_signals, shown
    from ..study import analyze
    from .request import read_request
    from .scan_files import write_scans

    request = read_request(folder)
    with cancelled_by_signals() as cancelled, shown("lines", cancelled) as progress:
        progress.stage("reading")
        baseline, *followups = (scan.checked() for scan in request.scans)
        write_scans([baseline, *followups], folder)
        study = analyze(
            baseline, followups, request.options, progress, "slicer", request.clinical, request.readings
        )
        progress.stage("report")
        files = write_study(study, folder / STUDY)
        if any(request.series) and find_spec("highdicom") is not None:
            sources = [None if each is None else read_source(each)[0] for each in request.series]
            write_dicom(study, sources, folder / STUDY / DICOM, files)


def predict_request(folder: Path) -> None:
    """Ask the models of the request in a folder, and write what they say beside it.

    Of the first model with a convolutional network there is also a heat map of its evidence.
    """
    import SimpleITK as sitk

    from ..explanation.heat_maps import with_heat_maps
    from ..prediction.of_scan import patient_of_scan, with_radiomics
    from ..prediction.registry import load_predictor
    from ..scores.values import named_values
    from ..shell_progress import cancelled_by_signals, shown
    from .prediction_request import HEAT_MAP, read_prediction_request, write_predictions

    request = read_prediction_request(folder)
    described = request.described
    with cancelled_by_signals() as cancelled, shown("lines", cancelled) as progress:
        progress.stage("prediction")
        models = [load_predictor(model) for model in request.models]
        progress(0.2)
        values = named_values(described, described.markers.reading(), request.clinical)
        patient = with_radiomics(models, patient_of_scan(request.scan, request.labels, values))
        said = [model.predict(patient) for model in models]
        progress(0.6)
        said, images = with_heat_maps(models, said, patient)
        for image in list(images.values())[:1]:
            sitk.WriteImage(image, str(folder / HEAT_MAP), useCompression=True)
        progress(1.0)
    write_predictions([_without_file(one) for one in said], folder)


def _without_file(said: "Prediction") -> "Prediction":
    """A prediction whose heat map is in the scene and in no file beside the result."""
    if said.heat_map is None:
        return said
    return said.model_copy(update={"heat_map": said.heat_map.model_copy(update={"file": ""})})
