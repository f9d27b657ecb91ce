"""``hematoma-expansion markers`` as its users run it."""

import json
from pathlib import Path

import pytest
import SimpleITK as sitk

from HematomaExpansionLib.markers.marker import Marker
from HematomaExpansionLib.markers.reading import load_reading
from HematomaExpansionLib.markers.record import MarkersRecord
from Testing.conftest import Command, run_command


def test_json_csv_and_evidence(sample: Path, tmp_path: Path) -> None:
    scans = (sample / "baseline.nii.gz", sample / "baseline-labels.nii.gz")
    files = ("--csv", tmp_path / "reading.csv", "--evidence", tmp_path / "evidence")
    ended = run_command("markers", *scans, "--position", "HFP", "--json", "-", *files)
    assert ended.code == 0, ended.err
    record = MarkersRecord.model_validate(json.loads(ended.out))
    assert [found.marker for found in record.markers] == list(Marker)
    assert record.down == (0, -1, 0)
    reading = load_reading(tmp_path / "reading.csv")
    present = {found.marker for found in record.markers if found.state == "present"}
    assert {marker for marker in Marker if reading.value(marker) == "present"} == present
    # The sample's bleed has a satellite by construction.
    assert Marker.SATELLITE in present
    written = {file.name for file in (tmp_path / "evidence").iterdir()}
    assert written == {f"{found.marker}.nii.gz" for found in record.markers if found.state != "absent"}
    image = sitk.ReadImage(str(tmp_path / "evidence" / "satellite.nii.gz"))
    scan = sitk.ReadImage(str(scans[0]))
    assert image.GetSize() == scan.GetSize()
    assert image.GetOrigin() == pytest.approx(scan.GetOrigin(), abs=1e-3)


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (("--position", "standing"), 2, "position 'standing': choose one of HFS, HFP"),
        (("--mapping", "1=ivh,2=ivh"), 3, "baseline-labels.nii.gz: no parenchymal blood"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(
    sample: Path, options: tuple[str, ...], code: int, message: str, command: Command
) -> None:
    ended = command("markers", sample / "baseline.nii.gz", sample / "baseline-labels.nii.gz", *options)
    assert ended.code == code
    assert message in ended.err
    assert "Traceback" not in ended.err
    assert len(ended.err.strip().splitlines()) == 1
