"""Training the networks of Lee 2024 one after the other, each in a folder of its own."""

import argparse
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from torch import nn

from HematomaExpansionLib.device import choose_device
from HematomaExpansionLib.networks.lee_image_to_he import LeeImageToHE
from HematomaExpansionLib.networks.lee_imagenet import load_imagenet
from HematomaExpansionLib.prediction.lee2024.networks import LeeNetworks, LeeSettings

from .balance import forget_balance, weight_of_expanded
from .identity import identity
from .image_cohort import folds
from .lee2024_data import PreparedSlices, Slices
from .lee2024_tasks import classifier_task, image_to_he_task, unet_task
from .loop import fit
from .processes import Processes
from .provenance import weights_file
from .task import Plan, Task

STAGES = ("classifier", "unet", "image_to_he")
CLASSIFIER, UNET, IMAGE = 0.3, 0.2, 0.5
"""Shares of ``--minutes``; the last is for Image-to-HE in all folds together."""
WATCHED = 10
"""One training patient in so many is not learnt from by classifier and U-Net, but watched: to show how good
they are, and to stop early by."""


class Trainer:
    """Trains the networks.

    Args:
        options: of the command.
        run: folder of the curves and checkpoints.
        these: the processes.
        settings: sizes of the networks.

    Attributes:
        record: what was trained and how it went, by the name of the training.
    """

    def __init__(
        self, options: argparse.Namespace, run: Path, these: Processes, settings: LeeSettings
    ) -> None:
        """Keep the choices."""
        self.options, self.run, self.these, self.settings = options, run, these, settings
        self.record: dict[str, dict[str, object]] = {}

    @cached_property
    def learning(self) -> dict[str, Any]:
        """All that the trainings depend on beside the sizes, the seed and the patients, for the bundle.

        Image-to-HE learns on the features of the U-Net, so what the U-Net was trained with matters to it too.
        """
        options = self.options
        rates = (options.classifier_rate, options.unet_rate, options.image_rate)
        return {
            "learning_rates": dict(zip(STAGES, rates, strict=True)),
            "epochs_at_most": dict(zip(STAGES, options.epochs, strict=True)),
            "batch": options.batch,
            "balance": options.balance,
            "imagenet": weights_file(options.imagenet),
        }

    def classifier_and_unet(self, patients: Sequence[PreparedSlices]) -> LeeNetworks:
        """They learn from masks alone, never from the outcome, so they need no folds."""
        torch.manual_seed(self.options.seed)
        networks = LeeNetworks.build(self.settings)
        if self.options.imagenet:
            load_imagenet(networks.classifier, self.options.imagenet)
        fold_of = folds([one.patient for one in patients], WATCHED, self.options.seed)
        kept = [one for one, fold in zip(patients, fold_of, strict=True) if fold]
        watched = [one for one, fold in zip(patients, fold_of, strict=True) if not fold]
        classifier, unet, _ = self.options.epochs
        task = classifier_task(
            networks.classifier,
            Slices(kept, False),
            Slices(watched, False),
            self.settings.classifier_size,
            self.options.classifier_rate,
        )
        self._fit("classifier", task, (kept, watched), classifier, CLASSIFIER)
        task = unet_task(networks.unet, Slices(kept, True), Slices(watched, True), self.options.unet_rate)
        self._fit("unet", task, (kept, watched), unet, UNET, monitor="dice")
        return networks

    def image_to_he(
        self,
        networks: LeeNetworks,
        patients: Sequence[PreparedSlices],
        watched: Sequence[PreparedSlices],
        name: str,
        epochs: int,
    ) -> int:
        """Train Image-to-HE anew, in the networks; returns after which epoch its weights were kept.

        With early stopping those who are watched choose that epoch: nobody may be scored among them.
        """
        rarity = weight_of_expanded(f"image-to-he-{name}", [one.patient for one in patients])
        positive = rarity if self.options.balance else 1.0
        torch.manual_seed(self.options.seed)
        fresh = LeeImageToHE(networks.unet.feature_channels, self.settings.image_width)
        networks.image_to_he.load_state_dict(fresh.state_dict())
        shown = Slices(watched, True) if watched else None
        task = image_to_he_task(
            networks.image_to_he,
            networks.unet,
            Slices(patients, True),
            shown,
            self.options.image_rate,
            positive,
        )
        minutes_share = IMAGE / (self.options.folds + 1)
        kept_epoch = self._fit(f"image-to-he-{name}", task, (patients, watched), epochs, minutes_share)
        forget_balance(networks.image_to_he, positive)
        self.record[f"image-to-he-{name}"]["weight_of_expanded"] = round(positive, 4)
        return kept_epoch

    def scored(self, networks: LeeNetworks, patients: Sequence[PreparedSlices]) -> dict[str, float | None]:
        """NDL score of each patient as in use: slices by the classifier, areas by the U-Net."""
        device = choose_device(self.options.device)
        return {
            one.patient.name: networks.score_slices(one.network_input(), device).normalised
            for one in patients
        }

    def _fit(
        self,
        name: str,
        task: Task,
        groups: Sequence[Sequence[PreparedSlices]],
        epochs: int,
        minutes_share: float,
        monitor: str = "auc",
    ) -> int:
        if self.these.first:
            print(f"{name}: {len(task.training)} slices", flush=True)
        known = {"settings": self.settings.record(), "learning": self.learning}
        plan = Plan(
            epochs=epochs,
            batch=self.options.batch,
            seed=self.options.seed,
            data=identity(known, *([one.patient for one in group] for group in groups)),
            minutes=self.options.minutes * minutes_share,
            patience=self.options.patience if task.validation is not None else 0,
            monitor=monitor,
        )
        outcome = fit(task, plan, self.run / name, self.these, resume=self.options.resume)
        self.record[name] = {
            "slices": len(task.training),
            "parameters": _size(task.network),
            "steps": outcome.steps,
            "epochs": outcome.epochs,
            "minutes": round(outcome.seconds / 60, 2),
            "ended_by": outcome.ended_by,
            "kept_epoch": outcome.kept_epoch,
            **{f"validation_{key}": round(value, 4) for key, value in outcome.scores.items()},
        }
        return outcome.kept_epoch


def _size(network: nn.Module) -> int:
    return sum(values.numel() for values in network.parameters())
