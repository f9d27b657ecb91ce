"""A segmentation made elsewhere: its classes, its grid, and what is refused."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.ct.anatomy import Anatomy
from HematomaExpansionLib.ct.scan import Geometry, HeadCT, SliceGeometry
from HematomaExpansionLib.errors import MaskError, UnreadableFile, UsageError
from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.progress import Progress
from HematomaExpansionLib.segmentation.mask import MaskSegmenter
from HematomaExpansionLib.segmentation.seg_nrrd import write_seg_nrrd
from HematomaExpansionLib.segmentation.segment_style import SegmentStyle, class_styles

SHAPE = (5, 6, 7)
ORIGIN, SPACING = (-3.25, 10.5, 100.0), (0.48828119, 0.48828119, 5.0)
# A head turned by 16 degrees: closest to LPS, not equal to it.
DIRECTION = (0.96, -0.28, 0.0, 0.28, 0.96, 0.0, 0.0, 0.0, 1.0)


def _image(values: np.ndarray) -> sitk.Image:
    image = sitk.GetImageFromArray(values)
    image.SetOrigin(ORIGIN)
    image.SetSpacing(SPACING)
    image.SetDirection(DIRECTION)
    return image


def _scan(corrections: tuple[str, ...] = ()) -> HeadCT:
    geometry = Geometry(SliceGeometry.REGULAR, SHAPE[0], (5.0,), corrections=corrections)
    return HeadCT(_image(np.zeros(SHAPE, dtype=np.int16)), "CT.nii.gz", "NIfTI", geometry)


def _anatomy() -> Anatomy:
    """Anatomy of the scan; the back-end does not look at it."""
    nothing = _image(np.zeros(SHAPE, dtype=np.uint8))
    return Anatomy(nothing, nothing, nothing, sitk.Transform(), 0.0)


def _values() -> np.ndarray:
    """No symmetry: every permutation and flip of the axes gives another array."""
    values = np.zeros(SHAPE, dtype=np.uint8)
    values[1:3, 2:4, 1:6] = Label.ICH
    values[3, 5, 0] = Label.IVH
    return values


def _labels(
    path: Path, mapping: dict[int | str, str] | None = None, scan: HeadCT | None = None
) -> tuple[np.ndarray, frozenset[Label]]:
    segmenter = MaskSegmenter(path, mapping)
    scan = scan or _scan()
    segmentation = segmenter.segment(scan, _anatomy(), Progress())
    assert segmentation.classes == segmenter.capabilities.classes
    assert segmentation.backend == "mask"
    assert segmentation.labels.GetDirection() == scan.image.GetDirection()
    assert segmentation.labels.GetOrigin() == scan.image.GetOrigin()
    assert segmentation.labels.GetSpacing() == scan.image.GetSpacing()
    return sitk.GetArrayFromImage(segmentation.labels), segmentation.classes


def _saved(image: sitk.Image, path: Path) -> Path:
    sitk.WriteImage(image, str(path))
    return path


@pytest.mark.parametrize("name", ["mask.nii.gz", "mask.nii", "mask.nrrd"])
@pytest.mark.parametrize("pixel", [sitk.sitkUInt8, sitk.sitkInt16, sitk.sitkFloat32, sitk.sitkFloat64])
def test_values_one_to_four_are_the_classes(name: str, pixel: int, tmp_path: Path) -> None:
    labels, classes = _labels(_saved(sitk.Cast(_image(_values()), pixel), tmp_path / name))
    np.testing.assert_array_equal(labels, _values())
    assert classes == {Label.ICH, Label.IVH}


@pytest.mark.parametrize("orientation", ["RAS", "LPI", "SRA", "PIR", "ARS"])
def test_the_order_and_direction_of_axes_may_differ(orientation: str, tmp_path: Path) -> None:
    turned = sitk.DICOMOrient(_image(_values()), orientation)
    labels, _ = _labels(_saved(turned, tmp_path / "mask.nii.gz"))
    np.testing.assert_array_equal(labels, _values())


@pytest.mark.parametrize(
    ("found", "mapping", "expected", "classes"),
    [
        ([1], None, {1: Label.ICH}, {Label.ICH}),
        ([255], None, {255: Label.ICH}, {Label.ICH}),
        ([2], None, {2: Label.IVH}, {Label.IVH}),
        (
            [1, 2, 3, 4],
            None,
            {1: Label.ICH, 2: Label.IVH, 3: Label.EXTRA_AXIAL, 4: Label.OEDEMA},
            {Label.ICH, Label.IVH, Label.EXTRA_AXIAL, Label.OEDEMA},
        ),
        ([1], {1: "ich", 2: "ivh"}, {1: Label.ICH}, {Label.ICH, Label.IVH}),
        ([4, 7], {"7": "ich", 4: "ivh"}, {7: Label.ICH, 4: Label.IVH}, {Label.ICH, Label.IVH}),
        ([1, 9], {1: "ich", 9: "background"}, {1: Label.ICH, 9: Label.BACKGROUND}, {Label.ICH}),
    ],
)
def test_the_mapping_tells_what_was_looked_for(
    found: list[int],
    mapping: dict[int | str, str] | None,
    expected: dict[int, Label],
    classes: set[Label],
    tmp_path: Path,
) -> None:
    values = np.zeros(SHAPE, dtype=np.uint8)
    for place, value in enumerate(found):
        values[2, 3, place] = value
    labels, told = _labels(_saved(_image(values), tmp_path / "mask.nrrd"), mapping)
    assert labels[2, 3, : len(found)].tolist() == [expected[value] for value in found]
    assert told == classes


def test_an_empty_mask_is_no_blood_and_a_warning(tmp_path: Path) -> None:
    path = _saved(_image(np.zeros(SHAPE, dtype=np.uint8)), tmp_path / "mask.nii.gz")
    segmentation = MaskSegmenter(path).segment(_scan(), _anatomy(), Progress())
    assert segmentation.classes == {Label.ICH}
    assert segmentation.parameters == {
        "mapping": None,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }
    assert segmentation.warnings == ("The given segmentation is empty: all volumes are 0 mL.",)


def test_segments_are_recognised_and_empty_ones_were_looked_for(tmp_path: Path) -> None:
    values = np.where(_values() == Label.ICH, Label.ICH, 0).astype(np.uint8)
    path = tmp_path / "baseline.seg.nrrd"
    write_seg_nrrd(path, _image(values), class_styles({Label.ICH, Label.IVH}))
    labels, classes = _labels(path)
    np.testing.assert_array_equal(labels, values)
    assert classes == {Label.ICH, Label.IVH}


def test_segments_may_be_mapped_by_name_or_identifier(tmp_path: Path) -> None:
    styles = {
        1: SegmentStyle("Segment_1", "A", (1, 0, 0), ""),
        2: SegmentStyle("Segment_2", "B", (0, 1, 0), ""),
    }
    path = tmp_path / "reader.seg.nrrd"
    write_seg_nrrd(path, _image(_values()), styles)
    labels, classes = _labels(path, {"A": "ivh", "Segment_2": "ich"})
    np.testing.assert_array_equal(labels, np.choose(_values(), [0, Label.IVH, Label.ICH]))
    assert classes == {Label.ICH, Label.IVH}
    with pytest.raises(
        MaskError, match=r"segment 'A' is of no known class; map it to one of background, ich"
    ):
        _labels(path)


def test_the_later_of_overlapping_segments_counts(tmp_path: Path) -> None:
    layers = np.zeros((*SHAPE, 2), dtype=np.uint8)
    layers[2, 2:5, 2, 0] = 1
    layers[2, 4:6, 2, 1] = 1
    image = sitk.GetImageFromArray(layers, isVector=True)
    image.CopyInformation(_image(np.zeros(SHAPE, dtype=np.uint8)))
    for number, name in enumerate(("ICH", "IVH")):
        image.SetMetaData(f"Segment{number}_ID", name)
        image.SetMetaData(f"Segment{number}_Name", name)
        image.SetMetaData(f"Segment{number}_Layer", str(number))
        image.SetMetaData(f"Segment{number}_LabelValue", "1")
    labels, _ = _labels(_saved(image, tmp_path / "overlap.seg.nrrd"))
    assert labels[2, :, 2].tolist() == [0, 0, Label.ICH, Label.ICH, Label.IVH, Label.IVH]
    assert np.count_nonzero(labels) == 4


def test_a_cropped_segmentation_is_put_where_it_belongs(tmp_path: Path) -> None:
    path = tmp_path / "cropped.seg.nrrd"
    write_seg_nrrd(path, _image(_values())[0:6, 2:6, 1:4], class_styles({Label.ICH, Label.IVH}))
    labels, _ = _labels(path)
    np.testing.assert_array_equal(labels, _values())


def test_a_segmentation_wider_than_the_scan_may_hold_nothing_there(tmp_path: Path) -> None:
    path = tmp_path / "wide.seg.nrrd"
    wide = sitk.ConstantPad(_image(_values()), [2, 0, 0], [0, 1, 0], 0)
    write_seg_nrrd(path, wide, class_styles({Label.ICH, Label.IVH}))
    np.testing.assert_array_equal(_labels(path)[0], _values())
    wide[0, 0, 0] = Label.ICH
    write_seg_nrrd(path, wide, class_styles({Label.ICH, Label.IVH}))
    with pytest.raises(MaskError, match=r"wide\.seg\.nrrd: 1 of its voxels lie outside the scan"):
        _labels(path)


def _moved(image: sitk.Image, by_mm: float) -> sitk.Image:
    x, y, z = image.GetOrigin()
    image.SetOrigin((x, y, z + by_mm))
    return image


def _respaced(image: sitk.Image) -> sitk.Image:
    image.SetSpacing((SPACING[0], SPACING[1], 4.9))
    return image


def _turned(image: sitk.Image) -> sitk.Image:
    image.SetDirection((1, 0, 0, 0, 1, 0, 0, 0, 1))
    return image


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(_moved(_image(_values()), 0.5), id="moved by a tenth of a slice"),
        pytest.param(_moved(_image(_values()), 5.0), id="moved by a slice"),
        pytest.param(_respaced(_image(_values())), id="other spacing"),
        pytest.param(_turned(_image(_values())), id="other direction"),
        pytest.param(_image(_values())[:, :, 1:], id="a slice less"),
        pytest.param(_image(_values())[1:, :, :], id="a column less"),
    ],
)
def test_another_grid_is_refused_with_both_geometries(other: sitk.Image, tmp_path: Path) -> None:
    with pytest.raises(MaskError) as raised:
        _labels(_saved(other, tmp_path / "mask.nii.gz"))
    message = str(raised.value)
    assert message.startswith("mask.nii.gz: does not lie on the grid of its scan; mask ")
    assert "scan 7x6x5 voxels of 0.4883x0.4883x5 mm from (-3.2, 10.5, 100.0) mm" in message
    assert "\n" not in message


def test_a_mask_of_the_stored_slices_does_not_fit_the_corrected_scan(tmp_path: Path) -> None:
    path = _saved(_image(_values())[:, :, 1:], tmp_path / "mask.nii.gz")
    with pytest.raises(MaskError, match=r"\(resampled: Tilt of 18\.5 degrees sheared out\.\)"):
        _labels(path, scan=_scan(("Tilt of 18.5 degrees sheared out.",)))


def _with(value: float, pixel: type = np.float32) -> sitk.Image:
    values = np.zeros(SHAPE, dtype=pixel)
    values[1, 2, 3] = value
    return _image(values)


@pytest.mark.parametrize(
    ("image", "mapping", "message"),
    [
        (_with(0.5), None, r"holds 0\.5; a labelmap holds whole numbers"),
        (_with(float("nan")), None, "1 voxels are NaN or infinite"),
        (_with(float("inf")), None, "1 voxels are NaN or infinite"),
        (_with(3), {1: "ich"}, "no class for the values 3; the mapping has 1"),
        (_with(-1), {1: "ich"}, "no class for the values -1; the mapping has 1"),
        (
            _image(np.choose(_values(), [0, 1, 9]).astype(np.uint8)),
            None,
            "no class for the values 1, 9; 1 to 4, or one positive value alone; else give a mapping",
        ),
        (_with(-5), None, "no class for the values -5; 1 to 4, or one positive value alone"),
        (_with(1), {"A": "ich"}, "is a labelmap; the mapping must name values, not 'A'"),
        (
            _image((np.arange(210).reshape(SHAPE) - 100).astype(np.int16)),
            None,
            "holds 210 different values from -100 to 109; that is an image, not a labelmap",
        ),
        (sitk.JoinSeries([_with(1), _with(1)]), None, r"is 4D \(7x6x5x2\), 1 values per voxel"),
        (
            sitk.Compose([_with(1), _with(1)]),
            None,
            r"is 3D \(7x6x5\), 2 values per voxel; a 3D labelmap is needed",
        ),
    ],
)
def test_what_is_not_a_labelmap_is_refused_in_one_line(
    image: sitk.Image, mapping: dict[int | str, str] | None, message: str, tmp_path: Path
) -> None:
    with pytest.raises(MaskError, match=message) as raised:
        _labels(_saved(image, tmp_path / "mask.nrrd"), mapping)
    assert str(raised.value).startswith("mask.nrrd: ")
    assert "\n" not in str(raised.value)


def test_a_class_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="mapping of 1: no class 'iph'; choose one of background, ich, ivh"):
        MaskSegmenter(tmp_path / "mask.nii.gz", {1: "iph"})


def test_a_file_that_is_not_an_image_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mask.nii.gz"
    with pytest.raises(UnreadableFile, match="no such file"):
        _labels(path)
    path.write_text("a note")
    with pytest.raises(UnreadableFile, match=r"mask\.nii\.gz"):
        _labels(path)


@pytest.mark.shared_data
def test_the_mask_of_the_pasted_bleed_measures_twenty_millilitres(shared_data: Path) -> None:
    from HematomaExpansionLib.ct.reader import read_ct

    scan = read_ct(shared_data / "head_ct" / "synth_inv_iph20.nii.gz")
    labels, classes = _labels(shared_data / "head_ct" / "synth_inv_iph20_mask.nii.gz", scan=scan)
    assert classes == {Label.ICH}
    assert np.count_nonzero(labels == Label.ICH) * scan.voxel_ml == pytest.approx(20.0, abs=0.05)


@pytest.mark.shared_data
def test_a_real_ct_is_not_taken_for_a_mask(shared_data: Path) -> None:
    segmenter = MaskSegmenter(shared_data / "head_ct" / "invesalius_cranium.nii.gz")
    with pytest.raises(MaskError, match="that is an image, not a labelmap"):
        _ = segmenter.capabilities
