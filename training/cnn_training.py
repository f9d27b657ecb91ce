"""What the training scripts of image networks have in common: folds, the final network, bundle, predictions.

Every network is trained by :func:`.loop.fit`. Each training patient gets a probability out of fold, from a
network that did not learn from them and was not chosen by them; the threshold is locked on these. Without
folds only the one in five who is held out gets such a probability, and no other training patient has a score.
"""

import argparse
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from HematomaExpansionLib.errors import InputRefused
from HematomaExpansionLib.prediction.locking import ThresholdRule, lock
from HematomaExpansionLib.prediction.model_bundle import save_predictor
from HematomaExpansionLib.prediction.patient import Patient
from HematomaExpansionLib.prediction.predictor import Predictor, Threshold
from HematomaExpansionLib.statistics.delong import delong_auc
from HematomaExpansionLib.statistics.roc import auc

from .balance import forget_balance, weight_of_expanded
from .classical.cohort import fingerprint
from .classical.command import PREDICTIONS, describe, summary, write_predictions
from .classical.fitted import Fitted, differences
from .classical.study import STUDIES
from .identity import identity
from .image_cohort import ImageCohort, folds, read_image_cohort, turns
from .image_scores import write_scores
from .loop import batches, fit
from .processes import Processes
from .provenance import hardware, versions
from .scan_cache import Arrays, Cached, cached_for_all
from .stated_risk import COLUMN, stated_risks
from .task import Batch, Examples, Plan, Task

HELD_OUT = 5
"""Without folds one training patient in so many is held out."""
_YOUDEN = "largest sensitivity + specificity - 1"


class Recipe(Protocol):
    """What a paper's network is trained with."""

    @property
    def paper(self) -> str:
        """Its name among :data:`.classical.study.STUDIES`: who is learnt from, and what is predicted."""

    @property
    def model(self) -> str:
        """The model's name in tables of predictions."""

    @property
    def settings(self) -> Mapping[str, Any]:
        """Of input and network, JSON-able."""

    @property
    def published(self) -> Mapping[str, Any]:
        """The paper's settings of this network."""

    @property
    def learning(self) -> Mapping[str, Any]:
        """Of the optimiser: all that its steps depend on beside the common options."""

    @property
    def shown(self) -> Mapping[str, Any]:
        """Of the preprocessing: all that the arrays of a patient depend on."""

    @property
    def make(self) -> Callable[[Patient], Arrays]:
        """The arrays of a patient, see :func:`.scan_cache.cached`."""

    def network(self) -> nn.Module:
        """With initial weights; its only linear layer gives the logit of expansion."""

    def examples(self, patients: Sequence[Cached]) -> Examples:
        """Patients as examples; ``"expansion"`` in their batches is 1 or 0."""

    def task(
        self, network: nn.Module, training: Examples, validation: Examples | None, positive: float
    ) -> Task:
        """What is learnt; a patient with expansion counts ``positive`` times in the cross-entropy."""

    def logit(self, network: nn.Module, batch: Batch) -> Tensor:
        """Of expansion, ``[batch]``."""

    def predictor(self, network: nn.Module, threshold: Threshold) -> Predictor:
        """The trained network in use."""


@dataclass
class Training:
    """The training of one recipe with the options of its command.

    Attributes:
        recipe: the paper's.
        options: see :mod:`.cnn_options`.
        these: the processes.
        run: folder of prepared scans, curves, checkpoints, scores and predictions.
        record: what was trained and how it went, by the name of the training.
        out_of_fold: whom the threshold is locked on, in words.
        risks: learnt instead of outcomes, by the patient's name; empty for outcomes.
    """

    recipe: Recipe
    options: argparse.Namespace
    these: Processes
    run: Path
    record: dict[str, Any] = field(default_factory=dict)
    out_of_fold: str = ""
    risks: Mapping[str, float] = field(default_factory=dict)

    def everything(self) -> None:
        """Train in folds and on all training patients; write the bundle; predict everybody else."""
        options = self.options
        simulated = None if options.data is None else options.data == "simulated"
        study = STUDIES[self.recipe.paper]
        cohort = read_image_cohort(study, options.cohort, options.seed, simulated)
        if self.these.first:
            print("\n".join([*describe(cohort.study), cohort.remark]), flush=True)
        if options.learn_risk:
            self.risks = self._stated_risks(cohort)
            if self.these.first:
                print("What is learnt is the risk that the simulator states.", flush=True)
        training, held_out = self.prepare(cohort.training), self.prepare(cohort.held_out)
        if options.prepare_only:
            return
        network, told = self.in_folds(training) if options.folds else self.with_one_part(training)
        if self.these.first:
            self.write(network, cohort, told, self.told(network, held_out))

    def prepare(self, patients: Sequence[Patient]) -> list[Cached]:
        """Prepare the scans, in the first process; the others find them done."""
        options, recipe = self.options, self.recipe
        cache = options.cache or self.run / "prepared"
        return cached_for_all(self.these, patients, cache, recipe.make, recipe.shown, options.workers)

    def in_folds(self, training: Sequence[Cached]) -> tuple[nn.Module, dict[str, float]]:
        """Cross-validation, then a network that learns from everybody.

        With early stopping a fold's network is chosen by the next fold, never by the one it is scored on; the
        final one then trains for as many epochs as the folds' networks did in the median.
        """
        count = self.options.folds
        told: dict[str, float] = {}
        kept_epochs = []
        divided = turns(training, count, self.options.seed, bool(self.options.patience))
        for number, (learnt, shown, scored) in enumerate(divided, 1):
            network, epoch = self.fit(f"fold-{number}", learnt, shown, self.options.epochs)
            kept_epochs.append(epoch)
            told |= self.told(network, scored)
        epochs = self.options.epochs
        if self.options.patience:
            epochs = max(1, round(statistics.median(kept_epochs)))
        network, _ = self.fit("all", training, [], epochs)
        self.out_of_fold = f"training patients, out of {count} folds"
        return network, told

    def with_one_part(self, training: Sequence[Cached]) -> tuple[nn.Module, dict[str, float]]:
        """One network, not stopped early; a part of the training patients is held out for the threshold."""
        of = folds([one.patient for one in training], HELD_OUT, self.options.seed)
        held_out = [one for one, its in zip(training, of, strict=True) if its == 0]
        learnt = [one for one, its in zip(training, of, strict=True) if its]
        network, _ = self.fit("one-part", learnt, held_out, self.options.epochs)
        self.out_of_fold = f"one in {HELD_OUT} training patients, held out"
        return network, self.told(network, held_out)

    def fit(
        self, name: str, learnt: Sequence[Cached], shown: Sequence[Cached], epochs: int
    ) -> tuple[nn.Module, int]:
        """Train one network; returns it, and after which epoch its weights were kept."""
        options, recipe = self.options, self.recipe
        rarity = weight_of_expanded(name, [one.patient for one in learnt])
        positive = rarity if options.balance else 1.0
        expanded = sum(one.patient.expansion is True for one in learnt)
        torch.manual_seed(options.seed)
        network = recipe.network()
        validation = recipe.examples(shown) if shown else None
        plan = Plan(
            epochs=epochs,
            batch=options.batch,
            seed=options.seed,
            data=self._fingerprint(learnt, shown),
            minutes=options.minutes / ((options.folds + 1) if options.folds else 1),
            copies=options.copies,
            patience=options.patience if shown else 0,
        )
        if self.these.first:
            print(f"{name}: {len(learnt)} patients to learn from, {expanded} expanded", flush=True)
        examples = recipe.examples([replace(one, risk=self.risks.get(one.patient.name)) for one in learnt])
        task = recipe.task(network, examples, validation, positive)
        outcome = fit(task, plan, self.run / name, self.these, resume=options.resume)
        forget_balance(network, positive)
        self.record[name] = {
            "patients": len(learnt),
            "expanded": expanded,
            "weight_of_expanded": round(positive, 4),
            "steps": outcome.steps,
            "epochs": outcome.epochs,
            "minutes": round(outcome.seconds / 60, 2),
            "ended_by": outcome.ended_by,
            "kept_epoch": outcome.kept_epoch,
            **{f"validation_{key}": round(value, 4) for key, value in outcome.scores.items()},
        }
        return network, outcome.kept_epoch

    def told(self, network: nn.Module, patients: Sequence[Cached]) -> dict[str, float]:
        """Probability of each patient, by name; in single precision, as in use."""
        network.to(self.these.device).eval()
        found: list[float] = []
        with torch.inference_mode():
            for batch in batches(self.recipe.examples(patients), self.options.batch, self.these.device):
                found += self.recipe.logit(network, batch).float().sigmoid().cpu().tolist()
        return {one.patient.name: probability for one, probability in zip(patients, found, strict=True)}

    def write(
        self,
        network: nn.Module,
        cohort: ImageCohort,
        told: Mapping[str, float],
        held_out: Mapping[str, float],
    ) -> None:
        """Lock the threshold; write bundle, scores and predictions.

        Args:
            network: trained.
            cohort: the patients.
            told: probabilities of training patients, from networks that did not learn from them.
            held_out: of the others.
        """
        recipe = self.recipe
        known = [one for one in cohort.training if one.name in told]
        outcome = np.array([one.expansion is True for one in known])
        probability = np.array([told[one.name] for one in known])
        locked = lock(ThresholdRule.YOUDEN, outcome, probability).probability
        threshold = Threshold(locked, f"{_YOUDEN} in {self.out_of_fold}")
        found = delong_auc(outcome, probability)
        save_predictor(
            recipe.predictor(network.cpu().eval(), threshold),
            self.options.out,
            training=self._record(network, cohort),
            metrics={
                f"AUC, {self.out_of_fold}": found.text(),
                "Brier score of the same": float(np.mean((probability - outcome) ** 2)),
                "patients": found.n,
            },
            simulated=cohort.study.simulated,
            preprocessing=recipe.shown,
        )
        write_scores(self.run / "scores.csv", dict(told), dict(held_out))
        unlike = (
            differences(recipe.settings, recipe.published),
            "taught the stated risk" if self.risks else "",
        )
        model = Fitted(
            recipe.model,
            probabilities={**told, **held_out},
            threshold=threshold,
            unlike=", ".join(filter(None, unlike)),
        )
        write_predictions([model], cohort.study, self.run / PREDICTIONS)
        print(f"{summary(model, cohort.study)}; train: {self.out_of_fold}", flush=True)
        print(f"{self.options.out}: written", flush=True)

    def _record(self, network: nn.Module, cohort: ImageCohort) -> dict[str, Any]:
        options = self.options
        return {
            "paper": STUDIES[self.recipe.paper].citation,
            "data": {
                "source": cohort.study.source,
                "patients": len(cohort.training),
                "expanded": sum(one.expansion is True for one in cohort.training),
                "sha256": fingerprint(cohort.training),
            },
            "division": cohort.study.split_rule,
            "learnt": "the risk that the simulator states" if self.risks else "outcomes",
            "parameters": sum(values.numel() for values in network.parameters()),
            "networks": self.record,
            "epochs_at_most": options.epochs,
            "batch": options.batch,
            "copies": options.copies,
            **self.recipe.learning,
            "seed": options.seed,
            "hardware": hardware(self.these.device),
            "versions": versions(),
        }

    def _stated_risks(self, cohort: ImageCohort) -> Mapping[str, float]:
        """Of the training patients.

        Raises:
            InputRefused: they were not simulated, or the table does not state the risk of each.
        """
        table = self.options.cohort
        if not cohort.study.simulated:
            raise InputRefused(f"{table}: of real patients; only simulated ones have a risk that is stated")
        risks = stated_risks(table, {one.name for one in cohort.training})
        if not risks:
            raise InputRefused(f"{table}: no column {COLUMN} with the risk of every training patient")
        return risks

    def _fingerprint(self, learnt: Sequence[Cached], shown: Sequence[Cached]) -> str:
        settings = {
            "settings": dict(self.recipe.settings),
            "learning": dict(self.recipe.learning),
            "balance": self.options.balance,
            "learn_risk": self.options.learn_risk,
        }
        return identity(settings, *([one.patient for one in group] for group in (learnt, shown)))


def auc_of(logits: Sequence[Tensor], expansion: Sequence[Tensor]) -> dict[str, float]:
    """The AUC of batches of logits, for the curves; empty where all outcomes are alike."""
    scores, truth = (torch.cat(list(each)).float().cpu().numpy() for each in (logits, expansion))
    found = auc(truth.astype(bool), scores.astype(np.float64)).value
    return {} if found is None else {"auc": found}
