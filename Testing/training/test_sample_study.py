"""The committed sample study: its truth, its geometry, its HU, and that its command still makes it."""

import json

import numpy as np
import pytest
import SimpleITK as sitk
from scipy import ndimage

from HematomaExpansionLib.markers.marker import Marker
from HematomaExpansionLib.resources import resource
from training.simulate.sample import sample_scans

NAMES = ("baseline", "followup-1")


@pytest.fixture(scope="module")
def truth():
    return json.loads(resource("sample", "truth.json").read_text(encoding="utf-8"))


def read(name):
    return sitk.ReadImage(str(resource("sample", f"{name}.nii.gz")))


def test_volumes_are_the_ones_the_readme_states(truth):
    stated = {"baseline": (14.0, 0.0), "followup-1": (24.0, 5.0)}
    for entry in truth["scans"]:
        ich, ivh = stated[entry["name"]]
        for name, ml in (("ich", ich), ("ivh", ivh)):
            # The fine grid fills up to the volume with voxels of less than a microlitre, the scan with 4.4.
            assert entry["fine_volume_ml"][name] == pytest.approx(ml, abs=0.001)
            assert entry["volume_ml"][name] == pytest.approx(ml, abs=0.003)
        # Oedema is in the images and not in the labels.
        assert 2 < entry["fine_volume_ml"]["oedema"] < 15


@pytest.mark.parametrize("number", [0, 1])
def test_label_voxels_hold_the_true_volume(truth, number):
    entry = truth["scans"][number]
    labels = read(f"{entry['name']}-labels")
    voxel_ml = float(np.prod(labels.GetSpacing())) / 1000
    counts = np.bincount(sitk.GetArrayFromImage(labels).ravel(), minlength=3)
    assert counts.size == 3
    for value, name in ((1, "ich"), (2, "ivh")):
        assert counts[value] == entry["label_voxels"][name]
        assert counts[value] * voxel_ml == pytest.approx(entry["volume_ml"][name], rel=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_labels_lie_on_the_grid_of_their_scan(name):
    scan, labels = read(name), read(f"{name}-labels")
    assert scan.GetSize() == labels.GetSize() == (256, 256, 33)
    assert scan.GetSpacing() == pytest.approx((0.9375, 0.9375, 5.0))
    assert scan.GetOrigin() == labels.GetOrigin()
    assert scan.GetDirection() == labels.GetDirection() == (1, 0, 0, 0, 1, 0, 0, 0, 1)


def test_bleed_is_on_the_patients_left(truth):
    labels = read("baseline-labels")
    z, y, x = (float(v.mean()) for v in np.nonzero(sitk.GetArrayFromImage(labels)))
    # LPS: x grows to the left.
    assert labels.TransformContinuousIndexToPhysicalPoint((x, y, z))[0] > 15


def test_true_transform_lays_skull_on_skull(truth):
    matrix = np.array(truth["scans"][1]["from_baseline"])
    assert np.linalg.det(matrix[:3, :3]) == pytest.approx(1.0)
    assert matrix[:3, :3] @ matrix[:3, :3].T == pytest.approx(np.eye(3), abs=1e-6)
    transform = sitk.AffineTransform(3)
    transform.SetMatrix(matrix[:3, :3].ravel())
    transform.SetTranslation(matrix[:3, 3])
    baseline, followup = read("baseline"), read("followup-1")
    bone = sitk.GetArrayFromImage(baseline) > 300
    inner = slice(6, 27)  # slices whose anatomy is inside both scans

    def overlap(mapping):
        moved = (
            sitk.GetArrayFromImage(sitk.Resample(followup, baseline, mapping, sitk.sitkLinear, -1024)) > 300
        )
        return 2 * (moved & bone)[inner].sum() / (moved[inner].sum() + bone[inner].sum())

    assert overlap(transform) > 0.93
    assert overlap(sitk.Transform(3, sitk.sitkIdentity)) < 0.75


@pytest.mark.parametrize("name", NAMES)
def test_tissues_have_the_hu_of_head_ct(name):
    hu = sitk.GetArrayFromImage(read(name)).astype(np.float32)
    labels = sitk.GetArrayFromImage(read(f"{name}-labels"))
    assert hu.min() == -1024
    assert hu[:, :5].max() == -1024
    assert 1200 < np.percentile(hu[hu > 300], 98) < 1500
    assert 57 < hu[labels == 1].mean() < 70
    # Inside the skull of the slices above its base, 6 mm and more from bone.
    inside = np.stack([ndimage.binary_fill_holes(image > 200) & (image <= 200) for image in hu[13:27]])
    inside = ndimage.binary_erosion(inside, np.ones((1, 13, 13)))
    brain = ndimage.median_filter(hu[13:27], (1, 3, 3))
    clear = inside & ~ndimage.binary_dilation(labels[13:27] > 0, np.ones((3, 11, 11)))
    assert 29 < np.median(brain[clear]) < 36
    # No normal tissue has the HU of blood, but for falx and the rims of calcifications.
    voxel_ml = 0.9375**2 * 5 / 1000
    assert np.count_nonzero(clear & (brain > 48)) * voxel_ml < 0.15
    # Ventricles and cisterns are CSF.
    assert np.count_nonzero(clear & (brain < 15)) * voxel_ml > 15


@pytest.mark.parametrize("name", NAMES)
def test_skull_closes_round_the_brain(name):
    bone = sitk.GetArrayFromImage(read(name)) > 200
    for number, image in enumerate(bone[14:29], start=14):
        holes = ndimage.binary_fill_holes(image) & ~image
        assert holes.sum() * 0.9375**2 > 100, f"slice {number} is open"
    assert bone[31:].any()
    # Above the highest slice with brain there is bone alone.
    top = max(n for n in range(33) if (ndimage.binary_fill_holes(bone[n]) & ~bone[n]).sum() > 50)
    assert bone[top + 1].sum() * 0.9375**2 > 500


def test_the_pair_is_small():
    folder = resource("sample")
    assert sum(file.stat().st_size for file in folder.iterdir()) < 3e6


@pytest.mark.parametrize("number", [0, 1])
def test_markers_are_where_the_truth_says(truth, number):
    entry = truth["scans"][number]
    bits = sitk.GetArrayFromImage(sitk.ReadImage(str(resource("sample", entry["marker_masks"]))))
    labels = sitk.GetArrayFromImage(read(f"{entry['name']}-labels"))
    hu = sitk.GetArrayFromImage(read(entry["name"]))
    present = {name for name, marker in entry["markers"].items() if marker["present"]}
    assert present == {Marker.BLACK_HOLE, Marker.HYPODENSITY, Marker.SWIRL, Marker.SATELLITE}
    for name in present:
        mask = (bits >> truth["marker_bits"][name]) & 1 > 0
        assert np.count_nonzero(mask) == entry["markers"][name]["voxels"] > 0
        assert (labels[mask] == 1).mean() > 0.8
    hole = (bits >> truth["marker_bits"][Marker.BLACK_HOLE]) & 1 > 0
    clot = ndimage.binary_dilation(hole, np.ones((1, 9, 9))) & ~ndimage.binary_dilation(
        hole, np.ones((1, 5, 5))
    )
    assert hu[clot].mean() - hu[hole].mean() > 20


def test_ventricles_hold_the_ventricular_blood(truth):
    for entry in truth["scans"]:
        ventricles = sitk.GetArrayFromImage(sitk.ReadImage(str(resource("sample", entry["ventricles"]))))
        labels = sitk.GetArrayFromImage(read(f"{entry['name']}-labels"))
        assert np.count_nonzero(ventricles[labels == 2]) >= 0.75 * entry["label_voxels"]["ivh"]
        assert ventricles[labels == 1].mean() < 0.05


def test_its_command_still_makes_it():
    for name, scan in zip(NAMES, sample_scans(), strict=True):
        labels = sitk.GetArrayFromImage(read(f"{name}-labels"))
        # Another version of torch or scipy may round a voxel otherwise; nothing more may differ.
        assert np.mean(scan.labels != labels) < 1e-5
        difference = scan.hu.astype(int) - sitk.GetArrayFromImage(read(name))
        assert np.mean(np.abs(difference) > 1) < 1e-4
