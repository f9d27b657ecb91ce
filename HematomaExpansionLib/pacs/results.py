"""From the scans of one patient on disk to the objects that go back to the PACS."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from ..ct.reader import read_ct
from ..ct.scan import HeadCT
from ..errors import NotAHeadCT
from ..progress import Progress
from ..report.dicom.source import SourceSeries, read_source
from ..report.dicom.write import write_dicom
from ..study import Options, analyze

_DOUBTS = ("Contrast suspected", "Only a bone-kernel")
"""How the warnings begin with which a scan is analysed only where a person looks at it."""


def checked_scan(folder: Path) -> tuple[HeadCT, SourceSeries]:
    """Read the head CT of one study, as strictly as a service must that nobody watches.

    Raises:
        InputRefused: no head CT, only one with contrast or a bone kernel, or one that objects cannot
            refer to.
    """
    source, reason = read_source(folder)
    if source is None:
        raise NotAHeadCT(f"the study {reason}")
    scan = read_ct(folder)
    doubts = [warning for warning in scan.warnings if warning.startswith(_DOUBTS)]
    if doubts:
        raise NotAHeadCT(doubts[0])
    return scan, source


def make_results(
    scans: Mapping[str, tuple[HeadCT, SourceSeries]], options: Options, out: Path, progress: Progress
) -> dict[str, list[Path]]:
    """Analyse the scans of a patient, and write segmentations and measurement reports.

    Args:
        scans: by StudyInstanceUID, in time order, from :func:`checked_scan`.
        options: of the analysis.
        out: a folder for each study.
        progress: as for :func:`HematomaExpansionLib.study.analyze`.

    Returns:
        Files by study, the measurement report last: where it is on the server, all of them are.
    """
    first, *later = (scan for scan, _ in scans.values())
    study = analyze(first, later, options, progress)
    sources = [source for _, source in scans.values()]
    together = out / ".together"
    files, _ = write_dicom(study, sources, together)
    made: dict[str, list[Path]] = {}
    for uid, point in zip(scans, study.timepoints, strict=True):
        growth = point.name.replace("followup", "growth")
        wanted = dict.fromkeys((f"{point.name}-seg.dcm", f"{growth}-seg.dcm", f"{point.name}-sr.dcm"))
        folder = out / uid
        folder.mkdir(parents=True, exist_ok=True)
        made[uid] = [(together / name).replace(folder / name) for name in wanted if together / name in files]
    shutil.rmtree(together)
    return made
