"""A head without blood: the anatomy of the template, warped, at the HU of CT."""

from dataclasses import dataclass, field

import numpy as np
import torch

from . import dura
from .arteries import draw_arteries
from .brain import Densities, draw_brain, draw_dura
from .calcification import Calcification, draw_calcification
from .calvaria import SkullDefect, draw_scalp, draw_skull
from .canvas import Canvas
from .catheter import Catheter, draw_catheter
from .choroid_plexus import draw_choroid_plexus
from .face import AIR_HU, draw_face
from .fields import box_around, gaussian, sample, smooth_noise
from .head import Head
from .infarct import Infarct, draw_infarct
from .neck import draw_neck
from .sella import draw_sella
from .template import FIRST_VOXEL_MM, HEAD_SHAPE, HEAD_STEP_MM
from .template_fields import template_fields
from .ventricles import Widened, widened
from .warp import fold_displacement_mm, head_displacement_mm

_EDGE_VOXELS = 0.4
_SKIN_HU, _FAR_MM = 40.0, 1e3


@dataclass(frozen=True)
class HostSettings:
    """How a head differs from the template.

    Attributes:
        scale: size along (z, y, x) relative to the template, whose brain is larger than most people's.
        warp_mm: standard deviation of the random displacement of its points; 0 keeps the template's shape.
        widening_mm: how far the walls of the ventricles are pushed out; negative makes them narrower.
        uneven_mm: how much more the right ventricle is widened than the left.
        atrophy: 0 (a young brain that fills the skull) to 1.5 (wide sulci).
        leukoaraiosis: grade of the rarefied white matter, 0 to 3.
        densities: HU of the tissues inside the skull.
        sinus_width: width of the venous sinuses; 1 is the average.
        skull: thickness of the skull; 1 is the average.
        scalp_mm: thickness of the scalp over the crown.
        muscle_hu: density of muscle.
        cloudy: chance that an air space of the skull base holds fluid.
        infarcts: old or subacute ones.
        calcifications: grains of calcium.
        defects: what surgery took of the skull.
        catheter: a ventricular catheter.
    """

    scale: tuple[float, float, float] = (0.91, 0.91, 0.91)
    warp_mm: float = 0.0
    widening_mm: float = 2.0
    uneven_mm: float = 0.0
    atrophy: float = 1.0
    leukoaraiosis: float = 0.0
    densities: Densities = field(default_factory=Densities)
    sinus_width: float = 1.0
    skull: float = 1.1
    scalp_mm: float = 6.0
    muscle_hu: float = 55.0
    cloudy: float = 0.0
    infarcts: tuple[Infarct, ...] = ()
    calcifications: tuple[Calcification, ...] = ()
    defects: tuple[SkullDefect, ...] = ()
    catheter: Catheter | None = None


def make_host(settings: HostSettings, rng: np.random.Generator, device: torch.device | None = None) -> Head:
    """Build a head without blood.

    Args:
        settings: size, shape and what the patient has had.
        rng: draws the shape and the texture of the tissues.
        device: where its fields shall lie; the CPU when not given.

    Returns:
        The head on a grid of about 1 mm.
    """
    device = device or torch.device("cpu")
    shape_rng, around_rng, brain_rng, detail_rng = rng.spawn(4)
    template = template_fields(device)
    index = _indices(device)
    if settings.warp_mm > 0:
        index += head_displacement_mm(HEAD_SHAPE, settings.warp_mm, shape_rng, device)
    distance, depth, shell, temporal, skin = sample(template.around, index)
    mni_mm = _to_mni(index)
    hu, solid = _around(mni_mm, distance, depth, (shell, temporal, skin), settings, around_rng)

    inside = box_around(depth > 0, 1)
    within = depth[inside] > 0
    right = mni_mm[2][inside]
    widening = settings.widening_mm + 0.5 * settings.uneven_mm * torch.tanh(right / 6)
    points = index[(slice(None), *inside)]
    if settings.warp_mm > 0:
        points = points + fold_displacement_mm(depth[inside], settings.warp_mm, shape_rng)
    wide = widened(points, template.walls, template.nearest_ventricle, widening)
    mni_mm[(slice(None), *inside)] = _to_mni(wide.source)
    ventricles = torch.zeros(HEAD_SHAPE, dtype=torch.uint8, device=device)
    ventricles[inside] = torch.where(within, wide.ventricles, 0)
    white = torch.zeros(HEAD_SHAPE, device=device)
    brain_hu, brain_white = _inside(mni_mm, inside, wide, depth, settings, brain_rng)
    hu[inside] = torch.where(within, brain_hu, hu[inside])
    white[inside] = torch.where(within, brain_white, 0.0)
    barrier = (dura.falx(mni_mm, depth) | dura.tentorium(mni_mm, depth)) & (ventricles == 0)
    _details(Canvas(hu, mni_mm, depth > 0), white, ventricles, solid, settings, detail_rng)
    z, y, x = settings.scale
    return Head(
        hu=gaussian(hu, _EDGE_VOXELS),
        ventricles=ventricles,
        white=white,
        depth_mm=depth * float(np.mean(settings.scale)),
        solid=solid,
        barrier=barrier,
        mni_mm=mni_mm,
        spacing_mm=(z * HEAD_STEP_MM, y * HEAD_STEP_MM, x * HEAD_STEP_MM),
        origin_mm=(z * FIRST_VOXEL_MM[0], y * FIRST_VOXEL_MM[1], x * FIRST_VOXEL_MM[2]),
    )


def _around(
    mni_mm: torch.Tensor,
    distance: torch.Tensor,
    depth: torch.Tensor,
    outline: tuple[torch.Tensor, torch.Tensor, torch.Tensor],
    settings: HostSettings,
    rng: np.random.Generator,
) -> tuple[torch.Tensor, torch.Tensor]:
    """HU outside the intracranial space, and what is not air round the head."""
    device = mni_mm.device
    shell, temporal, skin = outline
    canvas = Canvas(torch.full(HEAD_SHAPE, AIR_HU, device=device), mni_mm, depth == 0)
    wide, middle, fine = (smooth_noise(HEAD_SHAPE, voxels, rng, device) for voxels in (13.0, 4.5, 2.3))
    # No skull, no variation: below the foramen magnum the shell is 0.
    thickness = settings.skull * (shell + 0.7 * wide * (shell > 1))
    skin = skin + 2.0 * wide
    canvas.hu.masked_fill_(skin > 0, _SKIN_HU)
    draw_neck(canvas, skin, middle, settings.muscle_hu)
    outside = torch.where(shell > 0, distance - thickness, _FAR_MM)
    scalp = draw_scalp(canvas, outside, temporal, settings.scalp_mm, settings.muscle_hu)
    holes = settings.defects + ((settings.catheter.burr_hole,) if settings.catheter else ())
    draw_skull(canvas, distance, thickness, fine, holes)
    draw_face(canvas, distance, (middle, fine), settings.muscle_hu, settings.cloudy, rng)
    draw_sella(canvas, settings.densities.sinus_hu)
    return canvas.hu, scalp | (skin > 0) | (canvas.hu > AIR_HU)


def _inside(
    mni_mm: torch.Tensor,
    box: tuple[slice, slice, slice],
    wide: Widened,
    depth: torch.Tensor,
    settings: HostSettings,
    rng: np.random.Generator,
) -> tuple[torch.Tensor, torch.Tensor]:
    """HU of the intracranial space and its white matter, in its box."""
    points, depth = mni_mm[(slice(None), *box)], depth[box]
    hu, white = draw_brain(
        points, wide, depth, settings.densities, settings.atrophy, settings.leukoaraiosis, rng
    )
    draw_dura(hu, points, depth, settings.densities, settings.sinus_width)
    return hu, white


def _details(
    canvas: Canvas,
    white: torch.Tensor,
    ventricles: torch.Tensor,
    solid: torch.Tensor,
    settings: HostSettings,
    rng: np.random.Generator,
) -> None:
    """Draw arteries and choroid plexus, then infarcts, calcifications and a catheter."""
    draw_arteries(canvas, settings.densities.sinus_hu)
    draw_choroid_plexus(Canvas(canvas.hu, canvas.mni_mm, ventricles > 0), rng)
    for infarct in settings.infarcts:
        box, share = draw_infarct(canvas, infarct, rng)
        white[box] *= 1 - share
    for calcification in settings.calcifications:
        draw_calcification(canvas, calcification, rng)
    if settings.catheter:
        draw_catheter(Canvas(canvas.hu, canvas.mni_mm, solid), settings.catheter)


def _indices(device: torch.device) -> torch.Tensor:
    """float32 ``[3, z, y, x]``: the indices in the template of every voxel of a head."""
    steps = [torch.arange(count, device=device) * HEAD_STEP_MM for count in HEAD_SHAPE]
    return torch.stack(torch.meshgrid(*steps, indexing="ij"))


def _to_mni(index: torch.Tensor) -> torch.Tensor:
    """Template coordinates (superior, anterior, right) of fractional indices of the template grid."""
    z, y, x = (part + first for part, first in zip(index, FIRST_VOXEL_MM, strict=True))
    return torch.stack([z, -y, -x])
