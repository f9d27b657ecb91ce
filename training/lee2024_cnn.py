r"""Train the system of Lee 2024: slice classifier, segmentation, Image-to-HE, Integrated-to-HE.

    python -m training.lee2024_cnn --cohort cohort.csv --out lee2024

The defaults are the paper's sizes and need a GPU. On two cores, for about 500 patients in 15 minutes, after
the preparation (half a second a patient, once):

    python -m training.lee2024_cnn --cohort cohort.csv --out lee2024 --size 128 --classifier-size 64 \
        --layers 1,1,1,1 --unet-width 8 --image-width 8 --folds 3 --classifier-rate 1e-3 --image-rate 1e-3 \
        --batch 16 --threads 2 --workers 2 --minutes 15

``--out`` becomes the bundle of Image-to-HE, ``<out>-integrated`` that of Integrated-to-HE. ``<out>-run``
holds prepared slices, curves, checkpoints, ``scores.csv`` and ``predictions.csv`` (what both say of each
patient, of training patients out of fold), and ``reproduce.csv``, the same with the nDL score itself. No
bundle knows of the patients held out.

With ``--patience`` classifier and U-Net stop by one training patient in ten, whom they do not learn from.
Image-to-HE stops by the next fold, never by the one that is scored, and learns from everybody for as many
epochs as it did in the median of the folds.
"""

import argparse
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

from HematomaExpansionLib.device import choose_device
from HematomaExpansionLib.errors import InputRefused
from HematomaExpansionLib.prediction.lee2024.networks import LeeSettings

from . import script
from .classical.cohort import fingerprint
from .classical.command import describe
from .classical.study import STUDIES
from .image_cohort import read_image_cohort, turns
from .lee2024_data import prepare
from .lee2024_models import write
from .lee2024_tasks import CLASSIFIER_RATE, IMAGE_RATE, UNET_RATE
from .lee2024_trainer import Trainer
from .processes import Processes, processes
from .provenance import hardware, versions

NAME = "lee2024_cnn"


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, and write the bundles."""
    return script.run(NAME, _train, _options(arguments))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = script.parser_of(NAME, __doc__)
    script.add_cohort(parser, "the bundle of Image-to-HE to write", "slices")
    parser.add_argument("--imagenet", type=Path, help="se_resnext50_32x4d weights to start from")
    parser.add_argument("--size", type=int, default=512, help="rows and columns of a slice, a multiple of 32")
    parser.add_argument("--classifier-size", type=int, help="what the classifier is shown (default: --size)")
    parser.add_argument("--layers", type=_layers, default=(3, 4, 6, 3), help="blocks of its four stages")
    parser.add_argument("--attention", action="store_true", help="self-attention in the classifier")
    parser.add_argument("--unet-width", type=int, default=64, help="channels of the U-Net's first level")
    parser.add_argument("--image-width", type=int, default=32, help="channels of Image-to-HE's first level")
    parser.add_argument("--classifier-rate", type=float, default=CLASSIFIER_RATE, help="its learning rate")
    parser.add_argument("--unet-rate", type=float, default=UNET_RATE, help="learning rate of the U-Net")
    parser.add_argument("--image-rate", type=float, default=IMAGE_RATE, help="learning rate of Image-to-HE")
    parser.add_argument(
        "--epochs", type=_epochs, default=(30, 30, 30), help="of classifier, U-Net and Image-to-HE, at most"
    )
    parser.add_argument("--minutes", type=float, default=0.0, help="of all trainings together, at most")
    parser.add_argument("--batch", type=int, default=8, help="slices a step")
    parser.add_argument("--folds", type=int, default=5, help="for nDL scores out of fold")
    parser.add_argument(
        "--balance",
        action=argparse.BooleanOptionalAction,
        default=False,
        help="in Image-to-HE weight patients with expansion by their rarity; the paper does not",
    )
    script.add_patience(parser, "AUC or Dice in the patients who are watched")
    script.add_machine(parser)
    script.add_workers(parser, "slices")
    script.add_resume(parser)
    options = parser.parse_args(arguments)
    script.check_least(parser, options, "unet_width", "image_width", "batch", "threads", "workers")
    script.check_least(parser, options, "patience", least=0)
    if options.folds < (3 if options.patience else 2):
        parser.error(f"--folds is {options.folds}; from 2 (from 3 with --patience) is allowed")
    for name in ("size", "classifier_size"):
        value = getattr(options, name)
        if value is not None and (value < 32 or value % 32):
            parser.error(f"--{name.replace('_', '-')} is {value}; a multiple of 32 is allowed")
    return options


def _layers(text: str) -> tuple[int, ...]:
    layers = tuple(int(number) for number in text.split(","))
    if len(layers) != 4 or min(layers) < 1:
        raise argparse.ArgumentTypeError(f"{text}: four numbers from 1 are allowed, as 3,4,6,3")
    return layers


def _epochs(text: str) -> tuple[int, ...]:
    epochs = tuple(int(number) for number in text.split(","))
    if len(epochs) not in (1, 3) or min(epochs) < 1:
        raise argparse.ArgumentTypeError(f"{text}: one number from 1 is allowed, or three, as 10,20,30")
    return epochs * 3 if len(epochs) == 1 else epochs


def _train(options: argparse.Namespace) -> None:
    with processes(choose_device(options.device)) as these:
        _train_as_one_of(these, options)


def _train_as_one_of(these: Processes, options: argparse.Namespace) -> None:
    run = script.run_folder(options.out)
    cohort = read_image_cohort(
        STUDIES["lee2024"], options.cohort, options.seed, script.said_simulated(options)
    )
    cache = options.cache or run / "prepared"
    if these.first:
        print("\n".join([*describe(cohort.study), cohort.remark]), flush=True)
    training = prepare(these, cohort.training, options.size, cache, options.workers)
    held_out = prepare(these, cohort.held_out, options.size, cache, options.workers)
    if not training:
        raise InputRefused(f"{options.cohort}: no training patient could be prepared")
    settings = LeeSettings(
        options.size,
        options.classifier_size or options.size,
        options.layers,
        options.attention,
        options.unet_width,
        options.image_width,
    )
    trainer = Trainer(options, run, these, settings)
    networks = trainer.classifier_and_unet(training)
    epochs = options.epochs[2]
    scores: dict[str, float | None] = {}
    kept_epochs = []
    divided = turns(training, options.folds, options.seed, bool(options.patience))
    for number, (learnt, watched, scored) in enumerate(divided, 1):
        kept_epochs.append(trainer.image_to_he(networks, learnt, watched, f"fold-{number}", epochs))
        scores |= trainer.scored(networks, scored)
    if options.patience:
        epochs = max(1, round(statistics.median(kept_epochs)))
    trainer.image_to_he(networks, training, [], "all", epochs)
    held_out_scores = trainer.scored(networks, held_out)
    if these.first:
        record = {
            "paper": STUDIES["lee2024"].citation,
            "data": {
                "source": cohort.study.source,
                "patients": len(training),
                "expanded": sum(one.patient.expansion is True for one in training),
                "sha256": fingerprint(cohort.training),
            },
            "division": cohort.study.split_rule,
            "folds_of_the_score": options.folds,
            "networks": trainer.record,
            **trainer.learning,
            "seed": options.seed,
            "hardware": hardware(these.device),
            "versions": versions(),
        }
        write(options, run, cohort, networks, record, scores, held_out_scores)


if __name__ == "__main__":
    sys.exit(main())
