"""The hidden commands that the application starts beside itself. This file knows no scene."""

from pathlib import Path

STUDY = "study"
"""Folder of the answer, in the folder of the request."""


def analyze_request(folder: Path) -> None:
    """Analyse the request in a folder and write everything that the study has to say beside it."""
    from ..report.write import write_study
    from ..shell_progress import cancelled_by_signals, shown
    from ..study import analyze
    from .request import read_request

    request = read_request(folder)
    baseline, *followups = request.scans
    with cancelled_by_signals() as cancelled, shown("lines", cancelled) as progress:
        study = analyze(
            baseline, followups, request.options, progress, "slicer", request.clinical, request.readings
        )
        progress.stage("report")
        write_study(study, folder / STUDY)
