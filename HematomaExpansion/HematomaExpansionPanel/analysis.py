"""Start an analysis of what was chosen for a patient, and keep what it found in the scene."""

import shutil
from pathlib import Path
from typing import Any
from uuid import uuid4

import slicer
from slicer.i18n import tr as _

from .choices import Segmenter
from .study import PanelStudy


def start(parameters: Any) -> Any:
    """Read the scans and choices of a patient and start; returns an ``AnalysisProcess``.

    Raises:
        MissingInput: the baseline or a segmentation is not chosen.
        HematomaExpansionError: as ``AnalysisProcess`` says.
    """
    from HematomaExpansionLib.errors import MissingInput
    from HematomaExpansionLib.scene.analysis_process import AnalysisProcess
    from HematomaExpansionLib.study import Options

    study = PanelStudy(parameters)
    if study.obstacle:
        raise MissingInput(study.obstacle)
    own = [study.segmentation(name) for name in study.timepoints]
    mine = parameters.segmenter is Segmenter.OWN
    # A name of its own for each: a scene that is opened later must not find the report of another patient.
    folder = _reports() / uuid4().hex
    return AnalysisProcess(
        study.volumes,
        Options(
            segmenter=parameters.segmenter.value,
            mapping=study.mapping or None if mine else None,
            device=parameters.device,
            models=study.models,
        ),
        own if mine else (),
        study.clinical,
        study.readings,
        folder,
        study.inputs,
    )


def show(parameters: Any, finding: Any) -> Any:
    """Keep a finding as the patient's, and remove what the analysis before it added to the scene.

    Raises:
        MissingInput: the patient was removed meanwhile; what was found stays in the scene.
    """
    from HematomaExpansionLib.errors import MissingInput
    from HematomaExpansionLib.scene.heat_map import forget_heat_map
    from HematomaExpansionLib.scene.study_record import forget_study, record_study

    if parameters.parameterNode.GetScene() is None:
        raise MissingInput(
            _("The patient was removed during the analysis; what was found stays in the scene.")
        )
    nodes = finding.nodes
    last = PanelStudy(parameters).record
    if last is not None:
        forget_study(last, [*nodes.volumes, *nodes.segmentations])
    if parameters.heatMap is not None:  # of the scan that was the baseline then
        forget_heat_map(parameters.heatMap)
        parameters.heatMap = None
    name = parameters.parameterNode.GetName()
    record = record_study(finding.result, nodes, finding.users, name)
    if any(node not in finding.users for node in nodes.segmentations):
        # New outlines: nobody has looked at them.
        parameters.reviewed = False
    parameters.segmentations = list(nodes.segmentations)
    parameters.record = record
    before = Path(parameters.reportFolder)
    # A scene may name any folder; only one of ours is removed.
    if parameters.reportFolder and before.parent == _reports():
        shutil.rmtree(before, ignore_errors=True)
    parameters.analysed, parameters.reportFolder = finding.note, str(finding.folder)
    return finding


def _reports() -> Path:
    """Where the reports of this session are kept until they are saved."""
    return Path(slicer.app.temporaryPath) / "HematomaExpansion"
