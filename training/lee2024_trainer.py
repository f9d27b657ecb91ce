"""Training the networks of Lee 2024 one after the other, each in a folder of its own."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import nn

from HematomaExpansionLib.device import choose_device
from HematomaExpansionLib.networks.lee_image_to_he import LeeImageToHE
from HematomaExpansionLib.networks.lee_imagenet import load_imagenet
from HematomaExpansionLib.prediction.lee2024.networks import LeeNetworks, LeeSettings

from .classical.cohort import fingerprint
from .image_cohort import ImageCohort, folds
from .lee2024_data import PreparedSlices, Slices
from .lee2024_tasks import classifier_task, image_to_he_task, unet_task
from .loop import fit
from .processes import Processes
from .task import Plan, Task

CLASSIFIER, UNET, IMAGE = 0.3, 0.2, 0.5
"""Shares of ``--minutes``; the last is for Image-to-HE in all folds together."""
WATCHED = 10
"""One training patient in so many is not learnt from by classifier and U-Net, to show how good they are."""


class Trainer:
    """Trains the networks.

    Args:
        options: of the command.
        run: folder of the curves and checkpoints.
        these: the processes.
        cohort: for its fingerprint.

    Attributes:
        record: what was trained and how it went, by the name of the training.
    """

    def __init__(self, options: argparse.Namespace, run: Path, these: Processes, cohort: ImageCohort) -> None:
        """Keep the choices."""
        self.options, self.run, self.these, self.cohort = options, run, these, cohort
        self.record: dict[str, object] = {}

    def classifier_and_unet(self, settings: LeeSettings, patients: Sequence[PreparedSlices]) -> LeeNetworks:
        """They learn from masks alone, never from the outcome, so they need no folds."""
        torch.manual_seed(self.options.seed)
        networks = LeeNetworks.build(settings)
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
            settings.classifier_size,
            self.options.classifier_rate,
        )
        self._fit("classifier", task, classifier, CLASSIFIER)
        task = unet_task(networks.unet, Slices(kept, True), Slices(watched, True), self.options.unet_rate)
        self._fit("unet", task, unet, UNET)
        return networks

    def image_to_he(
        self,
        networks: LeeNetworks,
        patients: Sequence[PreparedSlices],
        held_out: Sequence[PreparedSlices],
        name: str,
    ) -> None:
        """Train Image-to-HE anew, in the networks; nothing is chosen by the patients held out."""
        torch.manual_seed(self.options.seed)
        settings = networks.settings
        fresh = LeeImageToHE(networks.unet.feature_channels, settings.image_width)
        networks.image_to_he.load_state_dict(fresh.state_dict())
        shown = Slices(held_out, True) if held_out else None
        task = image_to_he_task(
            networks.image_to_he, networks.unet, Slices(patients, True), shown, self.options.image_rate
        )
        self._fit(f"image-to-he-{name}", task, self.options.epochs[2], IMAGE / (self.options.folds + 1))

    def scored(self, networks: LeeNetworks, patients: Sequence[PreparedSlices]) -> dict[str, float | None]:
        """NDL score of each patient as in use: slices by the classifier, areas by the U-Net."""
        device = choose_device(self.options.device)
        return {
            one.patient.name: networks.score_slices(one.network_input(), device).normalised
            for one in patients
        }

    def _fit(self, name: str, task: Task, epochs: int, minutes_share: float) -> None:
        if self.these.first:
            print(f"{name}: {len(task.training)} slices", flush=True)
        plan = Plan(
            epochs=epochs,
            batch=self.options.batch,
            seed=self.options.seed,
            data=fingerprint(self.cohort.training),
            minutes=self.options.minutes * minutes_share,
        )
        outcome = fit(task, plan, self.run / name, self.these, resume=self.options.resume)
        self.record[name] = {
            "slices": len(task.training),
            "parameters": _size(task.network),
            "steps": outcome.steps,
            "epochs": outcome.epochs,
            "minutes": round(outcome.seconds / 60, 2),
            "ended_by": outcome.ended_by,
            **{f"held_out_{key}": round(value, 4) for key, value in outcome.scores.items()},
        }


def _size(network: nn.Module) -> int:
    return sum(values.numel() for values in network.parameters())
