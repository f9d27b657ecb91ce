"""Ventricles that blood has filled are wider than before: their walls are pushed out."""

from dataclasses import replace

import torch

from .fields import box_around, fullest, gaussian, sample
from .head import Head
from .intraventricular import room_ml
from .ventricles import Ventricle

# How far the push of a wall is felt in the brain, and where the box of the work ends.
_DECAY_MM, _MARGIN_MM = 10.0, 24.0
_WIDEST_MM = 9.0
# Less is not seen.
_LEAST_MM = 0.2
# The third and fourth ventricle give way less than the lateral ones.
_STIFFNESS = {Ventricle.THIRD: 2.5, Ventricle.FOURTH: 2.0}
# Brain that stays between a ventricle and the skull.
_KEPT_MM = 6.0


def distend(head: Head, volume_ml: float) -> Head:
    """Widen the ventricles until they hold a volume; wide enough ones are left as they are.

    Points that end inside are ventricle whatever lay there, so that no rim of squeezed tissue stays.

    Args:
        head: the head, already pushed aside, without blood.
        volume_ml: volume that the ventricles shall hold.

    Returns:
        The head with ``hu``, ``ventricles``, ``white`` and ``mni_mm`` moved; falx, tentorium and skull stay.

    Raises:
        ValueError: when a wall would have to move by more than 9 mm.
    """
    from scipy import ndimage

    missing = round(volume_ml / head.voxel_ml) - int((head.ventricles > 0).sum())
    if missing <= 0:
        return head
    if missing == round(volume_ml / head.voxel_ml):
        raise ValueError(f"the head has no ventricles that could hold {volume_ml:.1f} mL")
    box = box_around(head.ventricles > 0, [int(_MARGIN_MM / spacing) for spacing in head.spacing_mm])
    inside = head.ventricles[box] > 0
    outwards, nearest = ndimage.distance_transform_edt(
        ~inside.cpu().numpy(), sampling=head.spacing_mm, return_indices=True
    )
    inwards = ndimage.distance_transform_edt(inside.cpu().numpy(), sampling=head.spacing_mm)
    signed = gaussian(torch.from_numpy(outwards - inwards).float().to(head.device), 0.7)
    where = torch.from_numpy(nearest).to(head.device)
    names = head.ventricles[box][where[0], where[1], where[2]]
    resistance = torch.ones_like(signed)
    for ventricle, stiffness in _STIFFNESS.items():
        resistance[names == ventricle] = stiffness
    effort = signed.clamp(min=0) * resistance
    allowed = ~inside & (head.depth_mm[box] > _KEPT_MM) & ~head.barrier[box] & (effort <= _WIDEST_MM)
    if missing > int(allowed.sum()):
        most = room_ml(head) + int(allowed.sum()) * head.voxel_ml
        raise ValueError(
            f"no room for {volume_ml:.1f} mL in the ventricles: at most {most:.1f} mL is allowed"
        )
    added = fullest(-effort, allowed, missing)
    widened_mm = float(effort[added].max())

    shift = widened_mm / resistance
    fading = torch.exp(-(signed - shift).clamp(min=0) / _DECAY_MM)
    # The box ends where the push is hardly felt; nothing jumps there.
    fading = fading * ((_MARGIN_MM - signed) / 10).clamp(0, 1) * (head.depth_mm[box] / _KEPT_MM).clamp(0, 1)
    slopes = torch.stack(torch.gradient(gaussian(signed, 1.5), spacing=list(head.spacing_mm)))
    slopes = slopes / slopes.square().sum(dim=0).sqrt().clamp(min=1e-3)
    apart = slopes * shift * fading
    moves = (head.depth_mm[box] > 0) & ~head.barrier[box] & ~inside & ~added
    moves &= apart.square().sum(dim=0) > _LEAST_MM**2
    source = moves.nonzero().T - apart[:, moves] / torch.tensor(head.spacing_mm, device=head.device)[:, None]
    fields = torch.cat([head.hu[box][None], head.white[box][None], head.mni_mm[(slice(None), *box)]])
    moved = sample(fields, source)
    hu, white, mni = head.hu.clone(), head.white.clone(), head.mni_mm.clone()
    ventricles = head.ventricles.clone()
    hu[box][moves], white[box][moves], mni[(slice(None), *box)][:, moves] = moved[0], moved[1], moved[2:]
    hu[box][added], white[box][added], ventricles[box][added] = head.hu[box][inside].median(), 0, names[added]
    return replace(head, hu=hu, white=white, ventricles=ventricles, mni_mm=mni)
