r"""Train the network of the back-end ``deepbleed-style`` on the training patients of Lu 2024.

    python -m training.deepbleed_style --cohort cohort.csv --out deepbleed-style

The defaults are DeepBleed's grid and need a GPU. On two cores, for about 500 patients in 15 minutes after
the preparation (2 s a patient, once):

    python -m training.deepbleed_style --cohort cohort.csv --out deepbleed-style --voxels 64 --spacing-mm 3 \
        --width 8 --threads 2 --workers 2 --minutes 15

``hematoma-expansion models list`` names the folder to put the bundle into, as ``deepbleed-style``. It never
learns from the patients that Lu 2024 tests on.
"""

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from HematomaExpansionLib.bundle import CARD, METADATA, WEIGHTS, Metadata, sha256
from HematomaExpansionLib.ct.atlas import fit_affine
from HematomaExpansionLib.ct.brain import brain_mask
from HematomaExpansionLib.device import choose_device
from HematomaExpansionLib.errors import InputRefused
from HematomaExpansionLib.files import folder_written_whole
from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.networks.deepbleed_vnet import MULTIPLE, WINDOW_HU, DeepBleedVNet
from HematomaExpansionLib.prediction.patient import Patient
from HematomaExpansionLib.progress import Progress
from HematomaExpansionLib.segmentation.deepbleed_style import NAME
from HematomaExpansionLib.segmentation.template_grid import SPACING_MM, VOXELS, TemplateGrid

from . import script
from .classical.cohort import fingerprint
from .classical.study import STUDIES
from .identity import identity
from .image_cohort import folds, read_image_cohort
from .lee2024_losses import segmentation_loss
from .loop import fit
from .processes import Processes, processes
from .provenance import hardware, versions
from .scan_cache import Arrays, Cached, cached_for_all
from .segmentation_bundle import LICENCE, WARNING, model_card
from .task import Batch, Plan, Task
from .training_log import Panel

COMMAND = "deepbleed_style"
RATE = 1e-3
WATCHED = 10
"""One patient in so many is not learnt from: to show how good the outlines are, and to stop early by."""
INTENDED_USE = (
    "Outlines of intracerebral haemorrhage on non-contrast head CT of adults, for research. "
    "Not for clinical decisions."
)
OWN_WARNING = (
    "The outline comes from a network that one user trained and nobody validated: check it before use."
)


class Brains:
    """Brains on the template's grid, and their blood, as examples of the training loop."""

    def __init__(self, patients: Sequence[Cached]) -> None:
        """Keep where they lie."""
        self.patients = list(patients)

    def __len__(self) -> int:
        """How many."""
        return len(self.patients)

    def load(self, indices: Sequence[int]) -> Batch:
        """``hu`` and ``blood`` ``[n, z, y, x]``."""
        chosen = [self.patients[index] for index in indices]
        return {
            name: torch.from_numpy(np.stack([one.array(name) for one in chosen])).float()
            for name in ("hu", "blood")
        }

    def vary(self, batch: Batch, rngs: Sequence[np.random.Generator]) -> Batch:
        """Mirror half of the heads, left to right."""
        turned = torch.tensor([rng.random() < 0.5 for rng in rngs], device=batch["hu"].device)
        shape = (-1, 1, 1, 1)
        return {name: torch.where(turned.view(shape), each.flip(-1), each) for name, each in batch.items()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, and write the bundle."""
    return script.run(COMMAND, _train, _options(arguments))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = script.parser_of(COMMAND, __doc__)
    script.add_cohort(parser, "the bundle to write", "brains")
    parser.add_argument("--voxels", type=int, default=VOXELS, help="along each edge, a multiple of 16")
    parser.add_argument("--spacing-mm", type=float, default=SPACING_MM, help="of a voxel")
    parser.add_argument("--width", type=int, default=16, help="channels of the first level")
    parser.add_argument("--epochs", type=int, default=50, help="at most")
    parser.add_argument("--minutes", type=float, default=0.0, help="at most")
    parser.add_argument("--batch", type=int, default=2, help="heads a step")
    script.add_patience(parser, "median Dice in the patients who are watched")
    script.add_machine(parser)
    script.add_workers(parser, "brains")
    script.add_resume(parser)
    options = parser.parse_args(arguments)
    script.check_least(parser, options, "width", "epochs", "batch", "threads", "workers")
    script.check_least(parser, options, "patience", least=0)
    if options.voxels < MULTIPLE or options.voxels % MULTIPLE or options.spacing_mm <= 0:
        parser.error(
            f"--voxels {options.voxels}, --spacing-mm {options.spacing_mm}: a multiple of {MULTIPLE}, and a "
            "spacing above 0, are allowed"
        )
    return options


def _train(options: argparse.Namespace) -> None:
    with processes(choose_device(options.device)) as these:
        _train_as_one_of(these, options)


def _train_as_one_of(these: Processes, options: argparse.Namespace) -> None:
    run = script.run_folder(options.out)
    cohort = read_image_cohort(
        STUDIES["lu2024"], options.cohort, options.seed, script.said_simulated(options)
    )
    grid = TemplateGrid(options.voxels, options.spacing_mm)
    shown = {"network": NAME, "voxels": grid.voxels, "spacing_mm": grid.spacing_mm}
    make, cache = partial(_brain, grid), options.cache or run / "prepared"
    patients = cached_for_all(these, cohort.training, cache, make, shown, options.workers)
    if len(patients) < 2:
        raise InputRefused(
            f"{options.cohort}: {len(patients)} training patients could be prepared; 2 are needed"
        )
    fold_of = folds([one.patient for one in patients], min(WATCHED, len(patients)), options.seed)
    learnt = [one for one, fold in zip(patients, fold_of, strict=True) if fold]
    watched = [one for one, fold in zip(patients, fold_of, strict=True) if not fold]
    torch.manual_seed(options.seed)
    network = DeepBleedVNet(options.width)
    learning = {"learning_rate": RATE, "epochs_at_most": options.epochs, "batch": options.batch}
    plan = Plan(
        options.epochs,
        options.batch,
        options.seed,
        identity(
            {"network": NAME, "width": options.width, "shown": shown, "learning": learning},
            *([one.patient for one in group] for group in (learnt, watched)),
        ),
        minutes=options.minutes,
        patience=options.patience,
        monitor="dice",
    )
    outcome = fit(_task(network, Brains(learnt), Brains(watched)), plan, run, these, resume=options.resume)
    if not these.first:
        return
    training = {
        "data": {
            "source": cohort.study.source,
            "patients": len(learnt),
            "sha256": fingerprint(cohort.training),
        },
        **learning,
        "seed": options.seed,
        "steps": outcome.steps,
        "epochs": outcome.epochs,
        "minutes": round(outcome.seconds / 60, 2),
        "ended_by": outcome.ended_by,
        "kept_epoch": outcome.kept_epoch,
        "hardware": hardware(these.device),
        "versions": versions(),
    }
    _write(options.out, network, options.width, grid, training, outcome.scores, cohort.study.simulated)
    print(f"{options.out}: {outcome.scores}", flush=True)


def _brain(grid: TemplateGrid, patient: Patient) -> Arrays:
    scan = patient.scan()
    brain = brain_mask(scan)
    to_atlas = fit_affine(scan.image, brain, Progress())
    blood = patient.labels(scan) == int(Label.ICH)
    return {
        "hu": grid.brain_of(scan.image, brain, to_atlas).astype(np.float16),
        "blood": grid.share_of(blood, to_atlas).astype(np.float16),
    }


def _task(network: DeepBleedVNet, training: Brains, validation: Brains) -> Task:
    """Dice and cross-entropy; the paper of DeepBleed says no more than that it is a V-Net."""

    def loss(shared: nn.Module, batch: Batch) -> dict[str, Tensor]:
        return {"loss": segmentation_loss(shared(batch["hu"]).float(), batch["blood"])}

    def score(trained: nn.Module, unvaried: Iterable[Batch]) -> dict[str, float]:
        dice = []
        for batch in unvaried:
            drawn, true = trained(batch["hu"]) > 0, batch["blood"] > 0.5
            both = 2 * (drawn & true).sum((1, 2, 3)).float()
            total = drawn.sum((1, 2, 3)) + true.sum((1, 2, 3))
            dice += (both / total.clamp(min=1)).tolist()
        return {"dice": float(np.median(dice))}

    return Task(
        network,
        training,
        validation,
        loss,
        score,
        lambda parameters: torch.optim.Adam(parameters, RATE),
        lambda done: 1.0 if done < 0.7 else 0.1,
        panels=(Panel("training loss", "loss"), Panel("median Dice, validation patients", "dice", (0, 1))),
    )


def _write(
    folder: Path,
    network: DeepBleedVNet,
    width: int,
    grid: TemplateGrid,
    training: Mapping[str, Any],
    scores: Mapping[str, float],
    simulated: bool,
) -> None:
    with folder_written_whole(folder) as temporary:
        weights = {name: values.cpu().contiguous() for name, values in network.state_dict().items()}
        save_file(weights, temporary / WEIGHTS)
        digest = sha256(temporary / WEIGHTS)
        metadata = Metadata(
            name=NAME,
            version=digest[:12],
            architecture=DeepBleedVNet.__name__,
            architecture_parameters={"width": width},
            classes=("ich",),
            preprocessing={"voxels": grid.voxels, "spacing_mm": grid.spacing_mm, "window_hu": WINDOW_HU},
            training=dict(training),
            metrics={"validation": dict(scores)},
            licence=LICENCE,
            intended_use=INTENDED_USE,
            warning=WARNING if simulated else OWN_WARNING,
            weights_sha256=digest,
        )
        (temporary / METADATA).write_text(metadata.model_dump_json(indent=2) + "\n", encoding="utf-8")
        (temporary / CARD).write_text(model_card(metadata), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
