"""What the shell wrote to a folder, shown in a scene."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.ct.reader import read_ct
from HematomaExpansionLib.errors import UnreadableFile
from HematomaExpansionLib.markers.marker import Marker
from HematomaExpansionLib.report.write import write_study
from HematomaExpansionLib.resources import resource
from HematomaExpansionLib.scene.segmentations import labels_from_segmentation
from HematomaExpansionLib.scene.study_folder import read_result, show_study_folder
from HematomaExpansionLib.segmentation.seg_nrrd import read_seg_nrrd
from HematomaExpansionLib.volumetry.growth import GrowthLabel
from Testing.conftest import Ended
from Testing.report.phantom import Bleed
from Testing.report.phantom import study as phantom_study
from Testing.scene.conftest import load

FILES = ("baseline.nii.gz", "followup-1.nii.gz")


@pytest.fixture
def folder(demo: tuple[Ended, Path]) -> Path:
    ended, written = demo
    assert ended.code == 0, ended.err
    return written


@pytest.fixture(scope="module")
def images() -> list[sitk.Image]:
    return [read_ct(resource("sample", file)).image for file in FILES]


def test_folder_becomes_the_study(scene: Any, folder: Path, images: list[sitk.Image]) -> None:
    import slicer

    volumes = [load(scene, resource("sample", file), name=file) for file in FILES]
    nodes = show_study_folder(folder, images, volumes)
    assert nodes.volumes == tuple(volumes)
    for name, image, node in zip(("baseline", "followup-1"), images, nodes.segmentations, strict=True):
        wanted = sitk.ReadImage(str(folder / f"{name}.seg.nrrd"))
        found = labels_from_segmentation(node, image)
        np.testing.assert_array_equal(sitk.GetArrayFromImage(found), sitk.GetArrayFromImage(wanted))
        assert list(node.GetSegmentation().GetSegmentIDs()) == ["ich", "ivh", "extra_axial", "oedema"]
    new, _, _ = read_seg_nrrd(folder / "growth-1.seg.nrrd")
    assert GrowthLabel.NEW == 1
    shown = slicer.util.arrayFromSegmentBinaryLabelmap(nodes.growth[0], "new", volumes[1])
    assert np.count_nonzero(shown) == np.count_nonzero(sitk.GetArrayViewFromImage(new.voxels)) > 0
    to_baseline = sitk.ReadTransform(str(folder / "followup-1-to-baseline.tfm"))
    x, y, z = to_baseline.TransformPoint((10.0, 20.0, 30.0))
    moved = slicer.util.arrayFromTransformMatrix(nodes.transforms[0]) @ (-10.0, -20.0, 30.0, 1.0)
    np.testing.assert_allclose(moved, (-x, -y, z, 1.0), atol=1e-9)
    assert nodes.volumes_table.GetNumberOfRows() == 2
    assert nodes.volumes_table.GetCellText(1, 1) == "20.00"
    assert nodes.expansion_table.GetNumberOfRows() == 4
    assert nodes.markers_table.GetNumberOfRows() == 2 * 9
    assert nodes.scores_table.GetNumberOfRows() == 9 + 7


def test_markers_of_a_folder_are_segments(scene: Any, tmp_path: Path) -> None:
    """A dark ball in the clot is three markers that overlap, and each keeps its voxels."""
    import slicer

    made = phantom_study(Bleed(15, hole_mm=6))
    write_study(made, tmp_path)
    nodes = show_study_folder(tmp_path, [made.timepoints[0].scan.image])
    (node,) = nodes.markers
    wanted = made.timepoints[0].markers.findings
    assert list(node.GetSegmentation().GetSegmentIDs()) == ["hypodensity", "black_hole", "swirl"]
    for key in node.GetSegmentation().GetSegmentIDs():
        shown = slicer.util.arrayFromSegmentBinaryLabelmap(node, key, nodes.volumes[0])
        np.testing.assert_array_equal(shown, wanted[Marker(key)].evidence)
    (tmp_path / "baseline-markers.seg.nrrd").unlink()
    assert show_study_folder(tmp_path, [made.timepoints[0].scan.image]).markers == (None,)


def test_segments_that_are_no_markers_are_refused(scene: Any, tmp_path: Path) -> None:
    made = phantom_study(Bleed(15))
    write_study(made, tmp_path)
    shutil.copy(tmp_path / "baseline.seg.nrrd", tmp_path / "baseline-markers.seg.nrrd")
    with pytest.raises(UnreadableFile, match=r"markers\.seg\.nrrd: holds ich, ivh, which is no marker"):
        show_study_folder(tmp_path, [made.timepoints[0].scan.image])


def test_without_nodes_the_scans_are_added(scene: Any, folder: Path, images: list[sitk.Image]) -> None:
    nodes = show_study_folder(folder, images)
    assert [volume.GetName() for volume in nodes.volumes] == ["baseline CT", "followup-1 CT"]


def test_no_growth_map_no_growth(scene: Any, folder: Path, images: list[sitk.Image], tmp_path: Path) -> None:
    copied = shutil.copytree(folder, tmp_path / "study")
    (copied / "growth-1.seg.nrrd").unlink()
    assert show_study_folder(copied, images).growth == (None,)


@pytest.mark.parametrize("file", ["result.json", "followup-1.seg.nrrd", "followup-1-to-baseline.tfm"])
@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_text("{}")])
def test_damaged_study_adds_nothing(
    scene: Any, folder: Path, images: list[sitk.Image], tmp_path: Path, file: str, damage: Any
) -> None:
    copied = shutil.copytree(folder, tmp_path / "study")
    damage(copied / file)
    before = scene.GetNumberOfNodes()
    with pytest.raises(UnreadableFile, match=file.replace(".", r"\.")):
        show_study_folder(copied, images)
    assert scene.GetNumberOfNodes() == before


def test_result_of_another_version_is_named(folder: Path, tmp_path: Path) -> None:
    copied = shutil.copytree(folder, tmp_path / "study")
    result = json.loads((copied / "result.json").read_text())
    (copied / "result.json").write_text(json.dumps(result | {"schema_version": "1.0"}))
    with pytest.raises(UnreadableFile, match=r"result\.json: is not a result of this version"):
        read_result(copied)
