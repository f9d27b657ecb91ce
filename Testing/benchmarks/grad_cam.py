"""How often an image model's evidence is strongest in the haematoma that it says will expand, or at its rim.

    python -m Testing.benchmarks.grad_cam --model BUNDLE --cohort cohort.csv [--patients 50] [--out DIR]

Of the patients who were held out when the model was trained (divided by the code of the training scripts),
or with ``--all`` of all in the table, those are looked at who expanded and whom the model calls positive at
its threshold; with ``--negative`` those, too, who expanded and whom it calls negative. A model that sees
nothing but the haematoma cannot miss it: beside the share stands what a place drawn at random from what the
network saw would give.
"""

import argparse
import csv
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from statistics import fmean, median, stdev

import numpy as np
import SimpleITK as sitk
from scipy.ndimage import distance_transform_edt

from HematomaExpansionLib.cohort_table import read_cohort
from HematomaExpansionLib.ct.grid import box_around
from HematomaExpansionLib.device import CHOICES
from HematomaExpansionLib.errors import HematomaExpansionError, UsageError
from HematomaExpansionLib.explanation.grad_cam import add_to_scan
from HematomaExpansionLib.explanation.heat_maps import network_of, with_heat_maps
from HematomaExpansionLib.explanation.peak import RIM_MM
from HematomaExpansionLib.labels import Label
from HematomaExpansionLib.prediction.image_predictor import ImagePredictor
from HematomaExpansionLib.prediction.model_bundle import LoadedPredictor
from HematomaExpansionLib.prediction.of_scan import with_radiomics
from HematomaExpansionLib.prediction.patient import Patient
from HematomaExpansionLib.prediction.registry import load_predictor
from HematomaExpansionLib.statistics.proportion import proportion
from training.classical.cohort import fingerprint
from training.classical.study import STUDIES, Study
from training.image_cohort import read_image_cohort

IN_OR_AT = ("inside", "rim")


@dataclass(frozen=True)
class Row:
    """One patient with expansion, and where the evidence is strongest.

    Attributes:
        patient: the name.
        probability: of expansion.
        positive: whether the model calls the patient so, at its threshold.
        place: of the peak: inside, rim or outside; empty without a heat map or without ICH.
        distance_mm: from the peak to the ICH; None where there is no place.
        behind_mm: how far posterior to the centroid of the ICH the peak lies; None where there is no place.
        by_chance: share of what the network saw that is inside the ICH or within the rim, centre to centre.
        reason: why there is no heat map; empty where there is one.
    """

    patient: str
    probability: float
    positive: bool
    place: str
    distance_mm: float | None
    behind_mm: float | None
    by_chance: float
    reason: str = ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Look at the patients and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, required=True, help="bundle of an image model")
    parser.add_argument("--cohort", type=Path, required=True, help="table of the patients")
    parser.add_argument("--patients", type=int, default=50, help="look at no more than so many")
    parser.add_argument("--all", action="store_true", help="all of the table, none of whom was learnt from")
    parser.add_argument("--negative", action="store_true", help="those, too, whom the model calls negative")
    parser.add_argument("--device", choices=CHOICES, default="auto")
    parser.add_argument("--out", type=Path, help="folder for peaks.csv and grad_cam.md")
    options = parser.parse_args(arguments)
    try:
        model = load_predictor(options.model, options.device)
        network = network_of(model.predictor)
        if network is not model.predictor:
            raise UsageError(
                f"{options.model}: {model.predictor.name} has no heat map of its own; give an image model"
            )
        patients = everybody(model, options.cohort) if options.all else held_out(model, options.cohort)
        expanded = [one for one in patients if one.expansion]
        looked: list[Row | None] = []
        for patient in expanded:
            if sum(row is not None for row in looked) == options.patients:
                break
            looked.append(looked_at(model, network, patient, options.device, options.negative))
    except HematomaExpansionError as error:
        parser.exit(error.exit_code, f"{parser.prog}: {error}\n")
    rows = [row for row in looked if row is not None]
    said = table(model.bundle.metadata.name, rows, len(looked))
    said += f"\n\n{model.bundle.metadata.warning}"
    if options.out is not None:
        options.out.mkdir(parents=True, exist_ok=True)
        write(rows, options.out / "peaks.csv")
        (options.out / "grad_cam.md").write_text(said + "\n", encoding="utf-8")
    print(said)
    return 0


def study_of(model: LoadedPredictor) -> Study:
    """The paper whose patients a model is for."""
    return STUDIES[model.predictor.name.partition("-")[0]]


def held_out(model: LoadedPredictor, cohort: Path) -> tuple[Patient, ...]:
    """Whom the model's training held out, divided again as it did.

    Raises:
        UsageError: the model was not trained on this cohort.
    """
    training = model.bundle.metadata.training
    data = training.get("data", {})
    found = read_image_cohort(
        study_of(model), cohort, int(training.get("seed", 1)), data.get("source") == "simulated"
    )
    if fingerprint(found.training) != data.get("sha256"):
        raise UsageError(
            f"{cohort}: its training patients are not those of the model, so nobody knows who was held out; "
            "give the cohort it was trained on, or --all for one of which it learnt nobody"
        )
    return found.held_out


def everybody(model: LoadedPredictor, cohort: Path) -> tuple[Patient, ...]:
    """All patients with images whom the paper would include and whose outcome is known."""
    study = study_of(model)
    patients, _ = read_cohort(cohort).patients(study.outcome)
    return tuple(
        one
        for one in patients
        if one.expansion is not None
        and None not in (one.baseline, one.baseline_mask)
        and not study.population.outside(one)
    )


def looked_at(
    model: LoadedPredictor, network: ImagePredictor, patient: Patient, device: str, negative: bool = False
) -> Row | None:
    """Where the peak lies; None without a probability, and unless ``negative`` for one called so."""
    scan = patient.scan()
    labels = patient.labels(scan)
    patient = with_radiomics([model], replace(patient, baseline=scan, baseline_mask=labels))
    said = model.predict(patient)
    if said.probability is None or not (said.expected or negative):
        return None
    (explained,), _ = with_heat_maps([model], [said], patient, device)
    found = explained.heat_map
    if found is None:
        raise UsageError(f"{patient.name}: was not explained")
    return Row(
        patient.name,
        round(said.probability, 4),
        bool(said.expected),
        found.peak_place or "",
        found.peak_distance_mm,
        behind_mm(found.peak_mm, labels),
        round(by_chance(network, patient), 4),
        found.reason,
    )


def behind_mm(peak_mm: tuple[float, float, float] | None, labels: sitk.Image) -> float | None:
    """How far a peak lies behind the centroid of the ICH, mm; None without either.

    Args:
        peak_mm: LPS ``(x, y, z)``.
        labels: values of :class:`HematomaExpansionLib.labels.Label`.
    """
    shape = sitk.LabelShapeStatisticsImageFilter()
    shape.Execute(labels)
    if peak_mm is None or not shape.HasLabel(Label.ICH):
        return None
    return round(peak_mm[1] - shape.GetCentroid(Label.ICH)[1], 1)


def by_chance(network: ImagePredictor, patient: Patient) -> float:
    """Share of the voxels that the network saw that lie in the ICH or within the rim."""
    scan = patient.scan()
    labels = patient.labels(scan)
    weights = np.zeros(scan.image.GetSize()[::-1], np.float32)
    for view in network.views(patient):
        add_to_scan(weights, np.ones(view.grid.shape, np.float32), view, scan)
    ich = sitk.GetArrayViewFromImage(labels) == Label.ICH
    if not ich.any() or not weights.any():
        return 0.0
    box = box_around(ich, scan.spacing_mm, RIM_MM)
    near = distance_transform_edt(~ich[box], sampling=scan.spacing_mm) <= RIM_MM
    return float(weights[box][near].sum() / weights.sum())


def table(model: str, rows: Sequence[Row], expanded: int) -> str:
    """Markdown: one line a quantity. Who has no heat map counts as missed."""
    places = [row.place for row in rows]
    share = proportion(sum(place in IN_OR_AT for place in places), len(rows), nothing="nobody was looked at")
    away = [row.distance_mm for row in rows if row.distance_mm is not None]
    behind = [row.behind_mm for row in rows if row.behind_mm is not None]
    lines = [
        ("patients with expansion who were looked at", str(expanded)),
        ("of these predicted positive", str(sum(row.positive for row in rows))),
        ("heat maps asked for", str(len(rows))),
        ("peak inside the haematoma", str(places.count("inside"))),
        (f"peak at its rim (within {RIM_MM:g} mm)", str(places.count("rim"))),
        ("peak outside", str(places.count("outside"))),
        ("no heat map", str(places.count(""))),
        ("**inside or at the rim (95 % Wilson interval)**", f"**{share.text()}**"),
        (
            "the same for a random place of what the network saw",
            f"{fmean(row.by_chance for row in rows):.3f}" if rows else "not available",
        ),
        ("distance of the peak, median, mm", f"{median(away):.1f}" if away else "not available"),
        ("peak behind the centroid of the haematoma", f"{sum(mm > 0 for mm in behind)} of {len(behind)}"),
        (
            "by so many mm, mean (SD) of all",
            f"{fmean(behind):.1f} ({stdev(behind):.1f})" if len(behind) > 1 else "not available",
        ),
    ]
    return "\n".join([f"| {model} | |", "| --- | ---: |", *(f"| {name} | {text} |" for name, text in lines)])


def write(rows: Sequence[Row], file: Path) -> None:
    """One line a patient."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, [field.name for field in fields(Row)])
        writer.writeheader()
        writer.writerows(asdict(row) for row in rows)


if __name__ == "__main__":
    sys.exit(main())
