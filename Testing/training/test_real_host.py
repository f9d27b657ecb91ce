"""A scan as the simulator's head, on the template whose anatomy is known, and cases in it."""

import json
from dataclasses import replace

import numpy as np
import pytest
import SimpleITK as sitk
import torch

from HematomaExpansionLib.labels import Label
from Testing.training.template_scan import template_scan
from training.simulate.fields import to_numpy
from training.simulate.files import write
from training.simulate.real_host import LEFT_NOISE_HU, described, draw_real_case, main


@pytest.fixture(scope="module")
def scan_and_host():
    scan, anatomy = template_scan(noise_hu=8.0)
    return scan, described(scan, anatomy, torch.device("cpu"))


def test_the_grid_is_centred_where_a_pose_looks(scan_and_host):
    _, host = scan_and_host
    head = host.still
    ends = [
        (origin, origin + step * (count - 1))
        for origin, step, count in zip(head.origin_mm, head.spacing_mm, head.hu.shape, strict=True)
    ]
    # Of the whole scan along z, of the brain along y and x; a pose looks at (x, y, z) = (0, 14, 10).
    assert np.mean(ends[0]) == pytest.approx(10, abs=1e-6)
    brain = np.argwhere(to_numpy(head.depth_mm) > 0)
    middle = (brain.min(axis=0) + brain.max(axis=0))[1:] / 2 * 1.5 + np.array(head.origin_mm[1:])
    assert middle.tolist() == pytest.approx([14, 0], abs=1e-4)
    assert host.name == "template"
    assert host.length_mm == pytest.approx(1.5 * head.hu.shape[0])


def test_noise_goes_and_edges_stay(scan_and_host):
    scan, host = scan_and_host
    still, noisy = to_numpy(host.still.hu), to_numpy(host.noisy.hu)
    clear = template_scan()[0].hu
    brain = to_numpy(host.still.depth_mm) > 3
    assert np.array_equal(noisy, scan.hu)
    assert (noisy - clear)[brain].std() == pytest.approx(8, abs=0.2)
    assert (still - clear)[brain].std() < 3.5
    ventricles = to_numpy(host.still.ventricles) > 0
    core = sitk.GetArrayFromImage(sitk.BinaryErode(sitk.GetImageFromArray(ventricles.astype(np.uint8)))) > 0
    assert np.median(still[core]) < 14
    bone = clear > 500
    assert np.array_equal(still[bone], noisy[bone])


def test_fields_agree_with_the_template(scan_and_host):
    _, host = scan_and_host
    head = host.still
    clear = template_scan()[0].hu
    white, brain = to_numpy(head.white), to_numpy(head.depth_mm) > 0
    assert white[brain & (clear > 28) & (clear < 30)].mean() > white[brain & (clear > 36)].mean() + 0.4
    assert not white[to_numpy(head.ventricles) > 0].any()
    assert not to_numpy(head.solid & (head.hu < -900)).any()
    assert to_numpy(head.solid)[brain].all()
    falx = to_numpy(head.barrier & (head.mni_mm[0] > 40))
    assert falx.any()
    assert np.abs(to_numpy(head.mni_mm)[2][falx]).max() < 1


def test_a_bleed_in_it_and_its_files(scan_and_host, tmp_path):
    _, host = scan_and_host
    case, head = draw_real_case(host, seed=3, number=1, followup=False, clean=False)
    assert head is host.still
    (point,) = case.time_points
    protocol = replace(point.protocol, slice_mm=5.0, size=(128, 128, 37), pixel_mm=1.9, tilt_rows=0)
    case = replace(case, time_points=(replace(point, ich_ml=8.0, ivh_ml=2.0, sah_ml=0.0, protocol=protocol),))
    (scan,) = write(case, tmp_path / "case", head=head, real_host=host.name)
    assert scan.truth_ml["ich"] == pytest.approx(8.0, rel=0.02)
    assert scan.truth_ml["ivh"] == pytest.approx(2.0, rel=0.03)
    assert np.median(scan.hu[scan.labels == Label.ICH]) > 45
    truth = json.loads((tmp_path / "case" / "truth.json").read_text())
    assert truth["real_host"] == "template"
    assert truth["host"] is None


@pytest.mark.parametrize(("number", "own_noise"), [(1, True), (2, False)])
def test_clean_cases_have_no_blood_and_all_slices_show_the_scan(scan_and_host, number, own_noise):
    _, host = scan_and_host
    case, head = draw_real_case(host, seed=4, number=number, followup=False, clean=True)
    (point,) = case.time_points
    assert (point.ich_ml, point.ivh_ml, point.sah_ml, case.outside) == (0, 0, 0, None)
    assert head is (host.noisy if own_noise else host.still)
    assert (point.protocol.noise_hu == LEFT_NOISE_HU) is own_noise
    assert point.protocol.size[2] * point.protocol.slice_mm <= host.length_mm


def test_a_file_that_is_no_scan_is_refused_in_one_line(tmp_path, capsys):
    file = tmp_path / "notes.nii.gz"
    file.write_text("no scan")
    with pytest.raises(SystemExit) as ended:
        main([str(file), "--cases", "1", "--out", str(tmp_path / "out")])
    assert ended.value.code == 3
    assert "notes.nii.gz" in capsys.readouterr().err
