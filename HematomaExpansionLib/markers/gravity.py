"""Which way is down in a scan: blood settles along it."""

from typing import TYPE_CHECKING

import numpy as np

from ..ct.scan import HeadCT

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
