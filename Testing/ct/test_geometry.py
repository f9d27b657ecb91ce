"""What slice positions say; distances and angles worked out by hand."""

import numpy as np
import pytest
import SimpleITK as sitk

from HematomaExpansionLib.ct.geometry import (
    SliceStack,
    classify,
    gap_warning,
    runs,
    sorted_stack,
    stack_of_image,
)
from HematomaExpansionLib.ct.scan import SliceGeometry
from HematomaExpansionLib.errors import GeometryError


def stack(
    heights: list[float],
    tilt: float = 0.0,
    thickness: list[float] | None = None,
    shift: dict[int, float] | None = None,
) -> SliceStack:
    """Slices at heights along the table (z), under a gantry tilt about x."""
    angle = np.radians(tilt)
    positions = np.array([[0.0, (shift or {}).get(i, 0.0), z] for i, z in enumerate(heights)])
    return sorted_stack(
        np.zeros((len(heights), 2, 2), np.int16),
        positions,
        np.array([1.0, 0, 0]),
        np.array([0.0, np.cos(angle), -np.sin(angle)]),
        (0.5, 0.5),
        None if thickness is None else tuple(thickness),
    )


def heights(*steps: tuple[float, int]) -> list[float]:
    """Start at 0 and go each step as often as said."""
    return [0.0, *np.cumsum([step for step, times in steps for _ in range(times)]).tolist()]


@pytest.mark.parametrize(
    ("at", "tilt", "kind", "distances", "degrees"),
    [
        (heights((5, 20)), 0, SliceGeometry.REGULAR, (5.0,), 0),
        # Positions rounded to a tenth are still one distance.
        ([0, 0.6, 1.3, 1.9, 2.5, 3.1, 3.8], 0, SliceGeometry.REGULAR, (0.6333,), 0),
        # cos 15 = 0.965926, so 5 mm of table are 4.8296 mm along the normal.
        (heights((5, 20)), 15, SliceGeometry.TILTED, (4.8296,), 15),
        (heights((5, 20)), -20, SliceGeometry.TILTED, (4.6985,), 20),
        # 0.1 degrees over 100 mm is 0.17 mm sideways: no tilt.
        (heights((5, 20)), 0.1, SliceGeometry.REGULAR, (5.0,), 0),
        (heights((3, 10), (6, 10)), 0, SliceGeometry.MIXED_SPACING, (3.0, 6.0), 0),
        # Contiguous slabs: 1.5 + 3 = 4.5 mm at the change.
        (heights((3, 10), (4.5, 1), (6, 10)), 0, SliceGeometry.MIXED_SPACING, (3.0, 4.5, 6.0), 0),
        (heights((6, 10), (3, 10)), 0, SliceGeometry.MIXED_SPACING, (3.0, 6.0), 0),
        (heights((3, 5), (6, 5), (3, 5)), 0, SliceGeometry.MIXED_SPACING, (3.0, 6.0), 0),
        # Two blocks that overlap, as the real tilted scan has them.
        (heights((4, 13), (1.1, 1), (7, 13)), 0, SliceGeometry.MIXED_SPACING, (1.1, 4.0, 7.0), 0),
        (heights((3, 10), (6, 10)), 15, SliceGeometry.TILTED_MIXED_SPACING, (2.9, 5.8), 15),
        # A table that moved 4 mm once in a 3 mm scan left nothing out.
        (heights((3, 10), (4, 1), (3, 10)), 0, SliceGeometry.MIXED_SPACING, (3.0, 4.0), 0),
    ],
)
def test_kinds(
    at: list[float], tilt: float, kind: SliceGeometry, distances: tuple[float, ...], degrees: float
) -> None:
    geometry = classify(stack(at, tilt), "scan")
    assert geometry.kind is kind
    assert geometry.slice_count == len(at)
    assert geometry.slice_distances_mm == pytest.approx(distances, abs=0.006)
    assert geometry.tilt_degrees == pytest.approx(degrees, abs=0.01)


@pytest.mark.parametrize(
    ("at", "places"),
    [
        (heights((3, 10), (6, 1), (3, 10)), ["30.0 mm to z = 36.0"]),
        (heights((3, 10), (9, 1), (3, 10)), ["30.0 mm to z = 39.0"]),  # two lost in a row
        (heights((3, 5), (6, 1), (3, 5), (6, 1), (3, 5)), ["15.0 mm to z = 21.0", "36.0 mm to z = 42.0"]),
        (heights((3, 5), (6, 2), (3, 5)), ["15.0 mm to z = 21.0", "21.0 mm to z = 27.0"]),  # every second one
        (heights((6, 1), (3, 10)), ["0.0 mm to z = 6.0"]),  # the second slice of all
        (heights((3, 10), (6, 1)), ["30.0 mm to z = 36.0"]),  # the last but one
        (heights((3, 10), (6, 4), (12, 1), (6, 4)), ["54.0 mm to z = 66.0"]),  # in the wide part
        (heights((3, 4), (6, 1), (3, 4), (6, 8)), ["12.0 mm to z = 18.0"]),  # in the narrow part
        (heights((3, 10), (7.5, 1), (6, 9)), ["30.0 mm to z = 37.5"]),  # last narrow one, contiguous slabs
        (heights((3, 9), (9, 1), (6, 9)), ["27.0 mm to z = 36.0"]),  # first after the change
    ],
)
def test_missing_slices_are_named(at: list[float], places: list[str]) -> None:
    with pytest.raises(GeometryError, match=r"scan\.nii: slices are missing between") as error:
        classify(stack(at), "scan.nii")
    assert all(place in str(error.value) for place in places)
    assert str(error.value).count(" to z = ") == len(places)


def test_missing_slice_under_a_tilt_is_named_at_its_table_position() -> None:
    with pytest.raises(GeometryError, match=r"z = 30\.0 mm to z = 36\.0 mm \(5\.8 mm, usual 2\.9 mm\)"):
        classify(stack(heights((3, 10), (6, 1), (3, 10)), tilt=15), "scan")


def test_two_thick_end_slices_are_a_protocol_when_the_thickness_says_so() -> None:
    at = heights((3, 10), (6, 2))
    with pytest.raises(GeometryError, match="slices are missing"):
        classify(stack(at, thickness=[3.0] * 13), "scan")
    assert classify(stack(at, thickness=[3.0] * 11 + [6.0] * 2), "scan").kind is SliceGeometry.MIXED_SPACING


@pytest.mark.parametrize(
    ("step", "hole"),
    [
        (1.0, False),  # the blocks overlap, as in the real tilted scan
        (5.5, False),  # they touch: (4 + 7) / 2
        (7.0, False),  # part of the wide run
        (8.1, True),  # 2.6 mm unimaged, over half of 4: the real scan without its first wide slice
    ],
)
def test_a_slice_lost_where_two_blocks_meet(step: float, hole: bool) -> None:
    at = heights((4, 13), (step, 1), (7, 13))
    blocks = stack(at, thickness=[4.0] * 14 + [7.0] * 14)
    if hole:
        with pytest.raises(GeometryError, match=r"z = 52\.0 mm to z = 60\.1 mm"):
            classify(blocks, "scan")
    else:
        assert classify(blocks, "scan").kind is SliceGeometry.MIXED_SPACING


def test_a_slice_lost_from_overlapping_slices_is_missed_too() -> None:
    """6 mm thick every 3 mm: the step of 6 leaves nothing unimaged, but a slice is not there."""
    with pytest.raises(GeometryError, match="slices are missing"):
        classify(stack(heights((3, 10), (6, 1), (3, 10)), thickness=[6.0] * 22), "scan")


def test_one_position_twice_is_refused() -> None:
    with pytest.raises(GeometryError, match=r"same position \(z = 6\.0 mm\)"):
        classify(stack([0, 3, 6, 6, 9]), "scan")


def test_a_slice_out_of_line_is_refused() -> None:
    with pytest.raises(GeometryError, match="shifted sideways"):
        classify(stack(heights((3, 20)), shift={7: 4.0}), "scan")


def test_one_slice_is_refused_with_what_to_do() -> None:
    with pytest.raises(GeometryError, match=r"1 slice; at least 10 .* whole folder"):
        classify(stack([0]), "scan")


@pytest.mark.parametrize(
    ("thickness", "warned"),
    [([5.0] * 5, False), ([4.5] * 5, False), ([3.0] * 5, True), (None, False)],
)
def test_unimaged_tissue_is_warned_of(thickness: list[float] | None, warned: bool) -> None:
    assert bool(gap_warning(stack(heights((5, 4)), thickness=thickness))) is warned


def test_runs() -> None:
    assert runs(np.array([3.0, 3.05, 3.0, 6.0, 3.0]), 0.1) == [
        (pytest.approx(3.0167, abs=1e-3), 0, 2),
        (6.0, 3, 3),
        (3.0, 4, 4),
    ]


def test_slices_are_sorted_by_position_with_their_voxels() -> None:
    hu = np.arange(3, dtype=np.int16)[:, None, None]
    positions = np.array([[0, 0, 10.0], [0, 0, 0], [0, 0, 5]])
    found = sorted_stack(hu, positions, np.array([1.0, 0, 0]), np.array([0, 1.0, 0]), (1, 1), (1.0, 2.0, 3.0))
    assert found.hu.ravel().tolist() == [1, 2, 0]
    assert found.heights_mm.tolist() == [0, 5, 10]
    assert found.thickness_mm == (2.0, 3.0, 1.0)


def sheared(axis: int) -> sitk.Image:
    """A 15 degree tilt in an image whose slices lie along ``axis``."""
    size, spacing, columns = [8, 9], [1.0, 1.0], [[1.0, 0, 0], [0, np.cos(0.2618), -np.sin(0.2618)]]
    size.insert(axis, 12)
    spacing.insert(axis, 5.0)
    columns.insert(axis, [0, 0, 1.0])
    image = sitk.Image(size, sitk.sitkInt16)
    image.SetSpacing(spacing)
    image.SetDirection(np.array(columns).T.ravel().tolist())
    return image


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_slice_axis_of_a_sheared_image(axis: int) -> None:
    found = stack_of_image(sheared(axis), "scan")
    assert found.hu.shape[0] == 12
    geometry = classify(found, "scan")
    assert geometry.kind is SliceGeometry.TILTED
    assert geometry.tilt_degrees == pytest.approx(15, abs=0.01)
    assert geometry.slice_distances_mm == pytest.approx((5 * np.cos(0.2618),), abs=1e-4)


def test_a_shear_that_is_no_tilt_is_refused() -> None:
    image = sitk.Image([8, 9, 12], sitk.sitkInt16)
    image.SetDirection([1, 0.2, 0.2, 0, 0.98, 0.2, 0, 0, 0.96])
    with pytest.raises(GeometryError, match="no two image axes are at right angles"):
        stack_of_image(image, "scan")
