"""Real head CT through the real command: a known bleed pasted into one, and two without blood."""

import json
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.bundle import read_bundle
from HematomaExpansionLib.models import model
from HematomaExpansionLib.segmentation.seg_nrrd import read_seg_nrrd
from Testing.conftest import ROOT, run_command


@pytest.mark.parametrize("backend", ["blast-ct", "bundled", "threshold"])
def test_a_pasted_bleed_of_20_ml(shared_data: Path, blast_ct_weights: Path, tmp_path: Path, backend: str):
    scan = shared_data / "head_ct" / "synth_inv_iph20.nii.gz"
    models = {"HEMATOMA_EXPANSION_MODELS": str(blast_ct_weights)}
    ended = run_command("analyze", scan, "--segmenter", backend, "--out", tmp_path / "out", **models)
    assert ended.code == 0, ended.err
    (found,) = json.loads((tmp_path / "out" / "result.json").read_text())["scans"]
    assert found["volumes"]["ich"]["ml"] == pytest.approx(20.0, rel=0.10)
    assert found["volumes"]["ivh"]["ml"] <= 0.5
    assert (found["location"]["side"], found["location"]["region"]) == ("left", "deep")
    bundled = read_bundle(ROOT / "Resources" / "models" / "bundled").metadata
    weights = {
        "blast-ct": {"blast-ct-2": model("blast-ct-2").sha256},
        "bundled": {bundled.name: bundled.weights_sha256},
        "threshold": {},
    }
    assert found["segmentation"]["weights_sha256"] == weights[backend]
    ich = read_seg_nrrd(tmp_path / "out" / "baseline.seg.nrrd")[0].voxels
    true = sitk.ReadImage(str(scan).replace(".nii", "_mask.nii"))
    there = sitk.Resample(ich, true, sitk.Transform(), sitk.sitkNearestNeighbor)
    found_there = sitk.GetArrayFromImage(there) > 0
    wanted = sitk.GetArrayFromImage(true) > 0
    assert 2 * np.count_nonzero(found_there & wanted) / (found_there.sum() + wanted.sum()) >= 0.93


@pytest.mark.parametrize("name", ["invesalius_cranium", "ge_hispeed_tiltcorr"])
@pytest.mark.parametrize("backend", ["blast-ct", "bundled", "threshold"])
def test_scans_without_blood(
    shared_data: Path, blast_ct_weights: Path, tmp_path: Path, backend: str, name: str
):
    models = {"HEMATOMA_EXPANSION_MODELS": str(blast_ct_weights)}
    labels = tmp_path / "labels.seg.nrrd"
    scan = shared_data / "head_ct" / f"{name}.nii.gz"
    ended = run_command("segment", scan, "--segmenter", backend, "--out", labels, **models)
    assert ended.code == 0, ended.err
    volumes = json.loads(run_command("volume", labels, "--json", "-").out)
    assert sum(volume["ml"] for volume in volumes.values() if volume is not None) <= 0.3
