"""A patient with two studies: pushed, analysed by the service itself, results on the server, each once."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import highdicom as hd
import numpy as np
import pydicom
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.pacs.server import connect
from HematomaExpansionLib.pacs.transfer import pull
from Testing.conftest import ROOT, run_command
from Testing.pacs.orthanc import Orthanc, missing
from training.simulate.dicom_series import Slices, Tags, write_series

OUTAGE_S = float(os.environ.get("HEMATOMA_EXPANSION_TEST_OUTAGE_S", "2"))
"""How long the server is away in the middle; longer ones are for a run by hand."""
TIMES = {"baseline": datetime(2024, 3, 1, 8), "followup-1": datetime(2024, 3, 2, 4)}


@pytest.fixture(scope="module")
def orthanc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    reason = missing()
    if reason:
        pytest.skip(reason)
    server = Orthanc(tmp_path_factory.mktemp("orthanc"))
    server.start()
    yield server
    server.stop()


def sample_series(sample: Path, folder: Path) -> dict[str, str]:
    """The sample study as two DICOM studies of one patient; UID by scan."""
    uids = {}
    for seed, (name, acquired) in enumerate(TIMES.items(), 100):
        image = sitk.ReadImage(str(sample / f"{name}.nii.gz"))
        columns, rows, count = image.GetSize()
        slices = Slices(
            tuple(image.GetOrigin()[2] + image.GetSpacing()[2] * k for k in range(count)),
            rows=rows,
            columns=columns,
            pixel_mm=image.GetSpacing()[0],
        )
        files = write_series(
            folder / name, image, slices, Tags(acquired=acquired, patient_id="RT-1"), seed=seed
        )
        uids[name] = str(pydicom.dcmread(files[0]).StudyInstanceUID)
    return uids


def wait_for(what: Callable[[], bool], seconds: float, log: Path) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.1)


def ours(orthanc: Orthanc) -> Counter[tuple[str, str]]:
    """How many objects of ours the server holds, by study and modality."""
    found = [one for one in orthanc.series() if one.get("SeriesDescription", "").startswith("HematomaExp")]
    return Counter((one["study"], one["Modality"]) for one in found for _ in range(one["instances"]))


def push(orthanc: Orthanc, folder: Path) -> None:
    pushed = run_command("pacs", "push", orthanc.web, folder)
    assert pushed.code == 0, pushed.err
    assert len(pushed.out.splitlines()) == 33


def test_two_studies_come_back_with_results_though_the_server_was_away(
    orthanc: Orthanc, sample: Path, tmp_path: Path
) -> None:
    uids = sample_series(sample, tmp_path / "scans")
    work, log = tmp_path / "work", tmp_path / "log.txt"
    options = ["--segmenter", "threshold", "--days", "0", "--every", "0.5", "--stable", "2"]
    command = [sys.executable, "-m", "HematomaExpansionLib.cli", "pacs", "watch", orthanc.web, "--work", work]
    arguments = [*map(str, command), *options, "--longest-wait", "1"]
    with log.open("wb") as stream:
        service = subprocess.Popen(arguments, cwd=ROOT, stderr=stream)
    try:
        # The baseline comes first and gets its results alone ...
        push(orthanc, tmp_path / "scans" / "baseline")
        wait_for(lambda: "2 objects stored" in log.read_text(), 400, log)
        # ... then the follow-up, and while both are analysed the server goes away.
        push(orthanc, tmp_path / "scans" / "followup-1")
        wait_for(lambda: "analysing 2 studies" in log.read_text(), 60, log)
        orthanc.stop()
        wait_for(lambda: "does not answer" in log.read_text(), 400, log)
        time.sleep(OUTAGE_S)
        orthanc.start()
        wait_for(lambda: "3 objects stored" in log.read_text(), 30, log)
        time.sleep(1.5)  # it looks twice more
    finally:
        service.send_signal(signal.SIGTERM)
        assert service.wait(30) == 0
    expected = {
        (uids["baseline"], "SEG"): 1,
        (uids["baseline"], "SR"): 1,
        (uids["followup-1"], "SEG"): 2,  # the classes, and the growth map
        (uids["followup-1"], "SR"): 1,
    }
    assert ours(orthanc) == expected
    assert not list(work.glob("scans*")), "no scan stays in the work folder"

    # Never twice: not by another run, nor by one that has lost its journal.
    for lost in (False, True):
        if lost:
            (work / "journal.jsonl").unlink()
        again = run_command("pacs", "watch", orthanc.web, "--work", work, *options, "--once")
        assert again.code == 0, again.err
        assert ours(orthanc) == expected
        assert again.err.count("has results of an earlier run") == (2 if lost else 0)

    check_numbers(orthanc, uids, tmp_path / "back")


def check_numbers(orthanc: Orthanc, uids: dict[str, str], folder: Path) -> None:
    """The report of each study has the volume that the voxels of its segmentation make."""
    server = connect(orthanc.web)
    for name, uid in uids.items():
        for modality in ("SEG", "SR"):
            pull(server, folder / modality, study=uid, modality=modality)
        segs = [hd.seg.segread(file) for file in (folder / "SEG" / uid).rglob("*.dcm")]
        (seg,) = [each for each in segs if each.SeriesDescription == f"HematomaExpansion {name}"]
        (report,) = [hd.sr.srread(file) for file in (folder / "SR" / uid).rglob("*.dcm")]
        groups = report.content.get_volumetric_roi_measurement_groups()
        said = {group.tracking_identifier: group.get_measurements()[0].value for group in groups}
        voxel_ml = 0.9375**2 * 5 / 1000
        for key, number in (("ich", 1), ("ivh", 2)):
            frames = seg.get_volume(segment_numbers=[number]).array
            assert said[key] == pytest.approx(np.count_nonzero(frames) * voxel_ml, rel=1e-6)
    assert said["new"] > 5, "the sample's bleed grows by 15 mL"
