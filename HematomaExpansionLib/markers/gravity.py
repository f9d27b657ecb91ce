"""Which way is down in a scan: blood settles along it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..ct.scan import HeadCT
from ..errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

# The last letters of DICOM's PatientPosition (PS3.3 C.7.3.1.1.2); whether head or feet went in first does not
# matter, for the axes of the image are the patient's. Vectors are (z, y, x): head, back, left.
_DOWN = {
    "S": (0.0, 1.0, 0.0),
    "P": (0.0, -1.0, 0.0),
    "DL": (0.0, 0.0, 1.0),
    "DR": (0.0, 0.0, -1.0),
}
POSITIONS = tuple(entry + lying for entry in ("HF", "FF") for lying in _DOWN)
"""The patient positions of DICOM in which a head is scanned."""


def down_of_position(position: str) -> "tuple[float, float, float] | None":
    """The direction of gravity along the array axes (z, y, x) of a scan in LPS order.

    Args:
        position: ``"HFS"``, ``"HFP"``, ``"HFDR"``, ``"HFDL"``, or the same with ``FF``.

    Returns:
        A unit vector; None for any other text.
    """
    return _DOWN.get(position[2:]) if position[:2] in ("HF", "FF") else None


def check_position(position: str) -> None:
    """Refuse a position that says nothing of gravity.

    Raises:
        UsageError: it is not one of :data:`POSITIONS`.
    """
    if position not in POSITIONS:
        raise UsageError(f"position {position!r}: choose one of {', '.join(POSITIONS)}")


def positions_of_scans(positions: Sequence[str], scans: int) -> list[str | None]:
    """The position that a user states for each scan; None where the scan's own counts.

    Args:
        positions: none, one for all scans, or one per scan in their order.
        scans: how many there are.

    Raises:
        UsageError: an unknown position, or another number of them.
    """
    for position in positions:
        check_position(position)
    if len(positions) not in {0, 1, scans}:
        raise UsageError(
            f"{len(positions)} positions were given for {scans} scans; give one, or one per scan"
        )
    if len(positions) == scans:
        return [*positions]
    return [positions[0] if positions else None] * scans


def gravity(scan: HeadCT) -> "tuple[NDArray[np.float64], tuple[str, ...]]":
    """Which way is down in a scan, in the patient's own axes.

    The axes are those of the scan as it was read, tilted with the gantry or not; the head may be turned in
    its rest, which the tolerance of the fluid level allows for.

    Returns:
        Unit vector (z, y, x), and a warning when the position is not known and supine was taken.
    """
    down = down_of_position(scan.patient_position)
    if down is not None:
        return np.array(down), ()
    known = f"is {scan.patient_position!r}" if scan.patient_position else "is not known"
    return np.array(_DOWN["S"]), (f"The patient's position {known}: taken as supine for the fluid level.",)
