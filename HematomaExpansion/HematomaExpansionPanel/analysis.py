"""Start an analysis of what was chosen for a patient, and keep what it found in the scene."""

from pathlib import Path
from typing import Any

import slicer

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
    node = parameters.parameterNode
    parameters.analysed = study.inputs
    parameters.reportFolder = str(Path(slicer.app.temporaryPath) / "HematomaExpansion" / node.GetID())
    return AnalysisProcess(
        study.volumes,
        Options(segmenter=parameters.segmenter.value, device=parameters.device, models=study.models),
        own if parameters.segmenter is Segmenter.OWN else (),
        study.clinical,
        study.readings,
        Path(parameters.reportFolder),
    )


def show(parameters: Any, finding: Any) -> Any:
    """Keep a finding as the patient's, and remove what the analysis before it added to the scene."""
    from HematomaExpansionLib.scene.study_record import forget_study, record_study

    nodes = finding.nodes
    if parameters.record is not None:
        forget_study(parameters.record, [*nodes.volumes, *nodes.segmentations])
    name = parameters.parameterNode.GetName()
    record = record_study(finding.result, nodes, finding.users, name)
    parameters.segmentations = list(nodes.segmentations)
    parameters.record = record
    return finding
