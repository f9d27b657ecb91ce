"""The sample study through the scene: the same inputs reach ``analyze`` as from files."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.ct.reader import read_ct
from HematomaExpansionLib.errors import UsageError
from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.resources import resource
from HematomaExpansionLib.scene.analysis import analyze_nodes, read_inputs
from HematomaExpansionLib.scene.segmentations import labels_from_segmentation, segmentation_from_labels
from HematomaExpansionLib.segmentation.seg_nrrd import read_seg_nrrd
from HematomaExpansionLib.segmentation.segment_style import class_styles
from HematomaExpansionLib.study import Options
from Testing.scene.conftest import load

TRUTH = json.loads(resource("sample", "truth.json").read_text(encoding="utf-8"))


def labels_of(scan: dict[str, Any]) -> sitk.Image:
    return sitk.ReadImage(resource("sample", scan["labels"]), sitk.sitkUInt8)


@pytest.fixture
def nodes(scene: Any) -> tuple[list[Any], list[Any]]:
    """The volumes of the sample, and its true labels as a reader's segmentations."""
    styles = class_styles([Label.ICH, Label.IVH])
    volumes = [load(scene, resource("sample", scan["image"]), name=scan["name"]) for scan in TRUTH["scans"]]
    segmentations = [
        segmentation_from_labels(labels_of(scan), volume, styles, f"{scan['name']} by hand")
        for scan, volume in zip(TRUTH["scans"], volumes, strict=True)
    ]
    return volumes, segmentations


def test_inputs_are_those_of_the_files(nodes: tuple[list[Any], list[Any]], tmp_path: Path) -> None:
    """To the last bit: the same function on the same inputs then gives the same result through every door."""
    volumes, segmentations = nodes
    inputs = read_inputs(volumes, tmp_path, segmentations)
    for scan, mask, truth in zip(inputs.scans, inputs.options.masks, TRUTH["scans"], strict=True):
        from_file = read_ct(resource("sample", truth["image"]))
        for each in fields(scan):
            if each.name not in ("image", "name"):
                assert getattr(scan, each.name) == getattr(from_file, each.name), each.name
        for geometry in ("GetOrigin", "GetSpacing", "GetDirection", "GetPixelID"):
            assert getattr(scan.image, geometry)() == getattr(from_file.image, geometry)(), geometry
        np.testing.assert_array_equal(scan.hu, from_file.hu)
        ich, ivh = (sitk.GetArrayFromImage(segment.voxels) for segment in read_seg_nrrd(mask))
        wanted = sitk.GetArrayFromImage(sitk.DICOMOrient(labels_of(truth), "LPS"))
        np.testing.assert_array_equal(np.where(ivh, 2, ich), wanted)


def test_names_are_mapped_by_the_options(nodes: tuple[list[Any], list[Any]], tmp_path: Path) -> None:
    volumes, segmentations = nodes
    for node in segmentations:
        node.GetSegmentation().GetSegment("ich").SetName("A")
        node.GetSegmentation().GetSegment("ivh").SetName("B")
    options = Options(mapping={"A": "ivh", "B": "background"})
    inputs = read_inputs(volumes, tmp_path, segmentations, options)
    (segment,) = read_seg_nrrd(inputs.options.masks[1])
    assert segment.key == "ivh"
    assert sitk.GetArrayFromImage(segment.voxels).sum() == TRUTH["scans"][1]["label_voxels"]["ich"]


def test_one_segmentation_per_volume(nodes: tuple[list[Any], list[Any]], tmp_path: Path) -> None:
    volumes, segmentations = nodes
    with pytest.raises(UsageError, match="1 segmentations were given for 2 volumes"):
        read_inputs(volumes, tmp_path, segmentations[:1])


def test_study_from_nodes_to_nodes(nodes: tuple[list[Any], list[Any]]) -> None:
    volumes, segmentations = nodes
    hours = TRUTH["scans"][1]["hours_after_baseline"]
    study, shown = analyze_nodes(volumes[0], volumes[1:], segmentations, Options(hours=(hours,)))
    assert study.result.door == "slicer"
    assert shown.volumes == tuple(volumes)
    for scan, truth, node in zip(study.result.scans, TRUTH["scans"], shown.segmentations, strict=True):
        assert scan.source == "NIfTI"
        for key, ml in truth["volume_ml"].items():
            assert scan.volumes[key].ml == pytest.approx(ml, abs=1e-3)
        labels = labels_from_segmentation(node, labels_of(truth))
        np.testing.assert_array_equal(
            sitk.GetArrayFromImage(labels), sitk.GetArrayFromImage(labels_of(truth))
        )
    _assert_registered(shown.transforms[0])


def _assert_registered(transform: Any) -> None:
    """The transform node brings bony points of the follow-up back to the baseline, within 2 mm."""
    import slicer

    to_baseline = slicer.util.arrayFromTransformMatrix(transform)
    to_followup = np.array(TRUTH["scans"][1]["from_baseline"])
    ras = np.array([-1.0, -1.0, 1.0, 1.0])
    for point in ((0, -80, 0, 1), (0, 80, 0, 1), (60, 0, 0, 1), (-60, 0, 0, 1), (0, 0, 60, 1)):
        back = to_baseline @ (ras * (to_followup @ point)) * ras
        assert np.linalg.norm(back - point) < 2.0
