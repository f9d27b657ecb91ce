"""What the positions of the slices say: regular, mixed spacing, gantry tilt, or slices missing."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import GeometryError
from .scan import Geometry, SliceGeometry

if TYPE_CHECKING:
    import SimpleITK as sitk
    from numpy.typing import NDArray


@dataclass(frozen=True)
class SliceStack:
    """Parallel slices and where each of them lies, as they were stored, ascending along the normal.

    Attributes:
        hu: voxels ``[z, y, x]`` in HU; y runs along ``column_direction``, x along ``row_direction``.
        positions_mm: ``[z, 3]`` centre of the first voxel of each slice, LPS millimetres.
        row_direction: unit vector (LPS) in which x grows.
        column_direction: unit vector (LPS) in which y grows.
        pixel_mm: ``(y, x)`` distance of voxel centres in a slice.
        thickness_mm: slice thickness of each slice, or None where the format does not say.
    """

    hu: "NDArray[Any]"
    positions_mm: "NDArray[np.float64]"
    row_direction: "NDArray[np.float64]"
    column_direction: "NDArray[np.float64]"
    pixel_mm: tuple[float, float]
    thickness_mm: tuple[float, ...] | None = None

    @property
    def normal(self) -> "NDArray[np.float64]":
        """Unit normal of the slices, row x column."""
        return np.cross(self.row_direction, self.column_direction)

    @property
    def heights_mm(self) -> "NDArray[np.float64]":
        """Position of each slice along the normal, relative to the first, ``[z]``."""
        heights: NDArray[np.float64] = (self.positions_mm - self.positions_mm[0]) @ self.normal
        return heights

    @property
    def shifts_mm(self) -> "NDArray[np.float64]":
        """How far each slice is shifted within its plane against the first, ``[z, 2]`` as ``(y, x)``."""
        moved = self.positions_mm - self.positions_mm[0]
        return np.stack([moved @ self.column_direction, moved @ self.row_direction], axis=1)


def sorted_stack(
    hu: "NDArray[Any]",
    positions_mm: "NDArray[np.float64]",
    row_direction: "NDArray[np.float64]",
    column_direction: "NDArray[np.float64]",
    pixel_mm: tuple[float, float],
    thickness_mm: tuple[float, ...] | None = None,
) -> SliceStack:
    """Order slices by their position along the normal; the arguments are those of :class:`SliceStack`."""
    row = row_direction / np.linalg.norm(row_direction)
    column = column_direction / np.linalg.norm(column_direction)
    order = np.argsort(positions_mm @ np.cross(row, column), kind="stable")
    thickness = None if thickness_mm is None else tuple(thickness_mm[i] for i in order)
    if not np.array_equal(order, np.arange(len(order))):
        hu = hu[order]
    return SliceStack(hu, positions_mm[order], row, column, pixel_mm, thickness)


def stack_of_image(image: "sitk.Image", name: str, orthogonal_tolerance: float = 1e-3) -> SliceStack:
    """See a 3D image, whose direction matrix may be sheared, as a stack of slices.

    The slices are the two axes at right angles to each other; where several pairs are (an orthogonal image,
    or a tilt about one axis), the slice axis is the one with the largest spacing, the last one first.

    Args:
        image: 3D scalar image, LPS millimetres.
        name: of the scan, for messages.
        orthogonal_tolerance: largest |cosine| of two axes that still counts as a right angle.

    Raises:
        GeometryError: when no two axes are at right angles, or the matrix is singular.
    """
    import SimpleITK as sitk

    spacing = np.array(image.GetSpacing())
    axes = np.array(image.GetDirection()).reshape(3, 3) * spacing
    lengths = np.linalg.norm(axes, axis=0)
    if not np.all(np.isfinite(axes)) or abs(np.linalg.det(axes)) < 1e-6 * max(float(np.prod(lengths)), 1e-9):
        raise GeometryError(f"{name}: direction matrix is singular; it must span three dimensions")
    cosines = np.abs((axes / lengths).T @ (axes / lengths))
    pairs = {2: (0, 1), 1: (0, 2), 0: (1, 2)}
    slice_axes = [axis for axis, pair in pairs.items() if cosines[pair] <= orthogonal_tolerance]
    if not slice_axes:
        raise GeometryError(
            f"{name}: no two image axes are at right angles; only a gantry tilt can be corrected"
        )
    axis = max(slice_axes, key=lambda candidate: round(lengths[candidate], 3))
    x, y = pairs[axis]
    if axis != 2:
        image = sitk.PermuteAxes(image, [x, y, axis])
    positions = np.array(image.GetOrigin()) + np.arange(image.GetSize()[2])[:, None] * axes[:, axis]
    return sorted_stack(
        sitk.GetArrayFromImage(image),
        positions,
        axes[:, x],
        axes[:, y],
        (float(lengths[y]), float(lengths[x])),
    )


def classify(
    stack: SliceStack,
    name: str,
    *,
    spacing_tolerance_mm: float = 0.1,
    shift_tolerance_mm: float = 0.5,
    planned_run: int = 3,
    thickness_tolerance: float = 0.25,
) -> Geometry:
    """Tell regular, mixed and tilted slices apart, and refuse a stack with a hole in it.

    Neighbouring distances that agree form a run. A change of protocol (3 mm through the posterior fossa, then
    6 mm) makes runs; one removed slice makes a single step of twice the distance. So a run that is longer
    than the larger of its neighbouring runs by at least half of the smaller one is a hole, unless it is
    planned: it holds for ``planned_run`` steps, or for two and the thickness of the slice between them grew
    with it. A single step that leaves half of a slice's thickness or more unimaged is one too (a slice lost
    where two blocks meet). A step that is *shorter* than its neighbours (blocks that overlap) is none.

    Args:
        stack: the slices, ascending.
        name: of the scan, for messages.
        spacing_tolerance_mm: distances that differ by no more are one distance (positions are rounded).
        shift_tolerance_mm: a sideways shift over the whole stack of no more than this is no tilt (0.2 degrees
            over 150 mm).
        planned_run: steps in a row from which a wider distance is a protocol, not a hole.
        thickness_tolerance: relative difference up to which slice thickness confirms a distance.

    Returns:
        The geometry without corrections.

    Raises:
        GeometryError: slices at one position, a hole (with the positions on its two sides), or a sideways
            shift that is not a tilt.
    """
    heights = stack.heights_mm
    count = len(heights)
    if count < 2:
        raise GeometryError(f"{name}: {count} slice; at least 10 slices are needed (give the whole folder)")
    steps = np.diff(heights)
    if steps.min() <= spacing_tolerance_mm / 10:
        at = _place(stack, int(np.argmin(steps)))
        raise GeometryError(
            f"{name}: two slices lie at the same position ({at}); each position may occur once"
        )
    mixed = bool(np.ptp(steps) > 2 * spacing_tolerance_mm)
    if mixed:
        _refuse_holes(stack, name, spacing_tolerance_mm, planned_run, thickness_tolerance)
        distances = tuple(sorted({round(step, 2) for step, _, _ in runs(steps, spacing_tolerance_mm)}))
    else:
        distances = (round(float(steps.mean()), 4),)
    tilt = _tilt_degrees(stack, name, shift_tolerance_mm)
    kinds = {
        (False, False): SliceGeometry.REGULAR,
        (False, True): SliceGeometry.MIXED_SPACING,
        (True, False): SliceGeometry.TILTED,
        (True, True): SliceGeometry.TILTED_MIXED_SPACING,
    }
    return Geometry(kinds[tilt != 0, mixed], count, distances, tilt)


def gap_warning(stack: SliceStack, min_gap_mm: float = 1.0, min_share: float = 0.25) -> tuple[str, ...]:
    """Warn where neighbouring slices leave tissue between them unimaged.

    Args:
        stack: the slices, ascending.
        min_gap_mm: least gap (distance less the mean thickness of the two slices) that is worth a warning.
        min_share: and least share of the distance that it must be.
    """
    if stack.thickness_mm is None:
        return ()
    thickness = np.array(stack.thickness_mm)
    steps = np.diff(stack.heights_mm)
    gaps = steps - (thickness[1:] + thickness[:-1]) / 2
    widest = int(gaps.argmax())
    if gaps[widest] < max(min_gap_mm, min_share * steps[widest]):
        return ()
    return (
        f"Slices {thickness[widest]:.1f} mm thick lie up to {steps[widest]:.1f} mm apart: the tissue between "
        "them was not imaged, and volumes are estimates there.",
    )


def runs(steps: "NDArray[np.float64]", tolerance_mm: float) -> list[tuple[float, int, int]]:
    """Group neighbouring equal steps: ``(mean step in mm, first, last)`` with the indices inclusive."""
    found: list[tuple[float, int, int]] = []
    start = 0
    for i in range(1, len(steps) + 1):
        if i == len(steps) or abs(steps[i] - steps[start:i].mean()) > tolerance_mm:
            found.append((float(steps[start:i].mean()), start, i - 1))
            start = i
    return found


def _refuse_holes(
    stack: SliceStack, name: str, tolerance_mm: float, planned_run: int, thickness_tolerance: float
) -> None:
    found = runs(np.diff(stack.heights_mm), tolerance_mm)
    holes: list[str] = []
    for i, (step, first, last) in enumerate(found):
        beside = [found[j][0] for j in (i - 1, i + 1) if 0 <= j < len(found)]
        if last - first + 1 >= planned_run:
            continue
        wide = step >= max(beside) + min(beside) / 2 - tolerance_mm
        if stack.thickness_mm is not None:
            ends = stack.thickness_mm[first : last + 2]
            inner = np.array(ends[1:-1])
            planned = first < last and bool(np.all(np.abs(inner - step) <= thickness_tolerance * step))
            unimaged = first == last and step > max(beside) and step - np.mean(ends) >= min(ends) / 2
            wide = (wide and not planned) or bool(unimaged)
        if not wide:
            continue
        usual = max(beside)
        holes += [
            f"{_place(stack, k)} to {_place(stack, k + 1)} ({step:.1f} mm, usual {usual:.1f} mm)"
            for k in range(first, last + 1)
        ]
    if holes:
        raise GeometryError(
            f"{name}: slices are missing between {'; '.join(holes)}; a scan must have no holes"
        )


def _tilt_degrees(stack: SliceStack, name: str, tolerance_mm: float) -> float:
    shifts = stack.shifts_mm
    if np.abs(shifts).max() <= tolerance_mm:
        return 0.0
    heights = stack.heights_mm
    slope = heights @ shifts / (heights @ heights)
    residual = float(np.abs(shifts - heights[:, None] * slope).max())
    limit = max(2 * tolerance_mm, max(stack.pixel_mm))
    if residual > limit:
        raise GeometryError(
            f"{name}: slices are shifted sideways by up to {residual:.1f} mm without a constant tilt; "
            f"at most {limit:.1f} mm is allowed"
        )
    return round(float(np.degrees(np.arctan(np.hypot(*slope)))), 2)


def _place(stack: SliceStack, index: int) -> str:
    """Where a slice is, along the body axis its normal is nearest to: ``z = 12.0 mm``."""
    axis = int(np.argmax(np.abs(stack.normal)))
    return f"{'xyz'[axis]} = {stack.positions_mm[index, axis]:.1f} mm"
