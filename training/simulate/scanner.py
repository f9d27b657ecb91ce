"""What a CT scanner sees of a head: thick slices of it in a pose, with a kernel, artefacts and noise."""

import numpy as np
import torch
from torch.nn import functional

from .beam_hardening import hardening
from .fields import box_around
from .head import Head
from .kernel import filtered, noise
from .motion import Motion
from .pose import Pose
from .protocol import Protocol, Surround

PADDING_HU, AIR_HU, LARGEST_HU = -1024, -1000.0, 3071
# The distance of the points through the thickness of a slice that are averaged.
_STEP_MM = 1.0

Box = tuple[slice, slice, slice]


class Scanner:
    """Samples fields of one head, in one pose, on the grid of one scan."""

    def __init__(self, head: Head, pose: Pose, protocol: Protocol) -> None:
        """Fix the grid: its centre is the scanner's isocentre.

        Args:
            head: gives the fine grid.
            pose: where the head lies.
            protocol: the grid of the scan.
        """
        self.head, self.pose, self.protocol = head, pose, protocol
        self._to_index = _head_index_matrix(head) @ np.linalg.inv(pose.matrix()) @ protocol.affine

    def shares(self, masks: torch.Tensor) -> tuple[Box, torch.Tensor]:
        """How full of each structure the voxels of the scan are, in the box that holds all of them.

        Args:
            masks: bool ``[channel, z, y, x]`` on the head's grid.

        Returns:
            The box of the scan (an empty one for empty masks), and float32 0-1
            ``[channel, slice, row, column]`` of it.
        """
        union = masks.any(dim=0)
        if not union.any():
            return (slice(0, 0), slice(0, 0), slice(0, 0)), torch.zeros((len(masks), 0, 0, 0))
        near = box_around(union, 2)
        box = self._window(near)
        return box, self.mean_over_slices(masks[(slice(None), *near)].float(), 0.0, box, near)

    def mean_over_slices(
        self, fields: torch.Tensor, outside: float, box: Box | None = None, part: Box | None = None
    ) -> torch.Tensor:
        """Sample fields of the fine grid, averaged over the thickness of each slice.

        Args:
            fields: float32 ``[channel, z, y, x]`` on the head's grid, or on a part of it.
            outside: value beyond the fields.
            box: the part of the scan to sample; None: all.
            part: the part of the head's grid that the fields are; None: all.

        Returns:
            float32 ``[channel, slice, row, column]`` of the box.
        """
        box = box or tuple(slice(0, count) for count in self.protocol.shape)
        corner = [side.start for side in part] if part else [0, 0, 0]
        steps = max(1, round(self.protocol.slice_mm / _STEP_MM))
        shape = [side.stop - side.start for side in box]
        total = torch.zeros((fields.shape[0], *shape), dtype=torch.float32, device=fields.device)
        if not total.numel():
            return total
        raised = (fields - outside)[None]
        for offset in (np.arange(steps) + 0.5) / steps - 0.5:
            grid = self._grid(box, float(offset), corner, fields)
            total += functional.grid_sample(raised, grid, padding_mode="zeros", align_corners=True)[0]
        return total / steps + outside

    def acquire(self, rng: np.random.Generator) -> torch.Tensor:
        """Scan the head: partial volume, motion, kernel, beam hardening, noise, offset, whole HU, padding.

        Args:
            rng: draws the noise.

        Returns:
            int16 ``[slice, row, column]``.
        """
        protocol = self.protocol
        padded = protocol.surround is Surround.PADDED
        fields = [self.head.hu, self.head.solid.float() * 1000 + AIR_HU] if padded else [self.head.hu]
        seen = self.mean_over_slices(torch.stack(fields), AIR_HU)
        hu = seen[0] if protocol.motion is None else self._moved(seen[0], protocol.motion)
        error, amplitude = hardening(hu, protocol.pixel_mm)
        hu = filtered(hu, protocol.pixel_mm, protocol.kernel) + protocol.hu_offset
        hu += protocol.beam_hardening * error
        shape = protocol.shape
        texture = noise(shape, protocol.pixel_mm, protocol.kernel, rng, hu.device)
        hu += protocol.noise_hu * amplitude * texture
        hu = hu.round().clamp(PADDING_HU, LARGEST_HU)
        if padded:
            hu[seen[1] <= AIR_HU + 20] = PADDING_HU
        hu[self._not_acquired(hu.device)] = PADDING_HU
        return hu.to(torch.int16)

    def _moved(self, still: torch.Tensor, motion: Motion) -> torch.Tensor:
        """The slices with the ghosts of a start."""
        pose = self.pose
        x_deg, y_deg, z_deg = pose.angles_deg
        x, y, z = (a + b for a, b in zip(pose.translation_mm, motion.shift_mm, strict=True))
        elsewhere = Pose((x_deg, y_deg, z_deg + motion.turn_deg), (x, y, z))
        slices, rows, columns = self.protocol.shape
        hit = slice(min(motion.first, slices), min(motion.first + motion.count, slices))
        ghost = Scanner(self.head, elsewhere, self.protocol)
        box = (hit, slice(0, rows), slice(0, columns))
        result = still.clone()
        result[hit] = (still[hit] + ghost.mean_over_slices(self.head.hu[None], AIR_HU, box)[0]) / 2
        return result

    def _not_acquired(self, device: torch.device) -> torch.Tensor:
        """Rows that the tilt's correction has added, and what lies outside the circle of reconstruction."""
        protocol = self.protocol
        columns, rows, slices = protocol.size
        starts = torch.tensor([protocol.first_row(i) for i in range(slices)], device=device)
        row = torch.arange(protocol.shape[1], device=device)[None, :, None] - starts[:, None, None]
        beyond = (row < 0) | (row >= rows)
        if protocol.surround is not Surround.CIRCLE:
            return beyond.expand(protocol.shape)
        column = torch.arange(columns, device=device)[None, None, :]
        away = ((row - (rows - 1) / 2) ** 2) / rows**2 + ((column - (columns - 1) / 2) ** 2) / columns**2
        return beyond | (away > 0.25)

    def _window(self, near: Box) -> Box:
        """The box of the scan that holds a box of the head's grid."""
        ends = [(side.start, side.stop) for side in near[::-1]]
        corners = np.array([[x, y, z, 1] for x in ends[0] for y in ends[1] for z in ends[2]]).T
        seen = (np.linalg.inv(self._to_index) @ corners)[:3][::-1]
        starts = np.floor(seen.min(axis=1)).astype(int) - 1
        stops = np.ceil(seen.max(axis=1)).astype(int) + 2
        slices, rows, columns = (
            slice(min(max(0, start), count), min(max(0, stop), count))
            for start, stop, count in zip(starts.tolist(), stops.tolist(), self.protocol.shape, strict=True)
        )
        return (slices, rows, columns)

    def _grid(self, box: Box, offset: float, corner: list[int], fields: torch.Tensor) -> torch.Tensor:
        """Where the voxels of a box lie in fields that begin at a corner: ``[1, z, y, x, 3]``."""
        counts = np.array(fields.shape[:0:-1])
        matrix = self._to_index[:3].copy()
        matrix[:, 3] -= corner[::-1]
        # From -1 to 1 between the centres of the first and the last voxel.
        matrix *= (2 / (counts - 1))[:, None]
        matrix[:, 3] -= 1
        z, y, x = (
            torch.arange(side.start, side.stop, dtype=torch.float32, device=fields.device) for side in box
        )
        along = torch.tensor(matrix, dtype=torch.float32, device=fields.device)
        plane = y[:, None, None] * along[:, 1] + x[None, :, None] * along[:, 0] + along[:, 3]
        return (plane[None] + ((z + offset)[:, None] * along[:, 2])[:, None, None, :])[None]


def _head_index_matrix(head: Head) -> np.ndarray:
    """4 x 4 matrix from head coordinates (x, y, z, 1) to indices of the fine grid (x, y, z, 1)."""
    spacing, origin = np.array(head.spacing_mm[::-1]), np.array(head.origin_mm[::-1])
    matrix = np.diag([*(1 / spacing), 1.0])
    matrix[:3, 3] = -origin / spacing
    return matrix
