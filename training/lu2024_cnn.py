r"""Train the deep models of Lu 2024: three slices, a frozen network, forward selection, a vector machine.

    python -m training.lu2024_cnn --cohort cohort.csv --radiomics features.csv --out lu2024 \
        --network resnet50 --imagenet resnet50.pth --workers 2 --threads 2

On two cores that takes, for 500 patients, about 5 minutes to prepare the slices (once), 1 for ResNet-50 and 8
for the selections (4 with ``--candidates 100``). The frozen networks are nothing without ImageNet weights,
which the paper has too and which are the user's to bring (torchvision's files); ``--random`` says that random
ones shall do, as in tests.

``--out`` becomes the bundle of the fusion with radiomics, ``<out>-cnn`` that of the deep features alone.
``<out>-run`` holds the prepared slices, ``scores.csv`` (probability by the better-equipped of the two, of
training patients out of fold) and ``predictions.csv``. No bundle knows of the patients held out.
"""

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import torch

from HematomaExpansionLib.device import choose_device
from HematomaExpansionLib.errors import InputRefused
from HematomaExpansionLib.networks.lu_extractor import NAMES, LuExtractor
from HematomaExpansionLib.prediction.lu2024.cnn import CANDIDATES, LuCnn, LuFusion, deep_features
from HematomaExpansionLib.prediction.lu2024.slices import PIXELS, SPACING_MM, WINDOW_HU, three_slices
from HematomaExpansionLib.prediction.model_bundle import save_predictor
from HematomaExpansionLib.prediction.patient import Patient
from HematomaExpansionLib.statistics.confusion import confusion_matrix, diagnostic_accuracy
from HematomaExpansionLib.statistics.delong import delong_auc

from . import script
from .classical.cohort import fingerprint
from .classical.command import PREDICTIONS, describe, summary, write_predictions
from .classical.fitted import Fitted
from .classical.study import STUDIES
from .image_cohort import ImageCohort, folds, read_image_cohort
from .image_scores import write_scores
from .provenance import hardware, versions
from .scan_cache import Arrays, cached

NAME = "lu2024_cnn"
FOLDERS: dict[type[LuCnn], str] = {LuFusion: "", LuCnn: "-cnn"}
"""What is added to the name of the bundle."""
NAMES_IN_TABLES: dict[type[LuCnn], str] = {LuFusion: "lu2024-fusion-", LuCnn: "lu2024-"}
"""What the name of the network follows in ``predictions.csv``, as ``training.reproduce`` asks for them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, and write the bundles."""
    return script.run(NAME, _train, _options(arguments))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = script.parser_of(NAME, __doc__)
    script.add_cohort(parser, "the bundle of the fusion to write", "slices")
    parser.add_argument("--radiomics", type=Path, help="table of `hematoma-expansion radiomics`, lu2024")
    parser.add_argument("--network", choices=NAMES, default="resnet50")
    weights = parser.add_mutually_exclusive_group(required=True)
    weights.add_argument("--imagenet", type=Path, help="torchvision's weights of the network")
    weights.add_argument("--random", action="store_true", help="random weights instead")
    parser.add_argument("--pixels", type=int, default=PIXELS, help="rows and columns of a slice")
    parser.add_argument("--candidates", type=int, default=CANDIDATES, help="features to select from")
    parser.add_argument("--folds", type=int, default=5, help="for probabilities out of fold")
    script.add_machine(parser)
    script.add_workers(parser, "slices")
    options = parser.parse_args(arguments)
    script.check_least(parser, options, "candidates", "threads", "workers")
    script.check_least(parser, options, "folds", least=2)
    script.check_least(parser, options, "pixels", least=80)
    return options


def _train(options: argparse.Namespace) -> None:
    run = script.run_folder(options.out)
    cohort = read_image_cohort(
        STUDIES["lu2024"], options.cohort, options.seed, script.said_simulated(options), options.radiomics
    )
    print("\n".join([*describe(cohort.study), cohort.remark]), flush=True)
    torch.manual_seed(options.seed)
    extractor = LuExtractor(options.network)
    if options.imagenet:
        extractor.load_imagenet(options.imagenet)
    training = _with_features(cohort.training, extractor, options, run)
    held_out = _with_features(cohort.held_out, extractor, options, run)
    kinds = FOLDERS if options.radiomics else {LuCnn: FOLDERS[LuCnn]}
    models = []
    for kind, suffix in kinds.items():
        fit = partial(
            kind.fit_features,
            extractor,
            options.network,
            seed=options.seed,
            pixels=options.pixels,
            most_candidates=options.candidates,
        )
        final = fit(training)
        model = _fitted(kind, final, fit, training, held_out, options)
        models.append(model)
        print(summary(model, cohort.study), flush=True)
        save_predictor(
            final,
            options.out.with_name(options.out.name + suffix),
            training=_record(options, cohort, training),
            metrics=_metrics(model, training),
            simulated=cohort.study.simulated,
            preprocessing={"pixels": options.pixels, "spacing_mm": SPACING_MM, "window_hu": WINDOW_HU},
        )
    best = models[0]
    write_scores(
        run / "scores.csv",
        {one.name: best.probabilities[one.name] for one in training},
        {one.name: best.probabilities[one.name] for one in held_out},
    )
    write_predictions(models, cohort.study, run / PREDICTIONS)


def _with_features(
    patients: Sequence[Patient], extractor: LuExtractor, options: argparse.Namespace, run: Path
) -> list[Patient]:
    """The patients whose slices could be prepared, with their deep features."""
    shown = {"paper": "lu2024", "pixels": options.pixels, "spacing_mm": SPACING_MM, "window_hu": WINDOW_HU}
    cache = options.cache or run / "prepared"
    done = cached(patients, cache, partial(_slices, options.pixels), shown, options.workers)
    device = choose_device(options.device)
    return [
        deep_features(one.patient, np.array(one.array("grey")), extractor, options.network, device)
        for one in done
    ]


def _slices(pixels: int, patient: Patient) -> Arrays:
    scan = patient.scan()
    return {"grey": three_slices(scan, patient.labels(scan), pixels).grey}


def _fitted(
    kind: type[LuCnn],
    final: LuCnn,
    fit: "partial[LuCnn]",
    training: Sequence[Patient],
    held_out: Sequence[Patient],
    options: argparse.Namespace,
) -> Fitted:
    """What the models say: of training patients one that chose and fitted without their fold."""
    of = folds(training, options.folds, options.seed)
    said: dict[str, float | None] = {}
    for fold in range(options.folds):
        try:
            model = fit([one for one, where in zip(training, of, strict=True) if where != fold])
        except InputRefused as error:
            print(f"{kind.name}, fold {fold + 1}: {error}", flush=True)
            continue
        for one, where in zip(training, of, strict=True):
            if where == fold:
                said[one.name] = model.vector.predict(one).probability
    said |= {one.name: final.vector.predict(one).probability for one in held_out}
    for one in training:
        said.setdefault(one.name, None)
    name = NAMES_IN_TABLES[kind] + options.network
    unlike = "random weights instead of ImageNet's" if options.random else ""
    return Fitted(name, probabilities=said, threshold=final.threshold, unlike=unlike)


def _metrics(model: Fitted, training: Sequence[Patient]) -> dict[str, object]:
    """Out of fold; a precision of 0/0 is not available, where the paper prints 0."""
    outcome = [one.expansion is True for one in training]
    found = delong_auc(outcome, model.of(training))
    positive = [
        None if model.threshold is None else model.threshold.reached_by(p) for p in model.of(training)
    ]
    counts = confusion_matrix(outcome, [None if one is None else int(one) for one in positive])
    accuracy = diagnostic_accuracy(counts)
    return {
        "AUC, training patients, out of fold": found.text(),
        "precision, likewise": accuracy.ppv.text(),
        "recall, likewise": accuracy.sensitivity.text(),
        "patients": found.n,
    }


def _record(
    options: argparse.Namespace, cohort: ImageCohort, training: Sequence[Patient]
) -> dict[str, object]:
    return {
        "paper": STUDIES["lu2024"].citation,
        "data": {
            "source": cohort.study.source,
            "patients": len(training),
            "expanded": sum(one.expansion is True for one in training),
            "sha256": fingerprint(cohort.training),
        },
        "division": cohort.study.split_rule,
        "weights_of_the_network": "random" if options.random else options.imagenet.name,
        "candidates": options.candidates,
        "folds": options.folds,
        "seed": options.seed,
        "hardware": hardware(torch.device(choose_device(options.device))),
        "versions": versions(),
    }


if __name__ == "__main__":
    sys.exit(main())
