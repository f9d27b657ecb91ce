"""A real head CT as the host of simulated bleeds, and the same scan without any as a negative.

``python -m training.simulate.real_host CT --cases N --seed S --out DIR [--clean]`` writes case folders as
``python -m training.simulate`` does. Bleeds, poses and scanners are drawn as for simulated heads. The scan is
freed of its noise first, or blood would show by having none; the simulated scanner's noise lies over both.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from . import dura
from .case import Case
from .draw import draw_case
from .files import write
from .head import Head
from .pose import Pose

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from HematomaExpansionLib.ct.anatomy import Anatomy
    from HematomaExpansionLib.ct.scan import HeadCT
    from training.host_anatomy import HostAnatomy

GRID_MM = 1.0
NOISE_WINDOW_HU = (-60.0, 160.0)
"""Between these densities noise is taken away; bone and air keep theirs."""
DIFFUSION_STEP, DIFFUSION_ROUNDS, CONDUCTANCE = 0.06, 6, 1.0
WHITE_MM, WHITE_BELOW_GREY_HU = 2.0, 7.0
AIR_HU = -400.0
LEFT_NOISE_HU = 1.0
"""Noise that the simulated scanner adds to a scan that has its own."""
TRIES, NEXT_SEED = 20, 1_000_003


@dataclass(frozen=True)
class RealHost:
    """A real head as the simulator takes it.

    Attributes:
        name: of the scan, without suffix.
        still: without noise.
        noisy: as it was scanned; everything but ``hu`` is the same.
        length_mm: of the scan from its first slice to its last, along z.
    """

    name: str
    still: Head
    noisy: Head
    length_mm: float


def real_host(scan: "HeadCT", device: torch.device | None = None) -> RealHost:
    """Describe a real head CT without blood as the simulator describes a head, on a grid of 1 mm.

    Args:
        scan: the head CT.
        device: where its fields shall lie; the CPU when not given.

    Raises:
        NotAHeadCT: when there is no plausible space inside a skull.
        ModelError: when the atlas is not installed.
    """
    from HematomaExpansionLib.ct.anatomy import locate_anatomy
    from HematomaExpansionLib.ct.grid import isotropic

    fine = replace(scan, image=isotropic(scan.image, GRID_MM))
    return described(fine, locate_anatomy(fine), device or torch.device("cpu"))


def described(scan: "HeadCT", anatomy: "Anatomy", device: torch.device) -> RealHost:
    """Describe a head on the grid of its scan.

    Ventricles and the brain's outline come from :func:`training.host_anatomy.host_anatomy`; falx and
    tentorium from template coordinates; the share of white matter from the smoothed densities of this scan.

    Args:
        scan: a head CT without blood, on a grid of cubic voxels.
        anatomy: its anatomy.
        device: where the fields shall lie.
    """
    from scipy import ndimage

    from training.host_anatomy import host_anatomy

    host = host_anatomy(scan, anatomy)
    spacing = np.array(scan.spacing_mm)
    inside = np.argwhere(host.brain)
    middle = (np.array(host.brain.shape) - 1) / 2
    middle[1:] = (inside.min(axis=0) + inside.max(axis=0))[1:] / 2
    # The middle of the scan, and of the brain across it, is what a pose puts into the middle of the scanner.
    centre_mm = np.linalg.inv(Pose().matrix())[:3, 3][::-1]
    z, y, x = (float(value) for value in centre_mm - spacing * middle)

    def field(values: "NDArray[np.generic]") -> torch.Tensor:
        return torch.from_numpy(np.ascontiguousarray(values)).to(device)

    still = _without_noise(scan)
    depth = ndimage.distance_transform_edt(host.brain, sampling=scan.spacing_mm)
    mni_mm, depth_mm, ventricles = field(host.mni_mm), field(depth.astype(np.float32)), field(host.ventricles)
    sheets = dura.falx(mni_mm, depth_mm) | dura.tentorium(mni_mm, depth_mm)
    head = Head(
        hu=field(still),
        ventricles=ventricles,
        white=field(_white(still, host, scan.spacing_mm)),
        depth_mm=depth_mm,
        solid=field(_solid(scan.hu)),
        barrier=sheets & (ventricles == 0),
        mni_mm=mni_mm,
        spacing_mm=scan.spacing_mm,
        origin_mm=(z, y, x),
    )
    name = scan.name.removesuffix(".gz").removesuffix(".nii").removesuffix(".nrrd")
    length_mm = host.brain.shape[0] * scan.spacing_mm[0]
    return RealHost(name, head, replace(head, hu=field(scan.hu)), length_mm)


def draw_real_case(host: RealHost, seed: int, number: int, followup: bool, clean: bool) -> tuple[Case, Head]:
    """Draw a patient with this head: everything but the head as :func:`.draw.draw_case` draws it.

    Args:
        host: the head.
        seed: of the whole set.
        number: of the patient, from 1.
        followup: whether there is a second scan.
        clean: without blood; then every other one keeps the scan's own noise.

    Returns:
        The case, and the head to simulate it in.
    """
    case = draw_case(seed, number, followup, clean=1.0 if clean else 0.0)
    own_noise = clean and number % 2 == 1
    points = []
    for point in case.time_points:
        protocol = point.protocol
        columns, rows, _ = protocol.size
        # No more slices than the real scan has to show.
        slices = max(1, int(host.length_mm / protocol.slice_mm))
        noise = LEFT_NOISE_HU if own_noise else protocol.noise_hu
        points.append(
            replace(point, protocol=replace(protocol, size=(columns, rows, slices), noise_hu=noise))
        )
    return replace(case, time_points=tuple(points)), host.noisy if own_noise else host.still


def _without_noise(scan: "HeadCT") -> "NDArray[np.float32]":
    """The scan's HU after curvature-driven diffusion (Whitaker and Xue 2001), which keeps edges."""
    import SimpleITK as sitk

    soft = sitk.Clamp(scan.image, sitk.sitkFloat32, *NOISE_WINDOW_HU)
    smooth = sitk.GetArrayFromImage(
        sitk.CurvatureAnisotropicDiffusion(
            soft,
            timeStep=DIFFUSION_STEP,
            conductanceParameter=CONDUCTANCE,
            numberOfIterations=DIFFUSION_ROUNDS,
        )
    )
    hu = scan.hu
    return np.where((hu > NOISE_WINDOW_HU[0]) & (hu < NOISE_WINDOW_HU[1]), smooth, hu)


def _white(
    hu: "NDArray[np.float32]", host: "HostAnatomy", spacing_mm: tuple[float, float, float]
) -> "NDArray[np.float32]":
    """Share of white matter, 0-1: the median of the brain is half white and half grey."""
    from scipy import ndimage

    quiet = ndimage.gaussian_filter(hu, [WHITE_MM / step for step in spacing_mm])
    share = np.clip(0.5 + (host.brain_hu - quiet) / WHITE_BELOW_GREY_HU, 0, 1)
    # Half way to CSF it is neither.
    tissue = host.brain & (host.ventricles == 0) & (hu > (host.brain_hu + host.csf_hu) / 2)
    return np.where(tissue, share, 0).astype(np.float32)


def _solid(hu: "NDArray[np.float32]") -> "NDArray[np.bool_]":
    """All but the air that reaches the border of the scan."""
    from scipy import ndimage

    pieces, _ = ndimage.label(hu < AIR_HU)
    sides = np.concatenate([np.unique(np.take(pieces, end, axis)) for axis in (1, 2) for end in (0, -1)])
    return ~np.isin(pieces, sides[sides > 0])


def main(arguments: Sequence[str] | None = None) -> None:
    """Write ``--cases`` patients with a real head into folders ``case-0001``, ... of ``--out``."""
    from HematomaExpansionLib.ct.reader import read_ct
    from HematomaExpansionLib.errors import HematomaExpansionError

    parser = argparse.ArgumentParser(
        prog="python -m training.simulate.real_host",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("ct", type=Path, help="head CT without blood: DICOM folder, NIfTI or NRRD")
    parser.add_argument("--cases", type=int, required=True, help="how many patients")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same files")
    parser.add_argument("--out", type=Path, required=True, help="folder to write into")
    parser.add_argument("--followup", action="store_true", help="a second scan of each patient")
    parser.add_argument("--clean", action="store_true", help="no blood: the scan itself in other poses")
    options = parser.parse_args(arguments)
    if options.cases < 1 or options.seed < 0:
        parser.error("--cases must be at least 1 and --seed at least 0")
    # Sums depend on how many threads share them: one makes the same bytes everywhere.
    torch.set_num_threads(1)
    try:
        host = real_host(read_ct(options.ct))
    except HematomaExpansionError as error:
        parser.exit(error.exit_code, f"{parser.prog}: {error}\n")
    for number in range(1, options.cases + 1):
        folder = options.out / f"case-{number:04d}"
        print(_write(host, options, number, folder), flush=True)


def _write(host: RealHost, options: argparse.Namespace, number: int, folder: Path) -> str:
    """Write one patient; what was written in one line.

    A bleed drawn for another head may not fit into this one: then another is drawn, by another seed.
    """
    for seed in range(options.seed, options.seed + TRIES * NEXT_SEED, NEXT_SEED):
        case, head = draw_real_case(host, seed, number, options.followup, options.clean)
        try:
            scans = write(case, folder, head=head, real_host=host.name)
        except ValueError as error:
            print(f"{folder}: drawn again ({error})", flush=True)
            continue
        volumes = ", ".join(f"ICH {s.truth_ml['ich']:.1f} mL, IVH {s.truth_ml['ivh']:.1f} mL" for s in scans)
        return f"{folder}: {volumes}"
    return f"{folder}: not written, no bleed of {TRIES} fitted"


if __name__ == "__main__":
    main()
