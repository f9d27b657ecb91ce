"""Volumes of a phantom of known truth, through every way a DICOM series comes into a scene."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.ct.reader import read_ct
from HematomaExpansionLib.ct.scan import HeadCT, SliceGeometry
from HematomaExpansionLib.errors import GeometryError, NotAHeadCT
from HematomaExpansionLib.scene.geometry import RAS_LPS
from HematomaExpansionLib.scene.head_ct import head_ct_from_volume
from HematomaExpansionLib.scene.volumes import local_matrix, volume_from_image, voxels
from Testing.ct.phantom import MIXED, REGULAR, Head
from Testing.scene.conftest import load, put_under, put_under_acquisition_transform, rotation
from training.simulate.dicom_series import Slices, Tags, write_series

HEAD = Head()
ACQUIRED = datetime(2031, 5, 6, 7, 8, 9)
SLICES = {
    "regular": Slices(REGULAR, pixel_mm=1.5),
    "mixed": Slices(MIXED, pixel_mm=1.5),
    "tilted": Slices(REGULAR, pixel_mm=1.5, tilt_degrees=15.0),
    "tilted mixed": Slices(MIXED, pixel_mm=1.5, tilt_degrees=15.0),
}
KIND = {
    "regular": SliceGeometry.REGULAR,
    "mixed": SliceGeometry.MIXED_SPACING,
    "tilted": SliceGeometry.TILTED,
    "tilted mixed": SliceGeometry.TILTED_MIXED_SPACING,
}


@pytest.fixture(scope="module")
def series(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[Path]]:
    """DICOM files of the phantom in slice order, written once for each way to cut it."""
    written: dict[str, list[Path]] = {}

    def files(cut: str) -> list[Path]:
        if cut not in written:
            folder = tmp_path_factory.mktemp("dicom") / cut.replace(" ", "-")
            slices = replace(SLICES[cut], rows=128, columns=128, depth_samples=3)
            written[cut] = write_series(folder, HEAD, slices, Tags(acquired=ACQUIRED))
        return written[cut]

    return files


def true_corners_ras(cut: str) -> np.ndarray:
    """``[slice, row, column, xyz]`` as Slicer's plugin computes them from the headers."""
    slices = replace(SLICES[cut], rows=128, columns=128)
    corners = np.empty((len(slices.table_mm), 2, 2, 3))
    for k, j, i in np.ndindex(corners.shape[:3]):
        down = j * slices.rows * slices.pixel_mm * slices.column_direction
        right = i * slices.columns * slices.pixel_mm * slices.row_direction
        corners[k, j, i] = (slices.position_mm(k) + down + right) * (-1, -1, 1)
    return corners


def assert_same_scan(found: HeadCT, wanted: HeadCT) -> None:
    assert found.geometry.kind == wanted.geometry.kind
    assert found.image.GetSize() == wanted.image.GetSize()
    np.testing.assert_allclose(found.image.GetSpacing(), wanted.image.GetSpacing(), atol=1e-4)
    np.testing.assert_allclose(found.image.GetOrigin(), wanted.image.GetOrigin(), atol=1e-3)
    np.testing.assert_allclose(found.image.GetDirection(), wanted.image.GetDirection(), atol=1e-5)
    np.testing.assert_allclose(found.hu, wanted.hu, atol=0.5)


@pytest.mark.parametrize("cut", SLICES)
def test_series_in_the_scene_is_the_series_in_its_folder(
    scene: Any, series: Callable[[str], list[Path]], cut: str
) -> None:
    files = series(cut)
    wanted = read_ct(files[0].parent)
    found = head_ct_from_volume(load(scene, *files))
    assert found.geometry.kind == KIND[cut]
    assert_same_scan(found, wanted)
    assert found.acquired == ACQUIRED
    assert found.modality_source == "DICOM"
    assert (found.series, found.patient_position) == (wanted.series, wanted.patient_position)
    assert HEAD.measured_ml(found.image) == pytest.approx(HEAD.bleed_ml, rel=0.005)


@pytest.mark.parametrize("order", ["reversed", "shuffled"])
@pytest.mark.parametrize("cut", ["regular", "mixed"])
def test_files_in_another_order(
    scene: Any, series: Callable[[str], list[Path]], cut: str, order: str
) -> None:
    files = series(cut)
    shuffled = [files[i] for i in np.random.default_rng(5).permutation(len(files))]
    found = head_ct_from_volume(load(scene, *{"reversed": files[::-1], "shuffled": shuffled}[order]))
    assert_same_scan(found, read_ct(files[0].parent))


@pytest.mark.parametrize("cut", ["mixed", "tilted", "tilted mixed"])
def test_acquisition_transform_of_slicer(scene: Any, series: Callable[[str], list[Path]], cut: str) -> None:
    files = series(cut)
    node = load(scene, *files)
    transform = put_under_acquisition_transform(scene, node, true_corners_ras(cut))
    before = local_matrix(node)
    found = head_ct_from_volume(node)
    assert_same_scan(found, read_ct(files[0].parent))
    assert HEAD.measured_ml(found.image) == pytest.approx(HEAD.bleed_ml, rel=0.005)
    np.testing.assert_array_equal(local_matrix(node), before)
    assert node.GetTransformNodeID() == transform.GetID()


def test_naive_grid_is_wrong(scene: Any, series: Callable[[str], list[Path]]) -> None:
    # What the two tests above guard against: the node alone says nothing of the uneven distances.
    node = load(scene, *series("mixed"))
    naive = volume_from_image(sitk.GetImageFromArray(voxels(node)), "naive")
    naive.CopyOrientation(node)
    found = head_ct_from_volume(naive)
    assert found.geometry.kind == SliceGeometry.REGULAR
    assert abs(HEAD.measured_ml(found.image) / HEAD.bleed_ml - 1) > 0.03


def test_sheared_volume_without_files(scene: Any, series: Callable[[str], list[Path]]) -> None:
    node = load(scene, *series("tilted"))
    node.SetAndObserveStorageNodeID(None)
    matrix = local_matrix(node)
    assert abs(matrix[:3, 1] @ matrix[:3, 2]) > 0.1, "the shear is in the matrix"
    found = head_ct_from_volume(node)
    assert found.geometry.tilt_degrees == pytest.approx(15.0, abs=0.01)
    assert HEAD.measured_ml(found.image) == pytest.approx(HEAD.bleed_ml, rel=0.005)


@pytest.mark.parametrize("cut", ["regular", "mixed", "tilted"])
def test_rigid_move_keeps_the_volume(scene: Any, series: Callable[[str], list[Path]], cut: str) -> None:
    files = series(cut)
    node = load(scene, *files)
    matrix = np.eye(4)
    matrix[:3, :3] = rotation((4, -3, 8))
    matrix[:3, 3] = (5, -12, 30)
    put_under(scene, node, matrix)
    found, still = head_ct_from_volume(node), read_ct(files[0].parent)
    np.testing.assert_array_equal(found.hu, still.hu)
    lps = RAS_LPS @ matrix @ RAS_LPS
    corner = still.image.GetOrigin()
    np.testing.assert_allclose(found.image.GetOrigin(), (lps @ [*corner, 1])[:3], atol=1e-3)


def test_scaling_is_measured(scene: Any, series: Callable[[str], list[Path]]) -> None:
    node = load(scene, *series("regular"))
    still = head_ct_from_volume(node)
    put_under(scene, node, np.diag([1.05, 1.05, 1.05, 1.0]))
    assert head_ct_from_volume(node).voxel_ml == pytest.approx(1.05**3 * still.voxel_ml, rel=1e-6)


def test_reader_that_drops_the_shear(scene: Any, series: Callable[[str], list[Path]]) -> None:
    files = series("tilted")
    node = load(scene, *files)
    normal = SLICES["tilted"].normal
    node.SetIJKToRASDirections(-1, 0, -normal[0], 0, -normal[2], -normal[1], 0, -normal[1], normal[2])
    matrix = local_matrix(node)
    assert abs(matrix[:3, 1] @ matrix[:3, 2]) < 1e-9
    found = head_ct_from_volume(node)
    assert_same_scan(found, read_ct(files[0].parent))


def test_volume_that_was_centred_stays_there(scene: Any, series: Callable[[str], list[Path]]) -> None:
    files = series("regular")
    node = load(scene, *files)
    node.SetOrigin(*np.add(node.GetOrigin(), (10, 20, 30)))
    shift = np.array(head_ct_from_volume(node).image.GetOrigin()) - read_ct(files[0].parent).image.GetOrigin()
    np.testing.assert_allclose(shift, (-10, -20, 30), atol=1e-6)


def test_voxels_that_were_edited_are_measured(scene: Any, series: Callable[[str], list[Path]]) -> None:
    import slicer

    node = load(scene, *series("regular"))
    voxels_of_node = slicer.util.arrayFromVolume(node)
    voxels_of_node[20, 60:64, 60:64] = 77
    slicer.util.arrayFromVolumeModified(node)
    assert np.count_nonzero(head_ct_from_volume(node).hu == 77) == 16


def test_uneven_series_that_was_changed_is_refused(scene: Any, series: Callable[[str], list[Path]]) -> None:
    node = load(scene, *series("mixed"))
    put_under(scene, node, np.array([[0, -1, 0, 0], [1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1.0]]))
    node.HardenTransform()
    with pytest.raises(GeometryError, match="CT: was changed after it was loaded onto a grid"):
        head_ct_from_volume(node)


def test_acquisition_time_that_is_given_wins(scene: Any, series: Callable[[str], list[Path]]) -> None:
    given = datetime(2030, 1, 1)
    assert head_ct_from_volume(load(scene, *series("regular")), given).acquired == given


def test_volume_that_is_no_head_ct_is_refused(scene: Any) -> None:
    noise = np.random.default_rng(0).integers(0, 200, (40, 64, 64)).astype(np.int16)
    node = volume_from_image(sitk.GetImageFromArray(noise), "MRI")
    node.SetSpacing(3, 3, 4)
    with pytest.raises(NotAHeadCT, match=r"^MRI: "):
        head_ct_from_volume(node)


def test_real_tilted_series(scene: Any, shared_data: Path) -> None:
    folder = shared_data / "head_ct" / "dicom_ge_hispeed"
    wanted = read_ct(folder)
    # File-name order, as a careless script would load it.
    found = head_ct_from_volume(load(scene, *sorted(folder.glob("*.dcm"))))
    assert_same_scan(found, wanted)
    assert found.sha256 == wanted.sha256
