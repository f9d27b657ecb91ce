r"""Train the two-output 3D U-Net of Zhong 2021: outline of the haematoma, and expansion.

    python -m training.zhong2021_cnn --cohort cohort.csv --out zhong2021

The defaults are the paper's (256 x 256 x 32, 40 epochs of ten varied copies of each patient, batches of one,
five folds) and need a GPU. On one core, for about 500 patients, 5 minutes to prepare the scans and 14 more:

    python -m training.zhong2021_cnn --cohort cohort.csv --out zhong2021 --shape 16 48 48 \
        --field 160 192 160 --width 8 --batch 2 --copies 1 --rate 1e-4 --clip 1 --folds 0 \
        --threads 1 --minutes 14

A fusion builds on probabilities out of fold, which ``--epochs 13 --folds 2`` in place of ``--folds 0`` and
``--minutes`` gives of every training patient (half an hour on one core).

The network may see another grid than it was trained on. So the bundle that comes with the package,
``zhong2021-simulated``, learnt in two more steps of the risk that the simulator states. First all of it, on a
finer grid than that one, with which it began (34 minutes on one core):

    python -m training.zhong2021_cnn --cohort cohort.csv --out zhong2021-risk --initial zhong2021 \
        --learn-risk --shape 32 96 96 --field 160 128 128 --width 8 --batch 2 --copies 1 --rate 4e-4 \
        --warm-up 0.1 --clip 1 --no-balance --folds 0 --threads 1 --minutes 34

Then its classifier alone, on slices half as thick (12 minutes on two cores):

    python -m training.zhong2021_cnn --cohort cohort.csv --out zhong2021-simulated \
        --initial zhong2021-risk --classifier-only --learn-risk --shape 64 96 96 --field 160 128 128 \
        --width 8 --batch 16 --copies 1 --rate 1e-3 --epochs 10 --no-balance --folds 0 --threads 2 --workers 2

The first two end by the clock, after 26 and 6 epochs there, so that another machine comes to other weights;
those of the bundle are recorded by their SHA-256.

The classifier of a network on a coarser grid, which README compares with it, may be taught alone, too
(25 minutes at the most, on one core):

    python -m training.zhong2021_cnn --cohort cohort.csv --out zhong2021-coarse --initial zhong2021 \
        --classifier-only --learn-risk --shape 32 64 64 --field 160 192 160 --width 8 --batch 16 \
        --copies 1 --rate 1e-3 --epochs 25 --no-balance --folds 0 --threads 1 --minutes 25

The grid decides where Grad-CAM is strongest: the features of a bleed may lie a place or two beside it. Places
of the bridge are 4 voxels apart, in a slice 12 x 10 mm on 64 x 64 of 192 x 160 mm, 5 mm on 96 x 96 of
128 x 128 mm, and 1.75 mm in the paper; from slice to slice 20 mm with 32 slices of 160 mm, as in the paper,
and 10 mm with 64.

No layer normalises, so that a larger rate than the paper's needs ``--clip`` and a long ``--warm-up``: at 3e-4
from the first step, and at 4e-4 after a rise over three epochs, the outline of a network that begins anew
collapses and does not come back.
"""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from monai.losses.dice import DiceLoss
from torch import Tensor, nn
from torch.nn import functional

from HematomaExpansionLib.errors import ModelError
from HematomaExpansionLib.networks.zhong_unet3d import MULTIPLE, ZhongUNet3d
from HematomaExpansionLib.prediction.model_bundle import LoadedPredictor
from HematomaExpansionLib.prediction.patient import Patient
from HematomaExpansionLib.prediction.predictor import Threshold
from HematomaExpansionLib.prediction.registry import load_predictor
from HematomaExpansionLib.prediction.zhong2021.cnn import ZhongCnn
from HematomaExpansionLib.prediction.zhong2021.preprocessing import (
    WINDOW_HU,
    ZhongSettings,
    prepare,
    prepare_outline,
)

from .affine import moved, turned_scaled_shifted
from .cnn_options import Defaults, check, parser, run
from .cnn_training import auc_of
from .scan_cache import Arrays, Cached
from .task import Batch, Examples, Task
from .training_log import Panel

NAME = "zhong2021_cnn"
PAPER = Defaults(epochs=40, batch=1, rate=1e-4, copies=10, folds=5)
OUTLINE_SHARE = 0.9
"""Of the loss: "in the ratio 9:1 (segmentation: classification)"."""
SCALE, SHIFT, DEGREES = 0.1, 0.1, 5.0
"""Scaling and translation by up to 10 % "of the image size", turns by up to 5 degrees (supplement)."""
PANELS = (
    Panel("training loss", "loss"),
    Panel("AUC, validation patients", "auc", (0, 1)),
    Panel("Dice, validation patients", "dice", (0, 1)),
)


def arrays_of(settings: ZhongSettings, patient: Patient) -> Arrays:
    """``image``, in standard deviations, and ``outline`` of a patient, ``[z, y, x]``."""
    scan = patient.scan()
    image, grid = prepare(scan, settings)
    outline = prepare_outline(patient.labels(scan), grid)
    return {"image": image.astype(np.float16), "outline": outline.astype(np.uint8)}


def step_down(warm_up: float, done: float) -> float:
    """A tenth of the rate from the middle of the run, a hundredth from three quarters: epochs 20 and 30.

    Args:
        warm_up: share of the run in which the rate rises evenly; 0 for none, as in the paper.
        done: share of the run that is behind, 0-1.
    """
    step = 1.0 if done < 0.5 else 0.1 if done < 0.75 else 0.01
    return step * min(1.0, (done + 0.01) / warm_up) if warm_up else step


@dataclass(frozen=True)
class Volumes:
    """Patients as examples.

    Attributes:
        patients: prepared by :func:`arrays_of`.
        field_mm: extent of the input ``(z, y, x)``.
    """

    patients: Sequence[Cached]
    field_mm: tuple[float, float, float]

    def __len__(self) -> int:
        """How many."""
        return len(self.patients)

    def load(self, indices: Sequence[int]) -> Batch:
        """``image`` and ``outline`` ``[n, z, y, x]``, ``expansion [n]``."""
        chosen = [self.patients[index] for index in indices]
        return {
            "image": torch.from_numpy(np.stack([one.array("image") for one in chosen])),
            "outline": torch.from_numpy(np.stack([one.array("outline") for one in chosen])),
            "expansion": torch.tensor([one.learnt for one in chosen]),
        }

    def vary(self, batch: Batch, rngs: Sequence[np.random.Generator]) -> Batch:
        """Turn about all three axes, scale and shift image and outline together.

        The paper made ten transformed copies of each image once. Here each of the ten that an epoch holds is
        drawn anew: as many steps, and none twice.
        """
        matrices = [
            turned_scaled_shifted(
                rng.uniform(-DEGREES, DEGREES, 3),
                rng.uniform(1 - SCALE, 1 + SCALE),
                rng.uniform(-SHIFT, SHIFT, 3),
                self.field_mm[::-1],
            )
            for rng in rngs
        ]
        floating = batch | {name: batch[name].float() for name in ("image", "outline")}
        return moved(floating, ("image", "outline"), matrices)


@dataclass(frozen=True)
class ZhongRecipe:
    """The paper's training, see :class:`.cnn_training.Recipe`.

    Attributes:
        size: of input and network.
        rate: learning rate that Adam begins with.
        clip: norm that gradients are cut to; 0 for none, as in the paper.
        warm_up: see :func:`step_down`.
        initial: the network to begin with; None for one that has learnt nothing.
        classifier_only: whether what gives the outline stays as it is.
    """

    size: ZhongSettings
    rate: float
    clip: float = 0.0
    warm_up: float = 0.0
    initial: LoadedPredictor | None = None
    classifier_only: bool = False
    paper: str = "zhong2021"
    model: str = ZhongCnn.name

    @property
    def settings(self) -> Mapping[str, Any]:
        """Of input and network."""
        return self.size.record()

    @property
    def published(self) -> Mapping[str, Any]:
        """The paper's."""
        return ZhongSettings().record()

    @property
    def learning(self) -> Mapping[str, Any]:
        """Of the optimiser."""
        return {
            "learning_rate": self.rate,
            "clip": self.clip,
            "warm_up": self.warm_up,
            "initial_weights": None if self.initial is None else self.initial.bundle.metadata.weights_sha256,
            "classifier_only": self.classifier_only,
        }

    @property
    def shown(self) -> Mapping[str, Any]:
        """Of the preprocessing."""
        return {
            "skull_stripped_by": "Otsu's thresholds",
            "shape_zyx": self.size.shape,
            "field_mm_zyx": self.size.field_mm,
            "window_hu": WINDOW_HU,
            "normalised_by": "mean and standard deviation of the brain, negative values 0",
        }

    @property
    def make(self) -> Callable[[Patient], Arrays]:
        """See :func:`arrays_of`."""
        return partial(arrays_of, self.size)

    def network(self) -> ZhongUNet3d:
        """With initial weights; what does not learn is frozen."""
        network = ZhongUNet3d(self.size.width)
        if self.initial is not None:
            network.load_state_dict(self.initial.predictor.network.state_dict())
        if self.classifier_only:
            network.requires_grad_(False)
            network.classifier.requires_grad_(True)
            network.expansion.requires_grad_(True)
        return network

    def examples(self, patients: Sequence[Cached]) -> Volumes:
        """See :class:`Volumes`."""
        return Volumes(patients, self.size.field_mm)

    def task(
        self, network: nn.Module, training: Examples, validation: Examples | None, positive: float
    ) -> Task:
        """Outline (1 - Dice) and expansion (cross-entropy) together, 9 to 1, by Adam; or expansion alone."""
        return Task(
            network,
            training,
            validation,
            partial(loss_of_expansion if self.classifier_only else loss, positive),
            score,
            lambda parameters: torch.optim.Adam(parameters, self.rate),
            partial(step_down, self.warm_up),
            longest_gradient=self.clip,
            panels=PANELS,
        )

    def logit(self, network: nn.Module, batch: Batch) -> Tensor:
        """Of expansion."""
        found: Tensor = network.judge_image(batch["image"].float()[:, None])
        return found

    def predictor(self, network: nn.Module, threshold: Threshold) -> ZhongCnn:
        """The trained network in use."""
        return ZhongCnn(self.size, network, threshold)


def loss(positive: float, network: nn.Module, batch: Batch) -> dict[str, Tensor]:
    """Nine parts 1 - Dice of the outline, one part cross-entropy of expansion.

    Args:
        positive: how often a patient with expansion counts in the cross-entropy.
        network: a :class:`ZhongUNet3d`.
        batch: of :class:`Volumes`.
    """
    outline, logit = network(batch["image"].float()[:, None])
    drawn = DiceLoss(sigmoid=True)(outline.float()[:, None], batch["outline"].float()[:, None])
    judged = _cross_entropy(positive, logit, batch)
    total = OUTLINE_SHARE * drawn + (1 - OUTLINE_SHARE) * judged
    return {"loss": total, "loss_outline": drawn, "loss_expansion": judged}


def loss_of_expansion(positive: float, network: nn.Module, batch: Batch) -> dict[str, Tensor]:
    """The cross-entropy alone, and no outline; arguments as of :func:`loss`."""
    _, logit = network(batch["image"].float()[:, None], outline=False)
    return {"loss": _cross_entropy(positive, logit, batch)}


def _cross_entropy(positive: float, logit: Tensor, batch: Batch) -> Tensor:
    return functional.binary_cross_entropy_with_logits(
        logit.float(), batch["expansion"], pos_weight=torch.tensor(positive, device=logit.device)
    )


def score(network: nn.Module, unvaried: Iterable[Batch]) -> dict[str, float]:
    """AUC of expansion, and the mean Dice of outlines that are there."""
    logits, expansion, dice = [], [], []
    for batch in unvaried:
        outline, logit = network(batch["image"].float()[:, None])
        logits.append(logit)
        expansion.append(batch["expansion"])
        drawn, true = outline > 0, batch["outline"] > 0
        both, each = (drawn & true).sum((1, 2, 3)), drawn.sum((1, 2, 3)) + true.sum((1, 2, 3))
        dice += [2 * float(b) / float(e) for b, e, t in zip(both, each, true, strict=True) if t.any()]
    return auc_of(logits, expansion) | ({"dice": float(np.mean(dice))} if dice else {})


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, and write the bundle."""
    made = parser(NAME, __doc__, PAPER)
    usual = ZhongSettings()
    made.add_argument(
        "--shape", type=int, nargs=3, default=usual.shape, metavar=("Z", "Y", "X"), help="voxels of the input"
    )
    made.add_argument(
        "--field",
        type=float,
        nargs=3,
        default=usual.field_mm,
        metavar=("Z", "Y", "X"),
        help="its extent, mm; the paper's 160 112 112 does not hold a whole brain, 160 192 160 does",
    )
    made.add_argument("--width", type=int, default=usual.width, help="channels of the first level")
    made.add_argument("--clip", type=float, default=0.0, help="norm that gradients are cut to; 0: none")
    made.add_argument("--warm-up", type=float, default=0.0, help="share of the run in which the rate rises")
    made.add_argument("--initial", type=Path, help="begin with the network of this bundle, of any --shape")
    made.add_argument(
        "--classifier-only", action="store_true", help="leave all of --initial as it is but its classifier"
    )
    options = made.parse_args(arguments)
    check(made, options)
    if min(options.shape) < MULTIPLE or any(side % MULTIPLE for side in options.shape):
        made.error(f"--shape is {' '.join(map(str, options.shape))}; multiples of {MULTIPLE} are allowed")
    if min(options.field) <= 0 or options.width < 1 or options.clip < 0:
        made.error("--field and --width must be more than 0, and --clip not negative")
    if not 0 <= options.warm_up < 1:
        made.error(f"--warm-up is {options.warm_up}; from 0 to less than 1 is allowed")
    if options.classifier_only and options.initial is None:
        made.error("--classifier-only goes with --initial")
    size = ZhongSettings(tuple(options.shape), tuple(options.field), options.width)

    def recipe() -> ZhongRecipe:
        initial = None if options.initial is None else _initial(options.initial, size.width)
        return ZhongRecipe(
            size, options.rate, options.clip, options.warm_up, initial, options.classifier_only
        )

    return run(NAME, options, recipe)


def _initial(folder: Path, width: int) -> LoadedPredictor:
    """A bundle of this network.

    Raises:
        ModelError: it is another model's, is corrupt, or has another width.
    """
    loaded = load_predictor(folder, "cpu")
    if not isinstance(loaded.predictor, ZhongCnn):
        raise ModelError(f"{folder}: is of {loaded.predictor.name}; --initial takes one of {ZhongCnn.name}")
    if loaded.predictor.settings.width != width:
        raise ModelError(f"{folder}: has --width {loaded.predictor.settings.width}, not {width}")
    return loaded


if __name__ == "__main__":
    sys.exit(main())
