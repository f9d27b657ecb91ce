"""Grad-CAM (Selvaraju 2017) of any predictor with a convolutional network, as a volume on the scan's grid."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ..ct.scan import HeadCT
from ..device import Device, choose_device
from ..prediction.image_predictor import ImagePredictor, Judge, Places, View
from ..prediction.patient import Patient

if TYPE_CHECKING:
    import SimpleITK as sitk
    from monai.visualize.class_activation_maps import GradCAM
    from numpy.typing import NDArray
    from torch import Tensor, nn


def explain(predictor: ImagePredictor, patient: Patient, device: str = "auto") -> "sitk.Image":
    """Where the evidence for expansion lies.

    The features of the last convolution are weighted by the mean gradient of the logit of expansion, summed,
    and kept where positive. The maps of several slices are put back where the slices lie, each as much as it
    counts in the patient's answer. A map is coarse: one of its places stands for many voxels. It shows what
    the network used, not what is true, and a low probability has a map as well as a high one. What a model
    knows beside the image (radiomics, clinical record) has no place in the scan and no part in the map.

    Args:
        predictor: the model.
        patient: with the baseline and whatever else the model asks for.
        device: ``"auto"``, ``"cpu"`` or ``"cuda"``.

    Returns:
        float32 image on the scan's grid, 0-1: 1 where the evidence is strongest; all 0 when there is none.

    Raises:
        InputRefused: the network cannot be shown this patient.
    """
    import SimpleITK as sitk
    import torch

    where = choose_device(device)
    cam = _grad_cam(predictor.judge(), where)
    scan = patient.scan()
    total = np.zeros(scan.image.GetSize()[::-1], np.float32)
    try:
        for view in predictor.views(replace(patient, baseline=scan)):
            along = torch.ones(1) if view.along is None else view.along
            found = cam(view.image.to(where), class_idx=0, along=along.to(where))
            add_to_scan(total, np.asarray(found[0, 0].detach().cpu(), np.float32), view, scan)
    finally:
        _forget(cam)
    highest = float(total.max())
    image = sitk.GetImageFromArray(total / highest if highest > 0 else total)
    image.CopyInformation(scan.image)
    return image


def add_to_scan(total: "NDArray[np.float32]", found: "NDArray[np.float32]", view: View, scan: HeadCT) -> None:
    """Add a map of a view, interpolated, to the voxels of the scan that the network saw.

    A slice is at least as thick as those of the scan, so that it meets one of them.

    Args:
        total: on the scan's grid ``[z, y, x]``, changed in place.
        found: of the view's shape; ``[y, x]`` of a slice.
        view: where it lies, and how much it counts.
        scan: whose voxels are asked for.
    """
    import SimpleITK as sitk

    on_grid = view.grid.image(found.reshape(view.grid.shape))
    if view.grid.shape[0] == 1:
        x, y, z = on_grid.GetSpacing()
        on_grid.SetSpacing((x, y, max(z, scan.spacing_mm[0])))
    size = on_grid.GetSize()
    corners = [
        scan.image.TransformPhysicalPointToContinuousIndex(
            on_grid.TransformContinuousIndexToPhysicalPoint(
                [end * length - 0.5 for end, length in zip(ends, size, strict=True)]
            )
        )
        for ends in np.ndindex(2, 2, 2)
    ]
    # Only the voxels round what was seen: a slice of a scan is a thirtieth of it.
    low = np.clip(np.floor(np.min(corners, axis=0)).astype(int), 0, scan.image.GetSize())
    high = np.clip(np.ceil(np.max(corners, axis=0)).astype(int) + 1, 0, scan.image.GetSize())
    if (high <= low).any():
        return
    x, y, z = (slice(int(first), int(last)) for first, last in zip(low, high, strict=True))
    part = sitk.Resample(on_grid, scan.image[x, y, z])
    total[z, y, x] += view.weight * sitk.GetArrayViewFromImage(part)


def between_places(found: "Tensor", places: Places, size: "Sequence[int]") -> "Tensor":
    """Interpolate features linearly to every voxel of the input; beyond the outermost they stay as there.

    Args:
        found: ``[batch, channel, *places]``.
        places: where they lie.
        size: of the input, ``(y, x)`` or ``(z, y, x)``.
    """
    import torch

    for axis, length in enumerate(size, start=2):
        last = found.shape[axis] - 1
        at = (torch.arange(length, device=found.device) - places.first) / places.step
        at = at.clamp(0, last)
        low = at.floor().long()
        share = (at - low).reshape([-1 if each == axis else 1 for each in range(found.ndim)])
        high = (low + 1).clamp(max=last)
        found = found.index_select(axis, low) * (1 - share) + found.index_select(axis, high) * share
    return found


def _begin_gradients(_: "nn.Module", features: "tuple[Tensor, ...]") -> "tuple[Tensor, ...]":
    # A copy of the leaf, which may then be changed in place.
    return tuple(one.detach().requires_grad_().clone() for one in features)


def _forget(cam: "GradCAM") -> None:
    """Let go of the last features: through them hooks hold each other for ever, unseen by Python."""
    hooked = cam.nn_module
    hooked.activations.clear()
    hooked.gradients.clear()
    hooked.score = None


def _grad_cam(judge: Judge, where: Device) -> "GradCAM":
    from monai.visualize.class_activation_maps import GradCAM
    from torch import Tensor, nn

    class OneLogit(nn.Module):
        """The answer as MONAI asks for it, ``[batch, 1]``."""

        def __init__(self) -> None:
            super().__init__()
            # A copy: the hooks stay, and the layer must not work in place.
            self.network = deepcopy(judge.network).requires_grad_(False)
            # Gradients begin at the layer: nothing is kept of the ones before it, which need most memory.
            self.network.get_submodule(judge.layer).register_forward_pre_hook(_begin_gradients)

        def forward(self, image: Tensor, along: Tensor) -> Tensor:
            # Nothing but its gradient is used, so that one straight line stands for a curved answer here.
            return (judge.answer(self.network, image).reshape(len(image), -1) @ along)[:, None]

    return GradCAM(
        OneLogit().to(where).eval(),
        f"network.{judge.layer}",
        # MONAI's own would move the map by up to half a place.
        upsampler=lambda size: lambda found: between_places(found, judge.places, size),
        # MONAI's own turns the map round, so that the strongest evidence is 0.
        postprocessing=lambda found: found,
    )
