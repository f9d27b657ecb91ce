"""Scanners and poses drawn at random, as they differ between hospitals."""

from typing import TypeVar

import numpy as np

from .kernel import Kernel
from .motion import Motion
from .pose import Pose
from .protocol import Protocol, Surround

# Slice thickness (mm) and how often it is used; thin ones are taken with 256 pixels here, to stay quick.
_SLICES_MM = {0.625: 0.04, 1.0: 0.06, 1.25: 0.05, 2.0: 0.06, 2.5: 0.12, 3.0: 0.12, 4.0: 0.10, 5.0: 0.45}
_THIN_MM = 2.5
_KERNELS = {Kernel.SOFT: 0.35, Kernel.STANDARD: 0.5, Kernel.SHARP: 0.15}
_SURROUNDS = {Surround.AIR: 0.45, Surround.CIRCLE: 0.3, Surround.PADDED: 0.25}
_TILT_SHARE, _MOTION_SHARE = 0.3, 0.08

T = TypeVar("T")


def draw_pose(rng: np.random.Generator) -> Pose:
    """Draw how a head lies: turned by a few degrees, most about x (the chin), and a few millimetres aside."""
    angles = np.clip(rng.standard_normal(3), -2.5, 2.5) * (5.0, 3.0, 4.5)
    shift = np.clip(rng.standard_normal(3), -2.5, 2.5) * (4.0, 4.0, 3.0)
    return Pose(_three(angles), _three(shift))


def draw_protocol(rng: np.random.Generator) -> Protocol:
    """Draw a scanner's settings."""
    slice_mm = _one(_SLICES_MM, rng)
    columns = 512 if slice_mm >= _THIN_MM and rng.random() < 0.5 else 256
    pixel_mm = round(float(rng.uniform(215, 260)) / columns, 4)
    slices = round(float(rng.uniform(142, 172)) / slice_mm)
    kernel = _one(_KERNELS, rng)
    # Thin slices and sharp kernels are noisier, though not as much as at an equal dose.
    noise = rng.uniform(2.2, 5.0) * (5.0 / slice_mm) ** 0.3 * (1.7 if kernel is Kernel.SHARP else 1.0)
    tilt = np.radians(rng.uniform(6, 22)) if rng.random() < _TILT_SHARE else 0.0
    # Nearly always with the front up, along the line from eye to ear.
    tilt_rows = round(float(np.tan(tilt)) * slice_mm / pixel_mm) * (1 if rng.random() < 0.9 else -1)
    return Protocol(
        pixel_mm=pixel_mm,
        slice_mm=slice_mm,
        size=(columns, columns, slices),
        noise_hu=float(noise),
        kernel=kernel,
        hu_offset=float(np.clip(rng.normal(0, 2.5), -8, 8)),
        beam_hardening=float(rng.uniform(0, 0.9)),
        tilt_rows=tilt_rows,
        surround=_one(_SURROUNDS, rng),
        motion=_motion(slices, slice_mm, rng) if rng.random() < _MOTION_SHARE else None,
    )


def _motion(slices: int, slice_mm: float, rng: np.random.Generator) -> Motion:
    first = int(rng.integers(slices))
    count = max(1, round(float(rng.uniform(5, 20)) / slice_mm))
    return Motion(first, count, float(rng.normal(0, 2.0)), _three(rng.normal(0, (1.5, 1.5, 0.7))))


def _one(shares: dict[T, float], rng: np.random.Generator) -> T:
    values = list(shares)
    weights = np.array([shares[value] for value in values])
    return values[int(rng.choice(len(values), p=weights / weights.sum()))]


def _three(values: np.ndarray) -> tuple[float, float, float]:
    first, second, third = (float(value) for value in values)
    return (first, second, third)
