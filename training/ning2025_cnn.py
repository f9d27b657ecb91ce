r"""Train one of the 2D and 3D networks of Ning 2025: revised expansion from the cropped haematoma.

    python -m training.ning2025_cnn --cohort cohort.csv --out ning2025

The defaults are those of the paper's best network, 2D-ResNet-101 (224 x 224, 100 epochs, batches of 128), and
need a GPU. The others: ``--architecture resnet152``, ``densenet121`` or ``densenet201``, and with
``--dimensions 3`` each in three dimensions (112 x 112 x 112, batches of 16). On two cores, for about 500
patients, 3 minutes to prepare the scans and 12 more, five folds included:

    python -m training.ning2025_cnn --cohort cohort.csv --out ning2025 --size 112 --width 16 \
        --blocks 2,2,2,2 --epochs 60 --batch 32 --rate 1e-3 --threads 2 --workers 2 --minutes 12

Of simulated patients it may learn the risk that the simulator states, instead of the outcome drawn from it
(30 minutes on one core):

    python -m training.ning2025_cnn --cohort cohort.csv --out ning2025-risk --size 112 --width 16 \
        --blocks 2,2,2,2 --epochs 120 --batch 32 --rate 1e-3 --folds 3 --no-balance --learn-risk \
        --threads 1 --minutes 30
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from HematomaExpansionLib.labels import APPEARANCE, Label
from HematomaExpansionLib.networks.ning_imagenet import load_imagenet
from HematomaExpansionLib.prediction.ning2025_deep.cnn import NingCnn
from HematomaExpansionLib.prediction.ning2025_deep.preprocessing import (
    LEVEL_HU,
    SPACING_MM,
    WIDTH_HU,
    prepare,
)
from HematomaExpansionLib.prediction.ning2025_deep.settings import ARCHITECTURES, SIZES, NingSettings
from HematomaExpansionLib.prediction.patient import Patient
from HematomaExpansionLib.prediction.predictor import Threshold

from .affine import mirrored_cropped_shifted, moved
from .cnn_options import Defaults, check, parser, run
from .cnn_training import auc_of
from .provenance import weights_file
from .scan_cache import Arrays, Cached
from .task import Batch, Examples, Task

NAME = "ning2025_cnn"
PAPER = Defaults(epochs=100, batch=128, rate=0.01, copies=1, folds=5)
BATCHES = {2: 128, 3: 16}
"""Patients a step (methods)."""
KEPT, SHIFT = (0.8, 1.0), 0.1
"""Side of a random crop, and the largest translation, in sides of the input; the paper gives neither."""
GREYS = 255
"""Inputs are kept in 8 bits: 0.3 HU a step, below the noise of any scan."""


def arrays_of(settings: NingSettings, patient: Patient) -> Arrays:
    """``grey`` of a patient, ``[1, y, x]`` or ``[z, y, x]``, 0-255."""
    scan = patient.scan()
    image, _ = prepare(scan, patient.labels(scan), settings)
    return {"grey": np.round(image * GREYS).astype(np.uint8)}


@dataclass(frozen=True)
class Crops:
    """Patients as examples.

    Attributes:
        patients: prepared by :func:`arrays_of`.
    """

    patients: Sequence[Cached]

    def __len__(self) -> int:
        """How many."""
        return len(self.patients)

    def load(self, indices: Sequence[int]) -> Batch:
        """``grey [n, 1, y, x]`` or ``[n, z, y, x]``, 0-255, and ``expansion [n]``."""
        chosen = [self.patients[index] for index in indices]
        return {
            "grey": torch.from_numpy(np.stack([one.array("grey") for one in chosen])),
            "expansion": torch.tensor([one.learnt for one in chosen]),
        }

    def vary(self, batch: Batch, rngs: Sequence[np.random.Generator]) -> Batch:
        """Mirror, crop and shift, as "random horizontal flipping, cropping, and translation" says."""
        grey = batch["grey"].float()
        flat = grey.shape[1] == 1
        axes = 2 if flat else 3
        matrices = [
            mirrored_cropped_shifted(
                bool(rng.random() < 0.5),
                rng.uniform(*KEPT),
                rng.random(axes),
                rng.uniform(-SHIFT, SHIFT, axes),
            )
            for rng in rngs
        ]
        varied = moved({"grey": grey[:, 0] if flat else grey}, ("grey",), matrices)["grey"]
        return batch | {"grey": varied[:, None] if flat else varied}


@dataclass(frozen=True)
class NingRecipe:
    """The paper's training, see :class:`.cnn_training.Recipe`.

    Attributes:
        size: which network, and its input.
        rate: learning rate of Adam, the same throughout.
        imagenet: file of weights to begin with; None for random ones.
    """

    size: NingSettings
    rate: float
    imagenet: Path | None = None
    paper: str = "ning2025"

    @property
    def model(self) -> str:
        """As the tables of :mod:`.reproduce.ning2025` call it; the paper's best one is the paper's model."""
        if (self.size.dimensions, self.size.architecture) == (2, ARCHITECTURES[0]):
            return NingCnn.name
        return f"ning2025-{self.size.dimensions}d-{self.size.architecture}"

    @property
    def settings(self) -> Mapping[str, Any]:
        """Of input and network."""
        return self.size.record()

    @property
    def published(self) -> Mapping[str, Any]:
        """The paper's of the same architecture."""
        size, of = self.size, self.size.dimensions
        return NingSettings(size.architecture, of, SIZES[of]).record()

    @property
    def learning(self) -> Mapping[str, Any]:
        """Of the optimiser."""
        return {"learning_rate": self.rate, "imagenet": weights_file(self.imagenet)}

    @property
    def shown(self) -> Mapping[str, Any]:
        """Of the preprocessing."""
        return {
            "spacing_mm_zyx": SPACING_MM,
            "window_width_level_hu": (WIDTH_HU, LEVEL_HU),
            "cropped_to": "smallest box" if self.size.dimensions == 3 else "largest rectangle of a slice",
            "region": self.size.region,
            "size": self.size.size,
        }

    @property
    def make(self) -> Callable[[Patient], Arrays]:
        """See :func:`arrays_of`."""
        return partial(arrays_of, self.size)

    def network(self) -> nn.Module:
        """With MONAI's initial weights, or those of ImageNet."""
        network = self.size.network()
        if self.imagenet is not None:
            load_imagenet(network, self.imagenet)
        return network

    def examples(self, patients: Sequence[Cached]) -> Crops:
        """See :class:`Crops`."""
        return Crops(patients)

    def task(
        self, network: nn.Module, training: Examples, validation: Examples | None, positive: float
    ) -> Task:
        """Cross-entropy, by Adam at a constant rate."""
        return Task(
            network,
            training,
            validation,
            partial(loss, positive),
            score,
            lambda parameters: torch.optim.Adam(parameters, self.rate),
        )

    def logit(self, network: nn.Module, batch: Batch) -> Tensor:
        """Of expansion."""
        return logit(network, batch)

    def predictor(self, network: nn.Module, threshold: Threshold) -> NingCnn:
        """The trained network in use."""
        return NingCnn(self.size, network, threshold)


def logit(network: nn.Module, batch: Batch) -> Tensor:
    """Of expansion ``[n]``; a slice has its channel already, a volume gets it here."""
    grey = batch["grey"].float() / GREYS
    found: Tensor = network(grey if grey.shape[1] == 1 else grey[:, None])
    return found


def loss(positive: float, network: nn.Module, batch: Batch) -> dict[str, Tensor]:
    """Cross-entropy, in which a patient with expansion counts ``positive`` times."""
    judged = logit(network, batch).float()
    weight = torch.tensor(positive, device=judged.device)
    return {
        "loss": functional.binary_cross_entropy_with_logits(judged, batch["expansion"], pos_weight=weight)
    }


def score(network: nn.Module, unvaried: Iterable[Batch]) -> dict[str, float]:
    """AUC."""
    pairs = [(logit(network, batch), batch["expansion"]) for batch in unvaried]
    return auc_of([one for one, _ in pairs], [other for _, other in pairs])


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, and write the bundle."""
    made = parser(NAME, __doc__, PAPER)
    made.set_defaults(batch=None)  # It depends on the dimensions.
    made.add_argument("--architecture", choices=ARCHITECTURES, default="resnet101")
    made.add_argument("--dimensions", type=int, choices=(2, 3), default=2)
    made.add_argument("--size", type=int, help="sides of the input; 224 in 2D, 112 in 3D")
    made.add_argument("--width", type=int, default=64, help="channels that the network begins with")
    made.add_argument("--blocks", type=_blocks, default=(), help="of the four stages, as 3,4,23,3")
    made.add_argument(
        "--region", choices=("ich", "ich+ivh"), default="ich", help="what is cropped to; the paper's: ich"
    )
    made.add_argument("--imagenet", type=Path, help="2D: torchvision's weights of the same network, a file")
    options = made.parse_args(arguments)
    if options.batch is None:
        options.batch = BATCHES[options.dimensions]
    check(made, options)
    size = SIZES[options.dimensions] if options.size is None else options.size
    if size < 32 or options.width < 2:
        made.error(f"--size is {size} and --width {options.width}; at least 32 and 2 are allowed")
    if options.imagenet and options.dimensions == 3:
        made.error("--imagenet goes with --dimensions 2")
    keys = {"ich": (Label.ICH,), "ich+ivh": (Label.ICH, Label.IVH)}[options.region]
    settings = NingSettings(
        options.architecture,
        options.dimensions,
        size,
        options.width,
        options.blocks,
        tuple(APPEARANCE[label].key for label in keys),
    )
    return run(NAME, options, lambda: NingRecipe(settings, options.rate, options.imagenet))


def _blocks(text: str) -> tuple[int, ...]:
    blocks = tuple(int(number) for number in text.split(","))
    if len(blocks) != 4 or min(blocks) < 1:
        raise argparse.ArgumentTypeError(f"{text}: four numbers from 1 are allowed, as 3,4,23,3")
    return blocks


if __name__ == "__main__":
    sys.exit(main())
