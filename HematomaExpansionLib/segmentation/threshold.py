"""Back-end ``threshold``: acute blood by its density, without any weights."""

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ..ct.anatomy import Anatomy
from ..ct.grid import box_around
from ..ct.scan import HeadCT
from ..labels import Label
from ..progress import Progress
from .growing import grow
from .segmenter import Capabilities, Segmentation
from .ventricles import smoothed_ventricles, split_ivh

if TYPE_CHECKING:
    from numpy.typing import NDArray

CSF_HU = 8.0
"""What surrounds blood in a ventricle."""
BRAIN_HU = 33.0
"""What surrounds blood where none of the surroundings can be measured."""


@dataclass(frozen=True)
class ThresholdParameters:
    """Limits of the threshold back-end; all densities are of the smoothed scan unless said otherwise.

    Attributes:
        seed_smoothing_mm: standard deviation of the Gaussian that quiets the scan for seeds.
        seed_low_hu: least density of a seed in the parenchyma.
        ventricle_low_hu: least density of a seed in the ventricles, where blood mixes with CSF.
        high_hu: density above which it is calcium or bone.
        skull_mm: seeds keep this far from the inner table, where bone's partial volume looks like blood.
        seed_radius_mm: a seed piece holds a ball of this radius; dural folds, sinuses and vessels do not.
        ventricle_radius_mm: the same in the ventricles, where layered blood is thin.
        min_seed_ml: least volume of a seed piece in the parenchyma.
        ventricle_min_seed_ml: the same in the ventricles.
        calcium_hu: density of the scan as it is that marks calcium.
        calcium_share: a piece with more than this share of its voxels at or beside calcium is calcification,
            unless it is larger than ``calcium_ml``.
        calcium_ml: see ``calcium_share``.
        ventricle_probability: smoothed atlas probability from which blood is looked for as in a ventricle.
        growth_smoothing_mm: standard deviation of the Gaussian that quiets the scan for growth.
        reach_mm: how far blood is grown from its seeds.
        surroundings_mm: inner and outer distance from the seeds of the brain they are compared with.
        boundary_hu: least and greatest density of the boundary in the parenchyma.
        ventricle_boundary_hu: the same in the ventricles.
        clear_of_brain_hu: how far the boundary in the ventricles stays above brain.
    """

    seed_smoothing_mm: float = 1.2
    seed_low_hu: float = 47.0
    ventricle_low_hu: float = 42.0
    high_hu: float = 95.0
    skull_mm: float = 4.0
    seed_radius_mm: float = 4.0
    ventricle_radius_mm: float = 1.5
    min_seed_ml: float = 0.25
    ventricle_min_seed_ml: float = 0.1
    calcium_hu: float = 110.0
    calcium_share: float = 0.05
    calcium_ml: float = 3.0
    ventricle_probability: float = 0.1
    growth_smoothing_mm: float = 0.7
    reach_mm: float = 8.0
    surroundings_mm: tuple[float, float] = (3.0, 7.0)
    boundary_hu: tuple[float, float] = (38.0, 60.0)
    ventricle_boundary_hu: tuple[float, float] = (32.0, 45.0)
    clear_of_brain_hu: float = 5.0


@dataclass(frozen=True)
class ThresholdSegmenter:
    """Dense pieces inside the brain, cleared of calcification, dura, vessels and bone edges, then grown.

    Blood is grown down to the density half way between it and what surrounds it (the brain measured around
    the seeds, or CSF in the ventricles): there lies the boundary that thick slices blur. A fixed limit
    of 45 HU makes dense clots too large and blood in the ventricles too small.

    It finds fresh, dense blood of about 0.3 mL and more. It misses isodense blood and blood along the skull,
    and it takes any dense mass in the brain for blood.
    """

    parameters: ThresholdParameters = field(default_factory=ThresholdParameters)
    name: str = "threshold"

    @property
    def capabilities(self) -> Capabilities:
        """It tells ICH and IVH; it cannot tell extra-axial blood or oedema."""
        return Capabilities(classes=frozenset({Label.ICH, Label.IVH}))

    def segment(self, scan: HeadCT, anatomy: Anatomy, progress: Progress) -> Segmentation:
        """Label ICH and IVH; see :meth:`.segmenter.Segmenter.segment`."""
        import SimpleITK as sitk

        brain = sitk.GetArrayViewFromImage(anatomy.brain) > 0
        box = box_around(brain, scan.spacing_mm, self.parameters.reach_mm)
        hu, inside = scan.hu[box], brain[box]
        ventricles = smoothed_ventricles(scan, anatomy)[box] >= self.parameters.ventricle_probability
        progress(0.1, "looking for dense blood")
        seeds, quiet = self._seeds(hu, inside, ventricles, scan.spacing_mm)
        blood = np.zeros(brain.shape, dtype=bool)
        found: dict[str, object] = {}
        if seeds.any():
            progress(0.6, "growing it")
            boundaries = self._boundaries(hu, quiet, seeds, inside & ~ventricles, scan.spacing_mm)
            found = {"boundaries_found_hu": [round(boundary, 2) for boundary in boundaries]}
            # Seeds were found at a density below the boundary of a dense clot: its rim is grown, not given.
            core = seeds & ((quiet >= boundaries[0]) | ventricles)
            grown = self._grow(core, hu, inside, boundaries[0], scan.spacing_mm)
            blood[box] = self._grow(grown, hu, inside & (grown | ventricles), boundaries[1], scan.spacing_mm)
        progress(0.9, "splitting ICH and IVH")
        labels = sitk.GetImageFromArray(split_ivh(blood, scan, anatomy))
        labels.CopyInformation(scan.image)
        return Segmentation(labels, self.capabilities.classes, self.name, asdict(self.parameters) | found)

    def _seeds(
        self,
        hu: "NDArray[np.float32]",
        brain: "NDArray[np.bool_]",
        ventricles: "NDArray[np.bool_]",
        spacing_mm: tuple[float, float, float],
    ) -> tuple["NDArray[np.bool_]", "NDArray[np.float32]"]:
        """Seed pieces, and the smoothed scan they were found in."""
        from scipy import ndimage

        limits = self.parameters
        quiet = ndimage.gaussian_filter(hu, [limits.seed_smoothing_mm / step for step in spacing_mm])
        dense = brain & (quiet <= limits.high_hu)
        calcium = ndimage.binary_dilation(hu > limits.calcium_hu)
        off_skull = ndimage.distance_transform_edt(brain, sampling=spacing_mm) > limits.skull_mm
        parenchyma = self._pieces(
            dense & off_skull & (quiet >= limits.seed_low_hu),
            calcium,
            spacing_mm,
            limits.seed_radius_mm,
            limits.min_seed_ml,
        )
        ventricular = self._pieces(
            dense & ventricles & (quiet >= limits.ventricle_low_hu),
            calcium,
            spacing_mm,
            limits.ventricle_radius_mm,
            limits.ventricle_min_seed_ml,
        )
        return parenchyma | ventricular, quiet

    def _pieces(
        self,
        candidates: "NDArray[np.bool_]",
        calcium: "NDArray[np.bool_]",
        spacing_mm: tuple[float, float, float],
        radius_mm: float,
        min_ml: float,
    ) -> "NDArray[np.bool_]":
        """The face-connected pieces that are thick and large enough and are not calcification."""
        from scipy import ndimage

        pieces, count = ndimage.label(candidates)
        if count == 0:
            return candidates
        index = np.arange(1, count + 1)
        depth = ndimage.distance_transform_edt(candidates, sampling=spacing_mm)
        ml = np.bincount(pieces.ravel(), minlength=count + 1)[1:] * float(np.prod(spacing_mm)) / 1000.0
        calcified = np.asarray(ndimage.mean(calcium, pieces, index)) > self.parameters.calcium_share
        thick = np.asarray(ndimage.maximum(depth, pieces, index)) >= radius_mm
        kept = np.concatenate(
            [[False], thick & (ml >= min_ml) & ~(calcified & (ml < self.parameters.calcium_ml))]
        )
        return np.asarray(kept[pieces], dtype=bool)

    def _boundaries(
        self,
        hu: "NDArray[np.float32]",
        quiet: "NDArray[np.float32]",
        seeds: "NDArray[np.bool_]",
        parenchyma: "NDArray[np.bool_]",
        spacing_mm: tuple[float, float, float],
    ) -> tuple[float, float]:
        """Densities half way from blood to the brain around it, and from blood to CSF."""
        from scipy import ndimage

        limits = self.parameters
        blood_hu = float(np.median(hu[seeds]))
        distance = ndimage.distance_transform_edt(~seeds, sampling=spacing_mm)
        near, far = limits.surroundings_mm
        around = (
            parenchyma
            & (distance > near)
            & (distance <= far)
            & (quiet > CSF_HU)
            & (quiet < limits.seed_low_hu)
        )
        brain_hu = float(np.median(hu[around])) if around.any() else BRAIN_HU
        parenchymal = np.clip((blood_hu + brain_hu) / 2, *limits.boundary_hu)
        # The atlas' ventricle takes in a little of the wall: stay clear of brain, too.
        ventricular = max((blood_hu + CSF_HU) / 2, brain_hu + limits.clear_of_brain_hu)
        ventricular = np.clip(ventricular, *limits.ventricle_boundary_hu)
        return float(parenchymal), float(ventricular)

    def _grow(
        self,
        seeds: "NDArray[np.bool_]",
        hu: "NDArray[np.float32]",
        allowed: "NDArray[np.bool_]",
        low_hu: float,
        spacing_mm: tuple[float, float, float],
    ) -> "NDArray[np.bool_]":
        limits = self.parameters
        return grow(
            seeds,
            hu,
            allowed,
            spacing_mm,
            low_hu=low_hu,
            high_hu=limits.high_hu,
            max_distance_mm=limits.reach_mm,
            min_seed_ml=limits.ventricle_min_seed_ml,
            smoothing_mm=limits.growth_smoothing_mm,
        )
