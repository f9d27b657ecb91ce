"""Back-end ``blast-ct``: blood found by the networks of BLAST-CT (Monteiro, Lancet Digit Health 2020)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..ct.anatomy import Anatomy
from ..ct.grid import box_around, onto
from ..ct.scan import HeadCT
from ..device import choose_device
from ..errors import UsageError
from ..labels import Label
from ..models import model, model_path
from ..progress import Progress
from .deepmedic import class_probabilities, load_network
from .growing import (
    BLOOD_HIGH_HU,
    BLOOD_LOW_HU,
    GROWTH_DISTANCE_MM,
    MIN_SEED_ML,
    SMOOTHING_MM,
    grow,
    large_components,
)
from .segmenter import Capabilities, Segmentation
from .ventricles import split_ivh

if TYPE_CHECKING:
    import SimpleITK as sitk
    from numpy.typing import NDArray

MODELS = 12
AIR_HU = -1024.0
_NETWORK_SHARE = 0.9
"""Share of the back-end's time that the networks take, for progress."""


@dataclass(frozen=True)
class BlastCtParameters:
    """What happens to the networks' answer.

    Attributes:
        min_piece_ml: least volume of a piece of blood.
        min_seed_ml: from this volume a piece is grown; smaller ones stay as the networks drew them.
        low_hu: lowest density to grow into.
        high_hu: highest density to grow into.
        reach_mm: how far to grow.
        smoothing_mm: standard deviation of the Gaussian that quiets the scan for growing.
    """

    min_piece_ml: float = 0.1
    min_seed_ml: float = MIN_SEED_ML
    low_hu: float = BLOOD_LOW_HU
    high_hu: float = BLOOD_HIGH_HU
    reach_mm: float = GROWTH_DISTANCE_MM
    smoothing_mm: float = SMOOTHING_MM


class BlastCtSegmenter:
    """Blood from one or more networks, grown to its rim, split into ICH and IVH by ventricle anatomy.

    The networks were trained on head injury. They are good at finding blood and poor at naming it: an IVH
    cast is called parenchymal, and oedema is drawn where there is none. So their classes serve for two
    questions only: is it blood, and is a piece of it outside the brain (extra-axial). A piece is extra-axial
    when that class has the larger part of its probability.

    Args:
        models: which of the twelve networks, 1-12; their probabilities are averaged. The default was chosen
            by measurement: least false blood on scans without any, and the right volume of a known bleed.
        device: ``"auto"``, ``"cpu"`` or ``"cuda"``.
        parameters: what happens to the networks' answer.

    Raises:
        UsageError: when a model number is not 1-12, is given twice, or there is none.
    """

    def __init__(
        self,
        models: Sequence[int] = (2,),
        device: str = "auto",
        parameters: BlastCtParameters | None = None,
    ) -> None:
        """Keep the choices; weights are looked for when a scan is segmented."""
        allowed = range(1, MODELS + 1)
        if not models or len(set(models)) < len(models) or any(number not in allowed for number in models):
            raise UsageError(f"blast-ct models {list(models)}: give different numbers from 1 to {MODELS}")
        self.models = tuple(models)
        self.device = device
        self.parameters = parameters or BlastCtParameters()

    @property
    def name(self) -> str:
        """``"blast-ct"``."""
        return "blast-ct"

    @property
    def capabilities(self) -> Capabilities:
        """It tells ICH, IVH and extra-axial blood. Its oedema is not trusted."""
        return Capabilities(
            classes=frozenset({Label.ICH, Label.IVH, Label.EXTRA_AXIAL}),
            needs_weights=tuple(f"blast-ct-{number}" for number in self.models),
            uses_gpu=True,
        )

    def segment(self, scan: HeadCT, anatomy: Anatomy, progress: Progress) -> Segmentation:
        """Label ICH, IVH and extra-axial blood; see :meth:`.segmenter.Segmenter.segment`.

        Raises:
            ModelError: when the weights are absent or wrong, or PyTorch or blast-ct is not installed.
            UsageError: when CUDA is asked for and there is none.
            Cancelled: when the user asked to stop.
        """
        import SimpleITK as sitk

        device = choose_device(self.device)
        names = self.capabilities.needs_weights
        progress(0.0, "loading the networks")
        networks = [load_network(model_path(name), device) for name in names]
        brain = sitk.GetArrayFromImage(anatomy.brain) > 0
        grid = one_millimetre(scan.image)
        probabilities = class_probabilities(
            networks,
            sitk.GetArrayFromImage(grid),
            _around(anatomy.brain, grid),
            device,
            Progress(lambda _stage, fraction, message: progress(_NETWORK_SHARE * fraction, message)),
        )
        progress(_NETWORK_SHARE, "refining the outline")
        inside, outside = haemorrhages(probabilities, grid, scan, brain, self.parameters.min_piece_ml)
        blood = self._grown(inside, scan, brain & ~outside)
        labels = split_ivh(blood, scan, anatomy)
        labels[outside] = Label.EXTRA_AXIAL
        image = sitk.GetImageFromArray(labels)
        image.CopyInformation(scan.image)
        progress(1.0)
        return Segmentation(
            labels=image,
            classes=self.capabilities.classes,
            backend=self.name,
            parameters={"models": list(self.models), **asdict(self.parameters)},
            weights_sha256={name: model(name).sha256 for name in names},
            device=device,
        )

    def _grown(
        self, seeds: "NDArray[np.bool_]", scan: HeadCT, allowed: "NDArray[np.bool_]"
    ) -> "NDArray[np.bool_]":
        limits = self.parameters
        grown = grow(
            seeds,
            scan.hu,
            allowed,
            scan.spacing_mm,
            low_hu=limits.low_hu,
            high_hu=limits.high_hu,
            max_distance_mm=limits.reach_mm,
            min_seed_ml=limits.min_seed_ml,
            smoothing_mm=limits.smoothing_mm,
        )
        return grown | seeds


def haemorrhages(
    probabilities: "NDArray[np.float32]",
    grid: "sitk.Image",
    scan: HeadCT,
    brain: "NDArray[np.bool_]",
    min_piece_ml: float,
) -> "tuple[NDArray[np.bool_], NDArray[np.bool_]]":
    """Find the pieces of blood in the networks' answer, on the scan's own grid.

    Blood is where the three kinds of it together are more probable than background and than oedema.

    Args:
        probabilities: ``[class, z, y, x]`` from :func:`.deepmedic.class_probabilities`.
        grid: image whose grid they lie on.
        scan: the scan.
        brain: intracranial mask, ``[z, y, x]``, on the scan's grid.
        min_piece_ml: pieces under this volume are dropped.

    Returns:
        Blood within the brain and its ventricles, and extra-axial blood, ``[z, y, x]`` on the scan's grid.
    """
    from scipy import ndimage

    inside, outside = np.zeros(brain.shape, dtype=bool), np.zeros(brain.shape, dtype=bool)
    if not brain.any():
        return inside, outside
    box = box_around(brain, scan.spacing_mm, 0.0)
    z, y, x = box
    reference = scan.image[x, y, z]
    background, iph, extra, oedema, ivh = (
        _voxels(onto(class_map, grid, reference)) for class_map in probabilities
    )
    within = iph + ivh
    # Extra-axial counts as blood here: the networks call parts of a deep haematoma so.
    blood = brain[box] & (within + extra > np.maximum(background, oedema))
    blood = large_components(blood, scan.spacing_mm, min_piece_ml)
    pieces, count = ndimage.label(blood)
    is_extra = np.asarray(ndimage.sum_labels(extra - within, pieces, np.arange(count + 1))) > 0
    outside[box] = blood & is_extra[pieces]
    inside[box] = blood & ~is_extra[pieces]
    return inside, outside


def one_millimetre(image: "sitk.Image") -> "sitk.Image":
    """The CT at 1 mm from its first voxel, as the networks' training saw it: linear, no smoothing."""
    import SimpleITK as sitk

    spans = zip(image.GetSize(), image.GetSpacing(), strict=True)
    size = [round((length - 1) * step + 1) for length, step in spans]
    return sitk.Resample(
        image,
        size,
        sitk.Transform(),
        sitk.sitkLinear,
        image.GetOrigin(),
        (1.0, 1.0, 1.0),
        image.GetDirection(),
        AIR_HU,
        sitk.sitkFloat32,
    )


def _around(mask: "sitk.Image", grid: "sitk.Image") -> "NDArray[np.bool_]":
    """The voxels of ``grid`` that interpolation at any voxel of ``mask`` can touch."""
    import SimpleITK as sitk
    from scipy import ndimage

    touched = _voxels(onto(sitk.GetArrayFromImage(sitk.Cast(mask, sitk.sitkFloat32)), mask, grid)) > 0
    return np.asarray(ndimage.binary_dilation(touched, np.ones((3, 3, 3)), iterations=2))


def _voxels(image: "sitk.Image") -> "NDArray[np.float32]":
    import SimpleITK as sitk

    voxels: NDArray[np.float32] = sitk.GetArrayFromImage(image)
    return voxels
