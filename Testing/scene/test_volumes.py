from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.errors import GeometryError, MissingInput, NotAHeadCT
from HematomaExpansionLib.scene.geometry import ijk_to_ras, image_from_array, ras_matrix, same_voxels
from HematomaExpansionLib.scene.volumes import (
    image_from_volume,
    local_matrix,
    volume_from_image,
    world_matrix,
)
from Testing.scene.conftest import load, put_under, rotation

ORIENTATIONS = ["LPS", "RAS", "LAS", "PIR", "SRA", "ASL"]


def image(degrees: tuple[float, float, float] = (0, 0, 0), orientation: str = "LPS") -> sitk.Image:
    voxels = np.random.default_rng(3).integers(-1000, 2000, (9, 13, 11)).astype(np.int16)
    made = sitk.GetImageFromArray(voxels)
    made.SetSpacing((0.4883, 0.5, 4.75))
    made.SetOrigin((-112.25, 31.5, 1207.125))
    made.SetDirection(rotation(degrees).ravel().tolist())
    return sitk.DICOMOrient(made, orientation)


def sheared(tilt_degrees: float = 15.0) -> sitk.Image:
    made = image()
    tilt = np.radians(tilt_degrees)
    made.SetDirection(np.array([[1, 0, 0], [0, 1, np.sin(tilt)], [0, 0, np.cos(tilt)]]).ravel().tolist())
    return made


def assert_same(found: sitk.Image, wanted: sitk.Image) -> None:
    assert found.GetSize() == wanted.GetSize()
    assert found.GetPixelID() == wanted.GetPixelID()
    np.testing.assert_array_equal(sitk.GetArrayFromImage(found), sitk.GetArrayFromImage(wanted))
    for index in ((0, 0, 0), tuple(n - 1 for n in wanted.GetSize())):
        np.testing.assert_allclose(
            found.TransformIndexToPhysicalPoint(index),
            wanted.TransformIndexToPhysicalPoint(index),
            atol=1e-7 * np.abs(wanted.GetOrigin()).max(),
        )
    np.testing.assert_allclose(found.GetDirection(), wanted.GetDirection(), atol=1e-7)
    np.testing.assert_allclose(found.GetSpacing(), wanted.GetSpacing(), atol=1e-7)


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("degrees", [(0, 0, 0), (12, -7, 25)])
def test_file_in_scene_is_file_in_simpleitk(
    scene: Any, tmp_path: Path, degrees: tuple[float, float, float], orientation: str
) -> None:
    file = tmp_path / "ct.nrrd"
    sitk.WriteImage(image(degrees, orientation), file)
    found, wanted = image_from_volume(load(scene, file)), sitk.ReadImage(file)
    # Slicer's reader turns left-handed axes (LAS, ASL) around, so both are compared in one order.
    assert_same(sitk.DICOMOrient(found, "LPS"), sitk.DICOMOrient(wanted, "LPS"))


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_image_to_volume_and_back(scene: Any, orientation: str) -> None:
    made = image((5, 10, -20), orientation)
    node = volume_from_image(made, "made")
    assert node.GetName() == "made"
    assert_same(image_from_volume(node), made)


def test_shear_is_kept(scene: Any) -> None:
    made = sheared()
    found = image_from_volume(volume_from_image(made, "tilted"))
    assert_same(found, made)
    # Spacing product overestimates by 1 / cos(15 degrees), 3.5 %.
    matrix = ijk_to_ras(found)[:3, :3]
    assert np.prod(found.GetSpacing()) / abs(np.linalg.det(matrix)) == pytest.approx(1.03528, abs=1e-5)


def test_ras_of_first_voxel(scene: Any) -> None:
    # LPS (-112.25, 31.5, 1207.125) is RAS (112.25, -31.5, 1207.125); x and y spacing turn negative.
    np.testing.assert_allclose(
        local_matrix(volume_from_image(image(), "made")),
        [[-0.4883, 0, 0, 112.25], [0, -0.5, 0, -31.5], [0, 0, 4.75, 1207.125], [0, 0, 0, 1]],
    )


def test_real_file(scene: Any, shared_data: Path) -> None:
    file = shared_data / "head_ct" / "invesalius_cranium.nii.gz"
    assert_same(image_from_volume(load(scene, file)), sitk.ReadImage(file))


def test_linear_transform_is_applied_and_node_left_alone(scene: Any) -> None:
    made = image((3, 0, 9))
    node = volume_from_image(made, "made")
    before, matrix = local_matrix(node), np.eye(4)
    # 10 mm to the right (RAS +x is right), 5 mm down; turned by 90 degrees about z: x becomes y.
    matrix[:3, :3] = [[0, -1, 0], [1, 0, 0], [0, 0, 1]]
    matrix[:3, 3] = (10, 0, -5)
    transform = put_under(scene, node, matrix)
    found = image_from_volume(node)
    for index in ((0, 0, 0), (4, 2, 7)):
        x, y, z = made.TransformIndexToPhysicalPoint(index)
        np.testing.assert_allclose(
            found.TransformIndexToPhysicalPoint(index), (-y - 10, x, z - 5), atol=1e-9 * 1207
        )
    np.testing.assert_array_equal(local_matrix(node), before)
    assert node.GetTransformNodeID() == transform.GetID()
    assert scene.GetNumberOfNodesByClass("vtkMRMLScalarVolumeNode") == 1


def test_bent_volume_is_refused(scene: Any) -> None:
    import vtk

    node = volume_from_image(image(), "bent")
    spline = vtk.vtkThinPlateSplineTransform()
    spline.SetBasisToR()
    points = [(0, 0, 0), (50, 0, 0), (0, 50, 0), (0, 0, 50), (30, 30, 30)]
    source, target = vtk.vtkPoints(), vtk.vtkPoints()
    for index, point in enumerate(points):
        source.InsertNextPoint(point)
        target.InsertNextPoint(point[0], point[1], point[2] + 4 * index)
    spline.SetSourceLandmarks(source)
    spline.SetTargetLandmarks(target)
    transform = scene.AddNewNodeByClass("vtkMRMLTransformNode", "warp")
    transform.SetAndObserveTransformToParent(spline)
    node.SetAndObserveTransformNodeID(transform.GetID())
    assert world_matrix(node) is None
    with pytest.raises(GeometryError, match="bent: the transform on the volume is not linear"):
        image_from_volume(node)


def test_empty_and_colour_volumes_are_refused(scene: Any) -> None:
    import vtk

    empty = scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "empty")
    with pytest.raises(MissingInput, match="empty: the volume is empty"):
        image_from_volume(empty)
    colour = scene.AddNewNodeByClass("vtkMRMLVectorVolumeNode", "photo")
    pixels = vtk.vtkImageData()
    pixels.SetDimensions(4, 4, 4)
    pixels.AllocateScalars(vtk.VTK_UNSIGNED_CHAR, 3)
    colour.SetAndObserveImageData(pixels)
    with pytest.raises(NotAHeadCT, match="photo: 3 values a voxel"):
        image_from_volume(colour)


def test_lps_transform_in_ras() -> None:
    moved = sitk.Euler3DTransform()
    moved.SetTranslation((1, 2, 3))
    moved.SetRotation(0, 0, np.pi / 2)
    # LPS: (x, y, z) -> (1 - y, 2 + x, 3 + z). With x and y negated on both sides: (-1 - y, -2 + x, 3 + z).
    np.testing.assert_allclose(
        ras_matrix(moved), [[0, -1, 0, -1], [1, 0, 0, -2], [0, 0, 1, 3], [0, 0, 0, 1]], atol=1e-12
    )


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_same_voxels_in_any_axis_order(orientation: str) -> None:
    a, b = image((12, -7, 25)), image((12, -7, 25), orientation)
    assert same_voxels(a.GetSize(), ijk_to_ras(a), b.GetSize(), ijk_to_ras(b))


@pytest.mark.parametrize("change", ["shift", "crop", "shear", "spacing"])
def test_other_voxels(change: str) -> None:
    a = image()
    b = {
        "shift": lambda: image_from_array(
            sitk.GetArrayFromImage(a), ijk_to_ras(a) + np.array([[0, 0, 0, 0.1]] + [[0] * 4] * 3)
        ),
        "crop": lambda: a[:, :, :-1],
        "shear": sheared,
        "spacing": lambda: image_from_array(
            sitk.GetArrayFromImage(a), ijk_to_ras(a) @ np.diag([1, 1, 1.01, 1])
        ),
    }[change]()
    assert not same_voxels(a.GetSize(), ijk_to_ras(a), b.GetSize(), ijk_to_ras(b))
